"""What the controller of a Gateway says of it and of a route: conditions that are False (SVC112).

A condition of an older generation than the object's says nothing of the object as it is; one that is Unknown says nothing yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service.fronts import entry_through, node_of
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.domain.service.route_parents import listeners_of, parent_of, shared
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Effect
    from kubectl_lab.domain.service.route_parents import Parent
    from kubectl_lab.objects import Object

# reasons of a controller whose cause is seen by a finding of ours, which says more: one cause, one finding
EXPLAINED = {
    "NoMatchingParent": "SVC110",
    "BackendNotFound": "SVC111",
    "RefNotPermitted": "SVC113",
    "NotAllowedByListeners": "SVC114",
}


def findings(
    route: Object, parent: Parent, inventory: Inventory, *, codes: Collection[str], branches: int
) -> Iterator[Judged]:
    """`codes`: what was found about the route already. `branches`: with several, unresolved ones leave the others."""
    gateway = inventory.get("Gateway", parent.gateway.namespace, parent.gateway.name)
    if gateway is not None:
        yield from _of_gateway(route, parent, gateway)
    said = [each for each in _statuses(route) if _is_about(each, parent, route)]
    conditions = [each for entry in said for each in _conditions(entry)]
    what = catalogue.phrase("service.route-itself", gateway=parent.gateway.name)
    accepted = _false(route, conditions, ("Accepted",))
    if accepted and EXPLAINED.get(objects.text(accepted.get("reason"))) not in codes:
        yield _judged(route, parent, entry_through(parent.node, reference(route)), what, accepted)
    resolved = _false(route, conditions, ("ResolvedRefs",))
    if resolved and EXPLAINED.get(objects.text(resolved.get("reason"))) not in codes:
        effect: Effect = "degrades" if branches > 1 else "breaks"
        yield _judged(route, parent, Place("front", node_of(reference(route))), what, resolved, effect)


def _of_gateway(route: Object, parent: Parent, gateway: Object) -> Iterator[Judged]:
    """The Gateway as a whole; else its listeners, where each of those that the route may use fails."""
    whole = _false(gateway, _conditions(objects.status(gateway)), ("Accepted", "Programmed"))
    if whole:
        what = catalogue.phrase("service.gateway-itself", gateway=parent.gateway.name)
        yield _judged(route, parent, Place("entry", parent.node), what, whole)
        return
    names = [objects.text(each.get("name")) for each in listeners_of(gateway, parent)]
    listed = map(objects.mapping, objects.sequence(objects.status(gateway).get("listeners")))
    states = {objects.text(each.get("name")): _conditions(each) for each in listed}
    wrong = [_false(gateway, states.get(name, ()), ("Accepted", "ResolvedRefs", "Programmed")) for name in names]
    if wrong and all(wrong) and wrong[0]:
        what = catalogue.phrase("service.gateway-listener", gateway=parent.gateway.name, listener=names[0])
        yield _judged(route, parent, entry_through(parent.node, reference(route)), what, wrong[0])


def _statuses(route: Object) -> Sequence[Object]:
    return [objects.mapping(each) for each in objects.sequence(objects.status(route).get("parents"))]


def _is_about(status: Object, parent: Parent, route: Object) -> bool:
    """An entry of `status.parents` repeats the parentRef that it is about."""
    other = parent_of(objects.mapping(status.get("parentRef")), objects.namespace(route), parent.at)
    return other == parent


def _conditions(holder: Object) -> Sequence[Object]:
    return [objects.mapping(each) for each in objects.sequence(holder.get("conditions"))]


def _false(obj: Object, conditions: Sequence[Object], kinds: Sequence[str]) -> Object | None:
    """The first of these kinds that is False of the object as it is now."""
    generation = objects.metadata(obj).get("generation")
    for kind in kinds:
        for each in conditions:
            seen = each.get("observedGeneration")
            stale = isinstance(seen, int) and isinstance(generation, int) and seen < generation
            if each.get("type") == kind and each.get("status") == "False" and not stale:
                return each
    return None


def _judged(
    route: Object, parent: Parent, place: Place, what: Any, condition: Object, effect: Effect = "breaks"
) -> Judged:
    details = {
        "what": what,
        "condition": objects.text(condition.get("type")),
        "reason": objects.text(condition.get("reason")),
        "text": objects.text(condition.get("message")),
    }
    return Judged(catalogue.finding("SVC112", reference(route), **shared(route, parent), **details), effect, place)
