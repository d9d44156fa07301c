"""The entry of an Ingress or a route itself: does any of its rules reach a working backend?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from kubectl_lab.domain.service.model import Hop, ServiceEntry, State
from kubectl_lab.domain.service.not_checked import missing_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.domain.service.fronts import Branch, Front
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Verdict
    from kubectl_lab.result import Reference

    Entries = Mapping[Reference, ServiceEntry]

_OF_VERDICT: dict[str, State] = {"healthy": "ok", "degraded": "degraded", "broken": "broken", "unknown": "unknown"}


def entry(inventory: Inventory, front: Front, backends: Entries) -> ServiceEntry:
    """`broken` where no branch reaches a working backend, `degraded` where some do not; `backends`: Services that exist."""
    return ServiceEntry(
        service=front.reference,
        type=front.reference.kind,
        verdict=_verdict(front, backends),
        hops=tuple(dict.fromkeys(_hops(front, backends))),
        not_checked=missing_of(inventory),
        findings=tuple(each.finding for each in front.judged),
    )


def _verdict(front: Front, backends: Entries) -> Verdict:
    if any(each.effect == "breaks" for each in front.findings) or not front.branches:
        return "broken"
    states = {_state(branch, backends) for branch in front.branches}
    if states == {"broken"}:
        return "broken"
    if states == {"ok"}:
        return "degraded" if any(each.effect != "none" for each in front.findings) else "healthy"
    return "unknown" if states <= {"ok", "unknown"} else "degraded"


def _state(branch: Branch, backends: Entries) -> State:
    if any(each.effect == "breaks" for each in branch.findings):
        return "broken"
    if branch.service is None:
        return "unknown"
    backend = backends.get(branch.service)
    return _OF_VERDICT[_without_fronts(backend)] if backend else "unknown"


def _without_fronts(backend: ServiceEntry) -> Verdict:
    """How the Service itself does: a hop that another front breaks says nothing about this one."""
    if backend.verdict != "degraded":
        return backend.verdict
    inside = [hop for hop in backend.hops if hop.source.startswith(("service/", "endpoints/", "pod/", "cluster"))]
    return "degraded" if any(hop.state in ("broken", "degraded") for hop in inside) else "healthy"


def _hops(front: Front, backends: Entries) -> Iterator[Hop]:
    whole = next((each.finding.code for each in front.findings if each.effect == "breaks"), None)
    partly = next((each.finding.code for each in front.findings if each.effect == "degrades"), None)
    way = ("client", *front.through, front.node)
    for source, target in itertools.pairwise(way):
        state: State = "broken" if whole else "degraded" if partly else "ok"
        yield Hop(source, target, state, whole or partly, None, front.reference)
    for branch in front.branches:
        if branch.service is not None:
            port = "" if branch.port is None else f":{branch.port}"
            target = f"service/{branch.service.namespace}/{branch.service.name}{port}"
            yield Hop(front.node, target, *_mark(branch, backends, reached=not whole), branch.label, branch.service)


def _mark(branch: Branch, backends: Entries, *, reached: bool) -> tuple[State, str | None]:
    code = next((each.finding.code for each in branch.findings if each.effect == "breaks"), None)
    if code or not reached:
        return ("broken" if code else "unknown"), code
    state = _state(branch, backends)
    backend = backends.get(branch.service) if branch.service else None
    told = backend.findings[0].code if backend and state in ("broken", "degraded") and backend.findings else None
    return state, told
