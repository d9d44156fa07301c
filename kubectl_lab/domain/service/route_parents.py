"""Who lets clients come to a route: its parent Gateways, their listeners, and what is wrong there (SVC110, SVC114).

Source: gateway.networking.k8s.io/v1, `parentRefs` and `listeners[].allowedRoutes`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import label_selectors, near
from kubectl_lab.domain.service.front_backends import sees_namespace
from kubectl_lab.domain.service.fronts import entry_through, node_of
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.domain.service.repairs import is_applied
from kubectl_lab.domain.service.route_backends import GROUP
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class Parent:
    """A Gateway that a route wants to be attached to; `section` (a listener's name) and `port` narrow it. `at`: its index."""

    gateway: Reference
    section: str
    port: int | None
    at: int

    @property
    def node(self) -> str:
        """`gateway/NS/NAME`."""
        return node_of(self.gateway)


def parents(route: Object) -> tuple[Parent, ...]:
    """The parents that are Gateways; a Service (a mesh's route) or a ListenerSet is not judged."""
    refs = objects.sequence(objects.spec(route).get("parentRefs"))
    found = [parent_of(objects.mapping(ref), objects.namespace(route), at) for at, ref in enumerate(refs)]
    return tuple(each for each in found if each is not None)


def parent_of(ref: Object, namespace: str | None, at: int = 0) -> Parent | None:
    """What a parentRef of a route in `namespace` means, its defaults filled in; None where it is no Gateway."""
    kind, group = objects.text(ref.get("kind")) or "Gateway", ref.get("group", GROUP)
    name, port = objects.text(ref.get("name")), ref.get("port")
    if (kind, group) != ("Gateway", GROUP) or not name:
        return None
    gateway = Reference("Gateway", objects.text(ref.get("namespace")) or namespace, name)
    return Parent(gateway, objects.text(ref.get("sectionName")), port if isinstance(port, int) else None, at)


def listeners_of(gateway: Object, parent: Parent) -> tuple[Object, ...]:
    """The listeners that the parent's section and port leave."""
    return tuple(
        each
        for each in map(objects.mapping, objects.sequence(objects.spec(gateway).get("listeners")))
        if parent.section in ("", each.get("name")) and parent.port in (None, each.get("port"))
    )


def is_seen(route: Object, parent: Parent, inventory: Inventory) -> bool:
    """Whether it is known that the Gateway is there, or that it is not."""
    namespace, name = parent.gateway.namespace, parent.gateway.name
    found = inventory.get("Gateway", namespace, name)
    return found is not None or sees_namespace(inventory, "Gateway", namespace, objects.namespace(route))


def findings(route: Object, parent: Parent, inventory: Inventory) -> Iterator[Judged]:
    """What is wrong with one parent, by what is written; what its controller says is `route_conditions`."""
    gateway = inventory.get("Gateway", parent.gateway.namespace, parent.gateway.name)
    if gateway is None:
        if is_seen(route, parent, inventory):
            yield _absent(route, parent, inventory)
        return
    listeners = listeners_of(gateway, parent)
    if not listeners:
        yield _no_listener(route, parent, gateway)
    elif all(_admits(each, route, parent, inventory) is False for each in listeners):
        yield _shut_out(route, parent, listeners)


def _absent(route: Object, parent: Parent, inventory: Inventory) -> Judged:
    names = sorted(objects.name(each) for each in inventory.known("Gateway", parent.gateway.namespace))
    meant = near.akin(parent.gateway.name, names)
    hint = catalogue.phrase("service.front-near", near=meant) if meant else ""
    problem = catalogue.phrase("service.route-no-gateway", hint=hint)
    patch = _patch(route, parent, "name", near.nearest(parent.gateway.name, names))
    return _judged("SVC110", route, parent, Place("entry", parent.node), problem=problem, patch=patch)


def _no_listener(route: Object, parent: Parent, gateway: Object) -> Judged:
    listed = [objects.mapping(each) for each in objects.sequence(objects.spec(gateway).get("listeners"))]
    names = sorted(objects.text(each.get("name")) for each in listed)
    told = [f"{each.get('name')} ({each.get('port')})" for each in listed]
    wanted = f"{parent.section} ({parent.port})" if parent.section and parent.port else parent.section or parent.port
    problem = catalogue.phrase("service.route-no-listener", section=wanted, listeners=told)
    is_slip = bool(parent.section) and parent.section not in names
    patch = _patch(route, parent, "sectionName", near.nearest(parent.section, names) if is_slip else None)
    place = entry_through(parent.node, reference(route))
    return _judged("SVC110", route, parent, place, problem=problem, patch=patch)


def _patch(route: Object, parent: Parent, field: str, value: str | None) -> str | None:
    made = {"op": "replace", "path": f"/spec/parentRefs/{parent.at}/{field}", "value": value}
    return json.dumps([made]) if value and is_applied(route) else None


def _admits(listener: Object, route: Object, parent: Parent, inventory: Inventory) -> bool | None:
    """Whether a listener takes routes of the route's namespace; None where its labels could not be read."""
    allowed = objects.mapping(objects.mapping(listener.get("allowedRoutes")).get("namespaces"))
    source = objects.text(allowed.get("from")) or "Same"
    if source != "Selector":
        return source == "All" or objects.namespace(route) == parent.gateway.namespace
    namespace = inventory.get("Namespace", None, objects.namespace(route) or "")
    if namespace is None:
        return None
    return label_selectors.selects(allowed.get("selector"), objects.labels(namespace))


def _shut_out(route: Object, parent: Parent, listeners: Sequence[Object]) -> Judged:
    selectors = [_selector(each) for each in listeners]
    labels = objects.mapping(selectors[0].get("matchLabels")) if len(selectors) == 1 else {}
    plain = bool(labels) and not selectors[0].get("matchExpressions")
    place = entry_through(parent.node, reference(route))
    return _judged(
        "SVC114",
        route,
        parent,
        place,
        listeners=[objects.text(each.get("name")) for each in listeners],
        admits=[_admitted(each) for each in listeners],
        labels=[f"{key}={value}" for key, value in labels.items()] if plain else None,
    )


def _selector(listener: Object) -> Object:
    allowed = objects.mapping(objects.mapping(listener.get("allowedRoutes")).get("namespaces"))
    return objects.mapping(allowed.get("selector")) if allowed.get("from") == "Selector" else {}


def _admitted(listener: Object) -> dict[str, Any]:
    """Whom a listener takes, as a phrase."""
    selector = _selector(listener)
    wanted = [f"{key}={value}" for key, value in objects.mapping(selector.get("matchLabels")).items()]
    for each in map(objects.mapping, objects.sequence(selector.get("matchExpressions"))):
        values = ",".join(map(str, objects.sequence(each.get("values"))))
        wanted.append(f"{each.get('key')} {each.get('operator')}" + (f" ({values})" if values else ""))
    return catalogue.phrase("service.admits-labels" if selector else "service.admits-same", labels=wanted)


def _judged(code: str, route: Object, parent: Parent, place: Place, **details: Any) -> Judged:
    return Judged(catalogue.finding(code, reference(route), **shared(route, parent), **details), "breaks", place)


def shared(route: Object, parent: Parent) -> dict[str, Any]:
    """What every finding about a route and its parent says."""
    about = reference(route)
    return {
        "kind": about.kind,
        "resource": about.kind.lower(),
        "route": about.name,
        "namespace": about.namespace,
        "gateway": parent.gateway.name,
        "gatewayNamespace": parent.gateway.namespace,
    }
