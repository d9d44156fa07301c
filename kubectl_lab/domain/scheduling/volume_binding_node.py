"""One node for the claims of a pod: may their volumes be used from it, and is there a volume for each unbound one?

Source: kube-scheduler plugin VolumeBinding (`binder.go`: FindPodVolumes, checkBoundClaims, findMatchingVolumes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules import node_selectors
from kubectl_lab.domain.scheduling import volume_claims, volume_migration
from kubectl_lab.domain.scheduling.model import Reason, Refusal
from kubectl_lab.domain.scheduling.volume_matching import Candidates, Volume, size_asked, size_of, volume_of
from kubectl_lab.domain.scheduling.volume_provisioning import Obstacle, Provisioning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.domain.scheduling.volume_migration import InTree
    from kubectl_lab.objects import Object

NODE_AFFINITY = "node(s) didn't match PersistentVolume's node affinity"
NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
NO_SPACE = "node(s) did not have enough free storage"
VOLUME_GONE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"


class Bound:
    """A bound claim and its volume. `asks`: the kinds that its verdict rests on besides."""

    def __init__(self, claim: Object, state: ClusterState) -> None:
        self.claim, self.name = objects.name(claim), volume_claims.volume_name(claim)
        self._state = state
        self._plugin: InTree | None = None
        self._at: _Place | None = None
        self._by_driver: _Place | None = None
        self.is_untranslated = False
        volume = state.get(volume_claims.VOLUME, None, self.name)
        if volume is not None:
            self._plugin = volume_migration.volume_plugin(volume)
            self._at = _Place(self.claim, volume_of(volume))
        if volume is not None and self._plugin is not None:
            required = volume_migration.translated_affinity(volume, self._plugin)
            self._by_driver = _Place(self.claim, Volume(self.name, node_selectors.parsed(required)))
            self.is_untranslated = volume_migration.volume_handle(volume) is None
        self._gone = volume_claims.reason(VOLUME_GONE, "volume-gone", claim=self.claim, volume=self.name)

    @property
    def asks(self) -> tuple[str, ...]:
        """CSINodes tell whether a driver took over from an in-tree plugin."""
        return (volume_claims.CSI_NODE,) if self._plugin else ()

    def reason(self, node: NodeInfo) -> Reason | None:
        """The volume is gone, or cannot be used from the node."""
        if self._at is None:
            return self._gone
        return ((self._by_driver if self._is_migrated(node) else None) or self._at).reason(node)

    def _is_migrated(self, node: NodeInfo) -> bool:
        if self._plugin is None:
            return False
        return volume_migration.is_announced(self._plugin, self._state.get(volume_claims.CSI_NODE, None, node.name))


class _Place:
    """Where a bound volume may be used, and what is said elsewhere."""

    def __init__(self, claim: str, volume: Volume) -> None:
        self._volume = volume
        facts = {"claim": claim, "volume": volume.name, "wanted": _wanted(volume)}
        self._elsewhere = volume_claims.reason(NODE_AFFINITY, "volume-affinity", **facts)

    def reason(self, node: NodeInfo) -> Reason | None:
        return None if self._volume.fits(node) else self._elsewhere


def _wanted(volume: Volume) -> list[str]:
    """What the volume's affinity asks for: of each term its conditions, `key In (a, b)`."""
    terms = volume.affinity.terms if volume.affinity else ()
    return [
        " AND ".join(f"{each.key} {each.operator} ({', '.join(each.values)})" for each in term.conditions)
        for term in terms
    ]


class Delayed:
    """An unbound claim whose class waits for the pod's node."""

    def __init__(self, claim: Object, class_name: str, state: ClusterState) -> None:
        self.claim, self.class_name = objects.name(claim), class_name
        self.selected = objects.annotations_of(claim).get(volume_claims.SELECTED_NODE)
        self.size = size_of(claim)
        self.candidates = Candidates(claim, class_name, state)
        storage_class = state.get(volume_claims.CLASS, None, class_name) or {}
        self.provisioning = Provisioning(claim, storage_class, state)
        self._facts: dict[str, Any] = {
            "claim": self.claim,
            "class": class_name,
            "size": objects.text(size_asked(claim)),
            "provisioner": self.provisioning.provisioner,
        }
        self.reserved = volume_claims.reason(NO_VOLUME, "selected-node", claim=self.claim, node=self.selected or "")
        self._reasons: dict[Obstacle, Reason] = {}

    @property
    def asks(self) -> tuple[str, ...]:
        """The kinds that its verdict rests on besides."""
        return self.provisioning.asks

    def unmade(self, node: NodeInfo) -> Reason | None:
        """Why no volume can be made for it there."""
        found = self.provisioning.obstacle(node.labels)
        if found is None:
            return None
        if found not in self._reasons:
            text = NO_SPACE if found is Obstacle.SPACE else NO_VOLUME
            self._reasons[found] = volume_claims.reason(text, found.value, **self._facts)
        return self._reasons[found]


def refusal_of(node: NodeInfo, bound: Sequence[Bound], delayed: Sequence[Delayed]) -> Refusal | None:
    """The first bound claim that fails and the first unbound one, each by its reason, in the scheduler's order."""
    of_bound = next(filter(None, (each.reason(node) for each in bound)), None)
    of_delayed = _unmet(node, delayed)
    found = [reason for reason in (of_bound, of_delayed) if reason is not None]
    return Refusal(tuple(sorted(found, key=lambda reason: _ORDER.index(reason.text)))) if found else None


_ORDER = (NODE_AFFINITY, NO_VOLUME, NO_SPACE, VOLUME_GONE)


def _unmet(node: NodeInfo, claims: Sequence[Delayed]) -> Reason | None:
    """A claim whose volume is being made for a node stays with it; smaller claims choose their volumes first."""
    for claim in claims:
        if claim.selected is not None and claim.selected != node.name:
            return claim.reserved
    to_make = [claim for claim in claims if claim.selected is not None]
    taken: set[str] = set()
    for claim in sorted((each for each in claims if each.selected is None), key=lambda each: each.size):
        best = claim.candidates.best(node, taken)
        if best is None:
            to_make.append(claim)
        else:
            taken.add(best)
    return next(filter(None, (claim.unmade(node) for claim in to_make)), None)
