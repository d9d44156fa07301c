"""EndpointSlices written for a Service without a selector, and patches of those that are there, as one-line JSON."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service.endpoints import MANAGED_BY, MIRRORING, manager_of, protocol_of, slice_ports
from kubectl_lab.domain.service.inventory import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Port
    from kubectl_lab.objects import Object

API = "discovery.k8s.io/v1"
# the documentation's own example of a value for slices that people keep by hand
BY_HAND = "staff"
# what somebody who pastes it must replace; the server refuses it as it is
ADDRESS = "ADDRESS"


def empty(case: Case) -> str:
    """A slice that fits the Service but for the address."""
    endpoints = [{"addresses": [ADDRESS]}]
    return json.dumps(_slice(case, next(_free_names(case)), case.families[0], _ports(case.ports), endpoints))


def own(case: Case, copies: Iterable[Object]) -> str:
    """The same slices, kept by hand instead of mirrored."""
    names = _free_names(case)
    items = [
        _slice(case, next(names), objects.text(each.get("addressType")), each.get("ports"), each.get("endpoints"))
        for each in copies
    ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def _slice(case: Case, name: str, family: str, ports: Any, endpoints: Any) -> dict[str, Any]:
    labels = {SERVICE_NAME: case.name, MANAGED_BY: BY_HAND}
    return {
        "apiVersion": API,
        "kind": "EndpointSlice",
        "metadata": {"name": name, "namespace": case.namespace, "labels": labels},
        "addressType": family,
        "ports": ports,
        "endpoints": endpoints,
    }


def _free_names(case: Case) -> Iterator[str]:
    """`web-1`, `web-2`, … as far as no slice has them."""
    taken = {objects.name(each) for each in case.inventory.known("EndpointSlice", case.namespace)}
    return (name for number in itertools.count(1) if (name := f"{case.name}-{number}") not in taken)


def _ports(ports: Iterable[Port]) -> list[dict[str, Any]]:
    """What the Service sends to; of a named target nobody knows the number, so its own."""
    numbers = ((each, each.target if isinstance(each.target, int) else each.port) for each in ports)
    return [{"name": each.name, "port": number, "protocol": each.protocol} for each, number in numbers]


def names(each: Object) -> set[tuple[str, str]]:
    """The (name, protocol) pairs of a slice's ports."""
    return {(port.name, port.protocol) for port in slice_ports(each)}


def naming(case: Case, each: Object, ports: Sequence[Port]) -> dict[str, Any]:
    """Details of SVC067: what the slice calls its ports, what these ports of the Service ask for, and a patch."""
    resource, patch = _patch(case, each, ports)
    theirs = sorted(names(each))
    return {
        "slice": objects.name(each),
        "theirs": [_word(*pair) for pair in theirs] or catalogue.phrase("service.handmade-no-port"),
        "ours": [_word(port.name, port.protocol) for port in ports],
        "resource": resource,
        "patch": patch,
    }


def _word(name: str, protocol: str) -> str:
    """`http`, `dns/UDP`; the unnamed port is `""`."""
    return (name or '""') + ("" if protocol == "TCP" else f"/{protocol}")


def _patch(case: Case, each: Object, ports: Sequence[Port]) -> tuple[str | None, str | None]:
    """(what to patch, a JSON patch), where it is plain which port is meant: one is left over on each side, or there is none.

    A mirrored slice follows its v1 Endpoints, so these are patched.
    """
    resource = keeper(case, each)
    path, held = _held_by(case, each)
    if not path:
        return None, None
    if not held:
        return resource, json.dumps([{"op": "add", "path": path, "value": _ports(ports)}])
    asked = {(port.name, port.protocol) for port in case.ports}
    spare = [
        index for index, port in enumerate(held) if (objects.text(port.get("name")), protocol_of(port)) not in asked
    ]
    if len(spare) != 1 or len(ports) != 1:
        return None, None
    ours, at = ports[0], f"{path}/{spare[0]}"
    made = [{"op": "add", "path": f"{at}/name", "value": ours.name}]
    if protocol_of(held[spare[0]]) != ours.protocol:
        made.append({"op": "add", "path": f"{at}/protocol", "value": ours.protocol})
    return resource, json.dumps(made)


def keeper(case: Case, each: Object) -> str:
    """What a person edits: the slice, or the v1 Endpoints that it mirrors."""
    return f"endpoints/{case.name}" if manager_of(each) == MIRRORING else f"endpointslice/{objects.name(each)}"


def _held_by(case: Case, each: Object) -> tuple[str, list[Object]]:
    """(JSON path, the ports there) of what a person edits; no path where there are several lists."""
    if manager_of(each) != MIRRORING:
        return "/ports", _listed(each)
    origin = case.inventory.get("Endpoints", case.namespace, case.name) or {}
    subsets = objects.sequence(origin.get("subsets"))
    return ("/subsets/0/ports", _listed(objects.mapping(subsets[0]))) if len(subsets) == 1 else ("", [])


def _listed(holder: Object) -> list[Object]:
    return [objects.mapping(port) for port in objects.sequence(holder.get("ports"))]
