"""The Service and port that a front names: whether they are there. Shared by Ingresses and Gateway API routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near

if TYPE_CHECKING:
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a backend. `is_absent`: the Service is not there; else it lacks the port.

    `better`: the name or port number to write instead, None where nothing is sure enough to be written for somebody.
    """

    is_absent: bool
    better: str | int | None
    near: str | None
    ports: tuple[str, ...]
    hint: Any


def flaw(inventory: Inventory, service: Reference, port: int | str | None, *, home: str | None) -> Flaw | None:
    """What is wrong with a Service's name or port; None where nothing is, or where it could not be seen.

    `home`: the namespace of the front; of another one nothing is said unless something of it was read.
    """
    found = inventory.get("Service", service.namespace, service.name)
    if found is not None:
        return _port_flaw(found, port)
    if not sees_namespace(inventory, "Service", service.namespace, home):
        return None
    meant, nearest = _meant(inventory, service)
    other = inventory.get("Service", service.namespace, nearest) if nearest else None
    better = nearest if other is not None and _port_flaw(other, port) is None else None
    hint = catalogue.phrase("service.front-near", near=meant) if meant else ""
    return Flaw(is_absent=True, better=better, near=meant, ports=(), hint=hint)


def _meant(inventory: Inventory, service: Reference) -> tuple[str | None, str | None]:
    """The names of the namespace that are like it, for a hint, and near, for a patch; many may miss the same one."""
    known = inventory.derived(_meanings)
    if service not in known:
        names = sorted(objects.name(each) for each in inventory.known("Service", service.namespace))
        nearest = near.nearest(service.name, names)
        known[service] = nearest or near.akin(service.name, names), nearest
    return known[service]


def _meanings(_: Inventory) -> dict[Reference, tuple[str | None, str | None]]:
    """A place to remember them in, for as long as the inventory lives."""
    return {}


def sees_namespace(inventory: Inventory, kind: str, namespace: str | None, home: str | None) -> bool:
    """Whether "there is none of that name" may be said of a kind in a namespace; whole namespaces are read, or none."""
    if not inventory.can_see(kind) or inventory.extent(kind) == "some":
        return False
    return inventory.extent(kind) == "cluster" or namespace == home or bool(inventory.known(kind, namespace))


def _port_flaw(service: Object, port: int | str | None) -> Flaw | None:
    """A backend names one of `spec.ports` by its number or name, never a target port; an ExternalName need not have any."""
    spec = objects.spec(service)
    listed = [objects.mapping(each) for each in objects.sequence(spec.get("ports"))]
    names = [each for entry in listed for each in (entry.get("port"), entry.get("name")) if each]
    if port is None or port in names or spec.get("type") == "ExternalName":
        return None
    numbers = [each.get("port") for each in listed if isinstance(each.get("port"), int)]
    behind = [each.get("port") for each in listed if each.get("targetPort") == port]
    sure = behind or (numbers if len(numbers) == 1 else [])
    hint = catalogue.phrase("service.front-target-port", port=port, behind=behind[0]) if behind else ""
    written = tuple(_written(each) for each in listed)
    return Flaw(is_absent=False, better=sure[0] if sure else None, near=None, ports=written, hint=hint)


def _written(port: Object) -> str:
    """`80`, `80 (http)`."""
    name = objects.text(port.get("name"))
    return f"{port.get('port')} ({name})" if name else str(port.get("port"))
