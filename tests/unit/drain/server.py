"""A small cluster in memory: pods that terminate and are replaced, budgets that are counted, evictions that are judged.

It does what kube-apiserver, the disruption controller, ReplicaSets and the kubelet were seen to do (the live tests run the
real ones); time is told to it, and every change is shown to `watchers`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules import budgets, pods
from make import pod as make_pod
from unit.drain import responses

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_lab.domain.drain.signals import Remove
    from kubectl_lab.domain.rules.budgets import Budget
    from kubectl_lab.errors import ApiError

Object = dict[str, Any]
Key = tuple[str, str]
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
FORGOTTEN_AFTER = 120.0  # seconds: DeletionTimeout of the disruption controller


def wall(now: float) -> datetime:
    return START + timedelta(seconds=now)


def key_of(obj: Object) -> Key:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `terminates` None: never; `counts`: until the disruption controller has caught up."""

    terminates: float | None = 3.0
    ready: float = 1.0
    counts: float = 0.05


@dataclass
class Server:
    """`later(seconds, happening)` is the clock's; `shown(obj, gone)` tells every change."""

    later: Callable[[float, Callable[[], None]], None]
    now: Callable[[], float]
    shown: Callable[[Object, bool], None]
    pace: Pace = field(default_factory=Pace)
    paces: dict[str, Pace] = field(default_factory=dict)
    pods: dict[Key, Object] = field(default_factory=dict)
    budgets: dict[Key, Object] = field(default_factory=dict)
    expected: dict[Key, int] = field(default_factory=dict)
    terminating_namespaces: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    most_allowed: dict[Key, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    # --- pods

    def put_pod(self, pod: Object) -> None:
        """Created or changed."""
        self.pods[key_of(pod)] = pod
        self.shown(pod, False)
        self._recount(pod)

    def remove_pod(self, key: Key) -> None:
        """Gone from the API, at once."""
        pod = self.pods.pop(key, None)
        if pod is not None:
            self.shown(pod, True)
            self._recount(pod)
            if (objects.controller(pod) or {}).get("kind") == "StatefulSet":
                self._replace(pod, pod["metadata"]["name"])

    def terminate(self, pod: Object, grace: int = 30) -> None:
        """A deletion was accepted: the kubelet ends it, its controller replaces it."""
        key = key_of(pod)
        stamp = wall(self.now() + grace).isoformat().replace("+00:00", "Z")
        self.put_pod({**pod, "metadata": {**pod["metadata"], "deletionTimestamp": stamp}})
        pace = self.paces.get(key[1], self.pace)
        if pace.terminates is not None:
            uid = objects.uid(pod)
            self.later(pace.terminates, lambda: self._ended(key, uid))
        controller = objects.controller(pod) or {}
        if controller.get("kind") == "ReplicaSet" and not pods.is_finished(pod):
            self._replace(pod, f"{controller['name']}-r{next(self.numbers)}")

    def _ended(self, key: Key, uid: str) -> None:
        if key in self.pods and objects.uid(self.pods[key]) == uid:
            self.remove_pod(key)

    def _replace(self, pod: Object, name: str) -> None:
        made = make_pod(
            name,
            key_of(pod)[0],
            node="elsewhere",
            labels=dict(objects.labels(pod)),
            owned_by=dict(objects.controller(pod) or {}),
            uid=f"new-{next(self.numbers)}",
            ready=False,
        )
        self.put_pod(made)
        self.later(self.paces.get(name, self.pace).ready, lambda: self._becomes_ready(made))

    def _becomes_ready(self, made: Object) -> None:
        if self.pods.get(key_of(made)) == made:
            self.put_pod({**made, "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})

    # --- budgets, as the disruption controller counts them

    def put_budget(self, budget: Object, *, counted: bool = True) -> None:
        """Created or changed; `counted` False: its controller does not come to it."""
        key = key_of(budget)
        self.budgets[key] = budget
        self.expected.setdefault(key, len(self._covered(budget)))
        self.shown(budget, False)
        if counted:
            self.later(self.pace.counts, lambda: self._count(key))

    def remove_budget(self, key: Key) -> None:
        self.shown(self.budgets.pop(key), True)

    def settle(self) -> None:
        """All budgets counted, as they are before a drain begins."""
        for key in self.budgets:
            self._count(key)

    def _covered(self, budget: Object) -> list[Object]:
        return [pod for pod in self.pods.values() if budgets.of_pod(pod, (budget,))]

    def _recount(self, pod: Object) -> None:
        for budget in budgets.of_pod(pod, self.budgets.values()):
            key = key_of(dict(budget))
            self.later(self.pace.counts, lambda key=key: self._count(key))  # type: ignore[misc]

    def _count(self, key: Key) -> None:
        budget = self.budgets.get(key)
        if budget is None or budget["spec"].get("syncFails"):
            return
        covered = {pod["metadata"]["name"]: pod for pod in self._covered(budget)}
        waits = {
            name: at
            for name, at in budget["status"].get("disruptedPods", {}).items()
            if name in covered and not pods.is_terminating(covered[name]) and self.now() < at + FORGOTTEN_AFTER
        }
        healthy = sum(self._is_healthy(pod) for name, pod in covered.items() if name not in waits)
        spec, expected = budget["spec"], self.expected[key]
        desired = spec["minAvailable"] if "minAvailable" in spec else expected - spec["maxUnavailable"]
        counted = {
            "disruptionsAllowed": max(0, healthy - desired) if expected else 0,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "observedGeneration": budget["metadata"]["generation"],
            "disruptedPods": waits,
        }
        if counted != budget["status"]:
            self._show_status(budget, counted)

    def _is_healthy(self, pod: Object) -> bool:
        return pods.is_ready(pod) and not pods.is_terminating(pod)

    def _show_status(self, budget: Object, status: Object) -> None:
        changed = {**budget, "status": status}
        self.budgets[key_of(budget)] = changed
        key = key_of(budget)
        self.most_allowed[key] = max(self.most_allowed.get(key, 0), status["disruptionsAllowed"])
        self.shown(changed, False)

    # --- what is asked of it

    def remove(self, request: Remove) -> ApiError | None:
        """An eviction or a delete: None when it is accepted."""
        pod = self.pods.get((request.namespace, request.pod))
        if pod is None:
            return responses.no_such(request.pod)
        if request.evict and request.namespace in self.terminating_namespaces:
            return responses.namespace_terminates()
        refused = self._ask_budgets(pod) if request.evict and budgets.asked_for(pod) else None
        if refused is not None:
            return refused
        if objects.uid(pod) != request.uid:
            return responses.wrong_uid(request.uid, objects.uid(pod))  # the budget is used up all the same
        if not pods.is_terminating(pod):
            self.accepted.append(request.uid)
            self.terminate(pod)
        return None

    def _ask_budgets(self, pod: Object) -> ApiError | None:
        found = budgets.of_pod(pod, self.budgets.values())
        if len(found) > 1:
            return responses.many_budgets()
        for budget in found:
            numbers = budgets.budget(budget)
            if not pods.is_ready(pod) and (numbers.always_allow_unhealthy or numbers.healthy >= numbers.desired > 0):
                return None
            return self._use_up(pod, dict(budget), numbers)
        return None

    def _use_up(self, pod: Object, budget: Object, numbers: Budget) -> ApiError | None:
        if not numbers.processed:
            return responses.budget_unprocessed(numbers.name)
        if numbers.allowed <= 0:
            return responses.budget_empty(numbers.name, numbers.desired, numbers.healthy)
        status = budget["status"]
        noted = {**status.get("disruptedPods", {}), pod["metadata"]["name"]: self.now()}
        self._show_status(budget, {**status, "disruptionsAllowed": numbers.allowed - 1, "disruptedPods": noted})
        left = sum(self._is_healthy(other) for other in self._covered(budget)) - pods.is_ready(pod)
        if left < numbers.desired:
            self.broken.append(f"{numbers.name}: {left} of {numbers.desired} at {self.now():.2f}")
        return None
