"""Which free PersistentVolume a claim gets on a node: one that is reserved for it, else the smallest that fits.

Source: component-helpers `storage/volume/pv_helpers.go` (FindMatchingVolume), the path of the scheduler.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors, node_selectors, quantities
from kubectl_lab.domain.scheduling import volume_claims
from kubectl_lab.domain.scheduling.by_label import ByLabel
from kubectl_lab.domain.scheduling.features import ATTRIBUTES_CLASS
from kubectl_lab.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from kubectl_lab.domain.rules.node_selectors import NodeSelector
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

FILESYSTEM = "Filesystem"
AVAILABLE = "Available"
STORAGE = "storage"


@dataclass(frozen=True, slots=True)
class Volume:
    """A PersistentVolume and where it may be used; None: anywhere."""

    name: str
    affinity: NodeSelector | None

    def fits(self, node: NodeInfo) -> bool:
        """By the node's labels alone: fields of the node are left out of account (CheckNodeAffinity)."""
        return self.affinity is None or self.affinity.matches(node.labels, "")


def volume_of(volume: Object) -> Volume:
    """The volume with its own affinity."""
    required = objects.mapping(objects.spec(volume).get("nodeAffinity")).get("required")
    return Volume(objects.name(volume), node_selectors.parsed(required))


def size_asked(claim: Object) -> object:
    """`resources.requests.storage` as it stands, None where it asks for no size."""
    requests = objects.mapping(objects.mapping(objects.spec(claim).get("resources")).get("requests"))
    return requests.get(STORAGE)


def size_of(claim: Object) -> int:
    """What it asks for in nano-units. Raises BadInput."""
    return amount(size_asked(claim), volume_claims.CLAIM, claim)


def capacity_of(volume: Object) -> int:
    """`spec.capacity.storage` in nano-units. Raises BadInput."""
    capacity = objects.mapping(objects.spec(volume).get("capacity"))
    return amount(capacity.get(STORAGE), volume_claims.VOLUME, volume)


def amount(quantity: object, kind: str, obj: Object) -> int:
    """Nano-units of a quantity of an object. Raises BadInput, which names the object."""
    try:
        return quantities.parse(quantity)
    except BadInput as wrong:
        where = "/".join(filter(None, (objects.namespace(obj), objects.name(obj))))
        raise BadInput("quantity-of-object", object=f"{kind} {where}", **wrong.values) from wrong


class Candidates:
    """The volumes of its class that a claim could get on some node: what does not rest on the node is settled once."""

    def __init__(self, claim: Object, class_name: str, state: ClusterState) -> None:
        fitting = [each for each in state.derived(_by_class).get(class_name, ()) if _could_serve(each, claim, state)]
        self._reserved = [volume_of(each) for each in fitting if objects.spec(each).get("claimRef") is not None]
        free = [each for each in fitting if _is_free_for(each, claim)]
        self._free = ByLabel([volume_of(each) for each in sorted(free, key=capacity_of)], _label_wanted)

    def best(self, node: NodeInfo, taken: Collection[str]) -> str | None:
        """The name of the volume, None where none fits. A reserved one that does not fit the node leaves no other."""
        for volume in self._reserved:
            if volume.name not in taken:
                return volume.name if volume.fits(node) else None
        return next(
            (each.name for each in self._free.on(node.labels) if each.name not in taken and each.fits(node)), None
        )


def _by_class(state: ClusterState) -> Mapping[str, Sequence[Object]]:
    made: defaultdict[str, list[Object]] = defaultdict(list)
    for volume in state.known(volume_claims.VOLUME):
        made[volume_claims.class_name(volume)].append(volume)
    return made


def _could_serve(volume: Object, claim: Object, state: ClusterState) -> bool:
    """Not another claim's, large enough, of its mode and attributes class, and not being deleted."""
    if objects.spec(volume).get("claimRef") is not None and not _is_reserved_for(volume, claim):
        return False
    same_attributes = attributes_class(volume) == attributes_class(claim)
    return (
        capacity_of(volume) >= size_of(claim)
        and _mode(volume) == _mode(claim)
        and (same_attributes if state.features.enabled(ATTRIBUTES_CLASS) else not attributes_class(volume))
        and objects.metadata(volume).get("deletionTimestamp") is None
    )


def _is_reserved_for(volume: Object, claim: Object) -> bool:
    """`claimRef` names the claim, and its UID where it has one (IsVolumeBoundToClaim)."""
    wanted = objects.mapping(objects.spec(volume).get("claimRef"))
    uid = objects.text(wanted.get("uid"))
    names = (objects.text(wanted.get("namespace")), objects.text(wanted.get("name")))
    return names == (objects.namespace(claim) or "", objects.name(claim)) and uid in {"", objects.uid(claim)}


def _is_free_for(volume: Object, claim: Object) -> bool:
    """Available and nobody's, with the labels and the access modes that the claim asks for."""
    spec, wanted = objects.spec(volume), objects.spec(claim)
    selector = wanted.get("selector")
    modes = objects.sequence(spec.get("accessModes"))
    return (
        spec.get("claimRef") is None
        and objects.status(volume).get("phase") == AVAILABLE
        and (selector is None or label_selectors.selects(selector, objects.labels(volume)))
        and all(mode in modes for mode in objects.sequence(wanted.get("accessModes")))
    )


def _mode(obj: Object) -> str:
    return objects.text(objects.spec(obj).get("volumeMode")) or FILESYSTEM


def attributes_class(obj: Object) -> str:
    """`volumeAttributesClassName` of a claim or a volume."""
    return objects.text(objects.spec(obj).get("volumeAttributesClassName"))


def _label_wanted(volume: Volume) -> tuple[str, Iterable[str]] | None:
    """A label that every node must have one of these values of, where there is a single term that says so."""
    if volume.affinity is None or len(volume.affinity.terms) != 1:
        return None
    listed = (each for each in volume.affinity.terms[0].conditions if each.operator == "In" and not each.of_field)
    return next(((each.key, each.values) for each in listed), None)
