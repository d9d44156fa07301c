"""Where a route leads: the backends of its rules, and what is wrong with them (SVC111, SVC113).

Source: gateway.networking.k8s.io/v1 HTTPRoute and GRPCRoute, v1beta1 ReferenceGrant.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service.front_backends import Flaw, flaw, sees_namespace
from kubectl_lab.domain.service.fronts import Branch, node_of
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.domain.service.repairs import is_applied
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object

GROUP = "gateway.networking.k8s.io"
REDIRECT = "RequestRedirect"
MOST_MATCHES = 2


@dataclass(frozen=True, slots=True)
class _Backend:
    """A backend of a rule; `service` None where it is of another kind. `pointer`: JSON pointer of it."""

    label: str
    service: Reference | None
    port: int | None
    pointer: str
    answers: bool = False


def branches(route: Object, inventory: Inventory) -> tuple[Branch, ...]:
    """One a backend; backends with the same flaw share one finding, which names all that clients ask for."""
    listed = list(_backends(route))
    findings: dict[tuple[Reference, int | None], tuple[Judged, ...]] = {}
    made = []
    for each in listed:
        found: tuple[Judged, ...] = ()
        if each.service is not None:
            key = each.service, each.port
            alike = [other for other in listed if (other.service, other.port) == key]
            if key not in findings:
                findings[key] = tuple(_findings(route, inventory, each.service, alike))
            found = findings[key]
        made.append(Branch(each.label, each.service, each.port, found, answers=each.answers))
    return tuple(made)


def _backends(route: Object) -> Iterator[_Backend]:
    """A rule without backends answers by itself where it redirects; a backend of weight 0 gets no traffic."""
    spec = objects.spec(route)
    hosts = [objects.text(each) for each in objects.sequence(spec.get("hostnames"))]
    for at, rule in enumerate(map(objects.mapping, objects.sequence(spec.get("rules")))):
        label = _label(hosts, rule)
        refs = list(map(objects.mapping, objects.sequence(rule.get("backendRefs"))))
        if not refs:
            filters = map(objects.mapping, objects.sequence(rule.get("filters")))
            answers = any(each.get("type") == REDIRECT for each in filters)
            yield _Backend(label, None, None, "", answers=answers)
        for index, ref in enumerate(refs):
            if ref.get("weight") != 0:
                port, pointer = ref.get("port"), f"/spec/rules/{at}/backendRefs/{index}"
                yield _Backend(label, _service(route, ref), port if isinstance(port, int) else None, pointer)


def _service(route: Object, ref: Object) -> Reference | None:
    """The Service that a backend names, by default of the route's namespace; None for another kind."""
    name, kind = objects.text(ref.get("name")), objects.text(ref.get("kind")) or "Service"
    if kind != "Service" or objects.text(ref.get("group")) or not name:
        return None
    return Reference("Service", objects.text(ref.get("namespace")) or objects.namespace(route), name)


def _label(hosts: Sequence[str], rule: Object) -> str:
    """`shop.example/api`; of several the first ones."""
    matches = [_path(objects.mapping(each)) for each in objects.sequence(rule.get("matches"))] or ["/"]
    asked = [f"{host}{path}" for host in hosts or ("*",) for path in dict.fromkeys(matches)]
    return ", ".join(asked[:MOST_MATCHES]) + (", …" if len(asked) > MOST_MATCHES else "")


def _path(match: Object) -> str:
    """The path of an HTTP match, `/package.Service/Method` of a gRPC one; without either everything."""
    method = objects.mapping(match.get("method"))
    if method:
        return "/" + "/".join(filter(None, (objects.text(method.get(each)) for each in ("service", "method"))))
    return objects.text(objects.mapping(match.get("path")).get("value")) or "/"


# --- what is wrong


def _findings(route: Object, inventory: Inventory, service: Reference, alike: Sequence[_Backend]) -> Iterator[Judged]:
    """Without a grant nobody may even say whether the Service is there."""
    about = reference(route)
    shared: dict[str, Any] = {
        "kind": about.kind,
        "resource": about.kind.lower(),
        "route": about.name,
        "namespace": about.namespace,
        "service": service.name,
        "serviceNamespace": service.namespace,
        "urls": list(dict.fromkeys(each.label for each in alike)),
    }
    place = Place("front", node_of(about))
    if _lacks_grant(about, service, inventory):
        manifest = json.dumps(_grant(about, service))
        yield Judged(catalogue.finding("SVC113", about, **shared, manifest=manifest), "breaks", place)
        return
    found = flaw(inventory, service, alike[0].port, home=about.namespace)
    if found is not None:
        details: dict[str, Any] = {"port": alike[0].port, "near": found.near, "ports": list(found.ports)}
        details |= {"problem": _problem(found), "patch": _patch(found, alike) if is_applied(route) else None}
        yield Judged(catalogue.finding("SVC111", about, **shared, **details), "breaks", place)


def _problem(found: Flaw) -> dict[str, Any]:
    if found.is_absent:
        return catalogue.phrase("service.route-no-service", hint=found.hint)
    return catalogue.phrase("service.route-no-port", ports=list(found.ports), hint=found.hint)


def _patch(found: Flaw, alike: Sequence[_Backend]) -> str | None:
    if found.better is None:
        return None
    field = "name" if found.is_absent else "port"
    return json.dumps([{"op": "replace", "path": f"{each.pointer}/{field}", "value": found.better} for each in alike])


def _lacks_grant(route: Reference, service: Reference, inventory: Inventory) -> bool:
    """A Service of another namespace must be opened there, by a ReferenceGrant from the route's kind and namespace."""
    if service.namespace == route.namespace:
        return False
    if not sees_namespace(inventory, "ReferenceGrant", service.namespace, route.namespace):
        return False
    return not any(_grants(each, route, service) for each in inventory.known("ReferenceGrant", service.namespace))


def _grants(grant: Object, route: Reference, service: Reference) -> bool:
    spec = objects.spec(grant)
    sources = map(objects.mapping, objects.sequence(spec.get("from")))
    targets = map(objects.mapping, objects.sequence(spec.get("to")))
    asked = (GROUP, route.kind, route.namespace)
    comes = any((each.get("group"), each.get("kind"), each.get("namespace")) == asked for each in sources)
    return comes and any(
        not each.get("group") and each.get("kind") == "Service" and each.get("name") in (None, "", service.name)
        for each in targets
    )


def _grant(route: Reference, service: Reference) -> dict[str, Any]:
    """The narrowest grant that lets the route in."""
    return {
        "apiVersion": f"{GROUP}/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {"name": f"{route.namespace}-to-{service.name}", "namespace": service.namespace},
        "spec": {
            "from": [{"group": GROUP, "kind": route.kind, "namespace": route.namespace}],
            "to": [{"group": "", "kind": "Service", "name": service.name}],
        },
    }
