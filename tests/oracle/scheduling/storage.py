"""Storage classes, volumes, claims, drivers and what nodes can attach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oracle.scheduling.draw import ZONES, given, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object
    from oracle.scheduling.volumes import Mix

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
BETA_ZONE = "failure-domain.beta.kubernetes.io/zone"
REGION = "topology.kubernetes.io/region"
CSI, CAPPED, EBS = "csi.example.com", "capped.example.com", "kubernetes.io/aws-ebs"
OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
EBS_DRIVER = "ebs.csi.aws.com"
# kinds of volumes that a CSI driver may have taken over: provisioner -> the driver
MIGRATED = {
    EBS: EBS_DRIVER,
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
}
# name -> (provisioner, binding mode, allowed topologies)
CLASSES: dict[str, tuple[str, str | None, list[Object] | None]] = {
    "now": (CSI, None, None),
    "wait": (CSI, "WaitForFirstConsumer", None),
    "local": ("kubernetes.io/no-provisioner", "WaitForFirstConsumer", None),
    "zoned": (
        CSI,
        "WaitForFirstConsumer",
        [{"matchLabelExpressions": [{"key": ZONE, "values": ["zone-a", "zone-b"]}]}],
    ),
    "nowhere": (CSI, "WaitForFirstConsumer", [{"matchLabelExpressions": []}]),
    "capped": (CAPPED, "WaitForFirstConsumer", None),
    "ebs": (EBS, "WaitForFirstConsumer", None),
    "pd": ("kubernetes.io/gce-pd", "WaitForFirstConsumer", None),
}
WAITING = ("wait", "local", "local", "zoned", "nowhere", "capped", "ebs", "pd")
MODES = (["ReadWriteOnce"], ["ReadWriteOnce"], ["ReadWriteMany", "ReadWriteOnce"], ["ReadOnlyMany"])
SIZES = ("1Gi", "2Gi", "3Gi", "1500Mi", "5Gi")


def thing(kind: str, name: str, api: str = "v1", namespace: str | None = None, **rest: Any) -> Object:
    """An object of the API."""
    meta = {"name": name, "uid": f"{kind.lower()}-{namespace}-{name}"} | given(namespace=namespace)
    return {"apiVersion": api, "kind": kind, "metadata": meta} | rest


def classes() -> list[Object]:
    return [
        thing("StorageClass", name, "storage.k8s.io/v1", provisioner=provisioner)
        | given(volumeBindingMode=mode, allowedTopologies=topologies)
        for name, (provisioner, mode, topologies) in CLASSES.items()
    ]


def drivers() -> list[Object]:
    """One that wants its capacity looked at, one that does not."""
    api = "storage.k8s.io/v1"
    return [
        thing("CSIDriver", CSI, api, spec={}),
        thing("CSIDriver", CAPPED, api, spec={"storageCapacity": True}),
    ]


def capacities(draw: Draw) -> list[Object]:
    """Room in some zones, told as capacity or as the largest volume."""
    found = []
    for index in range(draw.randint(0, 4)):
        zone = {"matchLabels": {ZONE: draw.choice(ZONES)}}
        where = None if draw.chance(0.3) else zone if draw.chance(0.5) else {}
        rest = given(
            storageClassName=draw.choice(("capped", "capped", "wait")),
            nodeTopology=where,
            capacity=draw.choice((None, "1Gi", "4Gi")),
            maximumVolumeSize=draw.choice((None, None, "2Gi")),
        )
        found.append(thing("CSIStorageCapacity", f"capacity-{index}", "storage.k8s.io/v1", "ops", **rest))
    return found


def csi_node(draw: Draw, node: Object, limits: float) -> Object:
    """The drivers of a node; some limit how many volumes they attach, some stand in for an older one."""
    found = []
    for driver in (CSI, CAPPED, *MIGRATED.values()):
        if draw.chance(0.9):
            unlimited: Object | None = {} if draw.chance(0.5) else None
            allocatable = {"count": draw.choice((0, 1, 1, 2, 3))} if draw.chance(limits) else unlimited
            name = node["metadata"]["name"]
            found.append({"name": driver, "nodeID": name} | given(allocatable=allocatable))
    made = thing("CSINode", node["metadata"]["name"], "storage.k8s.io/v1", spec={"drivers": found})
    if draw.chance(0.6):
        plugins = ",".join(draw.few(list(MIGRATED), 5))
        put(made, "metadata", annotations={"storage.alpha.kubernetes.io/migrated-plugins": plugins})
    return made


def volume(draw: Draw, name: str, index: int, nodes: Sequence[Object], zones: float) -> Object:
    """A volume of its own size, so that "the smallest that matches" is one."""
    megabytes = draw.choice((1024, 1536, 2048, 4096)) + index
    spec = {
        "capacity": {"storage": f"{megabytes}Mi"},
        "accessModes": draw.choice(MODES),
        "storageClassName": draw.choice(("", *WAITING, "now")),
    } | given(volumeMode="Block" if draw.chance(0.1) else None, nodeAffinity=node_affinity(draw, nodes))
    spec |= source(draw, name)
    made = thing("PersistentVolume", name, spec=spec, status={"phase": "Available"})
    labels = {"tier": draw.choice(("gold", "iron"))} if draw.chance(0.5) else {}
    if draw.chance(zones):
        values = draw.choice((*ZONES, "zone-a__zone-b", "zone-c__zone-a", ""))
        labels[draw.choice((ZONE, ZONE, BETA_ZONE))] = values
    if draw.chance(zones / 3):
        labels[REGION] = draw.choice(("region-1", "region-2"))
    put(made, "metadata", labels=labels)
    if draw.chance(0.05):
        put(made, "spec", volumeAttributesClassName="fast")
    if draw.chance(0.05):
        put(made, "metadata", "annotations", **{OLD_CLASS: draw.choice(WAITING)})
    if draw.chance(0.05):
        put(made, "metadata", deletionTimestamp="2026-01-01T00:00:00Z")
    return made


def source(draw: Draw, name: str) -> Object:
    handle = name if draw.chance(0.8) else "shared"
    ebs = {"volumeID": f"aws://{draw.choice(ZONES)}/vol-{handle}" if draw.chance(0.5) else f"vol-{handle}"}
    sources: tuple[Object, ...] = (
        *[{"csi": {"driver": CSI, "volumeHandle": handle}}] * 4,
        {"csi": {"driver": CAPPED, "volumeHandle": handle}},
        {"csi": {"driver": EBS_DRIVER, "volumeHandle": f"vol-{handle}"}},
        {"awsElasticBlockStore": ebs},
        {"gcePersistentDisk": {"pdName": handle}},
        {"azureDisk": {"diskName": handle, "diskURI": f"/subscriptions/{handle}"}},
        {"cinder": {"volumeID": handle}},
        {"portworxVolume": {"volumeID": handle}},
        {"hostPath": {"path": "/data"}},
    )
    return draw.choice(sources)


def node_affinity(draw: Draw, nodes: Sequence[Object]) -> Object | None:
    """Local to a node, to zones, or to none; several terms; or nothing that matches."""
    host = {"key": HOST, "operator": "In", "values": [each["metadata"]["name"] for each in draw.some(nodes, 3, 1)]}
    zone = {"key": ZONE, "operator": draw.choice(("In", "NotIn")), "values": draw.some(ZONES, 2, 1)}
    terms: list[Object] = [{"matchExpressions": [draw.choice((host, zone))]}]
    named = {"key": "metadata.name", "operator": "In", "values": host["values"]}
    kind = draw.random()
    if kind < 0.4:
        return None
    if kind < 0.45:
        return {"required": {"nodeSelectorTerms": draw.choice(([], [{}], [{"matchFields": [named]}]))}}
    if kind < 0.55:
        terms.append({"matchExpressions": [host, zone]})
    return {"required": {"nodeSelectorTerms": terms}}


def claim(
    draw: Draw,
    namespace: str,
    name: str,
    owner: str,
    volumes: Sequence[Object],
    nodes: Sequence[Object],
    mix: Mix,
) -> Object:
    """Bound to a volume, waiting for a pod, or in a state in which no pod can use it."""
    classed = draw.choice((*WAITING, "wait", "local")) if draw.chance(1 - mix.odd) else draw.choice(("", "gone", "now"))
    spec = {
        "accessModes": ["ReadWriteOncePod"] if draw.chance(mix.alone) else draw.choice(MODES),
        "resources": {"requests": {"storage": draw.choice(SIZES)}} if draw.chance(0.97) else {},
        "storageClassName": classed,
    } | given(
        volumeMode="Block" if draw.chance(0.05) else None,
        selector={"matchLabels": {"tier": "gold"}} if draw.chance(0.15) else None,
    )
    made = thing("PersistentVolumeClaim", name, namespace=namespace, spec=spec, status={"phase": "Pending"})
    if owner and draw.chance(0.9):
        reference = {"apiVersion": "v1", "kind": "Pod", "name": name.rpartition("-")[0], "uid": owner}
        put(made, "metadata", ownerReferences=[reference | {"controller": True}])
    if draw.chance(mix.bound):
        bind(draw, made, volumes, mix)
    elif draw.chance(0.15):
        where = draw.choice(nodes)["metadata"]["name"]
        put(made, "metadata", annotations={"volume.kubernetes.io/selected-node": where})
    if draw.chance(mix.odd):
        put(made, "metadata", deletionTimestamp="2026-01-01T00:00:00Z")
    if draw.chance(0.05):
        put(made, "metadata", "annotations", **{OLD_CLASS: draw.choice(WAITING)})
        made["spec"].pop("storageClassName", None)
    if draw.chance(0.05):
        put(made, "spec", volumeAttributesClassName=draw.choice(("fast", "slow")))
    return made


def bind(draw: Draw, made: Object, volumes: Sequence[Object], mix: Mix) -> None:
    """To a volume that may be gone, and now and then not to the end."""
    gone = draw.chance(mix.odd)
    made["spec"]["volumeName"] = "gone" if gone else draw.choice(volumes)["metadata"]["name"]
    made["status"]["phase"] = "Lost" if draw.chance(mix.odd / 2) else "Bound"
    if draw.chance(1 - mix.odd):
        put(made, "metadata", "annotations", **{"pv.kubernetes.io/bind-completed": "yes"})


def taken(draw: Draw, volumes: Sequence[Object], claims: Sequence[Object]) -> None:
    """Volumes say whose they are; some wait for a claim by name, or for one that is no more."""
    by_name = {each["metadata"]["name"]: each for each in volumes}
    for each in claims:
        bound = by_name.get(each["spec"].get("volumeName", ""))
        if bound and draw.chance(0.97):
            put(bound, "spec", claimRef=reference(each))
            bound["status"]["phase"] = "Bound"
    for each in volumes:
        if "claimRef" not in each["spec"] and claims and draw.chance(0.15):
            kept = reference(draw.choice(claims))
            if draw.chance(0.5):
                kept["uid"] = "" if draw.chance(0.5) else "another"
            put(each, "spec", claimRef=kept)
            each["status"]["phase"] = draw.choice(("Available", "Released", "Bound"))


def reference(claim: Object) -> Object:
    meta = claim["metadata"]
    return {
        "kind": "PersistentVolumeClaim",
        "namespace": meta["namespace"],
        "name": meta["name"],
        "uid": meta["uid"],
    }


def attachments(draw: Draw, nodes: Sequence[Object], volumes: Sequence[Object]) -> list[Object]:
    """Volumes that are attached, of pods that are there or were."""
    found = []
    for index in range(draw.randint(0, 4)):
        spec = {
            "attacher": draw.choice((CSI, CAPPED, EBS_DRIVER)),
            "nodeName": draw.choice(nodes)["metadata"]["name"],
            "source": {"persistentVolumeName": draw.choice([*(each["metadata"]["name"] for each in volumes), "gone"])},
        }
        found.append(thing("VolumeAttachment", f"attached-{index}", "storage.k8s.io/v1", spec=spec))
    return found
