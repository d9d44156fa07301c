"""JSON patches of what a subject's pods are made from, as command lines; None where there is nothing that could be patched."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.scheduling.case import spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.scheduling.subject import Subject
    from kubectl_lab.objects import Object

# whose template may change (a Job's may not)
CHANGEABLE = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CronJob"})
# who leaves the pod that waits where it is: it must be deleted by hand to be made anew
LEAVING = frozenset({"StatefulSet", "ReplicaSet"})


def of_template(subject: Subject, steps: Sequence[Object]) -> str | None:
    """A patch of the workload that makes the pods, where there is one on a server and its template can change."""
    return f"{_patch(subject, steps)}{anew(subject)}" if is_changeable(subject) else None


def of_live_pod(subject: Subject, steps: Sequence[Object]) -> str | None:
    """A patch of a pod on a server that no controller owns."""
    return _patch(subject, steps) if is_bare_pod(subject) else None


def is_changeable(subject: Subject) -> bool:
    """Made from a template on a server that can change."""
    return template(subject) is not None and subject.template_of.kind in CHANGEABLE and bool(subject.pod_path)


def is_bare_pod(subject: Subject) -> bool:
    """A pod on a server that no controller owns."""
    if template(subject) is None or subject.template_of.kind != "Pod":
        return False
    return objects.controller(subject.source) is None


def word(subject: Subject) -> str:
    """What is to be changed, as kubectl takes it: `deployment/web`."""
    return spelled(subject.template_of)


def template(subject: Subject) -> Object | None:
    """The object in which a change is to be made; None of a manifest, and where it is not known."""
    found = subject.source if subject.template_of == subject.reference else subject.owner
    return found if found is not None and (objects.uid(found) or objects.resource_version(found)) else None


def pod_spec(subject: Subject) -> Object:
    """The pod's spec as it is written in that object."""
    found: Any = template(subject) or {}
    for part in subject.pod_path.split("/")[1:]:
        found = objects.mapping(objects.mapping(found).get(part))
    return objects.mapping(found)


def in_namespace(subject: Subject) -> str:
    """`kubectl -n shop`."""
    space = subject.template_of.namespace
    return f"kubectl -n {shlex.quote(space)}" if space else "kubectl"


def anew(subject: Subject) -> str:
    """The command that has pods made again from the changed template, behind ` && `; "" where they are without it."""
    if subject.template_of.kind not in LEAVING:
        return ""
    if subject.reference.kind == "Pod":
        return f" && {in_namespace(subject)} delete pod {shlex.quote(subject.reference.name)}"
    labels = objects.mapping(objects.mapping(objects.spec(subject.source).get("selector")).get("matchLabels"))
    wanted = shlex.quote(",".join(f"{key}={value}" for key, value in labels.items()))
    return f" && {in_namespace(subject)} delete pod -l {wanted} --field-selector=status.phase=Pending" if labels else ""


def _patch(subject: Subject, steps: Sequence[Object]) -> str:
    written = shlex.quote(json.dumps(list(steps), separators=(",", ":")))
    return f"{in_namespace(subject)} patch {shlex.quote(word(subject))} --type=json -p {written}"
