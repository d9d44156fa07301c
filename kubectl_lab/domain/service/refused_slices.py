"""What a server refuses in hand-written EndpointSlices (kube-apiserver `pkg/apis/discovery/validation`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.endpoints import FAMILIES, read_address
from kubectl_lab.domain.service.refusal import (
    Refusal,
    checked,
    duplicate,
    invalid,
    label_problem,
    required,
    unsupported,
)
from kubectl_lab.domain.service.refusal import backend_address_problem as address_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.objects import Object


def slice_refusals(each: Object) -> Iterator[Refusal]:
    """Its family, its addresses, its port names."""
    family = objects.text(each.get("addressType"))
    if not family:
        yield required("addressType")
    elif family not in (*FAMILIES, "FQDN"):
        yield unsupported("addressType", family, ("FQDN", *FAMILIES))
    for index, endpoint in enumerate(map(objects.mapping, objects.sequence(each.get("endpoints")))):
        yield from _addresses(endpoint, family, f"endpoints[{index}].addresses")
    yield from _port_names(each)


def _addresses(endpoint: Object, family: str, field: str) -> Iterator[Refusal]:
    addresses = [objects.text(address) for address in objects.sequence(endpoint.get("addresses"))]
    if not addresses:
        yield Refusal(field, "Required value: must contain at least 1 address")
    for index, address in enumerate(addresses if family in FAMILIES else ()):
        read = read_address(address)
        if read is not None and read[0] != family:
            yield invalid(field, address, f"must be an {family} address")
        else:
            yield from checked(f"{field}[{index}]", address, address_problem)


def _port_names(each: Object) -> Iterator[Refusal]:
    seen: set[str] = set()
    for index, port in enumerate(map(objects.mapping, objects.sequence(each.get("ports")))):
        named = objects.text(port.get("name"))
        if named in seen:
            yield duplicate(f"ports[{index}].name", named)
        elif named:
            yield from checked(f"ports[{index}].name", named, label_problem)
        seen.add(named)
