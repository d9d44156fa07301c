"""Taints that a controller sets from the state of a node: taking them away is futile, tolerating them seldom meant.

Source: kube-controller-manager `nodelifecycle`, k8s.io/cloud-provider.
"""

from __future__ import annotations

_NODE, _CLOUD = "node.kubernetes.io/", "node.cloudprovider.kubernetes.io/"
OF_NODES = (
    "not-ready",
    "unreachable",
    "memory-pressure",
    "disk-pressure",
    "pid-pressure",
    "network-unavailable",
    "unschedulable",
)
SET_BY_CONTROLLER = frozenset({*(f"{_NODE}{name}" for name in OF_NODES), f"{_CLOUD}uninitialized", f"{_CLOUD}shutdown"})


def is_set_by_controller(key: str) -> bool:
    """Whether a taint of that key comes and goes with a condition of its node, or a cordon."""
    return key in SET_BY_CONTROLLER
