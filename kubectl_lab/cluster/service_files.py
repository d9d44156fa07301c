"""What `explain-service` takes from files (`-f`): a kind they do not hold is not captured, never none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.inventory import NOT_CAPTURED, Inventory
from kubectl_lab.errors import NotCaptured
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.cluster import Cluster
    from kubectl_lab.cluster.service import Wanted
    from kubectl_lab.objects import Object

MAKERS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController")
KINDS = (
    "Service",
    "EndpointSlice",
    "Endpoints",
    "Pod",
    *MAKERS,
    "Event",
    "NetworkPolicy",
    "Namespace",
    "Node",
    "Ingress",
    "IngressClass",
    "Secret",
    "HTTPRoute",
    "GRPCRoute",
    "Gateway",
    "ReferenceGrant",
)


def read(cluster: Cluster, wanted: Wanted, now: datetime) -> Inventory:
    """All that the files hold of the kinds that matter."""
    found: dict[str, Sequence[Object] | Missing] = {kind: _listed(cluster, kind, wanted) for kind in KINDS}
    return Inventory(found, now=now, manifests=_are_manifests(found), live=False)


def _listed(cluster: Cluster, kind: str, wanted: Wanted) -> Sequence[Object] | Missing:
    why = NOT_CAPTURED
    for namespace in (None, wanted.namespace):
        try:
            return cluster.list(kind, namespace).items
        except NotCaptured as error:
            why = error.values.get("why", NOT_CAPTURED)
    return Missing(kind, why)


def _are_manifests(found: Mapping[str, Sequence[Object] | Missing]) -> bool:
    """Nobody has applied them yet: no pod has a status, and there is something that makes pods."""
    pods, makers = found["Pod"], [found[kind] for kind in MAKERS]
    if not isinstance(pods, Missing) and any(objects.status(pod) for pod in pods):
        return False
    return any(not isinstance(each, Missing) and each for each in makers)
