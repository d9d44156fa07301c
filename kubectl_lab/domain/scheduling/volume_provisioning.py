"""Whether the volume of a claim could be made for a node: the class's provisioner, its topology, the driver's free capacity.

Source: kube-scheduler plugin VolumeBinding (`binder.go`: checkVolumeProvisions, hasEnoughCapacity).
"""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors, quantities
from kubectl_lab.domain.scheduling import volume_claims
from kubectl_lab.domain.scheduling.by_label import ByLabel
from kubectl_lab.domain.scheduling.volume_matching import amount, size_asked, size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.domain.rules.label_selectors import Labels
    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.objects import Object

NO_PROVISIONER = "kubernetes.io/no-provisioner"


class Obstacle(Enum):
    """What keeps a volume from being made; the value names the phrase."""

    NO_PROVISIONER = "no-volume"
    TOPOLOGY = "topology"
    SPACE = "space"


class Provisioning:
    """A claim whose volume is yet to be made. `asks`: the kinds that this rests on."""

    def __init__(self, claim: Object, storage_class: Object, state: ClusterState) -> None:
        self.provisioner = objects.text(storage_class.get("provisioner"))
        self.topologies = [objects.mapping(each) for each in objects.sequence(storage_class.get("allowedTopologies"))]
        self._makes = self.provisioner not in {"", NO_PROVISIONER}
        self._sized = size_asked(claim) is not None
        driver = state.get(volume_claims.CSI_DRIVER, None, self.provisioner)
        self._counts = self._sized and driver is not None and objects.spec(driver).get("storageCapacity") is True
        self._enough: ByLabel[Object] | None = None
        if self._makes and self._counts:
            size = quantities.units(size_of(claim))
            known = state.derived(_by_class).get(objects.name(storage_class), ())
            self._enough = ByLabel([each for each in known if _limit(each) >= size], _label_wanted)

    @property
    def asks(self) -> tuple[str, ...]:
        """CSIDrivers for any size that a provisioner is asked for, capacities where the driver publishes them."""
        if not self._makes or not self._sized:
            return ()
        return (volume_claims.CSI_DRIVER, volume_claims.CAPACITY) if self._counts else (volume_claims.CSI_DRIVER,)

    def obstacle(self, labels: Labels) -> Obstacle | None:
        """What keeps it from being made for a node with these labels."""
        if not self._makes:
            return Obstacle.NO_PROVISIONER
        if self.topologies and not any(_allows(term, labels) for term in self.topologies):
            return Obstacle.TOPOLOGY
        if self._enough is None:
            return None
        reachable = (objects.mapping(each).get("nodeTopology") for each in self._enough.on(labels))
        return None if any(label_selectors.selects(each, labels) for each in reachable) else Obstacle.SPACE


def _allows(term: Object, labels: Labels) -> bool:
    """All its expressions hold; a term without any matches nothing (MatchTopologySelectorTerms)."""
    expressions = [
        {"operator": "In", "key": each.get("key"), "values": each.get("values")}
        for each in map(objects.mapping, objects.sequence(term.get("matchLabelExpressions")))
    ]
    return bool(expressions) and label_selectors.selects({"matchExpressions": expressions}, labels)


def _by_class(state: ClusterState) -> Mapping[str, Sequence[Object]]:
    made: defaultdict[str, list[Object]] = defaultdict(list)
    for capacity in state.known(volume_claims.CAPACITY):
        made[objects.text(capacity.get("storageClassName"))].append(capacity)
    return made


def _limit(capacity: Object) -> int:
    """The largest volume it has room for in bytes, rounded up; -1 where it tells nothing (volumeLimit)."""
    largest = capacity.get("maximumVolumeSize")
    found = capacity.get("capacity") if largest is None else largest
    return -1 if found is None else quantities.units(amount(found, volume_claims.CAPACITY, capacity))


def _label_wanted(capacity: Object) -> tuple[str, Iterable[str]] | None:
    labels = objects.mapping(objects.mapping(capacity.get("nodeTopology")).get("matchLabels"))
    return next(((key, (objects.text(value),)) for key, value in labels.items()), None)
