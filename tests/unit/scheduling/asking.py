"""A pod, a cluster, and what is answered about them: subjects made by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.scheduling.answer import explain_subject
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.state import ClusterState
from kubectl_lab.domain.scheduling.subject import Sourced, Subject
from kubectl_lab.render import data
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.explanation import PodExplanation
    from kubectl_lab.result import Finding

Object = dict[str, Any]
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PATHS = {"Pod": "/spec", "CronJob": "/spec/jobTemplate/spec/template/spec"}


def taint(key: str, value: str = "", effect: str = "NoSchedule") -> Object:
    """A taint as the API has it."""
    return {"key": key, "effect": effect} | ({"value": value} if value else {})


def tolerating(key: str, value: str = "", effect: str = "NoSchedule", **more: Any) -> Object:
    """A toleration of it."""
    matched = {"operator": "Equal", "value": value} if value else {"operator": "Exists"}
    return {"key": key, **matched, "effect": effect} | more


def node(name: str, *taints: Object, cpu: str = "4", memory: str = "8Gi", **more: Any) -> Object:
    """A node with room."""
    made = make.node(name, taints=taints, **more)
    return {**made, "status": {"allocatable": {"cpu": cpu, "memory": memory, "pods": "110"}}}


def pending(name: str = "web", *tolerations: Object, uid: str | None = None, spec: Object | None = None) -> Object:
    """A pod that waits for a node; `uid` "" for a manifest."""
    made = make.pod(name, node="", phase="Pending", ready=False, spec={"tolerations": list(tolerations)} | (spec or {}))
    if uid is not None:
        made["metadata"] = {
            key: value for key, value in made["metadata"].items() if key not in ("uid", "resourceVersion")
        }
        made.pop("status")
    return made


def subject(pod: Object, **parts: Any) -> Subject:
    """The pod itself as the subject, all its tolerations its own."""
    own = tuple(Sourced(each, "pod") for each in pod["spec"].get("tolerations", []))
    about = reference(pod)
    made = Subject(reference=about, source=pod, pod=pod, template_of=about, pod_path="/spec", tolerations=own)
    return replace(made, **parts)


def of_workload(workload: Object, pod: Object, **parts: Any) -> Subject:
    """The template of a workload as the subject."""
    about = reference(workload)
    path = PATHS.get(about.kind, "/spec/template/spec")
    return subject(pod, reference=about, source=workload, template_of=about, pod_path=path, **parts)


def state(
    *nodes: Object, pods: tuple[Object, ...] = (), features: Features | None = None, **kinds: Any
) -> ClusterState:
    """What the scheduler knows."""
    return ClusterState({"Node": list(nodes), "Pod": list(pods), **kinds}, features or Features())


def answer(asked: Subject | Object, *nodes: Object, **known: Any) -> PodExplanation:
    """The answer about a subject, or about a pod."""
    about = asked if isinstance(asked, Subject) else subject(asked)
    return explain_subject(about, state(*nodes, **known), NOW)


def found(code: str, explained: PodExplanation) -> Finding | None:
    """The first finding of a code."""
    return next((each for each in explained.findings if each.code == code), None)


def codes(explained: PodExplanation) -> list[str]:
    """The codes that were found, in order."""
    return [each.code for each in explained.findings]


def fixes(finding: Finding | None) -> list[str]:
    """The commands that cure it."""
    assert finding is not None
    return data.fixes(finding.to_dict())


def said(finding: Finding | None) -> str:
    """Its sentence in English; both languages fill all that they name."""
    assert finding is not None
    sentences = [data.message(finding.to_dict(), lang) for lang in ("en", "fr")]
    assert all("{" not in each and not re.search(r"scheduling\.[a-z]", each) for each in sentences)
    return sentences[0]


def repaired(asked: Subject | Object, *nodes: Object, **known: Any) -> list[tuple[tuple[str, ...], int]]:
    """(sorts of changes, how many nodes) of each repair, in order."""
    finding = found("SCH001", answer(asked, *nodes, **known))
    assert said(finding)
    assert finding is not None
    return [(tuple(each["changes"]), each["nodes"]) for each in finding.details["repairs"]]
