"""A drain that runs: cordon the nodes, then empty them one after another.

The engine is told facts (`on`) and says what to send (`requests`); it never waits and reads no clock, so that a whole
drain runs in a unit test. Source of the order: kubectl `pkg/cmd/drain` (all nodes cordoned first, all pods of a node at
once).
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain.cordons import ANSWER_WAIT, Cordons
from kubectl_lab.domain.drain.gate import BudgetGate
from kubectl_lab.domain.drain.model import Drain, run_outcome
from kubectl_lab.domain.drain.plan import selected
from kubectl_lab.domain.drain.pod_engine import PodEngine
from kubectl_lab.domain.drain.progress import LEFT, NodeRun, PodRun
from kubectl_lab.domain.drain.signals import (
    Answer,
    BudgetSeen,
    BudgetsListed,
    Cordon,
    Event,
    GetNode,
    ListPods,
    PodSeen,
    PodsListed,
    Progress,
    Remove,
    WatchLost,
)
from kubectl_lab.domain.drain.waits import Watches
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.domain.drain.model import DrainOptions, NodeOutcome, NodePlan, Outcome
    from kubectl_lab.domain.drain.progress import Closing
    from kubectl_lab.domain.drain.signals import EventName, Request, Signal
    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding, Reference

OPEN_NODES = 1  # nodes emptied at once


class Engine:
    """One run of a plan. `now` is seconds of a clock that only goes forward; `wall` is the time of day at `started`."""

    def __init__(
        self,
        plan: Drain,
        options: DrainOptions,
        pods: Iterable[Object],
        budgets: Iterable[Object],
        *,
        started: float,
        wall: datetime,
        jitter: Callable[[], float],
    ) -> None:
        self._plan = plan
        self._options = options
        self._started = started
        self._wall = wall
        self._events: list[Event] = []
        self._findings: list[Finding] = list(plan.findings)
        self._ended: Outcome | None = None
        self._refusal: LabError | None = None
        self._watches = Watches(self)
        known = {objects.uid(pod): pod for pod in pods}
        self._nodes = [_node_run(node, known) for node in plan.nodes]
        self._cordons = Cordons(self._nodes, options, self, jitter)
        gate = BudgetGate(budgets, started, jitter)
        self._pods = PodEngine(options, gate, (pod for node in self._nodes for pod in node.pods), self, jitter)
        for node in self._nodes:
            if node.cordoned == "already" and not node.is_over:
                self.emit("cordoned", node.plan.name, None, started, already=True)

    # --- what the loop asks

    @property
    def is_finished(self) -> bool:
        """Every node is done, or the run was stopped and nothing is in flight any more."""
        return all(node.is_over for node in self._nodes)

    def requests(self, now: float) -> Sequence[Request]:
        """What to send now."""
        self._stop_what_is_over(now)
        found: list[Request] = list(self._cordons.requests(now))
        if any(node.state == "cordoning" for node in self._nodes):
            return found
        self._open_nodes(now)
        for node in self._nodes:
            if node.state == "open" and node.closing is None:
                found.extend(self._pods.removals(node.pods, now))
        found.extend(self._settle())
        return found

    def wake_at(self, now: float) -> float | None:
        """The next moment at which something is due."""
        working = [node for node in self._nodes if node.state == "open" and not node.closing]
        moments = [self._pods.wake_at(node.pods, now) for node in working]
        moments += [node.until for node in working if node.until is not None]
        moments += self._cordons.wake_at()
        moments += [node.close_by for node in self._nodes if node.closing and not node.is_ending]
        if self._options.deadline and self._ended is None:
            moments.append(self._started + self._options.deadline)
        soonest = min(moments, default=math.inf)
        return None if soonest == math.inf else soonest

    def on(self, signal: Signal, now: float) -> None:
        """A fact arrived."""
        match signal:
            case Answer(request=Cordon(node=name)):
                self._on_cordon(self._node(name), signal, now)
            case Answer(request=GetNode(node=name)):
                if self._cordons.on_node(self._node(name), signal, now):
                    self._over(self._node(name), now)
            case Answer(request=ListPods(node=name)):
                self._on_last_list(self._node(name), signal.pods, now)
            case Answer(request=Remove() as removal):
                self._pods.on_answer(removal, signal.error, now)
            case PodSeen() | PodsListed():
                self._watches.works("Pod")
                self._pods.on_pods(signal, now)
            case BudgetSeen() | BudgetsListed():
                self._watches.works("PodDisruptionBudget")
                self._pods.on_budgets(signal, now)
            case WatchLost():
                self._on_watch_lost(signal, now)
            case _:  # Interrupt, the only one that is left
                self._interrupt(now)

    def take_events(self) -> Sequence[Event]:
        """What happened since the last call."""
        taken, self._events = self._events, []
        return taken

    def progress(self) -> Progress:
        """How far the run is; `budget` is one that pods wait for, "" for none."""
        live = [node for node in self._nodes if node.state != "refused"]
        pods = [pod for node in live for pod in node.pods]
        waiting = [pod for pod in pods if pod.state == "waiting" and pod.held_by is not None]
        numbers = self._pods.numbers_of(waiting[0]) if waiting else None
        return Progress(
            nodes=len(self._nodes),
            nodes_done=sum(node.outcome == "drained" for node in live),
            pods=len(pods),
            pods_done=sum(pod.outcome in LEFT for pod in pods),
            waiting=len(waiting),
            budget=numbers.name if numbers else "",
            allowed=numbers.allowed if numbers else 0,
        )

    def result(self) -> Drain:
        """The report."""
        nodes = tuple(node.report() for node in self._nodes)
        in_time = all(node.outcome not in {"timeout", "untouched"} for node in nodes)
        ended = None if self._ended != "interrupted" and in_time else self._ended
        return Drain(self._options.mode, run_outcome(nodes, ended), nodes, tuple(self._findings))

    # --- what the pods tell

    def emit(self, event: EventName, node: str | None, pod: Reference | None, now: float, /, **details: object) -> None:
        """Note something that happened."""
        self._events.append(Event(self.wall(now), event, node, pod, details))

    def wall(self, now: float) -> datetime:
        """The time of day."""
        return self._wall + timedelta(seconds=now - self._started)

    # --- nodes

    def _on_cordon(self, node: NodeRun, answer: Answer, now: float) -> None:
        given_up = self._cordons.on_answer(node, answer.error, now)
        if given_up is not None:
            self._findings.append(given_up)
            self._end(node, "failed", now)

    def _open_nodes(self, now: float) -> None:
        for node in self._nodes:
            busy = sum(other.state in {"open", "checking"} for other in self._nodes)
            if node.state == "queued" and busy < OPEN_NODES:
                node.state = "open"
                node.until = now + self._options.timeout if self._options.timeout else None

    def _settle(self) -> Iterable[Request]:
        """Nodes whose pods are all done are looked at once more: pods may have come meanwhile."""
        for node in self._nodes:
            if node.state == "open" and node.closing is None and not any(node.open_pods()):
                node.state = "checking"
                yield ListPods(node.plan.name)

    def _on_last_list(self, node: NodeRun, listed: Sequence[Object], now: float) -> None:
        if node.is_over:
            return
        planned = {pod.uid for pod in node.plan.pods}
        for pod in selected(listed, self._options):
            if objects.uid(pod) not in planned and pod_rules.daemonset(pod) is None and not pod_rules.is_mirror(pod):
                about = reference(pod, "Pod")
                details = {"pod": about.name, "namespace": about.namespace, "node": node.plan.name}
                self._findings.append(finding("DRN042", about, **details))
        self._end_emptied(node, now)

    def _end_emptied(self, node: NodeRun, now: float) -> None:
        failed = any(pod.outcome == "failed" for pod in node.pods)
        self._end(node, "failed" if failed else "drained", now)

    def _end(self, node: NodeRun, outcome: NodeOutcome, now: float) -> None:
        node.outcome = outcome
        node.forget_pods()
        if not self._cordons.look_for(node, now):
            self._over(node, now)

    def _over(self, node: NodeRun, now: float) -> None:
        node.state = "done"
        self.emit("node", node.plan.name, None, now, outcome=node.outcome)

    def _node(self, name: str) -> NodeRun:
        return next(node for node in self._nodes if node.plan.name == name)

    # --- the ends that come before the end

    def _interrupt(self, now: float) -> None:
        if self._ended != "interrupted":
            self._ended = "interrupted"
            self.emit("interrupted", None, None, now)
            for node in self._nodes:
                self._close(node, "interrupted", now)

    def _on_watch_lost(self, signal: WatchLost, now: float) -> None:
        """Credentials that have expired do not come back; whatever else is wrong with a watch may pass."""
        if self._watches.lost(signal, now) and self._ended is None:
            self._ended, self._refusal = "failed", signal.error
            for node in self._nodes:
                self._close(node, "refused", now)

    def _stop_what_is_over(self, now: float) -> None:
        deadline = self._options.deadline
        if deadline and self._ended is None and now >= self._started + deadline:
            self._ended = "timeout"
            for node in self._nodes:
                self._close(node, "deadline", now)
        for node in self._nodes:
            if node.state == "open" and node.until is not None and now >= node.until and any(node.open_pods()):
                self._close(node, "timeout", now)
            if node.state == "asking" and now >= node.ask_by:
                self._over(node, now)
            if node.closing and not node.is_ending and (not node.in_flight() or now >= node.close_by):
                self._finish_early(node, now)

    def _close(self, node: NodeRun, why: Closing, now: float) -> None:
        """No new request for this node; those in flight get a few seconds."""
        if not node.is_ending and node.closing is None:
            node.closing, node.close_by = why, now + ANSWER_WAIT

    def _finish_early(self, node: NodeRun, now: float) -> None:
        if node.state in {"cordoning", "queued"}:
            self._end(node, "untouched", now)
            return
        if not any(node.open_pods()):
            self._end_emptied(node, now)
            return
        if self._refusal is not None and node.closing == "refused":
            for pod in node.open_pods():
                self._pods.refuse(pod, self._refusal, now)
            self._end(node, "failed", now)
            return
        limits = {"timeout": self._options.timeout, "deadline": self._options.deadline}
        for pod in node.open_pods():
            self._pods.give_up(pod, node.closing or "", limits.get(node.closing or "", 0))
        self._end(node, "interrupted" if node.closing == "interrupted" else "timeout", now)


def _node_run(node: NodePlan, known: Mapping[str, Object]) -> NodeRun:
    """A refused node is left as it is."""
    if node.is_refused:
        return NodeRun(node, [], "refused", node.cordoned, "blocked")
    pods = [PodRun(pod, node.name, known.get(pod.uid, {})) for pod in node.going]
    return NodeRun(node, pods, "queued" if node.unschedulable else "cordoning", node.cordoned)
