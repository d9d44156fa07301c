"""How unevenly a pod may leave pods of its kind over zones, hosts or other domains.

Only constraints with `DoNotSchedule` refuse nodes. The cluster's own default constraints only prefer (`ScheduleAnyway`).
Source: kube-scheduler plugin PodTopologySpread.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors, node_selectors, tolerations
from kubectl_lab.domain.scheduling import spread_reasons as reasons
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.model import NodeFilter, NotEvaluated
from kubectl_lab.domain.scheduling.placed_pods import PlacedPods, namespace_of
from kubectl_lab.domain.scheduling.spread_constraints import constraints_of, spread
from kubectl_lab.domain.scheduling.tallies import domain_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.domain.scheduling.model import Refusal
    from kubectl_lab.domain.scheduling.spread_constraints import Constraint, Spread
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

PLUGIN = "PodTopologySpread"


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check where no constraint refuses (Skip)."""
    try:
        constraints = constraints_of(pod)
    except label_selectors.MalformedSelectorError as wrong:
        return _Unreadable(str(wrong))
    if not constraints:
        return None
    ground = _Ground(namespace_of(pod), constraints, _counted(pod, constraints, state))
    return _Spreading(ground, ground.spreads(state.derived(PlacedPods)))


class _Unreadable(NodeFilter):
    """A selector that no server would have taken ends the scheduler's attempt with an error, not with a refusal."""

    def __init__(self, text: str) -> None:
        self.not_evaluated = (NotEvaluated(PLUGIN, "topologySpreadConstraints", text),)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What pods that come and go leave as it is.

    `counted`: by node, the places of the constraints for which its pods count, each with the node's domain.
    """

    namespace: str
    constraints: Sequence[Constraint]
    counted: Mapping[str, Sequence[tuple[int, str]]]

    def spreads(self, placed: PlacedPods) -> tuple[Spread, ...]:
        """How many pods count in each domain of each constraint: those of the namespace that are not being deleted."""
        made: list[dict[str, int]] = [{} for _ in self.constraints]
        for domains in self.counted.values():
            for at, value in domains:
                made[at][value] = 0
        for alike in placed.alike(self.namespace):
            counting = [each.counts(alike.labels) for each in self.constraints]
            for node, pod in alike.pods if any(counting) else ():
                if objects.metadata(pod).get("deletionTimestamp") is not None:
                    continue
                for at, value in self.counted.get(node.name, ()):
                    made[at][value] += counting[at]
        return tuple(map(spread, made))

    def meant(self, at: int, pods: Sequence[Object]) -> int:
        """How many of these a constraint means."""
        selects = self.constraints[at].selects
        return sum(namespace_of(pod) == self.namespace and selects(objects.labels(pod)) for pod in pods)


class _Spreading(NodeFilter):
    def __init__(self, ground: _Ground, spreads: Sequence[Spread]) -> None:
        self._ground = ground
        self._spreads = spreads
        self._made: dict[tuple[int, str | None], Refusal] = {}

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """The first constraint that the node fails decides."""
        for constraint, found in zip(self._ground.constraints, self._spreads, strict=True):
            value = node.labels.get(constraint.key)
            if not isinstance(value, str):
                return self._once(constraint, None, functools.partial(reasons.no_label, constraint))
            skew = found[value] + constraint.own - found.minimum(constraint.min_domains)
            if skew > constraint.max_skew:
                return self._once(constraint, value, functools.partial(reasons.too_uneven, constraint, found, value))
        return None

    def _once(self, constraint: Constraint, value: str | None, reason: Callable[[], Refusal]) -> Refusal:
        """Nodes of one domain share the refusal."""
        key = (constraint.at, value)
        if key not in self._made:
            self._made[key] = reason()
        return self._made[key]

    def changed(self, node: NodeInfo, *, removed: Sequence[Object] = (), added: Sequence[Object] = ()) -> _Spreading:
        """Counts these pods alone.

        Also pods that are being deleted, and those of an empty selector, which were not counted before: the scheduler's own
        figures for preemption come out lower by these (updateWithPod).
        """
        spreads = list(self._spreads)
        for at, value in self._ground.counted.get(node.name, ()):
            by = self._ground.meant(at, added) - self._ground.meant(at, removed)
            spreads[at] = spreads[at].changed(value, by)
        return _Spreading(self._ground, spreads)


def _counted(
    pod: Object, constraints: Sequence[Constraint], state: ClusterState
) -> Mapping[str, Sequence[tuple[int, str]]]:
    """By node the constraints for which it counts: it has the keys of all of them, and their policies let it count."""
    demanded = node_selectors.required(pod)
    tolerated = tolerations.of_pod(pod)
    comparison = state.features.enabled(COMPARISON)
    made: dict[str, Sequence[tuple[int, str]]] = {}
    for node in state.nodes:
        values = [domain_of(node, each.key) for each in constraints]
        if None in values:
            continue
        wanted = demanded.matches(node.labels, node.name)
        open_to = not tolerations.untolerated(tolerated, node.taints, comparison=comparison)
        counts = [(wanted or not each.affinity) and (open_to or not each.taints) for each in constraints]
        made[node.name] = [(at, found[1]) for at, found in enumerate(values) if found and counts[at]]
    return made
