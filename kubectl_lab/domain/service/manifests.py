"""What a server would refuse in a manifest (SVC035, SVC140, SVC141): only of objects that no server has completed."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service import refused_ports, refused_spec, schema
from kubectl_lab.domain.service.refused_slices import slice_refusals
from kubectl_lab.domain.service.repairs import is_applied
from kubectl_lab.domain.service.targets import port_name_problem, target_problem
from kubectl_lab.domain.service.wordings import shortened
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged, Port
    from kubectl_lab.domain.service.refusal import Refusal
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.objects import Object

_PLACE = re.compile(r"spec\.ports\[(\d+)]")


def text_as_target(case: Case) -> Iterator[Judged]:
    """A targetPort of text that is no port name, digits in quotes above all (SVC035)."""
    if is_applied(case.service):
        return
    for port in case.ports:
        reason = port_name_problem(port.target) if isinstance(port.target, str) else None
        if reason is None:
            continue
        digits = isinstance(port.target, str) and port.target.isdecimal()
        advice = catalogue.phrase("service.target-digits" if digits else "service.target-name", target=port.target)
        told: dict[str, Any] = {"port": port.port, "target": port.target, "reason": reason}
        yield case.judge("SVC035", "breaks", **told, advice=advice)


def refused(case: Case) -> Iterator[Judged]:
    """Everything else that the server would refuse, one finding a problem (SVC140). What it cannot decode it checks no further."""
    if is_applied(case.service):
        return
    for each in tuple(schema.decoding(case.service)) or tuple(_refusals(case.service)):
        yield _judged(case, "Service", case.name, each)


def refused_slices(case: Case) -> Iterator[Judged]:
    """The same of EndpointSlices in the input that are written for this Service."""
    if case.is_external_name:
        return
    for each in case.inventory.slices(case.namespace, case.name):
        for problem in () if is_applied(each) else slice_refusals(each):
            yield _judged(case, "EndpointSlice", objects.name(each), problem, each)


def sound_ports(case: Case) -> tuple[Port, ...]:
    """The ports of which a server refuses nothing: what is said of the others would follow from what it refuses."""
    if is_applied(case.service):
        return case.ports
    found = tuple(schema.decoding(case.service)) or tuple(refused_ports.ports(case.spec))
    refused_ones = {int(place[1]) for each in found if (place := _PLACE.match(each.field))}
    return tuple(
        port
        for index, port in enumerate(case.ports)
        if index not in refused_ones and target_problem(port.target) is None
    )


def _refusals(service: Object) -> Iterator[Refusal]:
    spec = objects.spec(service)
    yield from refused_spec.name(service)
    yield from refused_ports.ports(spec)
    for check in refused_spec.CHECKS:
        yield from check(spec)


def _judged(case: Case, kind: str, name: str, problem: Refusal, obj: Object | None = None) -> Judged:
    hint = catalogue.phrase("service.refused-near", near=problem.near) if problem.near else ""
    told: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "field": problem.field,
        "reason": problem.reason,
        "near": problem.near,
    }
    about = case.reference if obj is None else reference(obj, kind)
    return case.judge("SVC140", "breaks", about=about, **told, hint=hint)


def node_port_taken(case: Case) -> Iterator[Judged]:
    """Another Service of the input or of the captured cluster has the nodePort (SVC141).

    The allocator counts numbers: TCP and UDP share them, but inside one Service.
    """
    if is_applied(case.service):
        return
    for port in case.ports:
        if port.node_port is None or case.type not in ("NodePort", "LoadBalancer"):
            continue
        others = case.inventory.derived(_by_node_port).get(port.node_port, {})
        found = shortened(sorted(word for word in others if word != f"{case.namespace}/{case.name}"))
        if found:
            yield case.judge("SVC141", "breaks", port=port.port, nodePort=port.node_port, others=found)


def _by_node_port(inventory: Inventory) -> Mapping[int, Mapping[str, None]]:
    """nodePort -> the Services that have it, in the order of reading."""
    made: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for service in inventory.known("Service"):
        spec = objects.spec(service)
        for port in map(objects.mapping, objects.sequence(spec.get("ports"))):
            number = port.get("nodePort")
            if isinstance(number, int) and spec.get("type") in ("NodePort", "LoadBalancer"):
                made[number][f"{objects.namespace(service)}/{objects.name(service)}"] = None
    return made


RULES: tuple[Rule, ...] = (refused, text_as_target, refused_slices, node_port_taken)
