"""The zone and region labels of a bound volume must be the node's too.

Source: kube-scheduler plugin VolumeZone; cloud-provider `volume/helpers` (LabelZonesToSet).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling import volume_claims
from kubectl_lab.domain.scheduling.model import NodeFilter, NotEvaluated, Refusal
from kubectl_lab.domain.scheduling.volume_migration import BETA_REGION, BETA_ZONE, REGION, ZONE, ZONES_DELIMITER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

PLUGIN = "VolumeZone"
CONFLICT = "node(s) had no available volume zone"
_LABELS = (BETA_ZONE, BETA_REGION, ZONE, REGION)
_TODAY = {BETA_ZONE: ZONE, BETA_REGION: REGION}


@dataclass(frozen=True, slots=True)
class _Topology:
    """One label of a volume, and the values that a node may have there."""

    claim: str
    volume: str
    key: str
    values: frozenset[str]


_Found = Refusal | NotEvaluated | tuple[_Topology, ...]


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check for a pod none of whose claims names a volume with such a label."""
    uses = [use for use in volume_claims.uses_of(pod) if not use.ephemeral]
    topologies: list[_Topology] = []
    for use in uses:
        found = _of_claim(use.claim, pod, state)
        if not isinstance(found, tuple):
            return _Before(found)
        topologies += found
    return _Zones(topologies) if topologies else None


class _Before(NodeFilter):
    def __init__(self, found: Refusal | NotEvaluated) -> None:
        if isinstance(found, Refusal):
            self.before = found
        else:
            self.not_evaluated = (found,)


class _Zones(NodeFilter):
    def __init__(self, topologies: Sequence[_Topology]) -> None:
        self._topologies = topologies
        self._refusals: dict[tuple[_Topology, str | None], Refusal] = {}

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """A node without any zone or region label passes: its cluster has no zones."""
        if not any(key in node.labels for key in _LABELS):
            return None
        for topology in self._topologies:
            key = topology.key if topology.key in node.labels else _TODAY.get(topology.key, topology.key)
            found = objects.text(node.labels[key]) if key in node.labels else None
            if found not in topology.values:
                return self._refused(topology, found)
        return None

    def _refused(self, topology: _Topology, found: str | None) -> Refusal:
        key = (topology, found)
        if key not in self._refusals:
            facts = {"claim": topology.claim, "volume": topology.volume, "key": topology.key}
            values = sorted(topology.values)
            phrase = "zone" if found is not None else "zone-absent"
            self._refusals[key] = volume_claims.refused(CONFLICT, phrase, values=values, found=found or "", **facts)
        return self._refusals[key]


def _of_claim(name: str, pod: Object, state: ClusterState) -> _Found:
    """The labels of its volume; what refuses every node; or what could not be read."""
    if not name:
        return volume_claims.refused("PersistentVolumeClaim had no name", "claim-nameless")
    missing = volume_claims.unread(PLUGIN, state, volume_claims.CLAIM)
    if missing:
        return missing[0]
    claim = state.get(volume_claims.CLAIM, objects.namespace(pod), name)
    if claim is None:
        text = volume_claims.not_found("persistentvolumeclaim", name)
        return volume_claims.refused(text, "claim-absent", claim=name, namespace=objects.namespace(pod) or "")
    if not volume_claims.volume_name(claim):
        return _without_volume(claim, state)
    return _of_volume(claim, state)


def _of_volume(claim: Object, state: ClusterState) -> _Found:
    missing = volume_claims.unread(PLUGIN, state, volume_claims.VOLUME)
    if missing:
        return missing[0]
    name = volume_claims.volume_name(claim)
    volume = state.get(volume_claims.VOLUME, None, name)
    if volume is None:
        text = volume_claims.not_found("persistentvolume", name)
        return volume_claims.refused(text, "volume-gone", claim=objects.name(claim), volume=name)
    labels = objects.labels(volume)
    sets = ((key, _zones(objects.text(labels[key]))) for key in _LABELS if key in labels)
    return tuple(_Topology(objects.name(claim), name, key, values) for key, values in sets if values)


def _zones(label: str) -> frozenset[str]:
    """Several zones stand in one label, `a__b`; with an empty one among them the label is left out of account."""
    zones = frozenset(zone.strip() for zone in label.split(ZONES_DELIMITER))
    return frozenset() if "" in zones else zones


def _without_volume(claim: Object, state: ClusterState) -> _Found:
    """A claim whose class waits for the pod's node is passed over; any other should have a volume by now."""
    name, class_name = objects.name(claim), volume_claims.requested_class(claim, state)
    missing = volume_claims.unread(PLUGIN, state, volume_claims.CLASS)
    if not class_name and not (missing and volume_claims.gets_default_class(claim)):
        text = "PersistentVolumeClaim had no pv name and storageClass name"
        return volume_claims.refused(text, "unbound-classless", claim=name)
    if missing:
        return missing[0]
    storage_class = state.get(volume_claims.CLASS, None, class_name)
    facts = {"claim": name, "class": class_name, "volume": ""}
    if storage_class is None:
        text = volume_claims.not_found("storageclass.storage.k8s.io", class_name)
        return volume_claims.refused(text, "unbound-class-absent", **facts)
    if volume_claims.binding_mode(storage_class) == volume_claims.DELAYED:
        return ()
    return volume_claims.refused("PersistentVolume had no name", "unbound-immediate", **facts)
