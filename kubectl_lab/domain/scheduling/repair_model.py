"""What repairs are made of: nodes that are refused alike, and a change that makes some of them feasible."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab.domain.scheduling.evaluation import filters_of, verdict_of
from kubectl_lab.domain.scheduling.tainted import taint_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.evaluation import NodeVerdict
    from kubectl_lab.objects import Object

    Group = list[NodeVerdict]

TAINTS, CORDON, LABELS, RESOURCES = "TaintToleration", "NodeUnschedulable", "NodeAffinity", "NodeResourcesFit"
SPREADING = "PodTopologySpread"
# plugins whose verdict on one node rests on the labels of the others; spreading may rest on taints and tolerations too
LOOKING_ROUND = frozenset({SPREADING, "InterPodAffinity"})
MOST_TRIED, MOST_AROUND = 6, 2  # changes of one sort that are tried, and of those that need a look at every node


@dataclass(frozen=True, slots=True)
class Repair:
    """`changes`: their sorts, one an edit; `nodes`: those that take the pod then; `command`: None where nothing can be pasted."""

    changes: tuple[str, ...]
    nodes: tuple[str, ...]
    message: dict[str, Any]
    command: str | None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"changes": list(self.changes), "command": self.command, "nodes": len(self.nodes)}


def groups(case: Case) -> list[Group]:
    """Nodes with the same taints that are refused for the same reasons; the fewest refusals first, then the largest group."""
    made: defaultdict[object, Group] = defaultdict(list)
    for verdict in case.evaluation.nodes:
        told = tuple((each.plugin, *(reason.text for reason in each.refusal.reasons)) for each in verdict.refusals)
        made[told, taint_set(verdict.node)].append(verdict)
    return sorted(made.values(), key=lambda group: (len(group[0].refusals), -len(group)))


def plugins(group: Sequence[NodeVerdict]) -> set[str]:
    """Who refuses the nodes of a group."""
    return {each.plugin for each in group[0].refusals}


def taking(case: Case, pod: Object, candidates: Iterable[Group]) -> tuple[str, ...]:
    """The nodes that take a changed pod. One of a group stands for all, unless the pod is spread."""
    filters = filters_of(pod, case.state)
    one_by_one = is_spread(case)
    found: list[str] = []
    for group in candidates:
        tried = group if one_by_one else group[:1]
        fits = [verdict_of(pod, each.node, filters, case.state).feasible for each in tried]
        found += [each.node.name for each, fit in zip(group, itertools.cycle(fits), strict=False) if fit]
    return tuple(found)


def is_spread(case: Case) -> bool:
    """Whether a constraint counts pods over domains, whose nodes may be chosen by taints."""
    return any(name == SPREADING for name, _ in case.evaluation.filters.made)
