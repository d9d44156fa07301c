"""What a drain is asked and what it answers: options, the plan, its result. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kubectl_lab.result import document_head

if TYPE_CHECKING:
    from datetime import datetime

    from kubectl_lab.domain.rules.budgets import Budget
    from kubectl_lab.domain.rules.label_selectors import Selector
    from kubectl_lab.result import Finding, Reference

Mode = Literal["apply", "client", "server"]
Action = Literal["evict", "delete", "skip", "refuse"]
PodOutcome = Literal["evicted", "deleted", "skipped", "pending", "failed"]
NodeOutcome = Literal["drained", "clear", "blocked", "failed", "timeout", "interrupted", "untouched"]
Outcome = Literal["drained", "clear", "blocked", "failed", "timeout", "interrupted"]
Cordoned = Literal["by-us", "already", "no"]

GOING: frozenset[Action] = frozenset({"evict", "delete"})


@dataclass(frozen=True, slots=True)
class DrainOptions:
    """The flags that decide anything. Times in seconds, 0 = none; `grace_period` below 0 = the pod's own.

    `command` is the command line that was typed, quoted for the shell: fixes are made from it.
    """

    mode: Mode = "apply"
    force: bool = False
    ignore_daemonsets: bool = False
    delete_emptydir_data: bool = False
    disable_eviction: bool = False
    grace_period: int = -1
    timeout: float = 0
    deadline: float = 0
    skip_wait_for_delete_timeout: int = 0
    pod_parallel: int = 16
    pod_selector: Selector = ()
    command: str = "kubectl lab drain"

    @property
    def grace_period_seconds(self) -> int | None:
        """What goes into the request; None = the pod's own."""
        return self.grace_period if self.grace_period >= 0 else None


@dataclass(frozen=True, slots=True)
class PodPlan:
    """One pod of a node: what happens to it and every reason; `outcome` is None until something was tried."""

    reference: Reference
    uid: str
    controller: Reference | None
    action: Action
    findings: tuple[Finding, ...] = ()
    budgets: tuple[Budget, ...] = ()
    terminating_since: datetime | None = None
    outcome: PodOutcome | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.reference.namespace or "", self.reference.name

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "namespace": self.reference.namespace,
            "name": self.reference.name,
            "uid": self.uid,
            "controller": self.controller.to_dict() if self.controller else None,
            "action": self.action,
            "outcome": self.outcome,
            "findings": [finding.to_dict() for finding in self.findings],
            "budgets": [budget.to_dict() for budget in self.budgets],
            "fits": None,
        }


@dataclass(frozen=True, slots=True)
class NodePlan:
    """One node; `unschedulable` is how it was found."""

    name: str
    uid: str
    unschedulable: bool
    outcome: NodeOutcome
    cordoned: Cordoned
    pods: tuple[PodPlan, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Some pod needs a flag that was not given: the node is left as it is."""
        return any(pod.action == "refuse" for pod in self.pods)

    @property
    def going(self) -> tuple[PodPlan, ...]:
        """The pods that leave."""
        return tuple(pod for pod in self.pods if pod.action in GOING)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "name": self.name,
            "outcome": self.outcome,
            "cordoned": self.cordoned,
            "pods": [pod.to_dict() for pod in self.pods],
        }


@dataclass(frozen=True, slots=True)
class Drain:
    """The plan before the run, the report after it."""

    kind: ClassVar[str] = "Drain"
    mode: Mode
    outcome: Outcome
    nodes: tuple[NodePlan, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def is_good(self) -> bool:
        """Exit 0: every node drained, or the plan is clear."""
        return self.outcome in {"drained", "clear"}

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            **document_head(self.kind),
            "mode": self.mode,
            "outcome": self.outcome,
            "nodes": [node.to_dict() for node in self.nodes],
            "findings": [finding.to_dict() for finding in self.findings],
        }


_WORST_FIRST: tuple[tuple[NodeOutcome, Outcome], ...] = (
    ("interrupted", "interrupted"),
    ("timeout", "timeout"),
    ("failed", "failed"),
    ("blocked", "blocked"),
    ("clear", "clear"),
)


def run_outcome(nodes: tuple[NodePlan, ...], ended: Outcome | None = None) -> Outcome:
    """The outcome of the run: `ended` (why it stopped before its end), else the worst of its nodes'; none: drained."""
    if ended is not None:
        return ended
    found = {node.outcome for node in nodes}
    return next((outcome for worst, outcome in _WORST_FIRST if worst in found), "drained")


# the refusals that a flag lifts, and the flag
FLAG_OF = {
    "DRN001": "--ignore-daemonsets",
    "DRN002": "--delete-emptydir-data",
    "DRN003": "--force",
}


def missing_flags(drain: Drain) -> tuple[str, ...]:
    """The flags without which some node is refused, each once."""
    codes = {found.code for node in drain.nodes for pod in node.pods for found in pod.findings}
    return tuple(flag for code, flag in FLAG_OF.items() if code in codes)
