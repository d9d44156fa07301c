"""SCH009, SCH010: workloads that make no pod, or none on some nodes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.case import some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding

SCALED = ("Deployment", "StatefulSet", "ReplicaSet")


def none_where_tainted(case: Case) -> Iterator[Finding]:
    """The DaemonSet controller itself looks at taints: there is no pod that could be Pending."""
    if case.reference.kind != "DaemonSet":
        return
    nodes = [
        verdict.node.name
        for verdict in case.evaluation.nodes
        if any(each.plugin == "TaintToleration" for each in verdict.refusals)
    ]
    if nodes:
        yield catalogue.finding(
            "SCH009", case.reference, **case.named, count=len(nodes), shown=some(nodes), nodes=nodes
        )


def none_now(case: Case) -> Iterator[Finding]:
    """0 replicas, parallelism 0, suspended: the answer is about the pods it would make."""
    why, details = _idle(case.reference.kind, objects.spec(case.subject.source))
    if why:
        reason = catalogue.phrase(f"scheduling.{why}")
        yield catalogue.finding("SCH010", case.reference, **case.named, why=reason, **_applied(case, details))


def _idle(kind: str, spec: Object) -> tuple[str, dict[str, Any]]:
    resume = json.dumps({"spec": {"suspend": False}}, separators=(",", ":"))
    nothing = {"scaled": None, "resumed": None, "patch": None}
    if kind in SCALED and spec.get("replicas") == 0:
        return "no-replicas", nothing | {"scaled": True}
    if kind in ("Job", "CronJob") and spec.get("suspend") is True:
        return "suspended", nothing | {"resumed": True, "patch": resume}
    if kind == "Job" and spec.get("parallelism") == 0:
        more = json.dumps({"spec": {"parallelism": 1}}, separators=(",", ":"))
        return "no-parallelism", nothing | {"resumed": True, "patch": more}
    return "", nothing


def _applied(case: Case, details: dict[str, Any]) -> dict[str, Any]:
    """Commands only for what is on a server: the word of the subject where a template needs it."""
    is_there = bool(objects.uid(case.subject.source) or objects.resource_version(case.subject.source))
    word = case.named["subject"] if is_there else None
    return details | {key: word if details[key] else None for key in ("scaled", "resumed")}


RULES = (none_where_tainted, none_now)
