"""What a node is: ready, open to new pods.

Source: kubelet's condition Ready, kube-scheduler's NodeUnschedulable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects

if TYPE_CHECKING:
    from kubectl_lab.objects import Object


def is_ready(node: Object) -> bool:
    """Its condition Ready is True."""
    return objects.condition(node, "Ready").get("status") == "True"


def is_open(node: Object) -> bool:
    """Ready and not cordoned; its taints are another question."""
    return is_ready(node) and objects.spec(node).get("unschedulable") is not True
