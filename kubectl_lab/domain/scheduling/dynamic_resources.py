"""Devices by ResourceClaim are not simulated: a pod that asks for them is told so, and is neither refused nor fits by it.

Source: kube-scheduler plugin DynamicResources; dynamic-resource-allocation `deviceclass/extendedresourcecache`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling.features import EXTENDED_BY_CLASS
from kubectl_lab.domain.scheduling.model import NodeFilter, NotEvaluated
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.objects import Object

PLUGIN = "DynamicResources"
CLAIM_KINDS = frozenset({"ResourceClaim", "ResourceClaimTemplate"})
DEVICE_CLASS = "DeviceClass"
NOT_SIMULATED = "not simulated"
_BY_CLASS_NAME = "deviceclass.resource.kubernetes.io/"
_CONTAINERS = ("containers", "initContainers")
_AMOUNTS = ("requests", "limits")


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check for a pod without resource claims whose extended resources no DeviceClass serves."""
    asked = [f"resourceclaims {_local_name(entry)}" for entry in _entries(pod)]
    asked += [f"extended resource {name}" for name in served_by_classes(pod, state)]
    found = tuple(NotEvaluated(PLUGIN, what, NOT_SIMULATED) for what in asked)
    classes = state.read(DEVICE_CLASS)
    if isinstance(classes, Missing) and _served_at_all(state) and extended_resources(pod):
        found += (NotEvaluated(PLUGIN, "deviceclasses", classes.why),)
    return _NotSimulated(found) if found else None


class _NotSimulated(NodeFilter):
    def __init__(self, not_evaluated: tuple[NotEvaluated, ...]) -> None:
        self.not_evaluated = not_evaluated


def has_claims(pod: Object) -> bool:
    """Whether `spec.resourceClaims` has any entry."""
    return bool(_entries(pod))


def _entries(pod: Object) -> Sequence[Object]:
    return tuple(map(objects.mapping, objects.sequence(objects.spec(pod).get("resourceClaims"))))


def _local_name(entry: Object) -> str:
    return objects.text(entry.get("name"))


def extended_resources(pod: Object) -> frozenset[str]:
    """The extended resources that its containers ask for (IsExtendedResourceName), DeviceClasses by name among them."""
    spec = objects.spec(pod)
    containers = (objects.mapping(each) for part in _CONTAINERS for each in objects.sequence(spec.get(part)))
    amounts = (
        objects.mapping(objects.mapping(each.get("resources")).get(part)) for each in containers for part in _AMOUNTS
    )
    return frozenset(name for each in amounts for name in map(objects.text, each) if _is_extended(name))


def _is_extended(name: str) -> bool:
    native = "/" not in name or "kubernetes.io/" in name or name.startswith("requests.")
    return name.startswith(_BY_CLASS_NAME) or not native


def served_by_classes(pod: Object, state: ClusterState) -> tuple[str, ...]:
    """The extended resources of a pod that some DeviceClass serves, so that no count on a node decides; sorted."""
    if not _served_at_all(state):
        return ()
    return tuple(sorted(extended_resources(pod) & state.derived(_served)))


def _served_at_all(state: ClusterState) -> bool:
    return state.features.enabled(EXTENDED_BY_CLASS)


def _served(state: ClusterState) -> frozenset[str]:
    classes = state.known(DEVICE_CLASS)
    named = {objects.text(objects.spec(each).get("extendedResourceName")) for each in classes}
    return frozenset(named - {""}) | {_BY_CLASS_NAME + objects.name(each) for each in classes}
