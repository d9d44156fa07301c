"""The PersistentVolumeClaims of a pod, generic ephemeral volumes' among them, and how far each is bound.

Source: component-helpers `storage/volume`, `storage/ephemeral`; kube-scheduler plugin VolumeBinding (`binder.go`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.model import NotEvaluated, Reason, Refusal
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.objects import Object

CLAIM = "PersistentVolumeClaim"
VOLUME = "PersistentVolume"
CLASS = "StorageClass"
CSI_NODE = "CSINode"
CSI_DRIVER = "CSIDriver"
CAPACITY = "CSIStorageCapacity"
ATTACHMENT = "VolumeAttachment"
PLURALS = {
    CLAIM: "persistentvolumeclaims",
    VOLUME: "persistentvolumes",
    CLASS: "storageclasses",
    CSI_NODE: "csinodes",
    CSI_DRIVER: "csidrivers",
    CAPACITY: "csistoragecapacities",
    ATTACHMENT: "volumeattachments",
}
BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
DELAYED = "WaitForFirstConsumer"
IMMEDIATE = "Immediate"


@dataclass(frozen=True, slots=True)
class ClaimUse:
    """A volume of a pod that stands for a claim; `ephemeral`: a claim that is made for this pod alone."""

    volume: str
    claim: str
    ephemeral: bool = False


def volumes_of(pod: Object) -> Sequence[Object]:
    """`spec.volumes`; asked of every pod there is."""
    return [each for each in objects.sequence(objects.spec(pod).get("volumes")) if isinstance(each, (dict, Mapping))]


def uses_of(pod: Object) -> tuple[ClaimUse, ...]:
    """The claims it names and those of its generic ephemeral volumes (`POD-VOLUME`), in the order of its volumes."""
    found = (use_of(pod, volume) for volume in volumes_of(pod))
    return tuple(use for use in found if use is not None)


def use_of(pod: Object, volume: Object) -> ClaimUse | None:
    """The claim that one of its volumes stands for, None for any other volume."""
    name = objects.text(volume.get("name"))
    named = volume.get("persistentVolumeClaim")
    if named is not None:
        return ClaimUse(name, objects.text(objects.mapping(named).get("claimName")))
    if volume.get("ephemeral") is not None:
        return ClaimUse(name, _planned(pod, volume) or f"{objects.name(pod)}-{name}", ephemeral=True)
    return None


def _planned(pod: Object, volume: Object) -> str:
    """The name of a claim that a StatefulSet makes with its next pod (`stateful_pods`); no other template has a name."""
    if objects.uid(pod):
        return ""
    return objects.name(objects.mapping(objects.mapping(volume.get("ephemeral")).get("volumeClaimTemplate")))


def claim_of(use: ClaimUse, pod: Object, state: ClusterState) -> Object | None:
    """The claim, None where there is none.

    A manifest's ephemeral volume has none yet: the one that its controller will make of the template counts.
    """
    found = state.get(CLAIM, objects.namespace(pod), use.claim)
    if found is not None or not use.ephemeral or objects.uid(pod):
        return found
    volume = next(each for each in volumes_of(pod) if objects.text(each.get("name")) == use.volume)
    template = objects.mapping(objects.mapping(volume.get("ephemeral")).get("volumeClaimTemplate"))
    owner = {"kind": "Pod", "name": objects.name(pod), "uid": "", "controller": True}
    metadata = {"name": use.claim, "namespace": objects.namespace(pod) or "", "ownerReferences": [owner]}
    return {"metadata": {**objects.metadata(template), **metadata}, "spec": objects.spec(template)}


def is_made_for(claim: Object, pod: Object) -> bool:
    """An ephemeral volume's claim must have the pod for its controller (VolumeIsForPod)."""
    owner = objects.controller(claim)
    return owner is not None and objects.text(owner.get("uid")) == objects.uid(pod)


def is_bound(claim: Object) -> bool:
    """It names its volume and the controller has finished (isPVCFullyBound)."""
    return bool(volume_name(claim)) and BIND_COMPLETED in objects.annotations_of(claim)


def volume_name(claim: Object) -> str:
    """`spec.volumeName`."""
    return objects.text(objects.spec(claim).get("volumeName"))


def class_name(claim_or_volume: Object) -> str:
    """The StorageClass it names, "" for none; the old annotation comes first."""
    old = objects.annotations_of(claim_or_volume).get(BETA_CLASS)
    return objects.text(objects.spec(claim_or_volume).get("storageClassName") if old is None else old)


def requested_class(claim: Object, state: ClusterState) -> str:
    """The class of a claim; a manifest's that names none gets the default class, as admission would give it."""
    return state.derived(_default_class) if gets_default_class(claim) else class_name(claim)


def gets_default_class(claim: Object) -> bool:
    """A manifest's that says nothing of a class, not even that it wants none."""
    said = objects.spec(claim).get("storageClassName") is not None or BETA_CLASS in objects.annotations_of(claim)
    return not said and not objects.uid(claim)


def _default_class(state: ClusterState) -> str:
    """The newest class that is marked as the default, of two the first by name (admission plugin DefaultStorageClass)."""
    marked = [each for each in state.known(CLASS) if objects.annotations_of(each).get(DEFAULT_CLASS) == "true"]
    by_name = sorted(marked, key=objects.name)
    newest = sorted(
        by_name, key=lambda each: objects.text(objects.metadata(each).get("creationTimestamp")), reverse=True
    )
    return objects.name(newest[0]) if newest else ""


def binding_mode(storage_class: Object) -> str:
    """`volumeBindingMode`, Immediate where it says nothing, as the API server fills it in."""
    return objects.text(storage_class.get("volumeBindingMode")) or IMMEDIATE


def not_found(resource: str, name: str) -> str:
    """The API machinery's words for an object that is not there."""
    return f"{resource} {quoted(name)} not found"


def quoted(text: str) -> str:
    """As Go's %q writes it: plain names, which is what Kubernetes has, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def unread(plugin: str, state: ClusterState, *kinds: str) -> tuple[NotEvaluated, ...]:
    """One entry for each of these kinds that could not be read."""
    found = ((kind, state.read(kind)) for kind in kinds)
    return tuple(NotEvaluated(plugin, PLURALS[kind], read.why) for kind, read in found if isinstance(read, Missing))


def refused(text: str, key: str, /, **facts: Any) -> Refusal:
    """A refusal for one reason: the scheduler's text, the phrase `scheduling-volumes.KEY` and the same facts as JSON."""
    return Refusal((reason(text, key, **facts),))


def refused_for_now(text: str, key: str, /, **facts: Any) -> Refusal:
    """The same where removing pods may help."""
    return Refusal((reason(text, key, **facts),), preemption_may_help=True)


def reason(text: str, key: str, /, **facts: Any) -> Reason:
    """One reason with its facts."""
    return Reason(text, catalogue.phrase(f"scheduling-volumes.{key}", **facts), facts)
