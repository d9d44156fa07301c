"""One node as the rules of findings see it: before and after what is pretended, and what its taints come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.what_if import EFFECTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.domain.scheduling.what_if import Replaced
    from kubectl_lab.domain.taints.effects import Taint
    from kubectl_lab.domain.taints.model import Eviction, TaintEffect
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

MOST_NAMES = 5  # of pods in a sentence; all of them are in `evicts`


class Loss(NamedTuple):
    """A pod that runs and will be deleted."""

    pod: Object
    eviction: Eviction


@dataclass(frozen=True, slots=True)
class Case:
    """`before`: the node without the what-if; `losses`: the pods that run there and will be deleted."""

    reference: Reference
    before: Object
    node: NodeInfo
    taints: tuple[Taint, ...]
    effects: tuple[TaintEffect, ...]
    evictions: tuple[Eviction, ...]
    losses: tuple[Loss, ...]
    replaced: tuple[Replaced, ...]
    state: ClusterState
    now: datetime

    @property
    def name(self) -> str:
        """The node's."""
        return self.node.name

    @property
    def unschedulable(self) -> bool:
        """`spec.unschedulable`."""
        return objects.spec(self.node.node).get("unschedulable") is True

    @property
    def removed(self) -> list[Object]:
        """The taints that the what-if takes away, those that it replaces left out."""
        left = {_place(taint.obj) for taint in self.taints}
        listed = map(objects.mapping, objects.sequence(objects.spec(self.before).get("taints")))
        return [taint for taint in listed if _place(taint) not in left]


def losses(pods: Sequence[Object], evictions: Sequence[Eviction]) -> tuple[Loss, ...]:
    """What a deletion costs: not of a pod that is finished, or on its way already."""
    named = {(objects.namespace(pod), objects.name(pod)): pod for pod in pods}
    return tuple(Loss(named[each.pod.namespace, each.pod.name], each) for each in evictions if each.costs)


def some(names: Sequence[str]) -> dict[str, object]:
    """The first few names as a phrase, and how many more there are."""
    shown, left = list(names[:MOST_NAMES]), max(len(names) - MOST_NAMES, 0)
    return catalogue.phrase("taints.some" if left else "taints.all", names=shown, left=left)


def written(obj: Object) -> str:
    """`shop/web-1`."""
    return f"{objects.namespace(obj) or '-'}/{objects.name(obj)}"


def removal(taint: Mapping[str, object]) -> list[str] | None:
    """The word with which `kubectl taint nodes` takes it away; None where kubectl has none for it."""
    key, effect = taint.get("key"), taint.get("effect")
    return [f"{key}:{effect}-"] if key and effect in EFFECTS else None


def _place(taint: Object) -> tuple[str, str]:
    return objects.text(taint.get("key")), objects.text(taint.get("effect"))
