"""At most as many evictions at once as the budget allows, so that a watch that wakes all blocked pods sends few requests.

The API server is the judge; this only keeps from asking what it would refuse. A budget that is not seen to recover is
asked all the same from time to time, because a watch may be late.

Source: kube-apiserver decrements `status.disruptionsAllowed` and notes the pod in `status.disruptedPods` in one write,
before the pod is deleted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import budgets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kubectl_lab.domain.rules.budgets import Budget
    from kubectl_lab.objects import Object

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
MOST_FAILURES = 5  # passing failures in a row before a request is given up
UNSEEN_FOR = 2.0  # seconds in which the watch should show an accepted eviction; then one more is tried

Key = tuple[str, str]


def backoff(attempt: int, jitter: Callable[[], float]) -> float:
    """Seconds before the next try: 1 doubling to 30, plus or minus a fifth; `jitter` gives 0 <= x < 1."""
    return min(FIRST_DELAY * 2.0 ** min(attempt, 10), LONGEST_DELAY) * (0.8 + 0.4 * jitter())


@dataclass(slots=True)
class _Held:
    """An eviction under a budget that the budget does not show yet."""

    sent_at: float
    accepted_at: float | None = None

    def is_fresh(self, now: float) -> bool:
        """The budget's own event may still come."""
        return self.accepted_at is None or now < self.accepted_at + UNSEEN_FOR


@dataclass(slots=True)
class _Entry:
    obj: Object
    numbers: Budget
    allowed: int
    seen_at: float
    held: dict[str, _Held] = field(default_factory=dict)
    probe_at: float = 0.0
    not_before: float = 0.0
    refusals: int = 0

    @property
    def has_room(self) -> bool:
        """Fewer evictions than allowed; one that the budget never showed has used it all the same."""
        return len(self.held) < self.allowed

    def is_quiet(self, now: float) -> bool:
        """Nothing is under way that the watch might still show."""
        return not any(held.is_fresh(now) for held in self.held.values())


class BudgetGate:
    """Knows every budget's latest numbers and the evictions that they do not show yet. Times in seconds."""

    def __init__(self, known: Iterable[Object], now: float, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._entries: dict[Key, _Entry] = {}
        self._selecting: dict[str, tuple[Mapping[str, str], tuple[Key, ...]]] = {}
        for obj in known:
            self.seen(obj, now)

    def of_pod(self, pod: Object) -> tuple[Key, ...]:
        """The budgets that select the pod now. Remembered, because it is asked at every signal."""
        uid, labels = objects.uid(pod), objects.labels(pod)
        if uid not in self._selecting or self._selecting[uid][0] != labels:
            found = budgets.of_pod(pod, (entry.obj for entry in self._entries.values()))
            self._selecting[uid] = labels, tuple(budgets.budget(obj).key for obj in found)
        return self._selecting[uid][1]

    def numbers(self, keys: Iterable[Key]) -> tuple[Budget, ...]:
        """The latest numbers of those that are still there."""
        return tuple(self._entries[key].numbers for key in keys if key in self._entries)

    def seen(self, obj: Object, now: float) -> None:
        """A watch showed the budget: its numbers count from now on, and waiting pods may try again."""
        numbers = budgets.budget(obj)
        old = self._entries.get(numbers.key)
        if old is None or _selector(old.obj) != _selector(obj):
            self._selecting.clear()
        entry = _Entry(obj, numbers, numbers.allowed if numbers.processed else 0, seen_at=now)
        if old is not None:
            entry.held = {
                pod: held for pod, held in old.held.items() if pod not in numbers.disrupted and held.is_fresh(now)
            }
            entry.not_before = old.not_before
            if _generation(old.obj) == _generation(obj):
                entry.refusals = old.refusals  # a watch that shows recoveries needs ever fewer probes beside it
        was_empty = old is not None and old.allowed == 0 and entry.refusals > 0
        entry.probe_at = old.probe_at if old and was_empty else now + backoff(entry.refusals, self._jitter)
        self._entries[numbers.key] = entry

    def gone(self, key: Key) -> None:
        """The budget was deleted: it holds nobody back."""
        self._entries.pop(key, None)
        self._selecting.clear()

    def replace(self, listed: Sequence[Object], now: float) -> None:
        """All budgets, listed anew."""
        there = {budgets.budget(obj).key for obj in listed}
        for key in [key for key in self._entries if key not in there]:
            self.gone(key)
        for obj in listed:
            self.seen(obj, now)

    def may_send(self, key: Key, now: float) -> bool:
        """Whether an eviction under this budget has a chance now, or is due as a probe."""
        entry = self._entries.get(key)
        if entry is None:
            return True
        if now < entry.not_before:
            return False
        return entry.has_room or (entry.is_quiet(now) and now >= entry.probe_at)

    def sent(self, key: Key, pod: str, now: float) -> None:
        """An eviction is on its way; `pod` is its name, because that is what `status.disruptedPods` holds."""
        self._entries[key].held[pod] = _Held(now)

    def accepted(self, key: Key, pod: str, now: float) -> None:
        """The server took it, or may have; the budget's next event will show it."""
        entry = self._entries.get(key)
        if entry is None or pod not in entry.held:
            return
        held = entry.held[pod]
        held.accepted_at = now
        if entry.allowed == 0 and entry.seen_at <= held.sent_at:
            entry.refusals = 0  # a probe found what the watch did not show

    def released(self, key: Key, pod: str) -> None:
        """It came to nothing, without the budget's doing."""
        if key in self._entries:
            self._entries[key].held.pop(pod, None)

    def refused(self, key: Key, pod: str, now: float, retry_after: float) -> None:
        """The budget said no: its numbers are not what we thought, unless it has shown new ones since we asked."""
        entry = self._entries.get(key)
        if entry is None:
            return
        held = entry.held.pop(pod, None)
        if held is not None and entry.seen_at <= held.sent_at:
            entry.allowed = 0
        entry.not_before = max(entry.not_before, now + retry_after)
        entry.probe_at = now + max(retry_after, backoff(entry.refusals, self._jitter))
        entry.refusals += 1

    def wake_at(self, key: Key, now: float) -> float:
        """When `may_send` may change although nothing is heard; infinity: only an answer or an event changes it."""
        entry = self._entries.get(key)
        if entry is None or self.may_send(key, now):
            return now
        if entry.has_room:
            return entry.not_before
        if entry.is_quiet(now):
            return max(entry.not_before, entry.probe_at)
        shown = (held.accepted_at + UNSEEN_FOR for held in entry.held.values() if held.accepted_at is not None)
        return min((at for at in shown if at > now), default=math.inf)


def _selector(obj: Object) -> object:
    return objects.spec(obj).get("selector")


def _generation(obj: Object) -> object:
    return objects.metadata(obj).get("generation")
