"""Readiness probes against the Service's target port (SVC026, SVC027)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.service.conditions import conditions
from kubectl_lab.domain.service.endpoints import container_ports, ports_in
from kubectl_lab.domain.service.repairs import is_applied, written
from kubectl_lab.domain.service.workloads import ROLLING, word_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.objects import Object

_HANDLERS = ("httpGet", "tcpSocket", "grpc")


def probe_of_another_port(case: Case) -> Iterator[Judged]:
    """SVC026: a pod is not ready, and its readiness probe asks a port that is neither declared nor the target port.

    A named port is looked up in the probe's own container (kubelet `prober`). Told once, of the first such pod.
    """
    for pod in () if case.inventory.manifests else conditions(case).unready:
        targets = sorted({port.port for port in ports_in(case.service, objects.spec(pod))})
        for container, handler, asked in _probed(pod):
            if targets and not _is_plausible(pod, container, asked, targets):
                yield case.judge(
                    "SVC026",
                    pod=objects.name(pod),
                    container=objects.text(container.get("name")),
                    asked=asked,
                    targets=targets,
                    **_repair(case, pod, container, handler, targets),
                )
                return


def _probed(pod: Object) -> Iterator[tuple[Object, str, int | str]]:
    """(container, handler, port) of the readiness probes that ask a port."""
    for container in map(objects.mapping, objects.sequence(objects.spec(pod).get("containers"))):
        probe = objects.mapping(container.get("readinessProbe"))
        for handler in _HANDLERS:
            asked = objects.mapping(probe.get(handler)).get("port")
            if isinstance(asked, int | str):
                yield container, handler, asked


def _is_plausible(pod: Object, container: Object, asked: int | str, targets: list[int]) -> bool:
    """A target port, a declared one, or an undeclared number where none is declared at all."""
    own = [objects.mapping(port) for port in objects.sequence(container.get("ports"))]
    if isinstance(asked, str) and not asked.isdecimal():
        return any(port.get("name") == asked for port in own)
    declared = [port.get("containerPort") for _, port in container_ports(objects.spec(pod))]
    return not declared or int(asked) in declared or int(asked) in targets


def _repair(case: Case, pod: Object, container: Object, handler: str, targets: list[int]) -> dict[str, Any]:
    """The patch of the workload's template that lets the probe ask the one target port."""
    owner = case.controller_of(pod)
    if owner is None or owner.kind not in ROLLING or len(targets) != 1 or not is_applied(pod):
        return {"workload": None, "template": None}
    probe = {"name": objects.text(container.get("name")), "readinessProbe": {handler: {"port": targets[0]}}}
    body = {"spec": {"template": {"spec": {"containers": [probe]}}}}
    return {"workload": word_of(owner), "template": written(body)}


def without_probe(case: Case) -> Iterator[Judged]:
    """SVC027, in detail only: no readiness probe on the container that serves the target port; ready then means started."""
    if not case.detailed or case.inventory.manifests:
        return
    ready = {each.pod.name for each in case.endpoints if each.ready and each.pod}
    bare = [pod for pod in case.live_pods if objects.name(pod) in ready and _is_unprobed(case, pod)]
    if bare:
        owners = dict.fromkeys(_who(case, pod) for pod in bare)
        yield case.judge("SVC027", workloads=list(owners), pods=[objects.name(pod) for pod in bare])


def _who(case: Case, pod: Object) -> str:
    owner = case.controller_of(pod)
    return word_of(owner) if owner else f"pod/{objects.name(pod)}"


def _is_unprobed(case: Case, pod: Object) -> bool:
    """The container that declares the target port, or the only one; of several that declare nothing nobody can tell."""
    spec = objects.spec(pod)
    targets = {port.port for port in ports_in(case.service, spec)}
    serving = [container for container, port in container_ports(spec) if port.get("containerPort") in targets]
    all_of_them = [objects.mapping(each) for each in objects.sequence(spec.get("containers"))]
    asked = serving or (all_of_them if len(all_of_them) == 1 else [])
    return bool(asked) and any("readinessProbe" not in each for each in asked)
