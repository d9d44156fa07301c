"""Workloads whose template a selector matches and that have no pods: those that want none, those that get none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service.candidates import is_over
from kubectl_lab.domain.service.case import ENDPOINTS
from kubectl_lab.domain.service.repairs import is_applied, written
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.domain.service.workloads import Workload
    from kubectl_lab.objects import Object

_SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def resting(case: Case) -> Judged | None:
    """SVC013: a matching template wants 0 pods: scaled down, suspended, or a DaemonSet that no node may run."""
    found = next((each for each in case.matching_workloads if not _wants(each) and not is_over(each)), None)
    if found is None:
        return None
    return case.judge("SVC013", "breaks", ENDPOINTS, workload=found.word, **_waking(found))


def _waking(found: Workload) -> dict[str, Any]:
    """Why it wants none, and of the three commands that help the one for its kind."""
    word = found.word if is_applied(found.obj) else None
    commands: dict[str, Any] = dict.fromkeys(("scaled", "suspended", "resume", "described"))
    if found.reference.kind in _SCALED:
        return commands | {"why": catalogue.phrase("service.idle-scaled"), "scaled": word}
    if found.reference.kind == "DaemonSet":
        return commands | {"why": catalogue.phrase("service.idle-nodes"), "described": word}
    resume = written({"spec": {"suspend": False}})
    return commands | {"why": catalogue.phrase("service.idle-suspended"), "suspended": word, "resume": resume}


def refused(case: Case) -> Judged | None:
    """SVC016: a matching template wants pods and has none: the server refuses them, or nobody has made them yet.

    Where finished pods match, only a refusal counts: they may be all that was wanted.
    """
    wanting = [each for each in case.matching_workloads if _wants(each)]
    told = ((each, _refusal(case, each)) for each in wanting)
    found = next(((each, text) for each, text in told if text), None)
    if found is None and (case.known_pods or not wanting):
        return None
    workload, text = found or (wanting[0], "")
    return case.judge(
        "SVC016",
        "breaks",
        ENDPOINTS,
        workload=workload.word,
        why=text or catalogue.phrase("service.idle-unmade"),
        quota=case.namespace if "exceeded quota" in text else None,
        secured=case.namespace if "violates PodSecurity" in text else None,
    )


def _wants(each: Workload) -> bool:
    """Pods are due. A DaemonSet that its controller has not counted yet says 0 and means nothing by it."""
    return not is_over(each) and (each.wanted > 0 or (each.reference.kind == "DaemonSet" and not _is_counted(each.obj)))


def _is_counted(obj: Object) -> bool:
    told, seen = objects.metadata(obj).get("generation"), objects.status(obj).get("observedGeneration")
    return told is None or told == seen


def _refusal(case: Case, workload: Workload) -> str:
    """The server's words: condition ReplicaFailure, else the last event FailedCreate, of it or of its newest ReplicaSet."""
    makers = [
        (workload.reference, workload.obj),
        *((reference(each, "ReplicaSet"), each) for each in _made(case, workload)),
    ]
    for _, obj in makers:
        condition = objects.condition(obj, "ReplicaFailure")
        if condition.get("status") == "True":
            return objects.text(condition.get("message"))
    for ref, _ in makers:
        for event in reversed(case.inventory.events(ref.kind, ref.namespace, ref.name)):
            if event.get("reason") == "FailedCreate":
                return objects.text(event.get("message"))
    return ""


def _made(case: Case, workload: Workload) -> list[Object]:
    """The ReplicaSets of a Deployment, the newest first."""
    found = [
        each
        for each in case.inventory.known("ReplicaSet", case.namespace)
        if _owner(each) == (workload.reference.kind, workload.reference.name)
    ]
    return sorted(found, key=lambda each: objects.text(objects.metadata(each).get("creationTimestamp")), reverse=True)


def _owner(obj: Object) -> tuple[object, object]:
    owner = objects.controller(obj) or {}
    return owner.get("kind"), owner.get("name")
