"""The EndpointSlices against what selector and readiness predict (SVC070-SVC074).

Slices and pods are read one after the other while controllers work, so a live difference counts only if a second reading
shows it again (`Inventory.earlier`); `differs` says whether a second one is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service.case import ENDPOINTS, Case, has_port
from kubectl_lab.domain.service.endpoints import (
    CONTROLLER,
    addresses_of,
    is_homeless,
    manager_of,
    read_slice,
)
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.wordings import shortened
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.service.model import Endpoint, Judged
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.objects import Object

    # (namespace, name) of the pod and the address; the words for what is wrong with it
    Key = tuple[str | None, str, str]
    Differences = Mapping[Key, dict[str, Any]]

OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"


def differs(case: Case) -> bool:
    """Whether slices and pods do not fit together, so that they should be read once more after two seconds."""
    return any(True for rule in _TIMED for _ in rule(case))


def unmade(case: Case) -> Iterator[Judged]:
    """SVC074: pods that would be endpoints, and not even the empty slice that the controller makes for every Service."""
    if _is_unmade(case) and (before := _before(case)) and _is_unmade(before):
        yield case.judge("SVC074", "breaks", ENDPOINTS, selector=case.selector_text, count=len(case.predicted))


def _is_unmade(case: Case) -> bool:
    """Files need not hold the slices of every Service: there none at all must have been captured."""
    if not _is_followed(case) or case.slices:
        return False
    return bool(case.predicted) and (case.inventory.live or not case.inventory.known("EndpointSlice", case.namespace))


def outlived(case: Case) -> Iterator[Judged]:
    """SVC072: an endpoint of a pod that is gone, or that has another address by now (targetRef, podIPs)."""
    found = _lasting(case, _outlived)
    if found:
        namespace, pod, address = next(iter(found))
        place = Place("pod", f"{namespace}/{pod}")
        told: dict[str, Any] = {"address": address, "pod": pod, "why": found[namespace, pod, address]}
        yield _late(case, "SVC072", place, **told, count=len(found))


def unlike_predicted(case: Case) -> Iterator[Judged]:
    """SVC070: the controller's slices say something else than its rules make of the pods."""
    found = _lasting(case, _unlike_predicted)
    if found:
        _, pod, _ = next(iter(found))
        yield _late(case, "SVC070", ENDPOINTS, pod=pod, why=next(iter(found.values())), count=len(found))


def _late(case: Case, code: str, place: Place, **told: Any) -> Judged:
    """Slices behind their pods break the ports that would be served if they followed; with no such port they degrade."""
    held = _held_up(case)
    if not held:
        return case.judge(code, "degrades", place, severity="warning", **told)
    return case.judge(code, "breaks", held[0], also=held[1:], ports=_numbers(held), severity="error", **told)


def _held_up(case: Case) -> tuple[Place, ...]:
    """The ports that nobody serves, though a pod is ready that has them; all at once where it is all of them."""
    ready = [each for each in case.predicted if each.ready]
    if not case.ports:
        return (ENDPOINTS,) if ready and not case.is_served else ()
    served = {port.port for port in case.ports if port.working or port.fallback}
    held = {
        port.port
        for port in case.ports
        if port.port not in served and any(has_port(each, port.name, port.protocol) for each in ready)
    }
    if held == {port.port for port in case.ports}:
        return (ENDPOINTS,)
    return tuple(Place("endpoints", str(number)) for number in sorted(held))


def _numbers(places: Iterable[Place]) -> list[int]:
    return [int(place.name) for place in places if place.name]


def added(case: Case) -> Iterator[Judged]:
    """SVC071: somebody else's slices lead to more addresses than the selector does; the controller leaves them alone."""
    foreign = [each for each in _slices(case) if manager_of(each) != CONTROLLER] if case.selector else []
    for each in foreign:
        addresses = [str(endpoint.address) for endpoint in read_slice(each)]
        if addresses:
            yield case.judge(
                "SVC071", slice=objects.name(each), manager=_manager_words(each), addresses=shortened(addresses)
            )


def _manager_words(each: Object) -> dict[str, Any]:
    manager = manager_of(each)
    if not manager:
        return catalogue.phrase("service.slice-no-manager")
    return catalogue.phrase("service.slice-manager", manager=manager)


def over_capacity(case: Case) -> Iterator[Judged]:
    """SVC073: v1 Endpoints hold 1000 addresses at most and are cut off there (endpoints controller); slices hold all."""
    found = case.inventory.get("Endpoints", case.namespace, case.name) if case.selector else None
    if found is not None and OVER_CAPACITY in objects.annotations_of(found):
        yield case.judge("SVC073", count=len(case.endpoints))


# --- what is compared


def _is_followed(case: Case) -> bool:
    """A Service for which the controller works, slices and pods known, and not on its way out."""
    is_known = case.inventory.can_see("Pod", "EndpointSlice") and not case.inventory.manifests
    return bool(case.selector) and is_known and "deletionTimestamp" not in objects.metadata(case.service)


def _slices(case: Case) -> Sequence[Object]:
    return () if isinstance(case.slices, Missing) else case.slices


def _before(case: Case) -> Case | None:
    """The same Service as it was read before, itself where it was read once, None where it was not there yet."""
    earlier = case.inventory.earlier
    if earlier is None:
        return case
    service = earlier.get("Service", case.namespace, case.name)
    return None if service is None else Case(service, earlier)


def _lasting(case: Case, find: Callable[[Case], Differences]) -> Differences:
    """What two readings agree on. What was captured piece by piece need not fit together, unless a port is silent by it."""
    if not _is_followed(case) or not (case.inventory.live or _held_up(case)):
        return {}
    now = case.derived(find)
    before = _before(case) if now else None
    if before is None:
        return {}
    known = before.derived(find)
    return {key: why for key, why in now.items() if known.get(key) == why}


def _outlived(case: Case) -> Differences:
    found: dict[Key, dict[str, Any]] = {}
    for endpoint in case.endpoints:
        key, pod = _key(endpoint), case.pod_of(endpoint)
        if key is None:
            continue
        if pod is None and _would_be_known(case, endpoint):
            found[key] = catalogue.phrase("service.slice-pod-gone")
        elif pod is not None and endpoint.address not in addresses_of(pod, endpoint.family):
            found[key] = catalogue.phrase("service.slice-pod-moved", address=_address(pod, endpoint.family))
    return found


def _address(pod: Object, family: str) -> str:
    return next(iter(addresses_of(pod, family)), "<none>")


def _would_be_known(case: Case, endpoint: Endpoint) -> bool:
    """Whether the pod of an endpoint were among what was read if it existed."""
    extent, namespace = case.inventory.extent("Pod"), endpoint.pod.namespace if endpoint.pod else None
    return extent == "cluster" or (extent == "namespace" and namespace == case.namespace)


def _key(endpoint: Endpoint) -> Key | None:
    pod = endpoint.pod
    return (pod.namespace, pod.name, endpoint.address or "") if pod else None


def _unlike_predicted(case: Case) -> Differences:
    """What SVC072 says of a pod is not said again; pods whose node is not known are left out, since deleting a node changes no slice."""
    if not case.slices:
        return {}
    managed = {objects.name(each) for each in _slices(case) if manager_of(each) == CONTROLLER}
    real = {key: each for each in case.endpoints if each.slice in managed and (key := _key(each))}
    expected = {key: each for each in case.predicted if (key := _key(each))}
    told, made = {key[:2] for key in case.derived(_outlived)}, {}
    for key in dict.fromkeys((*expected, *real)):
        why = _difference(expected.get(key), real.get(key))
        pod = case.inventory.get("Pod", key[0], key[1])
        if why and key[:2] not in told and pod is not None and not is_homeless(pod, case.inventory):
            made[key] = catalogue.phrase(why, pod=key[1])
    return made


def _difference(expected: Endpoint | None, real: Endpoint | None) -> str:
    """The key of the phrase for it, "" where both say the same."""
    if expected is None:
        return "service.slice-extra"
    if real is None:
        return "service.slice-lacks"
    return "" if _state(expected) == _state(real) else "service.slice-outdated"


def _state(endpoint: Endpoint) -> tuple[Any, ...]:
    """Node, zone and hostname are left out: the controller does not follow the labels of nodes."""
    return sorted(endpoint.ports), endpoint.ready, endpoint.serving, endpoint.terminating


_TIMED: tuple[Rule, ...] = (unmade, outlived, unlike_predicted)
RULES: tuple[Rule, ...] = (*_TIMED, added, over_capacity)
