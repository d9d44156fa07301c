"""Does the target port lead to a port that the pods listen on (SVC030-SVC034, SVC036-SVC039).

Source: k8s.io/endpointslice `FindPort`; a container port is documentation unless a targetPort names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service import companions, loopback
from kubectl_lab.domain.service.case import count
from kubectl_lab.domain.service.manifests import sound_ports
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.repairs import port_patch
from kubectl_lab.domain.service.shapes import shapes
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Effect, Judged, Port
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.domain.service.shapes import Declared, Shape
    from kubectl_lab.result import Severity


def named_target(case: Case) -> Iterator[Judged]:
    """A named targetPort that some or all pods lack, by name or by protocol (SVC030, SVC031, SVC033): one a port.

    A name that the server refuses is SVC035's; a server has none.
    """
    for port in sound_ports(case):
        if not isinstance(port.target, str):
            continue
        known = shapes(case)
        lacking = [each for each in known if not each.named(port.target, port.protocol)]
        otherwise = [each for each in lacking if _protocols(each, port.target)]
        is_all = len(lacking) == len(known)
        if lacking and (len(otherwise) == len(lacking) or (is_all and otherwise)):
            yield _other_protocol(case, port, port.target, otherwise, is_all=is_all)
        elif lacking and is_all:
            yield _nowhere(case, port, port.target)
        elif lacking:
            place = Place("endpoints", str(port.port))
            pods = shortened(each.word for each in lacking)
            told = _told(port) | {"pods": pods, "declared": _declaring(lacking)}
            yield case.judge("SVC031", "degrades", place, **told)


def _nowhere(case: Case, port: Port, target: str) -> Judged:
    better = _meant(target, _all_ports(shapes(case), port.protocol))
    patch = {"patch": None, "jsonPatch": None} if better is None else port_patch(case, port, targetPort=better)
    told = _told(port) | {"declared": _declaring(shapes(case)), "better": better, **patch}
    return case.judge("SVC030", _breaking(case, port), Place("endpoints", str(port.port)), **told)


def _meant(target: str, ports: Iterable[Declared]) -> str | int | None:
    """The port that was most likely meant: one with a near name, else the only one."""
    found = {port.name or port.number: port for port in ports}
    close = near.nearest(target, [name for name in found if isinstance(name, str)])
    return close or (next(iter(found)) if len(found) == 1 else None)


def _other_protocol(case: Case, port: Port, target: str, pods: Sequence[Shape], *, is_all: bool) -> Judged:
    found = sorted({protocol for each in pods for protocol in _protocols(each, target)})
    effect: Effect = _breaking(case, port) if is_all else "degrades"
    patch = port_patch(case, port, protocol=found[0]) if is_all else {"patch": None, "jsonPatch": None}
    told = _told(port) | {"pods": shortened(each.word for each in pods), "found": found, **patch}
    severity: Severity = "error" if is_all else "warning"
    return case.judge("SVC033", effect, Place("endpoints", str(port.port)), severity=severity, **told)


def _protocols(shape: Shape, name: str) -> list[str]:
    return [port.protocol for port in shape.ports if port.name == name]


def _breaking(case: Case, port: Port) -> Effect:
    """A port number that works under another protocol is not broken as a whole."""
    works = any(each.port == port.port and (each.working or each.fallback) for each in case.ports)
    return "degrades" if works else "breaks"


def several_numbers(case: Case) -> Iterator[Judged]:
    """One name means several numbers (SVC032): each group of pods sits in a slice of its own, which is well."""
    for port in sound_ports(case):
        if not isinstance(port.target, str) or not case.selector:
            continue
        mine = [
            (each.port, endpoint)
            for endpoint in case.endpoints
            for each in endpoint.ports
            if (each.name, each.protocol) == (port.name, port.protocol)
        ]
        numbers = sorted({number for number, _ in mine})
        if len(numbers) > 1:
            counted = [
                catalogue.phrase(
                    "service.number-of-pods", number=number, count=count(one for each, one in mine if each == number)
                )
                for number in numbers
            ]
            yield case.judge("SVC032", **_told(port), numbers=counted)


def undeclared_number(case: Case) -> Iterator[Judged]:
    """A numeric target that no pod declares, though they declare others (SVC034), or only under another protocol (SVC039).

    Never more than a hint: what is undeclared may well be listened on.
    """
    for port in sound_ports(case):
        target, known = port.target, shapes(case)
        if not isinstance(target, int) or any(each.declares(target, port.protocol) for each in known):
            continue
        found = sorted({one.protocol for each in known for one in each.ports if one.number == target})
        others = _all_ports(known, port.protocol)
        if found:
            yield case.judge("SVC039", **_told(port), found=found, **port_patch(case, port, protocol=found[0]))
        elif others:
            yield case.judge(
                "SVC034", **_told(port), declared=shortened(map(str, others)), **_retarget(case, port, others)
            )


def _retarget(case: Case, port: Port, others: Iterable[Declared]) -> dict[str, Any]:
    """The only port that the pods declare was meant, unless another port of the Service leads there."""
    free = {each.number: each.name for each in others}
    taken = {each.target for each in case.ports if each is not port}
    if len(free) != 1 or taken & {*free.keys(), *free.values()}:
        return {"better": None, "patch": None, "jsonPatch": None}
    (better,) = free
    return {"better": better, **port_patch(case, port, targetPort=better)}


def name_twice(case: Case) -> Iterator[Judged]:
    """Two ports of a pod share the name that the Service asks for: the first in the order of look-up wins (SVC038)."""
    for port in sound_ports(case):
        if not isinstance(port.target, str):
            continue
        found = [(each, each.named(port.target, port.protocol)) for each in shapes(case)]
        double = [(each, ports) for each, ports in found if len({one.number for one in ports}) > 1]
        if double:
            first = double[0][1][0]
            pods = shortened(each.word for each, _ in double)
            told = _told(port) | {"pods": pods, "number": first.number, "container": first.container}
            yield case.judge("SVC038", **told, declared=list(map(str, double[0][1])))


def _told(port: Port) -> dict[str, Any]:
    return {"port": port.port, "target": port.target, "protocol": port.protocol}


def _all_ports(pods: Iterable[Shape], protocol: str) -> tuple[Declared, ...]:
    """What the pods declare for a protocol, each number and name once."""
    found = {(port.number, port.name): port for each in pods for port in each.ports if port.protocol == protocol}
    return tuple(found.values())


def _declaring(pods: Iterable[Shape]) -> dict[str, Any]:
    words = [str(port) for each in pods for port in each.ports]
    return (
        catalogue.phrase("service.pods-declare", ports=shortened(words))
        if words
        else catalogue.phrase("service.pods-declare-none")
    )


RULES: tuple[Rule, ...] = (
    named_target,
    undeclared_number,
    name_twice,
    loopback.listens_to_itself,
    several_numbers,
    companions.same_backends,
)
