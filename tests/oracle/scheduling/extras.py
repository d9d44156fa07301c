"""Small plugins: a node's name, features that nodes declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle.scheduling.draw import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

FEATURES = ("UserNamespacesHostNetworkSupport", "RestartAllContainersOnContainerExits", "UnknownFeature")


def named_pod(draw: Draw, made: Object, nodes: Sequence[Object]) -> None:
    """A pod that names its node (only of one that is not in the cluster: else it is bound)."""
    names = [each["metadata"]["name"] for each in nodes]
    put(made, "spec", nodeName=draw.choice([*names, *names, *names, "gone"]))


def declaring_node(draw: Draw, made: Object) -> None:
    put(made, "status", declaredFeatures=sorted(draw.few(FEATURES, 3)) if draw.chance(0.8) else None)


def demanding_pod(draw: Draw, made: Object, _nodes: Sequence[Object]) -> None:
    """What needs a declared feature, or nearly."""
    spec = made["spec"]
    spec["hostNetwork"] = draw.chance(0.7)
    spec["hostUsers"] = draw.chance(0.3)
    if draw.chance(0.4):
        chosen = draw.choice(spec["containers"])
        if draw.chance(0.3):
            chosen = {"name": "init", "image": "init"}
            spec["initContainers"] = [*spec.get("initContainers", ()), chosen]
        codes = {"operator": "In", "values": [1]}
        action = draw.choice(("RestartAllContainers", "RestartAllContainers", "Restart"))
        chosen["restartPolicyRules"] = [{"action": action, "exitCodes": codes}]
