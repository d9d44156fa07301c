"""What a pod is: finished, ready, static, terminating, holding local data.

Source: kubectl `pkg/drain/filters.go`, kube-apiserver `registry/core/pod/storage/eviction.go`, `pkg/api/v1/pod`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kubectl_lab import objects

if TYPE_CHECKING:
    from kubectl_lab.objects import Object

MIRROR_ANNOTATION = "kubernetes.io/config.mirror"
DEFAULT_SCHEDULER = "default-scheduler"


def phase(pod: Object) -> str:
    """`status.phase`."""
    return objects.text(objects.status(pod).get("phase"))


def is_finished(pod: Object) -> bool:
    """Succeeded or Failed: its containers have ended for good."""
    return phase(pod) in {"Succeeded", "Failed"}


def is_ready(pod: Object) -> bool:
    """The condition Ready is True: what a PodDisruptionBudget counts as healthy."""
    return objects.condition(pod, "Ready").get("status") == "True"


def is_mirror(pod: Object) -> bool:
    """The API server's picture of a static pod, which only the kubelet's own file can remove."""
    return MIRROR_ANNOTATION in objects.annotations_of(pod)


def is_terminating(pod: Object) -> bool:
    """It has a deletionTimestamp."""
    return deletion_timestamp(pod) is not None


def deletion_timestamp(pod: Object) -> datetime | None:
    """When its grace period ends (time of the delete plus grace), None if it is not being deleted."""
    return time_of(objects.metadata(pod).get("deletionTimestamp"))


def time_of(value: object) -> datetime | None:
    """An RFC 3339 time of the API as an aware datetime; None for what is not one."""
    try:
        found = datetime.fromisoformat(objects.text(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def node_name(pod: Object) -> str:
    """`spec.nodeName`."""
    return objects.text(objects.spec(pod).get("nodeName"))


def nominated_node(pod: Object) -> str:
    """`status.nominatedNodeName`: where preemption makes room for it."""
    return objects.text(objects.status(pod).get("nominatedNodeName"))


def scheduler(pod: Object) -> str:
    """`spec.schedulerName`, absent the default one."""
    return objects.text(objects.spec(pod).get("schedulerName")) or DEFAULT_SCHEDULER


def gates(pod: Object) -> tuple[str, ...]:
    """The names in `spec.schedulingGates`: while there is one, the pod is never tried."""
    listed = map(objects.mapping, objects.sequence(objects.spec(pod).get("schedulingGates")))
    return tuple(objects.text(each.get("name")) for each in listed)


def is_queued(pod: Object) -> bool:
    """The default scheduler takes it into its queue: no gate holds it back, and no other scheduler is asked for."""
    return not gates(pod) and scheduler(pod) == DEFAULT_SCHEDULER


def empty_dirs(pod: Object) -> tuple[str, ...]:
    """Names of its `emptyDir` volumes: their data dies with the pod."""
    volumes = (objects.mapping(volume) for volume in objects.sequence(objects.spec(pod).get("volumes")))
    return tuple(objects.text(volume.get("name")) for volume in volumes if volume.get("emptyDir") is not None)


def daemonset(pod: Object) -> str | None:
    """The name of the `apps/v1` DaemonSet that runs it; other groups' DaemonSets are ordinary controllers."""
    owner = objects.controller(pod)
    if owner is None or owner.get("kind") != "DaemonSet" or owner.get("apiVersion") != "apps/v1":
        return None
    return objects.text(owner.get("name"))
