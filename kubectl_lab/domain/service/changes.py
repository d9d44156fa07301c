"""What a watch tells: a line where a Service's verdict, its cause, or the addresses that get its traffic have changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kubectl_lab.domain.service.model import Endpoint, ServiceEntry, ServiceExplanation
    from kubectl_lab.result import Finding, Reference

Until = Literal["healthy", "degraded"]
# the verdicts that are as good as the one that is waited for, or better
GOOD_ENOUGH = {"healthy": ("healthy",), "degraded": ("healthy", "degraded")}


@dataclass(frozen=True, slots=True)
class Change:
    """`entry`: how it is now, None where the Service is gone. `added`, `removed`: addresses that get traffic, or no longer."""

    service: Reference
    entry: ServiceEntry | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


def changes(before: ServiceExplanation | None, after: ServiceExplanation) -> tuple[Change, ...]:
    """What differs between two answers, in the order of the second, then what is gone; at first everything is new."""
    known = {entry.service: entry for entry in before.services} if before else {}
    found = [_change(known.get(entry.service), entry) for entry in after.services]
    left = {entry.service for entry in after.services}
    gone = [Change(each, None, (), _sorted(in_use(entry))) for each, entry in known.items() if each not in left]
    return (*(each for each in found if each is not None), *gone)


def _change(before: ServiceEntry | None, after: ServiceEntry) -> Change | None:
    now = in_use(after)
    then = in_use(before) if before else frozenset()
    if before is not None and now == then and _state(before) == _state(after):
        return None
    return Change(after.service, after, _sorted(now - then), _sorted(then - now))


def _state(entry: ServiceEntry) -> tuple[str, str]:
    """The verdict and the code of its cause. Words and counts in it may change without being news."""
    cause = cause_of(entry)
    return entry.verdict, cause.code if cause else ""


def cause_of(entry: ServiceEntry) -> Finding | None:
    """The first finding that marks a hop or is more than an info; they come worst first. Of a healthy Service none.

    Not every cause has a hop to stand on: a pod without an address is no endpoint.
    """
    marked = {hop.finding for hop in entry.hops}
    found = (each for each in entry.findings if each.code in marked or each.severity != "info")
    return None if entry.verdict == "healthy" else next(found, None)


def in_use(entry: ServiceEntry) -> frozenset[str]:
    """The addresses that get traffic: ready ones, else those that serve while they end; with a port, unless none is declared."""
    reachable = [each for each in entry.endpoints if each.address is not None and (each.ports or not entry.ports)]
    ready = [each for each in reachable if each.ready]
    return frozenset(map(_address, ready or [each for each in reachable if each.is_fallback]))


def _address(endpoint: Endpoint) -> str:
    return endpoint.address or ""


def _sorted(addresses: frozenset[str]) -> tuple[str, ...]:
    """As people count: 10.0.0.9 before 10.0.0.10."""
    return tuple(sorted(addresses, key=lambda each: [part.zfill(4) for part in each.replace(":", ".").split(".")]))


def is_reached(answer: ServiceExplanation, until: Until | None) -> bool:
    """Whether everything that was asked about is as wanted: `degraded` is reached by what is healthy too. Nothing is not all."""
    if until is None or not answer.services:
        return False
    return all(entry.verdict in GOOD_ENOUGH[until] for entry in answer.services)
