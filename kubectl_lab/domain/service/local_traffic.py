"""Nodes that drop traffic under a Local policy (SVC044, SVC045).

Source: kube-proxy `topology.go` (CategorizeEndpoints): a node uses its own ready endpoints, else its own that serve while
they end (KEP-1669), else it drops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules import nodes as node_rules
from kubectl_lab.domain.service.case import has_port
from kubectl_lab.domain.service.hops import load_balancer_addresses
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.repairs import spec_patch
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged, Port
    from kubectl_lab.objects import Object


CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


def usable_nodes(inventory: Inventory) -> tuple[str, ...]:
    """The known nodes that are Ready and take ordinary pods: where traffic is expected to work."""
    return tuple(
        objects.name(node)
        for node in inventory.known("Node")
        if node_rules.is_open(node) and not is_control_plane(node)
    )


def is_control_plane(node: Object) -> bool:
    """It is kept free of ordinary pods, by the taint that kubeadm and others put there."""
    taints = map(objects.mapping, objects.sequence(objects.spec(node).get("taints")))
    return any(taint.get("key") in CONTROL_PLANE and taint.get("effect") != "PreferNoSchedule" for taint in taints)


def external_local(case: Case) -> Iterator[Judged]:
    """`externalTrafficPolicy: Local` and nodes without a working backend of their own (SVC044).

    The health checks of a load balancer that has an address take those nodes out: information then.
    """
    if case.spec.get("externalTrafficPolicy") != "Local":
        return
    for told in _dropping(case):
        told["patch"] = spec_patch(case, externalTrafficPolicy="Cluster")
        if case.type == "LoadBalancer" and load_balancer_addresses(case):
            yield case.judge("SVC044", severity="info", **told)
        else:
            yield case.judge("SVC044", "degrades", Place("entry", _way_in(case)), **told)


def _way_in(case: Case) -> str:
    """Where traffic from outside arrives first on a node."""
    if any(port.node_port for port in case.ports):
        return "node"
    return "loadbalancer" if case.type == "LoadBalancer" else "externalip"


def internal_local(case: Case) -> Iterator[Judged]:
    """`internalTrafficPolicy: Local`: callers on nodes without a working backend are dropped (SVC045)."""
    if case.spec.get("internalTrafficPolicy") == "Local":
        for told in _dropping(case):
            patch = spec_patch(case, internalTrafficPolicy="Cluster")
            yield case.judge("SVC045", "degrades", Place("entry", "cluster"), **told, patch=patch)


def _dropping(case: Case) -> Iterator[dict[str, Any]]:
    """One for each set of nodes that drops the same ports. A port that works nowhere is another finding's.

    Nothing translates addresses for a headless Service or an ExternalName: no node, no policy.
    """
    if case.is_headless or case.is_external_name:
        return
    every = case.inventory.derived(usable_nodes)
    found: dict[tuple[str, ...], list[int]] = {}
    for port in case.ports:
        serving = _serving_nodes(case, port)
        nodes = tuple(node for node in every if node not in serving)
        if nodes and serving:
            found.setdefault(nodes, []).append(port.port)
    for nodes, ports in found.items():
        counted = {"count": len(nodes), "total": len(every), "servicePorts": ports}
        yield {"nodes": shortened(nodes), "selector": case.selector_text or None, **counted}


def _serving_nodes(case: Case, port: Port) -> frozenset[str]:
    """The nodes with an endpoint of the port that is ready, or serves while it ends."""
    return frozenset(
        each.node
        for each in case.endpoints
        if each.node and has_port(each, port.name, port.protocol) and (each.ready or each.is_fallback)
    )
