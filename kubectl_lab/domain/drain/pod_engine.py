"""The pods of a drain that runs: when each request goes out, what its answer and the watch mean for the pod."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain import answers
from kubectl_lab.domain.drain.filters import is_overdue
from kubectl_lab.domain.drain.gate import backoff
from kubectl_lab.domain.drain.plan import budget_findings
from kubectl_lab.domain.drain.signals import Answer, BudgetsListed, PodSeen, PodsListed, Remove
from kubectl_lab.domain.rules import budgets
from kubectl_lab.domain.rules import pods as pod_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kubectl_lab.domain.drain.gate import BudgetGate, Key
    from kubectl_lab.domain.drain.model import DrainOptions, PodOutcome
    from kubectl_lab.domain.drain.progress import Journal, PodRun
    from kubectl_lab.domain.drain.signals import BudgetSeen, EventName
    from kubectl_lab.domain.rules.budgets import Budget
    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Object

MOST_FAILURES = 5  # passing failures in a row before a request is given up
REMINDER = 60.0  # seconds between two lines about the same budget
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
        self._on_refusal: dict[answers.Meaning, Callable[[PodRun, Key | None, LabError, float], None]] = {
            "gone": self._on_gone,
            "budget": self._on_budget,
            "unprocessed": self._on_budget,
            "terminating namespace": self._on_terminating_namespace,
            "many budgets": self._on_many_budgets,
            "passing": self._on_passing,
            "refused": self._on_refused,
        }

    # --- sending

    def removals(self, pods: Sequence[PodRun], now: float) -> Iterable[Remove]:
        """The requests that may go out now."""
        for pod in pods:
            self._skip_if_overdue(pod, now)
            if pod.state != "waiting" or now < pod.not_before:
                continue
            if pod.failures and self._was_taken(pod):
                pod.state = "accepted"  # a lost answer: the watch shows that the request had arrived
                continue
            if self._in_flight >= self._options.pod_parallel:
                return
            key = self._budget_of(pod)
            if key is not None and not self._gate.may_send(key, now):
                self._hold(pod, key, now)
                continue
            yield self._send(pod, key, now)

    def _send(self, pod: PodRun, key: Key | None, now: float) -> Remove:
        pod.state, pod.held_by = "sent", key
        self._in_flight += 1
        if key is not None:
            self._gate.sent(key, pod.plan.uid, now)
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

    def _asked(self, pod: PodRun) -> tuple[Budget, ...]:
        if pod.plan.action != "evict" or not budgets.asked_for(pod.obj):
            return ()
        return self._gate.numbers(self._gate.of_pod(pod.obj))

    def _was_taken(self, pod: PodRun) -> bool:
        return pod.plan.terminating_since is None and pod_rules.is_terminating(pod.obj)

    def _hold(self, pod: PodRun, key: Key, now: float) -> None:
        pod.held_by = key
        numbers = self._gate.numbers((key,))
        if numbers and numbers[0].allowed == 0:
            self._remind(pod, key, numbers[0], now)

    def _remind(self, pod: PodRun, key: Key, numbers: Budget, now: float) -> None:
        """Which budget is waited for: at once, then once a minute."""
        if now < self._reminded.get(key, -math.inf) + REMINDER:
            return
        self._reminded[key] = now
        waiting = sum(other.state == "waiting" and other.held_by == key for other in self._by_key.values())
        details = {"budget": numbers.name, **numbers.numbers(), "waiting": waiting}
        self._journal.emit("blocked", pod.node, pod.plan.reference, now, **details)

    def wake_at(self, pods: Sequence[PodRun], now: float) -> float:
        """When something may be sent or given up although nothing is heard; infinity for never."""
        return min((self._pod_wake_at(pod, now) for pod in pods if pod.is_open), default=math.inf)

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

    def on_answer(self, answer: Answer, now: float) -> None:
        """The server answered an eviction or delete."""
        request = answer.request
        pod = self._by_key[(request.namespace, request.pod)] if isinstance(request, Remove) else None
        self._in_flight -= 1
        if pod is None or pod.state != "sent":
            return
        key, pod.held_by = pod.held_by, None
        if answer.error is None:
            self._on_accepted(pod, key, now)
            return
        self._on_refusal[answers.meaning(answer.error)](pod, key, answer.error, now)

    def _on_accepted(self, pod: PodRun, key: Key | None, now: float) -> None:
        pod.state, pod.failures = "accepted", 0
        if key is not None:
            self._gate.accepted(key, pod.plan.uid, now)
        if pod.is_gone:
            self._left(pod, now)

    def _on_gone(self, pod: PodRun, key: Key | None, _: LabError, now: float) -> None:
        self._release(pod, key)
        self._gone_by_itself(pod, now)

    def _on_budget(self, pod: PodRun, key: Key | None, error: LabError, now: float) -> None:
        pod.state = "waiting"
        wait = answers.retry_after(error)
        if key is not None:
            self._gate.refused(key, pod.plan.uid, now, wait)
            pod.held_by = key
            for numbers in self._gate.numbers((key,)):
                self._remind(pod, key, numbers, now)
            return
        pod.not_before = now + max(wait, backoff(pod.failures, self._jitter))
        pod.failures += 1
        name = answers.budget_named(error)
        key = (pod.plan.key[0], name)
        if now >= self._reminded.get(key, -math.inf) + REMINDER:
            self._reminded[key] = now
            self._journal.emit("blocked", pod.node, pod.plan.reference, now, budget=name, waiting=1)

    def _on_terminating_namespace(self, pod: PodRun, key: Key | None, _: LabError, now: float) -> None:
        self._release(pod, key)
        self._note(pod, "DRN036", node=pod.node)
        if pod_rules.is_terminating(pod.obj):
            pod.state = "accepted"
            return
        pod.state, pod.not_before = "waiting", now + NAMESPACE_RETRY

    def _on_many_budgets(self, pod: PodRun, key: Key | None, error: LabError, now: float) -> None:
        self._release(pod, key)
        found = self._asked(pod)
        pod.budgets = found or None
        if len(found) > 1:
            pod.findings.extend(budget_findings(pod.obj, found))
            self._end(pod, "failed", now, reason=answers.message_of(error))
        else:
            self._on_refused(pod, None, error, now)

    def _on_passing(self, pod: PodRun, key: Key | None, error: LabError, now: float) -> None:
        self._release(pod, key)
        pod.failures += 1
        if pod.failures >= MOST_FAILURES:
            self._on_refused(pod, None, error, now)
            return
        pod.state = "waiting"
        pod.not_before = now + max(answers.retry_after(error), backoff(pod.failures - 1, self._jitter))

    def _on_refused(self, pod: PodRun, key: Key | None, error: LabError, now: float) -> None:
        self._release(pod, key)
        reason = answers.message_of(error)
        self._note(pod, "DRN031", node=pod.node, status=answers.status_of(error), reason=reason)
        self._end(pod, "failed", now, reason=reason)

    def _release(self, pod: PodRun, key: Key | None) -> None:
        if key is not None:
            self._gate.released(key, pod.plan.uid)

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
        elif pod.state == "accepted" or self._was_taken(pod):
            self._left(pod, now)
        else:
            self._gone_by_itself(pod, now)

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
        self._end(pod, "evicted" if pod.plan.action == "evict" else "deleted", now)

    def _gone_by_itself(self, pod: PodRun, now: float) -> None:
        self._note(pod, "DRN033", node=pod.node)
        self._end(pod, "skipped", now)

    def _skip_if_overdue(self, pod: PodRun, now: float) -> None:
        deleted = pod_rules.deletion_timestamp(pod.obj)
        if pod.state == "accepted" and is_overdue(deleted, self._options, self._journal.wall(now)):
            self._note(pod, "DRN009", node=pod.node, since=objects.metadata(pod.obj).get("deletionTimestamp"))
            self._end(pod, "skipped", now)

    def give_up(self, pod: PodRun, why: str, seconds: float) -> None:
        """The run ends before the pod is gone: what stands in its way now is told with it."""
        pod.budgets = self._asked(pod)
        if pod.state == "waiting":
            pod.findings.extend(budget_findings(pod.obj, pod.budgets))
        if why in {"timeout", "deadline"}:
            finalizers = ", ".join(
                str(entry) for entry in objects.sequence(objects.metadata(pod.obj).get("finalizers"))
            )
            grace = objects.spec(pod.obj).get("terminationGracePeriodSeconds", "-")
            details = {"limit": f"--{why}", "seconds": f"{seconds:g}", "finalizers": finalizers or "-", "grace": grace}
            self._note(pod, "DRN032", node=pod.node, **details)
        pod.state, pod.outcome = "done", "pending"

    def _end(self, pod: PodRun, outcome: PodOutcome, now: float, **details: object) -> None:
        pod.state, pod.outcome = "done", outcome
        if outcome != "pending":
            self._journal.emit(_EVENT_OF[outcome], pod.node, pod.plan.reference, now, **details)

    def _note(self, pod: PodRun, code: str, **details: object) -> None:
        about = pod.plan.reference
        if all(entry.code != code for entry in pod.findings):
            pod.findings.append(finding(code, about, pod=about.name, namespace=about.namespace, **details))


_EVENT_OF: dict[PodOutcome, EventName] = {
    "evicted": "evicted",
    "deleted": "deleted",
    "skipped": "skipped",
    "failed": "failed",
}
