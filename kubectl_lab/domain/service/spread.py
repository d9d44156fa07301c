"""What one failure takes away: a Service with a single backend, or all of its backends in one place (SVC025)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import nodes as node_rules
from kubectl_lab.domain.service.conditions import conditions
from kubectl_lab.domain.service.endpoints import ZONE
from kubectl_lab.domain.service.workloads import word_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Endpoint, Judged
    from kubectl_lab.objects import Object


def one_point(case: Case) -> Iterator[Judged]:
    """SVC025: one backend in all, or several on one node (in one zone) though pods could run on others.

    Not where some backends are missing: what takes them away is told already.
    """
    found = tuple({each.pod or each.address: each for each in case.endpoints}.values())
    pods = conditions(case)
    is_whole = all(each.ready and each.serving for each in found) and len(pods.ready) == pods.staying
    if not case.selector or case.inventory.manifests or not found or not is_whole:
        return
    where = _alone(case, found[0]) if len(found) == 1 else _together(case, found)
    if where is not None:
        yield case.judge("SVC025", count=len(found), **where)


def _alone(case: Case, only: Endpoint) -> dict[str, Any] | None:
    """`scaled`: the Deployment that could run a second one. A DaemonSet's single pod is what it is."""
    pod = case.pod_of(only)
    owner = case.controller_of(pod) if pod else None
    if owner is not None and owner.kind == "DaemonSet":
        return None
    name = only.pod.name if only.pod else only.address
    scaled = word_of(owner) if owner is not None and owner.kind == "Deployment" else None
    return {"where": catalogue.phrase("service.spread-one", pod=name), "scaled": scaled}


def _together(case: Case, found: tuple[Endpoint, ...]) -> dict[str, Any] | None:
    """All on one node, else all in one zone."""
    nodes, zones = case.inventory.derived(_places)
    for key, used, there in (
        ("service.spread-node", {each.node for each in found}, nodes),
        ("service.spread-zone", {each.zone for each in found}, zones),
    ):
        only = next(iter(used))
        if len(used) == 1 and only and len(there) > 1:
            return {"where": catalogue.phrase(key, count=len(found), place=only), "scaled": None}
    return None


def _places(inventory: Inventory) -> tuple[frozenset[str], frozenset[str]]:
    """The nodes that would take an ordinary pod, and their zones; none where not all nodes were read."""
    nodes = [] if inventory.extent("Node") == "some" else [each for each in inventory.known("Node") if _is_open(each)]
    zones = (objects.text(objects.labels(each).get(ZONE)) for each in nodes)
    return frozenset(map(objects.name, nodes)), frozenset(zone for zone in zones if zone)


def _is_open(node: Object) -> bool:
    """Ready, not cordoned, without a taint that keeps pods away."""
    taints = map(objects.mapping, objects.sequence(objects.spec(node).get("taints")))
    shut = any(taint.get("effect") in ("NoSchedule", "NoExecute") for taint in taints)
    return not shut and node_rules.is_open(node)
