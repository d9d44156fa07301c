"""Room and requests: odd quantities, sidecars, init containers, overhead, the pod's own resources, resizes under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle.scheduling.draw import given, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

CPU = ("100m", "0.5", "1", "1500m", "1e0", "0", "100u", "0.0001", "2", "1.5", "250m")
BYTES = ("64Mi", "1Gi", "1.5Gi", "1e9", "500M", "1000k", "0", "0.5Gi", "1", "100m", "1e-3", "2Gi", "123456789")
HUGE = ("2Mi", "4Mi", "8Mi", "0")
COUNTS = ("1", "2", "4", "0")
ROOM = {
    "cpu": ("2", "4", "6", "8000m", "3.9999"),
    "memory": ("2Gi", "4Gi", "16Gi", "8e9", "8388608Ki"),
    "ephemeral-storage": ("4Gi", "10Gi"),
    "pods": ("2", "4", "10", "110", "110"),
    "hugepages-2Mi": ("8Mi", "4Mi", "0"),
    "example.com/gpu": ("1", "2", "4", "1k"),
    "example.com/odd": ("500m", "1", "1.5"),
    "attachable-volumes-x": ("1", "3"),
}
KINDS = {
    "cpu": (0.5, CPU),
    "memory": (0.4, BYTES),
    "ephemeral-storage": (0.1, BYTES),
    "hugepages-2Mi": (0.06, HUGE),
    "example.com/gpu": (0.06, COUNTS),
    "example.com/odd": (0.04, ("1", "500m", "0.5")),
    "example.com/none": (0.02, COUNTS),
    "requests.example.com/odd": (0.03, COUNTS),
    "attachable-volumes-x": (0.03, COUNTS),
    "kubernetes.io/batch": (0.03, COUNTS),
    "unknown": (0.03, COUNTS),
}


def node(draw: Draw, made: Object) -> None:
    """Little room; some say only their capacity."""
    room = {name: draw.choice(values) for name, values in ROOM.items() if draw.chance(0.97 if name in FEW else 0.6)}
    status = made["status"]
    status["allocatable"] = room
    status["capacity"] = dict(room)
    if draw.chance(0.1):
        del status["allocatable"]
    if draw.chance(0.02):
        del made["status"]


FEW = ("cpu", "memory", "pods")


def amounts(draw: Draw, factor: float = 1.0) -> Object | None:
    """Requests or limits; now and then none at all, or more than anyone has."""
    found = {name: draw.choice(values) for name, (chance, values) in KINDS.items() if draw.chance(chance * factor)}
    if found and draw.chance(0.01):
        found[draw.choice(sorted(found))] = draw.choice(("1Pi", "1e15", "999999999999999"))
    return found or None


def requirements(draw: Draw) -> Object | None:
    """Requests, limits (from which the server makes requests), or both."""
    limits = amounts(draw, 0.5) if draw.chance(0.3) else None
    return given(requests=amounts(draw) if draw.chance(0.8) else None, limits=limits) or None


def pod(draw: Draw, made: Object, _nodes: Sequence[Object]) -> None:
    """Requests of all its containers; a bound pod also says what it was given."""
    spec = made["spec"]
    for index in range(draw.choice((0, 0, 0, 1, 2, 3))):
        init = {"name": f"i{index}", "image": "init"} | given(restartPolicy=draw.choice((None, None, "Always")))
        spec.setdefault("initContainers", []).append(init)
    for container in (*spec["containers"], *spec.get("initContainers", ())):
        container.update(given(resources=requirements(draw)))
    if draw.chance(0.2):
        spec["overhead"] = {"cpu": draw.choice(CPU), "memory": draw.choice(BYTES)}
    if draw.chance(0.15):
        level = {"cpu": draw.choice(CPU), "memory": draw.choice(BYTES), "hugepages-2Mi": draw.choice(HUGE)}
        spec["resources"] = {draw.choice(("requests", "limits")): dict(draw.few(sorted(level.items()), 3))}
    if draw.chance(0.3):
        resize(draw, made)


def resize(draw: Draw, made: Object) -> None:
    """What the kubelet says of containers whose resources were changed in place."""
    spec = made["spec"]
    said = [container_status(draw, each["name"]) for each in spec["containers"]]
    put(made, "status", containerStatuses=draw.few(said, len(said)) or None)
    inits = [container_status(draw, each["name"]) for each in spec.get("initContainers", ())]
    put(made, "status", initContainerStatuses=inits or None)
    if draw.chance(0.4):
        reason = draw.choice(("Infeasible", "Infeasible", "Deferred"))
        status = draw.choice(("True", "True", "False"))
        conditions = [{"type": "PodResizePending", "status": status, "reason": reason}]
        put(made, "status", conditions=conditions)
    if "resources" in spec and draw.chance(0.7):
        given_to = {"requests": amounts(draw, 0.6) or {}} if draw.chance(0.8) else None
        put(made, "status", resources=given_to, allocatedResources=amounts(draw, 0.6) if draw.chance(0.7) else None)


def container_status(draw: Draw, name: str) -> Object:
    resources = given(requests=amounts(draw)) if draw.chance(0.8) else None
    return {"name": name, "image": "main", "imageID": "", "ready": True, "restartCount": 0} | given(
        resources=resources, allocatedResources=amounts(draw) if draw.chance(0.7) else None
    )


def others(draw: Draw, _nodes: Sequence[Object], _pods: Sequence[Object]) -> list[Object]:
    """Now and then a class of devices that serves an extended resource, where a node has none of it."""
    if draw.chance(0.9):
        return []
    spec = {"selectors": [], "extendedResourceName": "example.com/gpu"}
    return [{"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "gpu"}, "spec": spec}]
