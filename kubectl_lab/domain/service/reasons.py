"""The word for why a pod is not ready, as `kubectl get pods` shows it under STATUS: `CrashLoopBackOff`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service import unready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Endpoint
    from kubectl_lab.objects import Object


def with_reasons(case: Case) -> tuple[Endpoint, ...]:
    """The endpoints of a case; those that are not ready with the reason of their pod, as far as it is known."""
    return tuple(_with_reason(case, endpoint) for endpoint in case.endpoints)


def _with_reason(case: Case, endpoint: Endpoint) -> Endpoint:
    pod = None if endpoint.ready else case.pod_of(endpoint)
    return endpoint if pod is None else dataclasses.replace(endpoint, reason=reason_of(pod) or _cause(pod, case))


def _cause(pod: Object, case: Case) -> str:
    """Where all containers run: what else keeps it from being ready (its probe, a gate, its node); "" where nothing is known."""
    found = unready.reason(pod, case)
    return found.word if found is not None and found.word in ("Unhealthy", "ReadinessGate", "NodeNotReady") else ""


def reason_of(pod: Object) -> str:
    """What the first container that does not run waits for or ended with, else the pod's own reason; "" where all run.

    Init containers first: the others wait for them (kubectl pkg/printers, printPod).
    """
    status = objects.status(pod)
    found = (
        reason
        for kind in ("initContainerStatuses", "containerStatuses")
        for each in map(objects.mapping, objects.sequence(status.get(kind)))
        for reason in _reasons(each, kind)
    )
    return next(found, objects.text(status.get("reason")))


def _reasons(container: Object, kind: str) -> Iterator[str]:
    """An init container that has done its work is no reason, nor that a container waits for one."""
    state = objects.mapping(container.get("state"))
    waiting, ended = objects.mapping(state.get("waiting")), objects.mapping(state.get("terminated"))
    if kind == "initContainerStatuses" and (ended.get("exitCode") == 0 or container.get("ready") is True):
        return
    for reason in (objects.text(waiting.get("reason")), objects.text(ended.get("reason"))):
        if reason and reason != "PodInitializing":
            yield reason
