"""The pods of a drain that runs: when each request goes out, what its answer and the watch mean for the pod."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from kubectl_lab import objects
from kubectl_lab.domain.drain import answers, waits
from kubectl_lab.domain.drain.filters import is_overdue
from kubectl_lab.domain.drain.gate import MOST_FAILURES, backoff
from kubectl_lab.domain.drain.plan import budget_findings
from kubectl_lab.domain.drain.signals import BudgetsListed, PodSeen, PodsListed
from kubectl_lab.domain.rules import budgets
from kubectl_lab.domain.rules import pods as pod_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kubectl_lab.domain.drain.gate import BudgetGate, Key
    from kubectl_lab.domain.drain.model import DrainOptions
    from kubectl_lab.domain.drain.progress import Journal, PodRun
    from kubectl_lab.domain.drain.signals import BudgetSeen, Remove
    from kubectl_lab.domain.rules.budgets import Budget
    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Object

Ended = Literal["evicted", "deleted", "skipped", "failed"]  # an outcome of a pod that is also an event
NAMESPACE_RETRY = 5.0  # seconds before a pod of a terminating namespace is asked for again, as kubectl does


class PodEngine:
    """All pods of a run; at most `pod_parallel` requests are in flight at once."""

    def __init__(
        self,
        options: DrainOptions,
        gate: BudgetGate,
        pods: Iterable[PodRun],
        journal: Journal,
        jitter: Callable[[], float],
    ) -> None:
        self._options = options
        self._gate = gate
        self._journal = journal
        self._jitter = jitter
        self._by_key = {pod.plan.key: pod for pod in pods}
        self._in_flight = 0
        self._reminded: dict[Key, float] = {}
        self._on_refusal: dict[answers.Meaning, Callable[[PodRun, LabError, float], None]] = {
            "gone": self._on_gone,
            "budget": self._on_budget,
            "unprocessed": self._on_budget,
            "terminating namespace": self._on_terminating_namespace,
            "many budgets": self.refuse,
            "passing": self._on_passing,
            "refused": self.refuse,
        }

    # --- sending

    def removals(self, pods: Sequence[PodRun], now: float) -> Iterable[Remove]:
        """The requests that may go out now."""
        held: dict[Key, PodRun] = {}
        for pod in pods:
            self._look_again(pod, now)
            waits.remind(pod, self._journal, now)
            if pod.state != "waiting" or now < pod.not_before or self._in_flight >= self._options.pod_parallel:
                continue
            pod.held_by = self._budget_of(pod)
            if pod.held_by is not None and not self._gate.may_send(pod.held_by, now):
                held.setdefault(pod.held_by, pod)
                continue
            yield self._send(pod, now)
        for key, pod in held.items():
            self._remind(pod, key, now)

    def _look_again(self, pod: PodRun, now: float) -> None:
        """What the watch showed may have settled it: a lost request had arrived, or the grace period is long over."""
        terminating_since = pod_rules.deletion_timestamp(pod.obj)
        if pod.state == "waiting" and pod.is_ours and terminating_since is not None:
            self._accept(pod, now)
        if pod.state == "accepted" and is_overdue(terminating_since, self._options, self._journal.wall(now)):
            pod.note("DRN009", node=pod.node, since=objects.metadata(pod.obj).get("deletionTimestamp"))
            self._end(pod, "skipped", now)

    def _send(self, pod: PodRun, now: float) -> Remove:
        pod.state = "sent"
        self._in_flight += 1
        if pod.held_by is not None:
            self._gate.sent(pod.held_by, pod.plan.reference.name, now)
        if not pod.was_announced:
            pod.was_announced = True
            self._journal.emit("evicting", pod.node, pod.plan.reference, now)
        return pod.request()

    def _budget_of(self, pod: PodRun) -> Key | None:
        """The one budget an eviction would use up; none for a delete, and none where several make it fail anyway."""
        asked = self._asked(pod)
        if len(asked) != 1 or budgets.answer(pod.obj, asked[0]) == "free":
            return None
        return asked[0].key

    def _selecting(self, pod: PodRun) -> tuple[Budget, ...]:
        return self._gate.numbers(self._gate.of_pod(pod.obj)) if pod.plan.action == "evict" else ()

    def _asked(self, pod: PodRun) -> tuple[Budget, ...]:
        return self._selecting(pod) if budgets.asked_for(pod.obj) else ()

    def _remind(self, pod: PodRun, key: Key, now: float) -> None:
        """Which budget is waited for: at once, then once a minute; not while others use its allowance.

        Numbers of a budget that its controller has not processed allow nothing, whatever they say: they are not told.
        """
        numbers = [entry for entry in self._gate.numbers((key,)) if entry.processed]
        if any(entry.allowed > 0 for entry in numbers) or now < self._reminded.get(key, -math.inf) + waits.REMINDER:
            return
        self._reminded[key] = now
        waiting = sum(other.state in {"waiting", "sent"} and other.held_by == key for other in self._by_key.values())
        seen = numbers[0].numbers() if numbers else {}
        self._journal.emit("blocked", pod.node, pod.plan.reference, now, budget=key[1], **seen, waiting=waiting)

    def wake_at(self, pods: Sequence[PodRun], now: float) -> float:
        """When something may be sent or given up although nothing is heard; infinity for never."""
        return min((min(self._pod_wake_at(pod, now), waits.due(pod)) for pod in pods if pod.is_open), default=math.inf)

    def _pod_wake_at(self, pod: PodRun, now: float) -> float:
        if pod.state == "accepted":
            limit = self._options.skip_wait_for_delete_timeout
            return now + 1.0 if limit and pod_rules.is_terminating(pod.obj) else math.inf
        if pod.state == "sent" or self._in_flight >= self._options.pod_parallel:
            return math.inf
        if now < pod.not_before or pod.held_by is None:
            return pod.not_before
        return self._gate.wake_at(pod.held_by, now)

    # --- answers

    def on_answer(self, request: Remove, error: LabError | None, now: float) -> None:
        """The server answered an eviction or delete."""
        pod = self._by_key[request.namespace, request.pod]
        self._in_flight -= 1
        meaning = answers.meaning(error) if error else None
        self._tell_gate(pod, error, now)
        if pod.state != "sent":
            return  # given up meanwhile
        if error is None or answers.may_have_arrived(error):
            pod.is_ours = True
        elif meaning not in {"gone", "passing", "terminating namespace"}:
            pod.is_ours = False  # a clear no: an earlier request that was lost had not arrived
        pod.failures = pod.failures + 1 if meaning == "passing" else 0
        if pod.is_gone:
            self._left(pod, now)
        elif error is None or meaning is None:
            self._accept(pod, now)
        else:
            pod.state = "waiting"
            self._on_refusal[meaning](pod, error, now)

    def _accept(self, pod: PodRun, now: float) -> None:
        pod.state = "accepted"
        waits.begin(pod, now)

    def _tell_gate(self, pod: PodRun, error: LabError | None, now: float) -> None:
        key, name = pod.held_by, pod.plan.reference.name
        if key is None:
            return
        if error is None or answers.may_have_arrived(error):
            self._gate.accepted(key, name, now)
        elif answers.meaning(error) in {"budget", "unprocessed"}:
            self._gate.refused(key, name, now, answers.retry_after(error))
            return
        else:
            self._gate.released(key, name)
        pod.held_by = None

    def _on_gone(self, pod: PodRun, _: LabError, now: float) -> None:
        self._left(pod, now)

    def _on_budget(self, pod: PodRun, error: LabError, now: float) -> None:
        waits.forget(pod)
        key = pod.held_by
        if key is None:  # one that we do not see, or not yet
            pod.not_before = now + max(answers.retry_after(error), backoff(pod.refusals, self._jitter))
            pod.refusals += 1
            key = pod.plan.key[0], answers.budget_named(error)
        self._remind(pod, key, now)

    def _on_terminating_namespace(self, pod: PodRun, error: LabError, now: float) -> None:
        pod.note("DRN036", node=pod.node)
        waits.begin(pod, now, error)
        if pod_rules.is_terminating(pod.obj):
            self._accept(pod, now)
        pod.not_before = now + NAMESPACE_RETRY

    def _on_passing(self, pod: PodRun, error: LabError, now: float) -> None:
        if pod.failures >= MOST_FAILURES:
            self.refuse(pod, error, now)
            return
        waits.begin(pod, now, error)
        pod.not_before = now + max(answers.retry_after(error), backoff(pod.failures - 1, self._jitter))

    def refuse(self, pod: PodRun, error: LabError, now: float) -> None:
        """The end of it; of the budgets only what makes the refusal plain is told, as it is now."""
        pod.budgets, asked = self._selecting(pod), self._asked(pod)
        if len(asked) > 1:
            pod.findings.extend(budget_findings(pod.obj, asked))
        reason = answers.reason_of(error)
        pod.note("DRN031", node=pod.node, status=answers.status_of(error), reason=reason)
        self._end(pod, "failed", now, reason=reason)

    # --- the watch

    def on_pods(self, signal: PodSeen | PodsListed, now: float) -> None:
        """The watch showed pods. Another pod of the same name means that ours is gone; it is never looked at."""
        if isinstance(signal, PodSeen):
            pod = self._by_key.get((objects.namespace(signal.pod) or "", objects.name(signal.pod)))
            if pod is not None:
                self._on_pod(pod, None if signal.gone else signal.pod, now)
            return
        there = {objects.uid(obj): obj for obj in signal.pods}
        for pod in self._by_key.values():
            self._on_pod(pod, there.get(pod.plan.uid), now)

    def _on_pod(self, pod: PodRun, obj: Object | None, now: float) -> None:
        if not pod.is_open:
            return
        if obj is not None and objects.uid(obj) == pod.plan.uid:
            pod.obj = obj
        elif pod.state == "sent":
            pod.is_gone = True
        else:
            self._left(pod, now)

    def on_budgets(self, signal: BudgetSeen | BudgetsListed, now: float) -> None:
        """The watch showed budgets."""
        if isinstance(signal, BudgetsListed):
            self._gate.replace(signal.budgets, now)
        elif signal.gone:
            self._gate.gone((objects.namespace(signal.budget) or "", objects.name(signal.budget)))
        else:
            self._gate.seen(signal.budget, now)

    def numbers_of(self, pod: PodRun) -> Budget | None:
        """The numbers of the budget that holds the pod, as last seen."""
        found = self._gate.numbers((pod.held_by,)) if pod.held_by else ()
        return found[0] if found else None

    # --- ends

    def _left(self, pod: PodRun, now: float) -> None:
        """It is gone: by our doing, or by itself."""
        if pod.is_ours:
            self._end(pod, "evicted" if pod.plan.action == "evict" else "deleted", now)
        else:
            pod.note("DRN033", node=pod.node)
            self._end(pod, "skipped", now)

    def give_up(self, pod: PodRun, why: str, seconds: float) -> None:
        """The run ends before the pod is gone: what stands in its way now is told with it."""
        pod.budgets = self._selecting(pod)
        if pod.state == "waiting":
            pod.findings.extend(budget_findings(pod.obj, self._asked(pod)))
        if why in {"timeout", "deadline"}:
            details = {"limit": f"--{why}", "seconds": f"{seconds:g}", **waits.end_of(pod.obj)}
            pod.note("DRN032", node=pod.node, **details)
        pod.state, pod.outcome = "done", "pending"

    def _end(self, pod: PodRun, outcome: Ended, now: float, **details: object) -> None:
        pod.state, pod.outcome = "done", outcome
        self._journal.emit(outcome, pod.node, pod.plan.reference, now, **details)
