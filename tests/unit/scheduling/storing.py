"""Claims, volumes, classes and drivers, and what one plugin says of a pod that uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.filters import FILTERS
from kubectl_lab.domain.scheduling.state import ClusterState
from kubectl_lab.domain.scheduling.volume_claims import PLURALS
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.model import NodeFilter, Refusal

Object = dict[str, Any]
CSI = "csi.example.com"
LOCAL = "kubernetes.io/no-provisioner"
ZONE = "topology.kubernetes.io/zone"
KINDS = (*PLURALS, "ResourceClaim", "DeviceClass")


def uses(*names: str, **volumes: Object) -> tuple[Object, ...]:
    """Volumes of a pod: claims by name, then others by their sources."""
    claims = tuple({"name": f"v-{name}", "persistentVolumeClaim": {"claimName": name}} for name in names)
    return (*claims, *({"name": "disk", field: source} for field, source in volumes.items()))


def ephemeral(name: str, **spec: Any) -> Object:
    """A generic ephemeral volume."""
    return {"name": name, "ephemeral": {"volumeClaimTemplate": {"spec": spec}}}


def pending(*claims: str, name: str = "web", volumes: tuple[Object, ...] = (), **rest: Any) -> Object:
    """The pod that is asked about."""
    return make.pod(name, node="", phase="Pending", ready=False, volumes=(*uses(*claims), *volumes), **rest)


def manifest(made: Object) -> Object:
    """The object as somebody wrote it, before any server saw it."""
    fields = {key: value for key, value in made["metadata"].items() if key not in {"uid", "resourceVersion"}}
    return {**made, "metadata": fields}


def claim(
    name: str,
    *,
    volume: str = "",
    of: str | None = "slow",
    size: str | None = "1Gi",
    modes: tuple[str, ...] = ("ReadWriteOnce",),
    phase: str = "Pending",
    annotations: Object | None = None,
    spec: Object | None = None,
    **rest: Any,
) -> Object:
    """A claim; one with a volume is bound for good."""
    parts: Object = {"accessModes": list(modes), "resources": {"requests": {"storage": size} if size else {}}}
    parts |= {"storageClassName": of} if of is not None else {}
    parts |= {"volumeName": volume} if volume else {}
    noted = {"pv.kubernetes.io/bind-completed": "yes"} if volume else {}
    notes = (noted if annotations is None else annotations) or None
    namespace = rest.pop("namespace", "default")
    status = {"phase": phase}
    return make.obj(
        "PersistentVolumeClaim", name, namespace, spec=parts | (spec or {}), status=status, annotations=notes, **rest
    )


def volume(
    name: str,
    *,
    of: str = "slow",
    size: str = "1Gi",
    modes: tuple[str, ...] = ("ReadWriteOnce",),
    phase: str = "Available",
    at: tuple[str, ...] = (),
    affinity: Object | None = None,
    spec: Object | None = None,
    **rest: Any,
) -> Object:
    """A PersistentVolume; `at`: the only nodes (by host name) that it may be used from."""
    parts: Object = {"storageClassName": of, "capacity": {"storage": size}, "accessModes": list(modes)}
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": list(at)}]}
    wanted = affinity or ({"nodeSelectorTerms": [term]} if at else None)
    parts |= {"nodeAffinity": {"required": wanted}} if wanted else {}
    return make.obj("PersistentVolume", name, spec=parts | (spec or {}), status={"phase": phase}, **rest)


def csi(name: str, handle: str = "", *, driver: str = CSI, **rest: Any) -> Object:
    """A PersistentVolume of a CSI driver."""
    return volume(name, spec={"csi": {"driver": driver, "volumeHandle": handle or name}}, **rest)


def storage_class(
    name: str = "slow", *, mode: str | None = "WaitForFirstConsumer", provisioner: str = CSI, **fields: Any
) -> Object:
    """A StorageClass, by default of a driver and waiting for the pod."""
    notes = fields.pop("annotations", None)
    made = make.obj("StorageClass", name, annotations=notes) | {"provisioner": provisioner} | fields
    return made | ({"volumeBindingMode": mode} if mode is not None else {})


def csi_node(name: str, migrated: str | None = None, /, **limits: int | None) -> Object:
    """A CSINode; `limits`: how many volumes of CSI (`csi`) or another driver (dots as `_`) it takes, None: any number."""
    drivers = [
        {"name": CSI if key == "csi" else key.replace("_", ".")}
        | ({} if count is None else {"allocatable": {"count": count}})
        for key, count in limits.items()
    ]
    notes = None if migrated is None else {"storage.alpha.kubernetes.io/migrated-plugins": migrated}
    return make.obj("CSINode", name, spec={"drivers": drivers}, annotations=notes)


def node(name: str, **labels: str) -> Object:
    """A node with its host name and more labels (`zone`: of today)."""
    known = {"zone": ZONE, "region": "topology.kubernetes.io/region"}
    return make.node(
        name, labels={"kubernetes.io/hostname": name} | {known.get(key, key): value for key, value in labels.items()}
    )


def state(
    *objects: Object,
    missing: tuple[str, ...] = (),
    version: tuple[int, int, int] = (1, 36, 3),
    gates: dict[str, bool] | None = None,
    without: tuple[Object, ...] = (),
) -> ClusterState:
    """All kinds read, those in `missing` not; with the node n1 where no node is named."""
    found: dict[str, list[Object]] = {kind: [] for kind in (*KINDS, "Node", "Pod")}
    for each in objects:
        found[each["kind"]].append(each)
    found["Node"] = found["Node"] or [node("n1")]
    unread = {kind: Missing(kind, "not captured") for kind in missing}
    return ClusterState({**found, **unread}, Features(version, gates or {}), without=without)


def made(plugin: str, pod: Object, known: ClusterState) -> NodeFilter | None:
    """The plugin, ready for the pod; None where it has nothing to check."""
    return next(each.prepare for each in FILTERS if each.name == plugin)(pod, known)


def refusal(plugin: str, pod: Object, known: ClusterState, where: str = "n1") -> Refusal | None:
    """What it says of a node, or of all of them before."""
    ready = made(plugin, pod, known)
    return None if ready is None else ready.before or ready.refusal(known.node_by_name[where])


def texts(found: Refusal | None) -> list[str]:
    """The scheduler's words, in its order."""
    return [reason.text for reason in found.reasons] if found else []


def before(plugin: str, pod: Object, known: ClusterState) -> list[str]:
    """What refuses every node at once."""
    ready = made(plugin, pod, known)
    return texts(ready.before) if ready else []


def unjudged(plugin: str, pod: Object, known: ClusterState) -> list[str]:
    """What its answer does not rest on, `what: why`; it refuses no node then."""
    ready = made(plugin, pod, known)
    return [f"{each.what}: {each.why}" for each in ready.not_evaluated] if ready else []
