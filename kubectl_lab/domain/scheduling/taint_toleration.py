"""Every NoSchedule and NoExecute taint of a node must be tolerated.

Up to 1.34.1 the scheduler names the first taint that is not; since 1.34.2 none.
Source: kube-scheduler plugin TaintToleration; kubernetes/kubernetes#134740.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import tolerations
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

TEXT = "node(s) had untolerated taint(s)"
TaintSet = tuple[tuple[str, str, str], ...]


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Each distinct list of taints is tested once for the pod."""
    return _Tolerated(tolerations.of_pod(pod), state.features)


class _Tolerated(NodeFilter):
    def __init__(self, tolerated: Sequence[Object], features: Features) -> None:
        self._tolerations = tolerated
        self._features = features
        self._comparison = features.enabled(COMPARISON)
        self._known: dict[TaintSet, Refusal | None] = {(): None}

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """Refused for all the taints that are not tolerated, with one reason."""
        taints = tuple(map(_facts, node.taints))
        if taints not in self._known:
            left = tolerations.untolerated(self._tolerations, node.taints, comparison=self._comparison)
            self._known[taints] = self._refused(left) if left else None
        return self._known[taints]

    def _refused(self, taints: Sequence[Object]) -> Refusal:
        named = [tolerations.taint_text(each) for each in taints]
        message = catalogue.phrase(f"scheduling-node.{'taint' if len(named) == 1 else 'taints'}", taints=named)
        told = [dict(zip(("key", "value", "effect"), _facts(each), strict=True)) for each in taints]
        return Refusal((Reason(_text(taints[0], self._features), message, {"taints": told}),))


def _facts(taint: Object) -> tuple[str, str, str]:
    return objects.text(taint.get("key")), objects.text(taint.get("value")), objects.text(taint.get("effect"))


def _text(first: Object, features: Features) -> str:
    if features.since(1, 34, 2):
        return TEXT
    key, value, _ = _facts(first)
    return f"node(s) had untolerated taint {{{key}: {value}}}"
