"""The topology spread constraints of a pod that refuse nodes, and how its kind is spread over the domains of each.

Source: kube-scheduler plugin PodTopologySpread (`common.go`, preFilterState).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.rules.label_selectors import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_lab.domain.rules.label_selectors import Labels, Selector
    from kubectl_lab.objects import Object

REFUSING = "DoNotSchedule"
HONOR = "Honor"
LARGEST = 2**31 - 1  # what the scheduler takes for the minimum over no domains at all
NO_CHANGE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint. `at`: its place in the pod's list, from 0; `selector` None selects nothing.

    `affinity`, `taints`: nodes that the pod's node affinity, or their taints, would keep it off do not count. `own`: 1 where
    the selector means the pod itself, else 0.
    """

    at: int
    key: str
    max_skew: int
    min_domains: int
    selector: Selector | None
    affinity: bool
    taints: bool
    own: int

    def selects(self, labels: Labels) -> bool:
        """Whether it means a pod with these labels."""
        return self.selector is not None and label_selectors.matches(self.selector, labels)

    def counts(self, labels: Labels) -> bool:
        """Whether pods with these labels are counted where they stand: an empty selector counts none (countPodsMatchSelector)."""
        return bool(self.selector) and self.selects(labels)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many pods count in each domain of a constraint. `rising`: the domains, the emptiest first.

    `change`: in what it differs once pods left, or came.
    """

    counts: Mapping[str, int]
    rising: Sequence[str]
    change: Mapping[str, int] = field(default_factory=lambda: NO_CHANGE)

    def __getitem__(self, value: str) -> int:
        """How many pods in a domain; 0 in one that is not counted."""
        return self.counts.get(value, 0) + self.change.get(value, 0)

    def emptiest(self) -> str | None:
        """The domain with the fewest pods, None without domains."""
        unchanged = next((value for value in self.rising if value not in self.change), None)
        candidates = [*self.change, *([] if unchanged is None else [unchanged])]
        return min(candidates, key=self.__getitem__, default=None)

    def minimum(self, min_domains: int) -> int:
        """What a domain is compared with: 0 where there are fewer domains than wanted."""
        if len(self.counts) < min_domains:
            return 0
        least = self.emptiest()
        return LARGEST if least is None else self[least]

    def changed(self, value: str, by: int) -> Spread:
        """The same with so many more (or fewer) pods in a domain that counts."""
        return replace(self, change={**self.change, value: self.change.get(value, 0) + by})


def spread(counts: Mapping[str, int]) -> Spread:
    """Of the pods that were counted, domains without any included."""
    return Spread(counts, sorted(counts, key=counts.__getitem__))


def constraints_of(pod: Object) -> tuple[Constraint, ...]:
    """Those that refuse nodes, in their order. Raises MalformedSelectorError."""
    return tuple(_constraints(pod))


def _constraints(pod: Object) -> Iterator[Constraint]:
    labels = objects.labels(pod)
    written = objects.sequence(objects.spec(pod).get("topologySpreadConstraints"))
    for at, each in enumerate(map(objects.mapping, written)):
        if each.get("whenUnsatisfiable") != REFUSING:
            continue
        selector = _selector(each, labels)
        own = int(selector is not None and label_selectors.matches(selector, labels))
        yield Constraint(
            at,
            objects.text(each.get("topologyKey")),
            _number(each.get("maxSkew"), 0),
            _number(each.get("minDomains"), 1),
            selector,
            each.get("nodeAffinityPolicy") in (None, HONOR),
            each.get("nodeTaintsPolicy") == HONOR,
            own,
        )


def _selector(constraint: Object, labels: Labels) -> Selector | None:
    """The constraint's selector, and for each key of matchLabelKeys that the pod has, the pod's own value."""
    found = label_selectors.requirements(constraint.get("labelSelector"))
    if found is None:
        return None
    keys = [key for key in map(objects.text, objects.sequence(constraint.get("matchLabelKeys"))) if key in labels]
    return (*(Requirement(key, "in", (labels[key],)) for key in keys), *found)


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default
