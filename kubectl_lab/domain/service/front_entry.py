"""The entry of an Ingress or a route itself: does any of its rules reach a working backend?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.service.fronts import node_of
from kubectl_lab.domain.service.model import Hop, Place, ServiceEntry
from kubectl_lab.domain.service.not_checked import missing_of
from kubectl_lab.domain.service.verdict import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kubectl_lab.domain.service.fronts import Branch, Front
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged, Port, Verdict
    from kubectl_lab.result import Finding, Reference, State

    Entries = Mapping[Reference, ServiceEntry]
    Mark = tuple[State, str | None]

_OF_EFFECT: dict[str, State] = {"breaks": "broken", "degrades": "degraded"}
FINE: Mark = ("ok", None)
UNKNOWN: Mark = ("unknown", None)


def entry(inventory: Inventory, front: Front, backends: Entries) -> ServiceEntry:
    """`broken` where no branch reaches a working backend, `degraded` where some do not; `backends`: Services that exist.

    What answers behind a backend of another kind only its controller knows: `unknown`.
    """
    marks = [(branch, _mark(front, branch, backends)) for branch in front.branches]
    own = in_order(front.judged())
    felt = [each.finding for each in own if each.effect != "none"]
    beside = [each.finding for each in own if each.effect == "none"]
    return ServiceEntry(
        service=front.reference,
        type=front.reference.kind,
        verdict=_verdict(front, [state for _, (state, _) in marks]),
        hops=tuple(dict.fromkeys((*_ways(front), *_branches(front, marks, backends)))),
        not_checked=missing_of(inventory),
        findings=(*felt, *_of_backends(marks, backends), *beside),
    )


def _of_backends(marks: Iterable[tuple[Branch, Mark]], backends: Entries) -> tuple[Finding, ...]:
    """Of each Service behind, what marks the branch to it; each once."""
    found = (
        each
        for branch, (_, code) in marks
        if branch.service and not branch.findings and (backend := backends.get(branch.service))
        for each in backend.findings
        if each.code == code
    )
    return tuple({id(each): each for each in found}.values())


def _verdict(front: Front, states: Iterable[State]) -> Verdict:
    found = set(states)
    if front.is_shut() or found <= {"broken"}:
        return "broken"
    if found & {"broken", "degraded"} or any(each.effect != "none" for each in front.findings):
        return "degraded"
    return "healthy" if found == {"ok"} else "unknown"


def _ways(front: Front) -> Iterator[Hop]:
    """From the client to the front; behind a broken step nothing is known."""
    for way in front.ways:
        reached = True
        for step in way:
            state, code = _worst(front.findings, step.places) if reached else UNKNOWN
            if state == "ok" and not step.seen:
                state = "unknown"
            yield Hop(step.source, step.target, state, code, None, front.reference)
            reached = reached and state != "broken"


def _branches(front: Front, marks: Iterable[tuple[Branch, Mark]], backends: Entries) -> Iterator[Hop]:
    shut = front.is_shut()
    for branch, mark in marks:
        service = branch.service
        if service is None:
            continue
        state, code = UNKNOWN if shut and mark[0] == "ok" else mark
        yield Hop(front.node, _node(service, branch, backends.get(service)), state, code, branch.label, service)


def _node(service: Reference, branch: Branch, backend: ServiceEntry | None) -> str:
    """`service/NS/NAME:PORT` as the Service's own entry has it: by number, also where the backend says a name."""
    port = _port(branch, backend)
    number = port.port if port else branch.port
    name = node_of(service)
    return name if number is None else f"{name}:{number}"


def _port(branch: Branch, backend: ServiceEntry | None) -> Port | None:
    ports = backend.ports if backend else ()
    return next((each for each in ports if branch.port in (each.port, each.name)), None)


def _worst(judged: Iterable[Judged], places: Iterable[Place]) -> Mark:
    """The state that the findings on these places come to, and the code that does it."""
    for each in in_order(each for each in judged if each.place in places):
        if each.effect != "none":
            return _OF_EFFECT[each.effect], each.finding.code
    return FINE


def _mark(front: Front, branch: Branch, backends: Entries) -> Mark:
    """What is wrong with the branch itself, with the backends of the front, with the Service behind, in this order."""
    own = _worst((*branch.findings, *front.findings), (Place("front", front.node),))
    if own != FINE or branch.answers:
        return own
    backend = backends.get(branch.service) if branch.service else None
    return _behind(branch, backend) if backend else UNKNOWN


def _behind(branch: Branch, backend: ServiceEntry) -> Mark:
    """How the Service does on the port that the branch asks: its other ports and entries say nothing about this way."""
    if backend.verdict == "unknown":
        return UNKNOWN
    port, way = _port(branch, backend), tuple(_way(branch, backend))
    code = next((hop.finding for state in ("broken", "degraded") for hop in way if hop.state == state), None)
    if backend.verdict == "broken":  # an alias has no way of a port
        return "broken", code or next((hop.finding for hop in backend.hops if hop.state == "broken"), None)
    if port is None or backend.type == "ExternalName":
        return FINE
    if not (port.working or port.fallback) or _is_cut(way):
        return "broken", code
    return ("degraded", code) if code or not port.working else FINE


def _way(branch: Branch, backend: ServiceEntry) -> Iterator[Hop]:
    """What lies between the Service's port and the port of its pods; how others come to the Service is left out."""
    service, ends = _node(backend.service, branch, backend), _ends(branch, backend)
    for hop in backend.hops:
        inside = hop.source == service or hop.source.startswith("endpoints/") or hop.target in ends
        if inside or (hop.target == service and hop.source in ("cluster", "dns")):
            yield hop


def _ends(branch: Branch, backend: ServiceEntry) -> frozenset[str]:
    """`port/8080`: the numbers that the pods have for the Service's port."""
    port = _port(branch, backend)
    all_ports = (each for endpoint in backend.endpoints for each in endpoint.ports)
    return frozenset(f"port/{each.port}" for each in all_ports if port and each.name == port.name)


def _is_cut(way: Iterable[Hop]) -> bool:
    """No pod's port is reached: the last hops are all broken, or unknown behind a broken one."""
    last = [hop.state for hop in way if hop.target.startswith("port/")]
    return bool(last) and not {"ok", "degraded"} & set(last)
