"""Questions about taints for tests: `ask(node("n1", "maint:NoExecute"), pod("web"))`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.question import WhatIf
from kubectl_lab.domain.scheduling.what_if import parse_added, parse_removed
from kubectl_lab.domain.taints.explain import explain
from kubectl_lab.domain.taints.question import Question
from kubectl_lab.render import data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.taints.model import NodeTaints, TaintExplanation
    from kubectl_lab.objects import Missing

Object = make.Object
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
HOUR_AGO = "2026-01-01T11:00:00Z"
MINUTE_AGO = "2026-01-01T11:59:00Z"
KINDS = ("Node", "Pod", "PodDisruptionBudget", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet")
CORDON = "node.kubernetes.io/unschedulable:NoSchedule"
WEB = make.owner("ReplicaSet", "web-1")


def taint(text: str, added: str | None = None) -> Object:
    """`team=blue:NoSchedule` as the API has it."""
    pair, _, effect = text.rpartition(":")
    key, _, value = pair.partition("=")
    made = {"key": key, "value": value, "effect": effect, "timeAdded": added}
    return {name: part for name, part in made.items() if part}


def node(name: str, *taints: str, added: str | None = None, **rest: Any) -> Object:
    """A node with room for ten pods."""
    made = make.node(name, taints=tuple(taint(each, added) for each in taints), **rest)
    made["status"]["allocatable"] = {"cpu": "10", "memory": "10Gi", "pods": "10"}
    return made


def tolerates(key: str, *, effect: str = "", seconds: int | None = None) -> Object:
    """A toleration for whatever value."""
    made = {"key": key, "operator": "Exists", "effect": effect, "tolerationSeconds": seconds}
    return {name: part for name, part in made.items() if part not in ("", None)}


def pod(name: str, *tolerations: Object, started: str | None = HOUR_AGO, **rest: Any) -> Object:
    """A pod on n1, for an hour."""
    made = make.pod(name, spec={"tolerations": list(tolerations)} | rest.pop("spec", {}), **rest)
    made["status"] |= {"startTime": started} if started else {}
    return made


def pending(name: str, *tolerations: Object, **rest: Any) -> Object:
    """A pod that waits for a node."""
    return pod(name, *tolerations, started=None, node="", phase="Pending", **rest)


def known(*objects: Object, missing: Sequence[Missing] = ()) -> KnownObjects:
    """All of them, and nothing else of the usual kinds."""
    found: dict[str, Any] = {kind: [each for each in objects if each["kind"] == kind] for kind in KINDS}
    return KnownObjects(found | {each.kind: each for each in missing})


def question(*nodes: str, add: Sequence[str] = (), remove: Sequence[str] = (), **rest: Any) -> Question:
    """About nodes by name; taints as on a command line."""
    added = tuple(parse_added("--add-taint", each) for each in add)
    removed = tuple(parse_removed("--remove-taint", each) for each in remove)
    return Question(nodes, what_if=WhatIf(added, removed), **rest)


def ask(
    *objects: Object, about: Question | None = None, missing: Sequence[Missing] = (), features: Features | None = None
) -> TaintExplanation:
    """The whole answer."""
    return explain(known(*objects, missing=missing), about or question(), features or Features(), NOW)


def first(*objects: Object, **rest: Any) -> NodeTaints:
    """The answer's first node."""
    return ask(*objects, **rest).nodes[0]


def codes(*objects: Object, **rest: Any) -> list[str]:
    """The codes of all findings."""
    return [each["code"] for each in data.findings_in(ask(*objects, **rest).to_dict())]


def details(code: str, *objects: Object, **rest: Any) -> list[dict[str, Any]]:
    """What the findings of a code saw."""
    every = data.findings_in(ask(*objects, **rest).to_dict())
    return [each["details"] | {"severity": each["severity"]} for each in every if each["code"] == code]


def evicted(*objects: Object, **rest: Any) -> dict[str, tuple[int, str | None]]:
    """Pod -> (seconds, time of day) of what all taints of the first node delete."""
    return {
        each.pod.name: (each.seconds, f"{each.at:%H:%M:%S}" if each.at else None)
        for each in first(*objects, **rest).evicts
    }
