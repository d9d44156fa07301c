"""A cordoned node (`spec.unschedulable`) takes only pods that tolerate the taint a cordon brings.

The taint itself need not be there: it is added a moment later, and the plugin TaintToleration looks at it.
Source: kube-scheduler plugin NodeUnschedulable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import tolerations
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

TEXT = "node(s) were unschedulable"
TAINT = {"key": tolerations.UNSCHEDULABLE, "effect": tolerations.NO_SCHEDULE}


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check where the pod tolerates a cordon."""
    comparison = state.features.enabled(COMPARISON)
    found = tolerations.matching(tolerations.of_pod(pod), TAINT, comparison=comparison)
    return _Uncordoned() if found is None else None


class _Uncordoned(NodeFilter):
    def __init__(self) -> None:
        message = catalogue.phrase("scheduling-node.cordoned", taint=tolerations.taint_text(TAINT))
        self._refusal = Refusal((Reason(TEXT, message, {"unschedulable": True}),))

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """Refused where it is cordoned."""
        return self._refusal if objects.spec(node.node).get("unschedulable") is True else None
