"""Clusters and the pods to judge in them, from a seed: each about one plugin, with a little of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oracle.scheduling import affinity, beside, extras, ports, resources, spread, taints, volumes
from oracle.scheduling.draw import Draw, node, pod, put

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oracle.scheduling.draw import Object

Question = dict[str, Any]
AROUND = 0.05  # how often a world is also about something else
COMPARISON = "TaintTolerationComparisonOperators"
# what has to be off where nodes declare nothing: the gate, and those that need it
DECLARING = (
    "NodeDeclaredFeatures",
    "RestartAllContainersOnContainerExits",
    "ExtendWebSocketsToKubelet",
    "InPlacePodVerticalScalingInitContainers",
    "InPlacePodLevelResourcesVerticalScaling",
)


@dataclass(frozen=True, slots=True)
class Theme:
    """What a plugin looks at: drawn into nodes, into pods (bound and not), and as objects of other kinds.

    `settle`: takes out of bound pods what no cluster has. `loose`: the subjects are not in the cluster. `crowd`: bound pods
    for each node, on the average.
    """

    pod: Callable[[Draw, Object, Sequence[Object]], None] | None = None
    node: Callable[[Draw, Object], None] | None = None
    others: Callable[[Draw, Sequence[Object], Sequence[Object]], list[Object]] | None = None
    settle: Callable[[Sequence[Object]], None] | None = None
    loose: bool = False
    crowd: float = 1.0


THEMES = {
    "NodeUnschedulable": Theme(taints.pod, taints.node, crowd=0.2),
    "NodeName": Theme(extras.named_pod, loose=True, crowd=0.2),
    "TaintToleration": Theme(taints.pod, taints.node, crowd=0.2),
    "NodeAffinity": Theme(affinity.pod, crowd=0.2),
    "NodePorts": Theme(ports.pod, settle=ports.settle, crowd=2.5),
    "NodeResourcesFit": Theme(resources.pod, resources.node, resources.others, crowd=2),
    "VolumeRestrictions": Theme(volumes.RESTRICTIONS.pod, others=volumes.RESTRICTIONS.others, crowd=2),
    "NodeVolumeLimits": Theme(volumes.LIMITS.pod, others=volumes.LIMITS.others, crowd=1.5),
    "VolumeBinding": Theme(volumes.BINDING.pod, volumes.BINDING.node, volumes.BINDING.others, crowd=0.5),
    "VolumeZone": Theme(volumes.ZONE.pod, volumes.ZONE.node, volumes.ZONE.others, crowd=0.2),
    "PodTopologySpread": Theme(spread.pod, spread.node, crowd=3.5),
    "InterPodAffinity": Theme(beside.pod, others=beside.others, crowd=1.5),
    "NodeDeclaredFeatures": Theme(extras.demanding_pod, extras.declaring_node, crowd=0.2),
}
# what may be about in a world of another theme
BESIDE = ("TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit", "NodeDeclaredFeatures")
# a mixed world is about one of the first at most, since each draws all objects of storage
STORAGE = ("VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone")
MIXED = (*BESIDE, "PodTopologySpread", "InterPodAffinity")


def one(plugin: str, seed: int, number: int) -> Question:
    """A question about a plugin; the same seed and number, the same question."""
    draw = Draw(f"{plugin} {seed} {number}")
    more = [other for other in BESIDE if other != plugin and draw.chance(AROUND)]
    made = world(draw, plugin, *more)
    if plugin == "NodeDeclaredFeatures" and draw.chance(0.1):
        made["gates"] |= dict.fromkeys(DECLARING, False)
    return made


def mixed(seed: int, number: int) -> Question:
    """A world about several plugins at once, in which often no node is left."""
    draw = Draw(f"mixed {seed} {number}")
    about = draw.sample([draw.choice(STORAGE), *MIXED], draw.choice((1, 2, 2, 3)))
    made = world(draw, *about)
    if draw.chance(0.02):
        made["objects"] = [each for each in made["objects"] if each["kind"] != "Node"]
    return made


def world(draw: Draw, *about: str) -> Question:
    """Nodes, bound pods, and a few subjects; all of them about these plugins."""
    themes = [THEMES[name] for name in about]
    # past nine, the count `10` stands before `2` in the text
    count = draw.randint(10, 14) if draw.chance(0.05) else draw.randint(2, 7)
    nodes = [node(draw, f"n{index}") for index in range(count)]
    for theme in themes:
        for each in nodes:
            if theme.node:
                theme.node(draw, each)
    crowd = round(len(nodes) * max(theme.crowd for theme in themes) * draw.uniform(0.5, 1.5))
    bound = [bound_pod(draw, f"b{index}", nodes, themes) for index in range(crowd)]
    for theme in themes:
        if theme.settle:
            theme.settle(bound)
    asked = [pending_pod(draw, f"p{index}", nodes, themes) for index in range(draw.randint(3, 6))]
    make_room(draw, asked, bound)
    loose = any(theme.loose for theme in themes)
    aside = [] if loose else [waiting_pod(draw, f"w{index}", nodes, themes) for index in range(draw.choice((0, 0, 1)))]
    every = [*bound, *asked, *aside]
    others = [made for theme in themes if theme.others for made in theme.others(draw, nodes, every)]
    within = [] if loose else asked
    return {
        "objects": [*nodes, *others, *bound, *within, *aside],
        "subjects": [f"{each['metadata']['namespace']}/{each['metadata']['name']}" for each in within],
        "loose": asked if loose else [],
        "gates": {COMPARISON: True} if draw.chance(0.4) else {},
    }


def bound_pod(draw: Draw, name: str, nodes: Sequence[Object], themes: Sequence[Theme]) -> Object:
    """On a node, now and then on one that is gone; some are finished, some on their way out."""
    where = draw.choice(nodes)["metadata"]["name"] if draw.chance(0.97) else "gone"
    made = pod(draw, name, where)
    for theme in themes:
        if theme.pod and not theme.loose:
            theme.pod(draw, made, nodes)
    made["spec"]["nodeName"] = where
    if draw.chance(0.1):
        put(made, "status", phase=draw.choice(("Succeeded", "Failed", "Unknown", "Pending")))
    if draw.chance(0.1):
        leave(draw, made)
    if draw.chance(0.5):
        put(made, "spec", priority=draw.choice((-10, 0, 5, 100)))
    return made


def leave(draw: Draw, made: Object) -> None:
    """It is being deleted; mostly because the scheduler preempted it."""
    put(made, "metadata", deletionTimestamp="2026-01-01T00:00:00Z", deletionGracePeriodSeconds=30)
    reason = draw.choice(("PreemptionByScheduler", "PreemptionByScheduler", "EvictionByEvictionAPI"))
    disruption = {"type": "DisruptionTarget", "status": draw.choice(("True", "True", "False")), "reason": reason}
    made["status"].setdefault("conditions", []).append(disruption)


def make_room(draw: Draw, asked: Sequence[Object], bound: Sequence[Object]) -> None:
    """Some victims are still on the node that is nominated for a pod."""
    for preemptor in asked:
        where = preemptor["status"].get("nominatedNodeName")
        for victim in bound:
            if where and victim["spec"]["nodeName"] == where and draw.chance(0.5):
                put(preemptor, "spec", priority=100)
                put(victim, "spec", priority=draw.choice((-10, 0, 5, 100)))
                leave(draw, victim)


def pending_pod(draw: Draw, name: str, nodes: Sequence[Object], themes: Sequence[Theme]) -> Object:
    """A subject; some wait for room on a node that preemption found, and count there for the others."""
    made = pod(draw, name)
    for theme in themes:
        if theme.pod:
            theme.pod(draw, made, nodes)
    if draw.chance(0.5):
        put(made, "spec", priority=draw.choice((0, 5, 100)))
    if draw.chance(0.15):
        put(made, "status", nominatedNodeName=draw.choice(nodes)["metadata"]["name"])
    if draw.chance(0.08):
        put(made, "spec", preemptionPolicy="Never")
    return made


def waiting_pod(draw: Draw, name: str, nodes: Sequence[Object], themes: Sequence[Theme]) -> Object:
    """Nobody asks about it; nominated, though it may be gated, another scheduler's, or on its way out."""
    made = pending_pod(draw, name, nodes, themes)
    put(made, "status", nominatedNodeName=draw.choice(nodes)["metadata"]["name"])
    if draw.chance(0.3):
        put(made, "spec", schedulingGates=[{"name": "example.com/wait"}])
    if draw.chance(0.3):
        put(made, "spec", schedulerName="another")
    if draw.chance(0.3):
        put(made, "metadata", deletionTimestamp="2026-01-01T00:00:00Z")
    return made
