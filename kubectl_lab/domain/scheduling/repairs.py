"""What to change so that some node takes the pod: the smallest changes first.

Nothing is guessed: a change counts for the nodes that no plugin refuses once it is made. Nodes with the same taints, refused
for the same reasons, are tried together.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import known_taints
from kubectl_lab.domain.rules import tolerations as rules
from kubectl_lab.domain.scheduling import node_edits, patches, smaller_requests, what_if
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.repair_model import (
    MOST_AROUND,
    MOST_TRIED,
    TAINTS,
    Repair,
    groups,
    is_spread,
    plugins,
    taking,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.evaluation import NodeVerdict
    from kubectl_lab.objects import Object

    Group = list[NodeVerdict]

MOST_TOLD, MOST_ALIKE = 5, 3  # changes that are told, and of one sort, so that others are seen too
ORDER = ("tolerate", "uncordon", "untaint", "label", "lower")


def repairs(case: Case) -> tuple[Repair, ...]:
    """The changes that make some node feasible: those with the fewest edits, then those that open the most nodes."""
    alike = groups(case)
    found = [*_tolerating(case, alike), *node_edits.repairs(case, alike), *smaller_requests.repairs(case, alike)]
    found.sort(key=lambda each: (len(each.changes), ORDER.index(each.changes[0]), -len(each.nodes)))
    told: Counter[tuple[str, ...]] = Counter()
    chosen = []
    for each in found:
        told[each.changes] += 1
        chosen += [each] if told[each.changes] <= MOST_ALIKE else []
    return tuple(chosen[:MOST_TOLD])


def _tolerating(case: Case, alike: Iterable[Group]) -> Iterator[Repair]:
    """Tolerate all taints of a group that nothing else refuses; those that a controller sets are not meant to be."""
    refused = [group for group in alike if plugins(group) == {TAINTS}]
    wanted: dict[tuple[str, ...], list[Object]] = {}
    for group in refused:
        taints = untolerated(case, group[0])
        if not any(known_taints.is_set_by_controller(objects.text(each.get("key"))) for each in taints):
            wanted.setdefault(tuple(map(rules.taint_text, taints)), taints)
    most = MOST_AROUND if is_spread(case) else MOST_TRIED
    for said, taints in sorted(wanted.items(), key=lambda pair: len(pair[0]))[:most]:
        added = [toleration_for(each) for each in taints]
        nodes = taking(case, what_if.tolerating(case.pod, added), refused)
        if nodes:
            message = catalogue.phrase("scheduling.tolerate", taints=list(said), count=len(nodes))
            yield Repair(("tolerate",) * len(said), nodes, message, _patch(case, added))


def untolerated(case: Case, verdict: NodeVerdict) -> list[Object]:
    """The taints of a node that keep the pod off."""
    comparison = case.features.enabled(COMPARISON)
    return rules.untolerated(rules.of_pod(case.pod), verdict.node.taints, comparison=comparison)


def toleration_for(taint: Object) -> dict[str, Any]:
    """The narrowest toleration of a taint."""
    key, value, effect = (objects.text(taint.get(part)) for part in ("key", "value", "effect"))
    matched = {"operator": "Equal", "value": value} if value else {"operator": "Exists"}
    return {"key": key, **matched, "effect": effect}


def _patch(case: Case, added: Sequence[Object]) -> str | None:
    """Behind the tolerations that are there, with those that are only pretended; a live pod takes more, and nothing else."""
    path = f"{case.subject.pod_path}/tolerations"
    wanted = [*(dict(each.toleration) for each in case.subject.tolerations if each.origin == "what-if"), *added]
    steps: list[Object] = [{"op": "add", "path": f"{path}/-", "value": each} for each in wanted]
    if not objects.sequence(patches.pod_spec(case.subject).get("tolerations")):
        steps = [{"op": "add", "path": path, "value": wanted}]
    return patches.of_template(case.subject, steps) or patches.of_live_pod(case.subject, steps)
