"""What `explain-service` takes from files (`-f`): a kind that they do not hold is not captured, never none.

Captured EndpointSlices count as live ones; without them endpoints are predicted from pods, without pods imagined from
templates: manifests that nobody has applied yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.domain.service.workloads import WANTED, WOULD_BE_POD
from kubectl_lab.errors import NotCaptured
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.cluster.snapshot import SnapshotCluster
    from kubectl_lab.domain.rules.asks import Extent
    from kubectl_lab.objects import Object

    Found = Sequence[Object] | Missing

MAKERS = tuple(kind for kind in WANTED if kind != WOULD_BE_POD)
READ = ("Service", "EndpointSlice", "Pod", *MAKERS, "NetworkPolicy", "Ingress", "Endpoints")
ROUTES = ("HTTPRoute", "GRPCRoute", "Gateway")
# kind -> what must be there for it to matter: a file without the one says nothing about the other
SERVES: Mapping[str, tuple[str, ...]] = {
    "Event": ("Pod",),
    "Node": ("Pod",),
    "Namespace": ("NetworkPolicy", "Gateway"),
    "IngressClass": ("Ingress",),
    "Secret": ("Ingress",),
    **dict.fromkeys(ROUTES, ROUTES),
    "ReferenceGrant": ROUTES,
}


def read(
    cluster: SnapshotCluster, namespace: str | None, now: datetime, *, needed: Iterable[str] = ("Service",)
) -> Inventory:
    """All that the files hold of the kinds that matter, of all namespaces as far as they were captured.

    Raises NotCaptured for a `needed` kind: "it does not exist" is only for what was looked at.
    """
    for kind in needed:
        _require(cluster, kind, namespace)
    found = {kind: _listed(cluster, kind, namespace) for kind in (*READ, *SERVES)}
    manifests = _are_manifests(found)
    if manifests:
        bare = found["Pod"]
        found |= {WOULD_BE_POD: () if isinstance(bare, Missing) else bare, "Pod": Missing("Pod", NOT_CAPTURED)}
    held = {kind for kind, each in found.items() if not isinstance(each, Missing)}
    if held & {*MAKERS, WOULD_BE_POD}:
        # what makes pods is taken to be what the files hold
        found |= {kind: () for kind in MAKERS if kind not in held}
    told = {kind: each for kind, each in found.items() if kind in held or _matters(kind, held)}
    extents = {kind: _extent(cluster, kind) for kind in held & {*KINDS}}
    return Inventory(told, now=now, extents=extents, manifests=manifests, live=False)


def _matters(kind: str, held: set[str]) -> bool:
    """Whether it is worth a word that a kind is not there."""
    return kind not in SERVES or not held.isdisjoint(SERVES[kind])


def _require(cluster: SnapshotCluster, kind: str, namespace: str | None) -> None:
    if isinstance(_listed(cluster, kind, namespace), Missing):
        cluster.list(kind, namespace)


def _listed(cluster: SnapshotCluster, kind: str, namespace: str | None) -> Found:
    why = NOT_CAPTURED
    for where in (None, namespace):
        try:
            return cluster.list(kind, where).items
        except NotCaptured as error:
            why = error.values.get("why", NOT_CAPTURED)
    return Missing(kind, why)


def _extent(cluster: SnapshotCluster, kind: str) -> Extent:
    """Files with objects of several namespaces are taken for the whole of them."""
    everywhere = cluster.is_whole or not KINDS[kind].namespaced or len(cluster.namespaces(kind)) > 1
    return "cluster" if everywhere else "namespace"


def _are_manifests(found: Mapping[str, Found]) -> bool:
    """Nobody has applied them: no slices, no pod with a status, and something that makes pods."""
    pods = found["Pod"]
    if not isinstance(found["EndpointSlice"], Missing):
        return False
    if not isinstance(pods, Missing):
        return bool(pods) and not any(objects.status(pod) for pod in pods)
    return any(not isinstance(found[kind], Missing) and found[kind] for kind in MAKERS)
