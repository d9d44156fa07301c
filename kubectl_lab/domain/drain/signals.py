"""What goes in and out of a running drain: signals (facts that arrive), requests (what to send), events (what happened).

Plain values. The engine never waits, sends or reads a clock; `loop.drive` does, over a Reactor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

EventName = Literal[
    "plan",
    "cordoned",
    "evicting",
    "blocked",
    "waiting",
    "evicted",
    "deleted",
    "skipped",
    "failed",
    "node",
    "interrupted",
]


@dataclass(frozen=True, slots=True)
class Cordon:
    """Mark the node unschedulable; `uid` is the precondition."""

    node: str
    uid: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Evict the pod, or delete it when `evict` is False; `uid` is the precondition."""

    namespace: str
    pod: str
    uid: str
    evict: bool


@dataclass(frozen=True, slots=True)
class ListPods:
    """Read the pods of the node once more."""

    node: str


@dataclass(frozen=True, slots=True)
class GetNode:
    """Read the node: has a cordon without an answer arrived?"""

    node: str


Request = Cordon | Remove | ListPods | GetNode


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request; `pods` for ListPods, `node` for GetNode."""

    request: Request
    error: LabError | None = None
    pods: Sequence[Object] = ()
    node: Object = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PodSeen:
    """The watch showed this pod; `gone`: it was deleted."""

    pod: Object
    gone: bool = False


@dataclass(frozen=True, slots=True)
class PodsListed:
    """All pods that are watched, listed anew: what is not among them is gone."""

    pods: Sequence[Object]


@dataclass(frozen=True, slots=True)
class BudgetSeen:
    """The watch showed this PodDisruptionBudget."""

    budget: Object
    gone: bool = False


@dataclass(frozen=True, slots=True)
class BudgetsListed:
    """All budgets, listed anew."""

    budgets: Sequence[Object]


@dataclass(frozen=True, slots=True)
class WatchLost:
    """Pods or budgets (`kind`) cannot be followed now; it is tried again without end."""

    kind: str
    error: LabError


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Ctrl-C or SIGTERM."""


Signal = Answer | PodSeen | PodsListed | BudgetSeen | BudgetsListed | WatchLost | Interrupt


@dataclass(frozen=True, slots=True)
class Event:
    """Something a watcher of the run wants to know; `details` depends on the name (drain documentation)."""

    time: datetime
    event: EventName
    node: str | None
    pod: Reference | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """One line of `-o jsonl`, without the words."""
        return {
            "time": self.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "event": self.event,
            "node": self.node,
            "pod": self.pod.to_dict() if self.pod else None,
            "message": "",
            "details": dict(self.details),
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run is."""

    nodes: int
    nodes_done: int
    pods: int
    pods_done: int
    waiting: int
    budget: str
    allowed: int


class Reactor(Protocol):
    """The world of a run: its clock, its requests, what it shows. A fake one makes a whole drain run in no time."""

    def now(self) -> float:
        """Seconds of a clock that only goes forward."""
        ...

    def send(self, request: Request) -> None:
        """Start a request; its Answer comes as a signal."""
        ...

    def wait(self, until: float | None) -> Sequence[Signal]:
        """The signals that have come, or those that come before `until` (None: as long as it takes)."""
        ...

    def emit(self, events: Sequence[Event], progress: Progress) -> None:
        """Show what happened."""
        ...
