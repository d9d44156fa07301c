"""What each taint of each node means for one pod: which toleration counts, how near another one came, for how long."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import tolerations as rules
from kubectl_lab.domain.scheduling.explanation import TaintVerdict, TolerationExplanation
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.near_misses import near_miss

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.state import NodeInfo
    from kubectl_lab.domain.scheduling.subject import Sourced
    from kubectl_lab.objects import Object

TaintSet = tuple[tuple[str, str, str], ...]


class TaintVerdicts:
    """Verdicts of one pod; nodes with the same taints share them."""

    def __init__(self, tolerations: Sequence[Object], features: Features) -> None:
        self._tolerations = tolerations
        self._features = features
        self._comparison = features.enabled(COMPARISON)
        self._known: dict[TaintSet, tuple[tuple[TaintVerdict, ...], int | None]] = {}

    def of(self, node: NodeInfo) -> tuple[tuple[TaintVerdict, ...], int | None]:
        """One verdict a taint, and the seconds until a running pod would be deleted from the node, None for never."""
        key = taint_set(node)
        if key not in self._known:
            seconds = rules.seconds_until_deletion(self._tolerations, node.taints, comparison=self._comparison)
            self._known[key] = tuple(map(self._verdict, node.taints)), seconds
        return self._known[key]

    def _verdict(self, taint: Object) -> TaintVerdict:
        found = rules.matching(self._tolerations, taint, comparison=self._comparison)
        missed = near_miss(self._tolerations, taint, self._features) if found is None else None
        executed = taint.get("effect") == rules.NO_EXECUTE
        return TaintVerdict(taint, found, missed, rules.seconds(found) if executed else None)


def taint_set(node: NodeInfo) -> TaintSet:
    """Key, value and effect of each taint, as they are compared."""
    return tuple(
        (objects.text(each.get("key")), objects.text(each.get("value")), objects.text(each.get("effect")))
        for each in node.taints
    )


def by_taints(nodes: Iterable[NodeInfo]) -> dict[TaintSet, list[NodeInfo]]:
    """The nodes by their taints: each set needs to be looked at once."""
    made: defaultdict[TaintSet, list[NodeInfo]] = defaultdict(list)
    for node in nodes:
        made[taint_set(node)].append(node)
    return made


def toleration_explanations(
    tolerations: Sequence[Sourced], nodes: Sequence[NodeInfo], features: Features
) -> tuple[TolerationExplanation, ...]:
    """Each toleration with the nodes, in their order, that have a taint it matches."""
    comparison = features.enabled(COMPARISON)
    sets = by_taints(nodes)
    place = {node.name: at for at, node in enumerate(nodes)}
    made = []
    for each in tolerations:
        found = [
            node.name
            for members in sets.values()
            if any(rules.tolerates(each.toleration, taint, comparison=comparison) for taint in members[0].taints)
            for node in members
        ]
        made.append(TolerationExplanation(each, tuple(sorted(found, key=place.__getitem__))))
    return tuple(made)
