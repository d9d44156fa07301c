"""The world of a drain in a test: a Reactor over a simulated server, whose clock jumps to the next thing that happens.

Hours of a drain run in milliseconds, and a run that spins or waits for something that cannot come fails at once.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.drain.engine import Engine
from kubectl_lab.domain.drain.loop import drive
from kubectl_lab.domain.drain.model import Drain, DrainOptions
from kubectl_lab.domain.drain.plan import plan
from kubectl_lab.domain.drain.rehearsal import Rehearsal
from kubectl_lab.domain.drain.signals import (
    Answer,
    BudgetSeen,
    BudgetsListed,
    Cordon,
    GetNode,
    Interrupt,
    ListPods,
    PodSeen,
    PodsListed,
    Remove,
)
from kubectl_lab.domain.rules import budgets as budget_rules
from unit.drain.server import Key, Object, Pace, Server, key_of, wall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kubectl_lab.domain.drain.loop import Run
    from kubectl_lab.domain.drain.signals import Event, Progress, Request, Signal
    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Missing

NEVER = 10_000_000.0
MOST_WAKES = 20_000


class Killed(BaseException):
    """The program was killed outright."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request instead: its `error`; with `arrives` the server does it all the same."""

    error: LabError | None = None
    arrives: bool = False
    hangs: float = 0.0


class World:
    """Build it, `drain` it, look at what happened. Seconds count from 0."""

    def __init__(
        self, nodes: Iterable[Object], pods: Iterable[Object] = (), budgets: Iterable[Object] = (), **pace: Any
    ) -> None:
        self.time = 0.0
        self.latency, self.delay = 0.02, 0.01
        self._order = itertools.count()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._signals: deque[Signal] = deque()
        self.faults: dict[str, list[Fault]] = {}
        self.is_watching = False
        self.sent: list[tuple[float, Request]] = []
        self.answers: list[tuple[float, Answer]] = []
        self.events: list[Event] = []
        self.progress: list[Progress] = []
        self.in_flight = self.most_in_flight = self.most_under_a_budget = 0
        self._under: dict[Key, int] = {}
        self.wakes = 0
        self._idle_at: float | None = None
        self.nodes = {objects.name(node): node for node in nodes}
        self.server = Server(self.after, self.now, self._shown, Pace(**pace))
        for pod in pods:
            self.server.pods[key_of(pod)] = pod
        for budget in budgets:
            self.server.put_budget(budget, counted=False)
        self.server.settle()

    # --- the clock

    def now(self) -> float:
        return self.time

    def at(self, moment: float, happening: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (max(moment, self.time), next(self._order), happening))

    def after(self, seconds: float, happening: Callable[[], None]) -> None:
        self.at(self.time + seconds, happening)

    def interrupt(self) -> None:
        self._signals.append(Interrupt())

    def kill(self) -> None:
        raise Killed

    # --- the Reactor

    def send(self, request: Request) -> None:
        self._idle_at = None
        self.sent.append((self.time, request))
        faults = self.faults.get(_name(request), [])
        fault = faults.pop(0) if faults else Fault(arrives=True)
        key = self._key_of(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        if key is not None:
            self._under[key] = self._under.get(key, 0) + 1
            allowed = budget_rules.budget(self.server.budgets[key]).allowed
            self.most_under_a_budget = max(self.most_under_a_budget, self._under[key] - max(1, allowed))
        self.after(self.latency / 2 + fault.hangs, lambda: self._arrives(request, fault, key))

    def _key_of(self, request: Request) -> Key | None:
        """The budget that this request would use up."""
        pod = self.server.pods.get((request.namespace, request.pod)) if isinstance(request, Remove) else None
        if pod is None or not isinstance(request, Remove) or not request.evict or not budget_rules.asked_for(pod):
            return None
        found = budget_rules.of_pod(pod, self.server.budgets.values())
        if len(found) != 1 or budget_rules.answer(pod, budget_rules.budget(found[0])) == "free":
            return None
        return key_of(dict(found[0]))

    def _arrives(self, request: Request, fault: Fault, key: Key | None) -> None:
        answer = self._do(request) if fault.arrives else Answer(request)
        if fault.error is not None:
            answer = Answer(request, fault.error)
        if key is not None:
            self._under[key] -= 1
        self.after(self.latency / 2, lambda: self._answered(answer))

    def _do(self, request: Request) -> Answer:
        match request:
            case Cordon(node=name):
                spec = {**self.nodes[name]["spec"], "unschedulable": True}
                self.nodes[name] = {**self.nodes[name], "spec": spec}
                return Answer(request)
            case ListPods(node=name):
                there = tuple(pod for pod in self.server.pods.values() if pod["spec"]["nodeName"] == name)
                return Answer(request, pods=there)
            case GetNode(node=name):
                return Answer(request, node=self.nodes[name])
            case Remove():
                return Answer(request, self.server.remove(request))

    def _answered(self, answer: Answer) -> None:
        self.in_flight -= 1
        self.answers.append((self.time, answer))
        self._signals.append(answer)

    def wait(self, until: float | None) -> Sequence[Signal]:
        """Jumps to the next signal, or to `until`. Waking twice at the same instant for nothing is a failure."""
        self.wakes += 1
        assert self.wakes < MOST_WAKES, f"still running at {self.time}"
        limit = NEVER if until is None else until
        while not self._signals and self._agenda and self._agenda[0][0] <= limit:
            self.time, _, happening = heapq.heappop(self._agenda)
            happening()
        if self._signals:
            self._idle_at = None
            found = tuple(self._signals)
            self._signals.clear()
            return found
        assert until is not None, f"waits for ever at {self.time}"
        self.time = max(self.time, until)
        assert self._idle_at != self.time, f"spins at {self.time}"
        self._idle_at = self.time
        return ()

    def emit(self, events: Sequence[Event], progress: Progress) -> None:
        self.events.extend(events)
        if not self.progress or self.progress[-1] != progress:
            self.progress.append(progress)

    # --- the watches

    def _shown(self, obj: Object, gone: bool) -> None:
        if self.is_watching:
            kind = BudgetSeen if obj["kind"] == "PodDisruptionBudget" else PodSeen
            self.after(self.delay, lambda: self._signals.append(kind(obj, gone)))

    def close_watches(self, seconds: float) -> None:
        """The server closes both with 410: what happens until they are listed again is not told one by one."""
        self.is_watching = False
        self._agenda = [entry for entry in self._agenda if entry[2].__qualname__ != "World._shown.<locals>.<lambda>"]
        heapq.heapify(self._agenda)
        self.after(seconds, self.list_again)

    def list_again(self) -> None:
        self.is_watching = True
        self._signals.append(PodsListed(tuple(self.server.pods.values())))
        self._signals.append(BudgetsListed(tuple(self.server.budgets.values())))

    # --- runs

    def plan(self, options: DrainOptions, *nodes: str, known: Missing | None = None) -> Drain:
        chosen = [self.nodes[name] for name in nodes or self.nodes]
        seen = known or tuple(self.server.budgets.values())
        return plan(chosen, self.server.pods.values(), seen, {}, options, wall(self.time))

    def drain(self, *nodes: str, known: Missing | None = None, **flags: Any) -> Drain:
        """Plan and run. `known`: the budgets cannot be read."""
        options = DrainOptions(**flags)
        planned = self.plan(options, *nodes, known=known)
        self.is_watching = True
        budgets = () if known else tuple(self.server.budgets.values())
        engine = Engine(
            planned,
            options,
            tuple(self.server.pods.values()),
            budgets,
            started=self.time,
            wall=wall(self.time),
            jitter=lambda: 0.5,
        )
        return self.drive(engine)

    def rehearse(self, **flags: Any) -> Drain:
        options = DrainOptions(mode="server", **flags)
        return self.drive(Rehearsal(self.plan(options), options))

    def drive(self, run: Run) -> Drain:
        return drive(run, self)

    def restarted(self) -> World:
        """The program begins anew: what was sent or watched before is nobody's any more."""
        self._signals.clear()
        self.is_watching = False
        self._agenda = [entry for entry in self._agenda if entry[2].__qualname__.startswith("Server.")]
        heapq.heapify(self._agenda)
        self.faults, self.in_flight, self.events, self._under = {}, 0, [], {}
        return self

    # --- what happened

    def story(self) -> list[tuple[str, str | None]]:
        """Events and what they are about."""
        return [(event.event, event.pod.name if event.pod else event.node) for event in self.events]

    def removals(self, pod: str | None = None) -> list[float]:
        """When evictions and deletes were sent."""
        return [at for at, request in self.sent if isinstance(request, Remove) and pod in {None, request.pod}]


def _name(request: Request) -> str:
    return request.pod if isinstance(request, Remove) else request.node


def outcomes(result: Drain) -> dict[str, str | None]:
    """Pod -> outcome."""
    return {pod.reference.name: pod.outcome for node in result.nodes for pod in node.pods}


def codes(result: Drain, pod: str | None = None) -> list[str]:
    """The codes of a pod's findings, or those of the whole run."""
    if pod is None:
        return [entry.code for entry in result.findings]
    return [
        entry.code
        for node in result.nodes
        for each in node.pods
        if each.reference.name == pod
        for entry in each.findings
    ]
