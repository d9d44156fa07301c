"""Volumes of pods, claims and what serves them: bound, unbound, local, zoned, shared by one pod only, limited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.scheduling import storage
from oracle.scheduling.draw import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

DISKS = ("disk-a", "disk-b", "disk-c")


@dataclass(frozen=True, slots=True)
class Mix:
    """What a world of volumes is mostly about. `disks`: volumes without a claim; the others are shares of the claims."""

    disks: float = 0.1
    bound: float = 0.5
    alone: float = 0.1
    odd: float = 0.04
    limits: float = 0.3
    zones: float = 0.2

    def pod(self, draw: Draw, made: Object, _nodes: Sequence[Object]) -> None:
        """A few volumes; most by a claim."""
        volumes = []
        for index in range(draw.choice((0, 1, 1, 2, 3))):
            source = disk(draw) if draw.chance(self.disks) else claim(draw, self.odd)
            volumes.append({"name": f"v{index}"} | source)
        put(made, "spec", volumes=volumes or None)

    def node(self, draw: Draw, made: Object) -> None:
        """Labels of regions and of older kinds of zones."""
        labels = made["metadata"]["labels"]
        if draw.chance(0.3):
            labels["topology.kubernetes.io/region"] = draw.choice(("region-1", "region-2"))
        if draw.chance(0.2) and "topology.kubernetes.io/zone" in labels:
            labels["failure-domain.beta.kubernetes.io/zone"] = labels["topology.kubernetes.io/zone"]
        if draw.chance(0.1):
            labels.pop("topology.kubernetes.io/zone", None)

    def others(self, draw: Draw, nodes: Sequence[Object], pods: Sequence[Object]) -> list[Object]:
        """Classes, drivers, volumes, and the claims that the pods name (most of them)."""
        volumes = [storage.volume(draw, f"pv{index}", index, nodes, self.zones) for index in range(draw.randint(3, 9))]
        claims = []
        for namespace, name, owner in sorted(claims_of(pods)):
            if draw.chance(1 - self.odd / 2):
                claims.append(storage.claim(draw, namespace, name, owner, volumes, nodes, self))
        storage.taken(draw, volumes, claims)
        fixed = [*storage.classes(), *storage.drivers(), *storage.capacities(draw)]
        csi = [storage.csi_node(draw, each, self.limits) for each in nodes if draw.chance(0.9)]
        return [*fixed, *csi, *volumes, *claims, *storage.attachments(draw, nodes, volumes)]


def claims_of(pods: Sequence[Object]) -> set[tuple[str, str, str]]:
    """(namespace, name, the pod that an ephemeral volume's claim belongs to or "")."""
    found = set()
    for pod in pods:
        meta = pod["metadata"]
        for volume in pod["spec"].get("volumes", ()):
            if "persistentVolumeClaim" in volume:
                found.add((meta["namespace"], volume["persistentVolumeClaim"]["claimName"], ""))
            if "ephemeral" in volume:
                found.add((meta["namespace"], f"{meta['name']}-{volume['name']}", meta["uid"]))
    return found


def claim(draw: Draw, odd: float) -> Object:
    """By a claim's name, or by a template."""
    if draw.chance(0.1):
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        return {"ephemeral": {"volumeClaimTemplate": {"spec": spec}}}
    name = "missing" if draw.chance(odd / 2) else f"claim-{draw.randint(0, 5)}"
    return {"persistentVolumeClaim": {"claimName": name}}


def disk(draw: Draw) -> Object:
    """A disk named in the pod itself, or what is no disk at all."""
    name, read_only = draw.choice(DISKS), draw.chance(0.4)
    monitors = draw.few(("mon-1", "mon-2", "mon-3"), 2) or ["mon-1"]
    sources: tuple[Object, ...] = (
        {"gcePersistentDisk": {"pdName": name, "readOnly": read_only}},
        {"awsElasticBlockStore": {"volumeID": name, "readOnly": read_only}},
        {"iscsi": {"targetPortal": "10.0.0.1", "iqn": name, "lun": draw.randint(0, 1), "readOnly": read_only}},
        {"rbd": {"monitors": monitors, "image": name, "pool": draw.choice(("rbd", "p")), "readOnly": read_only}},
        {"emptyDir": {}},
        {"csi": {"driver": "csi.example.com"}},
    )
    return draw.choice((*sources, *sources[:4]))


RESTRICTIONS = Mix(disks=0.5, alone=0.5, odd=0.02)
LIMITS = Mix(bound=0.75, limits=0.9, odd=0.02)
BINDING = Mix(bound=0.35)
ZONE = Mix(bound=0.8, zones=0.8, odd=0.03)
