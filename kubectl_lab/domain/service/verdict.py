"""What the facts and findings of a Service come to: healthy, degraded, broken, or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.service.model import Place
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged, Port, Verdict

PORT_STRETCHES = ("service", "endpoints")
_EFFECTS = {"breaks": 0, "degrades": 1, "none": 2}
_SEVERITIES = {"error": 0, "warning": 1, "info": 2}


def verdict(case: Case, judged: Sequence[Judged]) -> Verdict:
    """`broken` where no port works for any client, `degraded` where something declared does not work.

    `unknown` where what decides could not be read and nothing proves it broken: a verdict never rests on what was denied.
    """
    if case.is_external_name:
        return "broken" if any(each.effect == "breaks" for each in judged) else _by_effects(judged)
    shut = broken_ports(case, judged)
    if case.ports:
        proven = all(port.port in shut for port in case.ports)
        works = any(port.working or port.fallback for port in case.ports if port.port not in shut)
    else:
        proven = _breaks_all(judged)
        works = case.is_served
    if proven:
        return "broken"
    if is_undecided(case):
        return "unknown"
    return _by_effects(judged, is_partly=_is_partly(case.ports, shut)) if works else "broken"


def is_undecided(case: Case) -> bool:
    """Neither real slices nor, for what nobody has applied yet, a prediction to go by."""
    if not isinstance(case.slices, Missing):
        return False
    return not (case.inventory.manifests and case.predicted)


def broken_ports(case: Case, judged: Iterable[Judged]) -> frozenset[int]:
    """The Service's ports that a finding breaks."""
    found: set[int] = set()
    for each in judged:
        if each.effect != "breaks":
            continue
        found.update(each.ports)
        if each.place.stretch in PORT_STRETCHES:
            found.update(port.port for port in case.ports if each.place.name in ("", str(port.port)))
    return frozenset(found)


def _breaks_all(judged: Iterable[Judged]) -> bool:
    """Of a Service without ports: at the Service, or into all of its pods."""
    return any(
        each.effect == "breaks" and (each.place.stretch in PORT_STRETCHES or each.place == Place("pod"))
        for each in judged
    )


def _is_partly(ports: Iterable[Port], shut: frozenset[int]) -> bool:
    return any(port.port in shut or not port.working for port in ports)


def _by_effects(judged: Iterable[Judged], *, is_partly: bool = False) -> Verdict:
    return "degraded" if is_partly or any(each.effect != "none" for each in judged) else "healthy"


def in_order(judged: Iterable[Judged]) -> list[Judged]:
    """What breaks first, then what degrades, then by severity; else in the rules' order: a cause before its consequences."""
    return sorted(judged, key=lambda each: (_EFFECTS[each.effect], _SEVERITIES[each.finding.severity]))
