"""A pod that names its node passes that node only.

Source: kube-scheduler plugin NodeName.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import catalogue
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

TEXT = "node(s) didn't match the requested node name"


def prepare(pod: Object, _state: ClusterState) -> NodeFilter | None:
    """Nothing to check where no node is named."""
    wanted = pod_rules.node_name(pod)
    return _OneNode(wanted) if wanted else None


class _OneNode(NodeFilter):
    def __init__(self, wanted: str) -> None:
        message = catalogue.phrase("scheduling-node.name", wanted=wanted)
        self._wanted = wanted
        self._refusal = Refusal((Reason(TEXT, message, {"nodeName": wanted}),))

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """Refused unless it is the one."""
        return None if node.name == self._wanted else self._refusal
