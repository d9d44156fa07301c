"""The state of pods and nodes while a drain runs. Only the engine changes it."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain.signals import Remove

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kubectl_lab.domain.drain.gate import Key
    from kubectl_lab.domain.drain.model import Cordoned, NodeOutcome, NodePlan, PodOutcome, PodPlan
    from kubectl_lab.domain.drain.signals import EventName
    from kubectl_lab.domain.rules.budgets import Budget
    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding, Reference

Closing = Literal["timeout", "deadline", "interrupted", "refused"]
LEFT: frozenset[PodOutcome | None] = frozenset({"evicted", "deleted", "skipped"})
BUDGET_CODES = frozenset({"DRN010", "DRN011", "DRN012", "DRN015"})


class Journal(Protocol):
    """Where the pods' engine notes what happened."""

    def emit(self, event: EventName, node: str | None, pod: Reference | None, now: float, /, **details: object) -> None:
        """Note it."""
        ...

    def wall(self, now: float) -> datetime:
        """The time of day."""
        ...


@dataclass(slots=True, eq=False)
class PodRun:
    """A pod that is to leave: `waiting` (to be sent, perhaps again), `sent`, `accepted` (terminating), `done`.

    `failures`: passing failures in a row; `refusals`: by budgets that we cannot see. `is_ours`: the server took our request,
    or may have. `is_gone`: the watch showed its end before the answer came. `trouble`: the last of the passing failures that
    it waits after; `waits_since`, `remind_at`: since when it waits, for that or for its end, and when that is told next.
    """

    plan: PodPlan
    node: str
    obj: Object
    state: Literal["waiting", "sent", "accepted", "done"] = "waiting"
    outcome: PodOutcome | None = None
    findings: list[Finding] = field(default_factory=list)
    budgets: tuple[Budget, ...] | None = None
    held_by: Key | None = None
    not_before: float = 0.0
    failures: int = 0
    refusals: int = 0
    is_ours: bool = False
    is_gone: bool = False
    was_announced: bool = False
    trouble: LabError | None = None
    waits_since: float = 0.0
    remind_at: float = math.inf

    @property
    def is_open(self) -> bool:
        """Not done yet."""
        return self.state != "done"

    def note(self, code: str, /, **details: object) -> None:
        """Add a finding, once a code."""
        about = self.plan.reference
        if all(entry.code != code for entry in self.findings):
            self.findings.append(finding(code, about, pod=about.name, namespace=about.namespace, **details))

    def request(self) -> Remove:
        """The request that makes it leave."""
        namespace, name = self.plan.key
        return Remove(namespace, name, self.plan.uid, evict=self.plan.action == "evict")

    def report(self) -> PodPlan:
        """Its part of the result. What a budget had against it counts no more once it is gone."""
        findings = [*self.plan.findings, *self.findings]
        if self.outcome in LEFT or self.budgets is not None:
            findings = [entry for entry in self.plan.findings if entry.code not in BUDGET_CODES] + self.findings
        return dataclasses.replace(
            self.plan,
            outcome=self.outcome,
            findings=tuple(findings),
            budgets=self.plan.budgets if self.budgets is None else self.budgets,
        )


@dataclass(slots=True, eq=False)
class NodeRun:
    """A node: `refused`, `cordoning`, `queued`, `open`, `checking` (pods gone, listed once more), `asking`, `done`.

    `asking`: it ends as `outcome` says, but is asked for first, until `ask_by`. `is_in_doubt`: a cordon whose answer was
    lost may have arrived.
    """

    plan: NodePlan
    pods: list[PodRun]
    state: Literal["refused", "cordoning", "queued", "open", "checking", "asking", "done"]
    cordoned: Cordoned
    outcome: NodeOutcome = "untouched"
    until: float | None = None
    closing: Closing | None = None
    close_by: float = 0.0
    not_before: float = 0.0
    failures: int = 0
    cordon_is_sent: bool = False
    is_in_doubt: bool = False
    is_asked_for: bool = False
    ask_by: float = 0.0

    @property
    def is_over(self) -> bool:
        """Nothing more happens here."""
        return self.state in {"refused", "done"}

    @property
    def is_ending(self) -> bool:
        """Its outcome is certain."""
        return self.state == "asking" or self.is_over

    def open_pods(self) -> Iterable[PodRun]:
        """Pods that are not done."""
        return (pod for pod in self.pods if pod.is_open)

    def in_flight(self) -> int:
        """Requests that have no answer yet."""
        return sum(pod.state == "sent" for pod in self.pods) + self.cordon_is_sent

    def forget_pods(self) -> None:
        """The node is over: what becomes of the pods that were never tried is not ours to tell."""
        for pod in self.open_pods():
            pod.state = "done"

    def report(self) -> NodePlan:
        """Its part of the result; pods keep the order of the plan."""
        reports = {pod.plan.uid: pod.report() for pod in self.pods}
        pods = tuple(reports.get(pod.uid, pod) if pod.action in {"evict", "delete"} else pod for pod in self.plan.pods)
        return dataclasses.replace(self.plan, outcome=self.outcome, cordoned=self.cordoned, pods=pods)
