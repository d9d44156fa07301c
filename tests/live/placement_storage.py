"""The storage that pods to be placed ask for, in one namespace: bound, unbound, lost and leaving claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.server import within
from kubectl_lab.cluster.kinds import KINDS

if TYPE_CHECKING:
    from bench.server import Json
    from live.placement_draw import Draw
    from live.placement_ground import Ground

WHERE = "shop"
DRIVER = "disk.example.com"
ZONE = "topology.kubernetes.io/zone"
ROOM = {"requests": {"storage": "1Gi"}}
FINALIZER: Json = {"finalizers": ["example.com/hold"]}


def storage_class(name: str, provisioner: str, mode: str, **rest: object) -> Json:
    return {
        "kind": "StorageClass",
        "apiVersion": "storage.k8s.io/v1",
        "metadata": {"name": name},
        "provisioner": provisioner,
        "volumeBindingMode": mode,
        **rest,
    }


def volume(name: str, mode: str = "ReadWriteOnce", labels: Json | None = None, zone: str | None = None) -> Json:
    terms = [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}]
    spec: Json = {
        "capacity": {"storage": "1Gi"},
        "accessModes": [mode],
        "persistentVolumeReclaimPolicy": "Retain",
        "csi": {"driver": DRIVER, "volumeHandle": name},
    }
    spec |= {"nodeAffinity": {"required": {"nodeSelectorTerms": terms}}} if zone else {}
    metadata = {"name": name, "labels": labels or {}}
    return {"kind": "PersistentVolume", "apiVersion": "v1", "metadata": metadata, "spec": spec}


def claim(name: str, of: str = "", mode: str = "ReadWriteOnce", to: str = "", **metadata: Any) -> Json:
    spec: Json = {"accessModes": [mode], "resources": ROOM, "storageClassName": of}
    spec |= {"volumeName": to} if to else {}
    where = {"name": name, "namespace": WHERE, **metadata}
    return {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": where, "spec": spec}


def lay(ground: Ground) -> None:
    """Once a cluster; the claims that are to be bound are, and the volume of one is gone."""
    topology = [{"matchLabelExpressions": [{"key": ZONE, "values": ["zone-a"]}]}]
    ground.add(
        {
            "kind": "CSIDriver",
            "apiVersion": "storage.k8s.io/v1",
            "metadata": {"name": DRIVER},
            "spec": {"attachRequired": False},
        },
        storage_class("now", "example.com/nobody", "Immediate"),
        storage_class("later", "kubernetes.io/no-provisioner", "WaitForFirstConsumer"),
        storage_class("there", "example.com/nobody", "WaitForFirstConsumer", allowedTopologies=topology),
        volume("pv-a", zone="zone-a"),
        volume("pv-b", labels={ZONE: "zone-b__zone-c"}),
        volume("pv-single", "ReadWriteOncePod"),
        volume("pv-lost"),
        claim("data-a", to="pv-a"),
        claim("data-b", to="pv-b"),
        claim("single", mode="ReadWriteOncePod", to="pv-single"),
        claim("lost", to="pv-lost"),
        claim("unbound", "now"),
        claim("classless", "absent"),
        claim("waiting", "later"),
        claim("placed", "there"),
        claim("leaving", "now", **FINALIZER),
    )
    _phases(ground, {"data-a": "Bound", "data-b": "Bound", "single": "Bound", "lost": "Bound"})
    volumes, claims = KINDS["PersistentVolume"].path(), KINDS["PersistentVolumeClaim"].path(WHERE)
    ground.server.delete(f"{volumes}/pv-lost")
    ground.server.patch(f"{volumes}/pv-lost", {"metadata": {"finalizers": None}})
    ground.server.delete(f"{claims}/leaving")
    _phases(ground, {"lost": "Lost"})


def _phases(ground: Ground, wanted: dict[str, str]) -> None:
    path = KINDS["PersistentVolumeClaim"].path(WHERE)
    for _ in within(30, f"claims to be {wanted}"):
        found = {each["metadata"]["name"]: each["status"].get("phase") for each in ground.server.items(path)}
        if wanted.items() <= found.items():
            return


def csi_nodes(draw: Draw, nodes: list[Json]) -> list[Json]:
    """Some nodes take one volume of the driver, some two."""
    return [
        {
            "kind": "CSINode",
            "apiVersion": "storage.k8s.io/v1",
            "metadata": {"name": each["metadata"]["name"]},
            "spec": {"drivers": [{"name": DRIVER, "nodeID": "x", "allocatable": {"count": draw.choice((1, 2))}}]},
        }
        for each in nodes
        if draw.chance(0.5)
    ]
