"""The path of a Service's traffic, hop by hop, with the findings that mark them.

Node ids, in order: `client` → entry → `service/NS/NAME:PORT` → `endpoints/NS/NAME` → `pod/NS/NAME` or `address/IP` →
`port/NUMBER`. Entries: `cluster`, `dns`, `node:NODEPORT`, `loadbalancer:ADDRESS`, `externalip:ADDRESS`, and the fronts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.fronts import CLIENT
from kubectl_lab.domain.service.model import Hop, Place
from kubectl_lab.domain.service.workloads import word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.fronts import Branch, Front
    from kubectl_lab.domain.service.model import Endpoint, Judged, Port
    from kubectl_lab.result import Reference, State

PENDING = "pending"
_STATES: dict[str, State] = {"breaks": "broken", "degrades": "degraded"}
_DEPTH = ("entry", "front", "service", "endpoints", "pod", "port")


def hops(case: Case, judged: Sequence[Judged], fronts: Iterable[Front]) -> tuple[Hop, ...]:
    """All hops; what lies behind a broken one is `unknown`, since nothing comes that far."""
    marks = _Marks(judged)
    if case.is_external_name:
        return tuple(_external_name(case, marks))
    made = [*_entries(case, marks), *_fronts(case, fronts, marks)]
    for port in case.ports:
        made += _behind(case, port, marks)
    if not case.ports:
        made += _portless(case, marks)
    return tuple(dict.fromkeys(made))


class _Marks:
    """Which finding stands on a place: the one with the worst effect, the first of these."""

    def __init__(self, judged: Iterable[Judged]) -> None:
        self._judged = sorted(
            (each for each in judged if each.effect != "none"), key=lambda each: each.effect == "degrades"
        )

    def hop(
        self,
        source: str,
        target: str,
        *places: Place,
        label: str | None = None,
        about: Reference | None = None,
        reached: bool = True,
    ) -> Hop:
        """The hop between two nodes, marked by the first finding that stands on one of `places`."""
        for each in self._judged:
            if any(_is_on(each, place) for place in places):
                code, seen = each.finding.code, each.finding.object
                return Hop(source, target, _STATES[each.effect], code, label, about or seen)
        return Hop(source, target, "ok" if reached else "unknown", None, label, about)

    def is_broken(self, *places: Place) -> bool:
        """Whether nothing gets past."""
        return any(each.effect == "breaks" and _is_on(each, place) for each in self._judged for place in places)


def _is_on(judged: Judged, asked: Place) -> bool:
    marked = (judged.place, *judged.also)
    return any(each.stretch == asked.stretch and each.name in ("", asked.name) for each in marked)


def service_node(case: Case, port: int | None) -> str:
    """`service/NS/NAME:PORT`, without the port where there is none."""
    name = f"service/{case.namespace}/{case.name}"
    return name if port is None else f"{name}:{port}"


def _external_name(case: Case, marks: _Marks) -> Iterator[Hop]:
    service = service_node(case, None)
    yield marks.hop(CLIENT, service, about=case.reference)
    yield marks.hop(service, f"dns/{objects.text(case.spec.get('externalName'))}", Place("service"), Place("endpoints"))


def load_balancer_addresses(case: Case) -> tuple[str, ...]:
    """What a load balancer has answered with: `status.loadBalancer.ingress`, IP or host name."""
    status = objects.mapping(objects.status(case.service).get("loadBalancer"))
    each = map(objects.mapping, objects.sequence(status.get("ingress")))
    return tuple(objects.text(one.get("ip")) or objects.text(one.get("hostname")) for one in each)


def _entries(case: Case, marks: _Marks) -> Iterator[Hop]:
    ports = case.ports or (None,)
    for port in ports:
        number = port.port if port else None
        target, at_service = service_node(case, number), Place("service", str(number or ""))
        way_in = "dns" if case.is_headless else "cluster"
        yield marks.hop(CLIENT, way_in, Place("entry", way_in))
        yield marks.hop(way_in, target, at_service, about=case.reference)
        if port is not None:
            yield from _outside(case, port, marks)


def _outside(case: Case, port: Port, marks: _Marks) -> Iterator[Hop]:
    target, at_service = service_node(case, port.port), Place("service", str(port.port))
    node = f"node:{port.node_port}" if port.node_port else None
    if node:
        yield marks.hop(CLIENT, node, Place("entry", "node"))
        yield marks.hop(node, target, at_service, about=case.reference)
    if case.type == "LoadBalancer":
        for address in load_balancer_addresses(case) or (PENDING,):
            yield marks.hop(CLIENT, f"loadbalancer:{address}", Place("entry", "loadbalancer"))
            reached = not marks.is_broken(Place("entry", "loadbalancer"))
            yield marks.hop(
                f"loadbalancer:{address}", node or target, *(() if node else (at_service,)), reached=reached
            )
    for address in map(objects.text, objects.sequence(case.spec.get("externalIPs"))):
        yield marks.hop(CLIENT, f"externalip:{address}", Place("entry", "externalip"))
        yield marks.hop(f"externalip:{address}", target, at_service)


def _fronts(case: Case, fronts: Iterable[Front], marks: _Marks) -> Iterator[Hop]:
    """client → class or gateway → front → the Service's port."""
    for front in fronts:
        for way in front.ways:
            reached = True
            for step in way:
                known = reached and step.seen
                yield marks.hop(step.source, step.target, *step.places, about=front.reference, reached=known)
                reached = reached and not marks.is_broken(*step.places)
        for branch in front.leads_to(case.reference):
            yield _branch(case, front, branch, marks)


def _branch(case: Case, front: Front, branch: Branch, marks: _Marks) -> Hop:
    """Marked by what is wrong with this branch, the front's backends or the Service: another branch's trouble is not its own."""
    number = port_number(case, branch.port)
    target, own = service_node(case, number), _Marks((*branch.findings, *front.findings))
    hop = own.hop(front.node, target, Place("front", front.node), label=branch.label)
    if hop.state != "ok":
        return hop
    reached = not front.is_shut()
    return marks.hop(front.node, target, Place("service", str(number or "")), label=branch.label, reached=reached)


def port_number(case: Case, port: int | str | None) -> int | None:
    """The number of the Service's port that a backend names by number or name; of no such port the number it says."""
    for each in case.ports:
        if port in (each.port, each.name):
            return each.port
    return port if isinstance(port, int) else None


def _behind(case: Case, port: Port, marks: _Marks) -> Iterator[Hop]:
    at_service, at_endpoints = Place("service", str(port.port)), Place("endpoints", str(port.port))
    source, endpoints = service_node(case, port.port), f"endpoints/{case.namespace}/{case.name}"
    reached = not marks.is_broken(at_service)
    yield marks.hop(source, endpoints, at_endpoints, reached=reached, label=_target_label(case, port))
    reached = reached and not marks.is_broken(at_endpoints)
    backends = set(case.backends(port))
    for endpoint in case.endpoints:
        yield from _pod(case, endpoint, marks, reached=reached and endpoint in backends)
        for each in endpoint.ports:
            if each.name == port.name:
                yield marks.hop(
                    node_of(case, endpoint),
                    f"port/{each.port}",
                    *_port_places(endpoint, each.port),
                    reached=reached and endpoint in backends and not marks.is_broken(*_pod_places(endpoint)),
                )


def _target_label(case: Case, port: Port) -> str:
    """`80 → 8080`; a headless Service translates nothing."""
    return str(port.target) if case.is_headless else f"{port.port} → {port.target}"


def _portless(case: Case, marks: _Marks) -> Iterator[Hop]:
    endpoints = f"endpoints/{case.namespace}/{case.name}"
    yield marks.hop(
        service_node(case, None), endpoints, Place("endpoints"), reached=not marks.is_broken(Place("service"))
    )
    for endpoint in case.endpoints:
        yield from _pod(case, endpoint, marks, reached=not marks.is_broken(Place("service"), Place("endpoints")))


def node_of(case: Case, endpoint: Endpoint) -> str:
    """`pod/NS/NAME`, `address/IP` where no pod stands behind it, `deployment/NS/NAME` of would-be pods."""
    if endpoint.workload is not None:
        return f"{endpoint.workload.kind.lower()}/{case.namespace}/{endpoint.workload.name}"
    if endpoint.pod is not None:
        return f"pod/{endpoint.pod.namespace}/{endpoint.pod.name}"
    return f"address/{endpoint.address}"


def _pod_places(endpoint: Endpoint) -> tuple[Place, ...]:
    if endpoint.workload is not None:
        return (Place("pod", word_of(endpoint.workload)),)
    name = f"{endpoint.pod.namespace}/{endpoint.pod.name}" if endpoint.pod else endpoint.address or ""
    return (Place("pod", name),)


def _port_places(endpoint: Endpoint, number: int) -> tuple[Place, ...]:
    """The port of all pods, and of this one alone."""
    return Place("port", str(number)), *(Place("port", f"{place.name}:{number}") for place in _pod_places(endpoint))


def _pod(case: Case, endpoint: Endpoint, marks: _Marks, *, reached: bool) -> Iterator[Hop]:
    source, target = f"endpoints/{case.namespace}/{case.name}", node_of(case, endpoint)
    about = endpoint.pod or endpoint.workload
    reached = reached and not (about and _is_gate_unknown(case))
    yield marks.hop(source, target, *_pod_places(endpoint), reached=reached, about=about, label=endpoint.address)


def _is_gate_unknown(case: Case) -> bool:
    """NetworkPolicies stand before pods; where they were asked for in vain, nobody knows whether one is shut."""
    return any(kind == "NetworkPolicy" for kind, _ in case.inventory.missing())
