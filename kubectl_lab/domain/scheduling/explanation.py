"""What `explain-tolerations` answers: one entry a pod, with every node's reasons, taints, and where tolerations come from.

Phrases stand where `render.data.document` puts sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kubectl_lab.result import document_head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.scheduling.evaluation import PluginRefusal
    from kubectl_lab.domain.scheduling.model import NotEvaluated, Refusal
    from kubectl_lab.domain.scheduling.question import WhatIf
    from kubectl_lab.domain.scheduling.subject import Sourced
    from kubectl_lab.result import Finding, Reference


@dataclass(frozen=True, slots=True)
class TaintVerdict:
    """One taint of a node for one pod. `near_miss`: a phrase about the toleration that almost matched, None where none does.

    `seconds`: until a running pod would be deleted for it; 0 at once, None never.
    """

    taint: Mapping[str, Any]
    toleration: Mapping[str, Any] | None
    near_miss: Mapping[str, Any] | None = None
    seconds: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "key": self.taint.get("key") or "",
            "value": self.taint.get("value") or "",
            "effect": self.taint.get("effect") or "",
            "tolerated": self.toleration is not None,
            "toleration": dict(self.toleration) if self.toleration is not None else None,
            "nearMiss": self.near_miss,
            "secondsUntilEviction": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class NodeExplanation:
    """One node for one pod. `was`: whether it was feasible before the what-if, None without one."""

    name: str
    refusals: tuple[PluginRefusal, ...]
    taints: tuple[TaintVerdict, ...]
    seconds: int | None = None
    was: bool | None = None

    @property
    def feasible(self) -> bool:
        """No known refusal."""
        return not self.refusals

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        made = {
            "name": self.name,
            "feasible": self.feasible,
            "reasons": [
                {
                    "plugin": each.plugin,
                    "reason": reason.text,
                    "first": each.first,
                    "preemptionMayHelp": each.refusal.preemption_may_help,
                    "message": reason.message,
                    "details": dict(reason.details),
                }
                for each in self.refusals
                for reason in each.refusal.reasons
            ],
            "taints": [each.to_dict() for each in self.taints],
            "secondsUntilEviction": self.seconds,
        }
        return made if self.was is None else made | {"was": self.was}


@dataclass(frozen=True, slots=True)
class TolerationExplanation:
    """One toleration of the pod and the nodes that have a taint it matches."""

    sourced: Sourced
    matches: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "toleration": dict(self.sourced.toleration),
            "origin": self.sourced.origin,
            "matches": list(self.matches),
            "details": {"certain": self.sourced.certain},
        }


@dataclass(frozen=True, slots=True)
class PodExplanation:
    """One subject's answer. `nodes`: those that are to be listed; `feasible`: the names of all that have no known refusal.

    `total`: how many nodes there are; `counted`: the scheduler's texts and of how many nodes it says each. `judged` is false of a pod that is finished, or absent: it has no verdict.
    """

    pod: Reference
    feasible: tuple[str, ...]
    total: int
    message: str | None
    nodes: tuple[NodeExplanation, ...]
    tolerations: tuple[TolerationExplanation, ...]
    before: tuple[tuple[str, Refusal], ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    bound_to: str | None = None
    phase: str = ""
    gates: tuple[str, ...] = ()
    counted: tuple[tuple[str, int], ...] = ()
    judged: bool = True
    what_if: WhatIf | None = None
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        made = {
            "pod": self.pod.to_dict(),
            "boundTo": self.bound_to,
            "phase": self.phase or None,
            "gates": list(self.gates),
            "feasible": list(self.feasible),
            "schedulerMessage": self.message,
            "preFilter": [
                {"plugin": plugin, "reason": reason.text}
                for plugin, refusal in self.before
                for reason in refusal.reasons
            ],
            "nodes": [each.to_dict() for each in self.nodes],
            "tolerations": [each.to_dict() for each in self.tolerations],
            "notEvaluated": [each.to_dict() for each in self.not_evaluated],
            "findings": [each.to_dict() for each in self.findings],
        }
        return made | {"whatIf": self.what_if.to_dict()} if self.what_if else made


@dataclass(frozen=True, slots=True)
class SchedulingExplanation:
    """The answer of `explain-tolerations`; `findings`: of no single pod (the input, the server's version)."""

    kind: ClassVar[str] = "SchedulingExplanation"
    pods: tuple[PodExplanation, ...]
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The document."""
        return document_head(self.kind) | {
            "pods": [each.to_dict() for each in self.pods],
            "findings": [each.to_dict() for each in self.findings],
        }
