"""The claims of a pod: there and bound, their volumes usable from the node, or volumes to be had for them there.

Source: kube-scheduler plugin VolumeBinding (`volume_binding.go`, `binder.go`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling import volume_claims
from kubectl_lab.domain.scheduling.features import ATTRIBUTES_CLASS
from kubectl_lab.domain.scheduling.model import NodeFilter, NotEvaluated, Refusal
from kubectl_lab.domain.scheduling.volume_binding_node import Bound, Delayed, refusal_of
from kubectl_lab.domain.scheduling.volume_matching import attributes_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.domain.scheduling.volume_claims import ClaimUse
    from kubectl_lab.objects import Object

PLUGIN = "VolumeBinding"
UNBOUND_IMMEDIATE = "pod has unbound immediate PersistentVolumeClaims"


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check for a pod without claims."""
    uses = volume_claims.uses_of(pod)
    if not uses:
        return None
    missing = volume_claims.unread(PLUGIN, state, volume_claims.CLAIM)
    if missing:
        return _Unjudged(missing)
    unusable = next(filter(None, (_unusable(use, pod, state) for use in uses)), None)
    if unusable is not None:
        return _Before(unusable)
    claims = [claim for claim in (volume_claims.claim_of(use, pod, state) for use in uses) if claim is not None]
    return _by_binding(claims, state)


class _Unjudged(NodeFilter):
    def __init__(self, missing: tuple[NotEvaluated, ...]) -> None:
        self.not_evaluated = missing


class _Before(NodeFilter):
    def __init__(self, before: Refusal) -> None:
        self.before = before


class _Binding(NodeFilter):
    def __init__(self, bound: Sequence[Bound], delayed: Sequence[Delayed]) -> None:
        self._bound, self._delayed = bound, delayed

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """All reasons that apply, in the scheduler's order."""
        return refusal_of(node, self._bound, self._delayed)


def _unusable(use: ClaimUse, pod: Object, state: ClusterState) -> Refusal | None:
    """What is wrong with a claim itself (podHasPVCs)."""
    claim = volume_claims.claim_of(use, pod, state)
    namespace = objects.namespace(pod) or ""
    name = volume_claims.quoted(use.claim)
    facts = {"claim": use.claim, "namespace": namespace}
    if claim is None and use.ephemeral:
        text = f"waiting for ephemeral volume controller to create the persistentvolumeclaim {name}"
        return volume_claims.refused(text, "ephemeral-absent", volume=use.volume, **facts)
    if claim is None:
        return volume_claims.refused(
            volume_claims.not_found("persistentvolumeclaim", use.claim), "claim-absent", **facts
        )
    if objects.status(claim).get("phase") == "Lost":
        volume = volume_claims.volume_name(claim)
        text = f"persistentvolumeclaim {name} bound to non-existent persistentvolume {volume_claims.quoted(volume)}"
        return volume_claims.refused(text, "claim-lost", volume=volume, **facts)
    if objects.metadata(claim).get("deletionTimestamp") is not None:
        return volume_claims.refused(f"persistentvolumeclaim {name} is being deleted", "claim-deleted", **facts)
    if use.ephemeral and not volume_claims.is_made_for(claim, pod):
        owner = f"{namespace}/{objects.name(pod)}"
        text = f"PVC {namespace}/{use.claim} was not created for pod {owner} (pod is not owner)"
        return volume_claims.refused(text, "claim-not-own", volume=use.volume, **facts)
    return None


def _by_binding(claims: Sequence[Object], state: ClusterState) -> NodeFilter:
    """Bound claims, those that wait for a node, and those that should have been bound by now (GetPodVolumeClaims)."""
    bound = [claim for claim in claims if volume_claims.is_bound(claim)]
    unbound = [
        (claim, volume_claims.requested_class(claim, state)) for claim in claims if not volume_claims.is_bound(claim)
    ]
    missing = volume_claims.unread(PLUGIN, state, volume_claims.CLASS) if unbound else ()
    if missing:
        return _Unjudged(missing)
    immediate = [(claim, name) for claim, name in unbound if not _is_delayed(claim, name, state)]
    if immediate:
        return _Before(_unbound_immediate(immediate, state))
    return _per_node(bound, unbound, state)


def _is_delayed(claim: Object, class_name: str, state: ClusterState) -> bool:
    """Its class waits for the first consumer, and it names no volume of its own."""
    storage_class = state.get(volume_claims.CLASS, None, class_name)
    waits = storage_class is not None and volume_claims.binding_mode(storage_class) == volume_claims.DELAYED
    return waits and not volume_claims.volume_name(claim)


def _unbound_immediate(claims: Sequence[tuple[Object, str]], state: ClusterState) -> Refusal:
    claim, class_name = claims[0]
    key = _why_unbound(claim, class_name, state)
    facts = {"class": class_name, "volume": volume_claims.volume_name(claim)}
    names = [objects.name(each) for each, _ in claims]
    return volume_claims.refused(UNBOUND_IMMEDIATE, key, claim=names[0], claims=names, **facts)


def _why_unbound(claim: Object, class_name: str, state: ClusterState) -> str:
    if volume_claims.volume_name(claim):
        return "unbound-reserved"
    if not class_name:
        return "unbound-classless"
    return "unbound-class-absent" if state.get(volume_claims.CLASS, None, class_name) is None else "unbound-immediate"


def _per_node(claims: Sequence[Object], unbound: Sequence[tuple[Object, str]], state: ClusterState) -> NodeFilter:
    missing = volume_claims.unread(PLUGIN, state, volume_claims.VOLUME)
    if missing:
        return _Unjudged(missing)
    bound = [Bound(claim, state) for claim in claims]
    delayed = [Delayed(claim, name, state) for claim, name in unbound]
    asks = {kind for each in bound for kind in each.asks} | {kind for each in delayed for kind in each.asks}
    unjudged = (*volume_claims.unread(PLUGIN, state, *sorted(asks)), *_erroneous(bound, unbound, state))
    return _Unjudged(unjudged) if unjudged else _Binding(bound, delayed)


def _erroneous(
    bound: Sequence[Bound], unbound: Sequence[tuple[Object, str]], state: ClusterState
) -> list[NotEvaluated]:
    """What no API server lets pass, and over what the scheduler gives up with an error instead of a verdict."""
    volumes = [each.name for each in bound if each.is_untranslated]
    gate = state.features.enabled(ATTRIBUTES_CLASS)
    claims = [] if gate else [objects.name(claim) for claim, _ in unbound if attributes_class(claim)]
    return [
        *(
            NotEvaluated(PLUGIN, f"persistentvolume {name}", "its in-tree source cannot be translated")
            for name in volumes
        ),
        *(NotEvaluated(PLUGIN, f"persistentvolumeclaim {name}", f"{ATTRIBUTES_CLASS} is off") for name in claims),
    ]
