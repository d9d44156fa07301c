"""PodDisruptionBudgets: which apply to a pod and whether they would let it go now.

Source: kube-apiserver `registry/core/pod/storage/eviction.go`, the disruption controller, KEP-3017
(unhealthyPodEvictionPolicy).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors, pods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab.objects import Object

Answer = Literal["allowed", "free", "blocked", "never", "unprocessed"]


@dataclass(frozen=True, slots=True)
class Budget:
    """A PodDisruptionBudget in numbers. `processed`: its controller has seen the latest spec, so the numbers count."""

    namespace: str
    name: str
    allowed: int
    healthy: int
    desired: int
    expected: int
    always_allow_unhealthy: bool
    processed: bool
    field: str
    value: str
    disrupted: frozenset[str]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"namespace": self.namespace, "name": self.name, **self.numbers()}

    def numbers(self) -> dict[str, Any]:
        """The four numbers, by the names of the API."""
        return {
            "disruptionsAllowed": self.allowed,
            "currentHealthy": self.healthy,
            "desiredHealthy": self.desired,
            "expectedPods": self.expected,
        }

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.namespace, self.name


def budget(obj: Object) -> Budget:
    """The numbers of a PodDisruptionBudget object; what is absent counts as 0."""
    spec, status = objects.spec(obj), objects.status(obj)
    field = next((name for name in ("minAvailable", "maxUnavailable") if spec.get(name) is not None), "")
    return Budget(
        namespace=objects.namespace(obj) or "",
        name=objects.name(obj),
        allowed=_number(status.get("disruptionsAllowed")),
        healthy=_number(status.get("currentHealthy")),
        desired=_number(status.get("desiredHealthy")),
        expected=_number(status.get("expectedPods")),
        always_allow_unhealthy=spec.get("unhealthyPodEvictionPolicy") == "AlwaysAllow",
        processed=_number(status.get("observedGeneration")) >= _number(objects.metadata(obj).get("generation")),
        field=field,
        value=str(spec.get(field, "")),
        disrupted=frozenset(objects.mapping(status.get("disruptedPods"))),
    )


def of_pod(pod: Object, candidates: Iterable[Object]) -> tuple[Object, ...]:
    """The budgets of the pod's own namespace whose selector matches it."""
    namespace, labels = objects.namespace(pod), objects.labels(pod)
    return tuple(
        entry
        for entry in candidates
        if objects.namespace(entry) == namespace
        and label_selectors.selects(objects.spec(entry).get("selector"), labels)
    )


def asked_for(pod: Object) -> bool:
    """Whether an eviction asks the budgets: not for pending, finished and terminating pods."""
    return not (pods.phase(pod) == "Pending" or pods.is_finished(pod) or pods.is_terminating(pod))


def answer(pod: Object, entry: Budget) -> Answer:
    """What the eviction API would say of a pod under this one budget.

    `free`: an unhealthy pod that may go without using the budget up. `never`: no recovery can change it, the budget
    wants as many healthy pods as there are, or counts none.
    """
    if not pods.is_ready(pod) and (entry.always_allow_unhealthy or entry.healthy >= entry.desired > 0):
        return "free"
    if not entry.processed:
        return "unprocessed"
    if entry.allowed > 0:
        return "allowed"
    return "never" if entry.desired >= entry.expected else "blocked"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
