"""In-tree volumes that a node serves by a CSI driver: whose volume each is then, and where it may be used.

Source: csi-translation-lib `plugins/` (TranslateInTreePVToCSI, TranslateInTreeInlineVolumeToCSI); kube-scheduler plugins
NodeVolumeLimits (`utils.go`) and VolumeBinding (`binder.go`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.objects import Object

MIGRATED_ANNOTATION = "storage.alpha.kubernetes.io/migrated-plugins"
ZONE, REGION = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
BETA_ZONE, BETA_REGION = "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"
ZONES_DELIMITER = "__"
_UNSPECIFIED = "UNSPECIFIED"
_EBS_URL = re.compile(r"aws://[^/?#]*(?P<path>[^?#]*).*")
_EBS_VOLUME = re.compile(r"vol-[^/]*")
_GCE_ZONE_PARTS = 3


@dataclass(frozen=True, slots=True)
class InTree:
    """An in-tree plugin: its name, the driver that took over, the driver's zone label ("": none is translated).

    `handle`: of a source and the object's labels, the driver's name of the volume; None where the translation fails.
    """

    name: str
    driver: str
    zone_key: str
    handle: Callable[[Object, Mapping[str, str]], str | None]


def _field(field: str) -> Callable[[Object, Mapping[str, str]], str | None]:
    return lambda source, _: objects.text(source.get(field))


def _ebs(source: Object, _: Mapping[str, str]) -> str | None:
    volume = objects.text(source.get("volumeID"))
    if not volume.startswith("aws://"):
        return volume
    url = _EBS_URL.fullmatch(volume)
    path = url["path"].strip("/") if url else ""
    return path if _EBS_VOLUME.fullmatch(path) else None


def _gce(source: Object, labels: Mapping[str, str]) -> str | None:
    disk = objects.text(source.get("pdName"))
    zones = objects.text(labels.get(BETA_ZONE) or labels.get(ZONE)).split(ZONES_DELIMITER)
    if len(zones) == 1:
        return f"projects/{_UNSPECIFIED}/zones/{zones[0] or _UNSPECIFIED}/disks/{disk}"
    parts = [zone.split("-") for zone in zones]
    regions = {"-".join(each[:2]) for each in parts}
    if len(regions) != 1 or any(len(each) != _GCE_ZONE_PARTS for each in parts):
        return None
    return f"projects/{_UNSPECIFIED}/regions/{regions.pop()}/disks/{disk}"


def _azure(source: Object, _: Mapping[str, str]) -> str | None:
    kind = source.get("kind")
    return objects.text(source.get("diskURI")) if kind is None or objects.text(kind).lower() == "managed" else None


# the field of a volume or a PersistentVolume -> the plugin; those whose migration the scheduler looks at
PLUGINS: Mapping[str, InTree] = MappingProxyType(
    {
        "awsElasticBlockStore": InTree(
            "kubernetes.io/aws-ebs", "ebs.csi.aws.com", "topology.ebs.csi.aws.com/zone", _ebs
        ),
        "gcePersistentDisk": InTree("kubernetes.io/gce-pd", "pd.csi.storage.gke.io", "topology.gke.io/zone", _gce),
        "azureDisk": InTree("kubernetes.io/azure-disk", "disk.csi.azure.com", "", _azure),
        "cinder": InTree(
            "kubernetes.io/cinder",
            "cinder.csi.openstack.org",
            "topology.cinder.csi.openstack.org/zone",
            _field("volumeID"),
        ),
        "portworxVolume": InTree("kubernetes.io/portworx-volume", "pxd.portworx.com", "", _field("volumeID")),
    }
)
# migrated as well, but the scheduler counts and translates none of them
NEVER_COUNTED = frozenset({"kubernetes.io/azure-file", "kubernetes.io/vsphere-volume"})
BY_NAME: Mapping[str, InTree] = MappingProxyType({plugin.name: plugin for plugin in PLUGINS.values()})


def inline_plugin(volume: Object) -> InTree | None:
    """The plugin of a pod's own in-tree volume, None where it is none that was migrated."""
    return next((PLUGINS[field] for field in PLUGINS.keys() & volume.keys() if volume[field] is not None), None)


def volume_plugin(volume: Object) -> InTree | None:
    """The plugin of an in-tree PersistentVolume, None for any other."""
    return inline_plugin(objects.spec(volume))


def inline_handle(volume: Object) -> str | None:
    """The driver's name of a pod's own in-tree volume; None where the translation fails."""
    return _handle(volume, {})


def volume_handle(volume: Object) -> str | None:
    """The driver's name of an in-tree PersistentVolume; None where the translation fails."""
    return _handle(objects.spec(volume), objects.labels(volume))


def _handle(sources: Object, labels: Mapping[str, str]) -> str | None:
    field = next(field for field in PLUGINS if sources.get(field) is not None)
    return PLUGINS[field].handle(objects.mapping(sources[field]), labels)


def is_announced(plugin: InTree, csi_node: Object | None) -> bool:
    """Whether the node says in its CSINode's annotation that it serves the plugin by CSI."""
    if csi_node is None:
        return False
    told = objects.text(objects.annotations_of(csi_node).get(MIGRATED_ANNOTATION))
    return plugin.name in told.split(",")


def translated_affinity(volume: Object, plugin: InTree) -> object:
    """`nodeAffinity.required` of an in-tree PersistentVolume with the driver's zone label in the place of Kubernetes' own.

    Where it names no zone, the zones of the volume's labels are required.
    """
    required = objects.mapping(objects.spec(volume).get("nodeAffinity")).get("required")
    if not plugin.zone_key:
        return required
    terms = [
        dict(objects.mapping(term)) for term in objects.sequence(objects.mapping(required).get("nodeSelectorTerms"))
    ]
    zone, region = _labels_used(terms, objects.labels(volume))
    if _values(terms, zone):
        terms = _renamed(terms, zone, plugin.zone_key)
    elif zone in objects.labels(volume):
        terms = _with_zones(terms, plugin.zone_key, objects.text(objects.labels(volume)[zone]))
    if region == BETA_REGION and _values(terms, region):
        terms = _renamed(terms, region, REGION)
    return required if required is None and not terms else {"nodeSelectorTerms": terms}


def _labels_used(terms: Sequence[Object], labels: Mapping[str, str]) -> tuple[str, str]:
    """The zone and the region label that the volume goes by: the affinity's, else the volume's own, else today's."""
    keys = [expression.get("key") for term in terms for expression in _expressions(term)]
    for known in (keys, labels):
        if ZONE in known:
            return ZONE, REGION
        if BETA_ZONE in known:
            return BETA_ZONE, BETA_REGION
    return ZONE, REGION


def _expressions(term: Object) -> list[Object]:
    return [objects.mapping(each) for each in objects.sequence(term.get("matchExpressions"))]


def _values(terms: Sequence[Object], key: str) -> list[Any]:
    found = (each for term in terms for each in _expressions(term) if each.get("key") == key)
    return [value for each in found for value in objects.sequence(each.get("values"))]


def _renamed(terms: Sequence[Object], old: str, new: str) -> list[dict[str, Any]]:
    def rename(expression: Object) -> Object:
        return {**expression, "key": new} if expression.get("key") == old else expression

    return [{**term, "matchExpressions": [rename(each) for each in _expressions(term)]} for term in terms]


def _with_zones(terms: Sequence[Object], key: str, label: str) -> list[dict[str, Any]]:
    zones = sorted({zone.strip() for zone in label.split(ZONES_DELIMITER)} - {""})
    if not zones:
        return [dict(term) for term in terms]
    wanted = {"key": key, "operator": "In", "values": zones}
    return [{**term, "matchExpressions": [*_expressions(term), wanted]} for term in terms or [{}]]
