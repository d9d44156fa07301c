"""What well-known taints mean, who sets them, and the condition of the node behind them.

Source: kube-controller-manager `nodelifecycle` (nodeConditionToTaintKeyStatusMap, doNoScheduleTaintingPass,
doNoExecuteTaintingPass), k8s.io/api `core/v1/well_known_taints.go`, k8s.io/cloud-provider, kubeadm, cluster-autoscaler.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules.tolerations import NO_EXECUTE, NO_SCHEDULE, PREFER_NO_SCHEDULE, UNSCHEDULABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.objects import Object

NODE = "node.kubernetes.io/"
NOT_READY, UNREACHABLE = f"{NODE}not-ready", f"{NODE}unreachable"
OUT_OF_SERVICE = f"{NODE}out-of-service"
BOTH = (NO_SCHEDULE, NO_EXECUTE)
CORDON = "spec.unschedulable"


@dataclass(frozen=True, slots=True)
class Source:
    """What the node lifecycle controller makes a taint from: of these effects, as long as the condition has the status.

    `condition` is `spec.unschedulable` where it is that field. Another effect of the same key is somebody else's taint.
    """

    condition: str
    status: str
    effects: tuple[str, ...] = (NO_SCHEDULE,)


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the table: keys of phrases in the section `taints`."""

    meaning: str
    set_by: str
    source: Source | None = None


_LIFECYCLE, _CLOUD, _AUTOSCALER = "set-by-lifecycle", "set-by-cloud", "set-by-autoscaler"
TABLE: Mapping[str, Known] = MappingProxyType(
    {
        NOT_READY: Known("means-not-ready", _LIFECYCLE, Source("Ready", "False", BOTH)),
        UNREACHABLE: Known("means-unreachable", _LIFECYCLE, Source("Ready", "Unknown", BOTH)),
        f"{NODE}memory-pressure": Known("means-memory", _LIFECYCLE, Source("MemoryPressure", "True")),
        f"{NODE}disk-pressure": Known("means-disk", _LIFECYCLE, Source("DiskPressure", "True")),
        f"{NODE}pid-pressure": Known("means-pid", _LIFECYCLE, Source("PIDPressure", "True")),
        f"{NODE}network-unavailable": Known("means-network", _LIFECYCLE, Source("NetworkUnavailable", "True")),
        UNSCHEDULABLE: Known("means-unschedulable", _LIFECYCLE, Source(CORDON, "true")),
        OUT_OF_SERVICE: Known("means-out-of-service", "set-by-administrator"),
        "node.cloudprovider.kubernetes.io/uninitialized": Known("means-uninitialized", _CLOUD),
        "node.cloudprovider.kubernetes.io/shutdown": Known("means-shutdown", _CLOUD),
        "node-role.kubernetes.io/control-plane": Known("means-control-plane", "set-by-installer"),
        "node-role.kubernetes.io/master": Known("means-control-plane", "set-by-installer"),
        "ToBeDeletedByClusterAutoscaler": Known("means-scaled-down", _AUTOSCALER),
        "DeletionCandidateOfClusterAutoscaler": Known("means-scale-down-candidate", _AUTOSCALER),
    }
)
_OF_EFFECT: Mapping[str, str] = MappingProxyType(
    {
        NO_SCHEDULE: "means-no-schedule",
        PREFER_NO_SCHEDULE: "means-prefer-no-schedule",
        NO_EXECUTE: "means-no-execute",
    }
)


def meaning(taint: Object) -> dict[str, Any]:
    """A phrase: what the key means where it is known, else what the effect does."""
    known = _row(taint)
    effect = objects.text(taint.get("effect"))
    return catalogue.phrase(f"taints.{known.meaning if known else _OF_EFFECT.get(effect, 'means-nothing')}")


def set_by(taint: Object, node: Object) -> dict[str, Any]:
    """A phrase: who sets such a taint; of a key that is not known whom `managedFields` names."""
    known = _row(taint)
    if known:
        return catalogue.phrase(f"taints.{known.set_by}")
    named = sorted(set(_managers(node)))
    if named:
        return catalogue.phrase("taints.set-by-manager", managers=named)
    return catalogue.phrase("taints.set-by-anybody")


def _row(taint: Object) -> Known | None:
    """A key of the controller's with an effect that it never sets is somebody's own taint."""
    known = TABLE.get(objects.text(taint.get("key")))
    return known if known and (known.source is None or taint.get("effect") in known.source.effects) else None


def source_of(taint: Object) -> Source | None:
    """What the controller makes this very taint from; None of a taint that stays until somebody takes it away."""
    known = _row(taint)
    return known.source if known else None


def state_of(source: Source, node: Object) -> str:
    """The status of the condition now, "" where the node has no such condition; `true` or `false` of the field."""
    if source.condition == CORDON:
        return "true" if objects.spec(node).get("unschedulable") is True else "false"
    return objects.text(objects.condition(node, source.condition).get("status"))


def holds(source: Source, node: Object) -> bool:
    """Whether the controller would set the taint now: then it also puts it back, else it takes it away."""
    return state_of(source, node) == source.status


def _managers(node: Object) -> Iterator[str]:
    """Who owns `spec.taints`: the list is atomic, so it is whoever wrote the whole of it last."""
    for entry in map(objects.mapping, objects.sequence(objects.metadata(node).get("managedFields"))):
        owned = objects.mapping(objects.mapping(entry.get("fieldsV1")).get("f:spec"))
        manager = objects.text(entry.get("manager"))
        if "f:taints" in owned and manager:
            yield manager
