"""How the Service is reached from outside: load balancer, node ports, Local policies, families (SVC040-SVC051).

An ExternalName Service exposes nothing: none of these is ever said of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules.nodes import is_ready
from kubectl_lab.domain.service import families, load_balancer, local_traffic, zones
from kubectl_lab.domain.service.endpoints import read_address
from kubectl_lab.domain.service.hops import load_balancer_addresses
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged, Port
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.objects import Object

DEFAULT_STICKINESS = 10800  # seconds, the API's default


def reached_at(case: Case) -> Iterator[Judged]:
    """Where a client outside finds each port that works: at the load balancer, else at the nodes (SVC043)."""
    if case.type not in ("NodePort", "LoadBalancer"):
        return
    balancers = [address for address in load_balancer_addresses(case) if address]
    for port in case.ports:
        if not (port.working or port.fallback):
            continue
        nodes = _node_addresses(case, port) if port.node_port and case.inventory.can_see("Node") else ()
        places = [_at(each, port.port) for each in balancers] + [_at(each, port.node_port) for each in nodes]
        if places:
            told: dict[str, Any] = {
                "port": port.port,
                "nodePort": port.node_port,
                "target": port.target,
                "nodes": len(nodes),
            }
            yield case.judge("SVC043", **told, places=shortened(places), url=_url(port, places[0]))


def _node_addresses(case: Case, port: Port) -> Sequence[str]:
    """One address a Ready node, of the Service's families; under a Local policy only of nodes with a backend."""
    local = case.spec.get("externalTrafficPolicy") == "Local"
    serving = {each.node for each in case.backends(port)}
    found = (
        _address(node, case.families)
        for node in case.inventory.known("Node")
        if is_ready(node) and (not local or objects.name(node) in serving)
    )
    return [address for address in found if address]


def _address(node: Object, families_: Sequence[str]) -> str | None:
    """Its ExternalIP, else its InternalIP."""
    listed = [objects.mapping(each) for each in objects.sequence(objects.status(node).get("addresses"))]
    for kind in ("ExternalIP", "InternalIP"):
        for each in listed:
            read = read_address(objects.text(each.get("address")))
            if each.get("type") == kind and read is not None and read[0] in families_:
                return read[1]
    return None


def _at(address: str, port: int | None) -> str:
    """`192.0.2.1:80`; an IPv6 address goes into brackets."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _url(port: Port, place: str) -> str | None:
    """What curl is given; it speaks TCP alone."""
    if port.protocol != "TCP":
        return None
    secure = port.port in (443, 8443) or port.name.startswith("https")
    return f"https://{place}" if secure else f"http://{place}"


def external_addresses(case: Case) -> Iterator[Judged]:
    """`externalIPs`: nodes accept traffic to them, and nothing in Kubernetes brings it there (SVC048)."""
    addresses = [objects.text(each) for each in objects.sequence(case.spec.get("externalIPs"))]
    if addresses and not case.is_external_name:
        yield case.judge("SVC048", addresses=addresses, servicePorts=[port.port for port in case.ports])


def sticky(case: Case) -> Iterator[Judged]:
    """`sessionAffinity: ClientIP` (SVC049). Nothing stands between client and pod of a headless Service."""
    if case.spec.get("sessionAffinity") == "ClientIP" and not case.is_external_name and not case.is_headless:
        config = objects.mapping(objects.mapping(case.spec.get("sessionAffinityConfig")).get("clientIP"))
        seconds = config.get("timeoutSeconds")
        yield case.judge("SVC049", seconds=seconds if isinstance(seconds, int) else DEFAULT_STICKINESS)


RULES: tuple[Rule, ...] = (
    load_balancer.pending,
    families.family_without_pods,
    local_traffic.external_local,
    local_traffic.internal_local,
    zones.zone_preference,
    reached_at,
    load_balancer.source_ranges,
    external_addresses,
    sticky,
    families.one_family_of_two,
)
