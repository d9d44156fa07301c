"""What a pod requests, as kube-scheduler counts it: CPU in milli-units, all else in units, rounded up once a pod.

Containers are summed and sidecars (restartable init containers) added; an init step with the sidecars before it sets the
least; pod-level requests replace that figure; overhead comes on top. On a node an in-place resize counts too: of what was
asked for, allocated and set in motion the most. Source: k8s.io/component-helpers `resource` (PodRequests), kube-scheduler
`framework/types.go` (PodInfo.CalculateResource, Resource.Add), kube-apiserver's defaults (requests from limits).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors, quantities
from kubectl_lab.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.objects import Object

Amounts = Mapping[str, int]
# Signatures are plain tuples: 150,000 pods are told apart by them.
_Listed = tuple[tuple[str, Any], ...]  # requests or limits as they stand in the object
_Running = tuple[_Listed, _Listed]  # set in motion, allocated
_Container = tuple[_Listed, _Running | None, bool]  # requests, what runs where that is news, whether it is a sidecar
_PodLevel = tuple[_Listed, _Listed, _Running | None]  # requests, limits, what runs
_Signature = tuple[tuple[_Container, ...], tuple[_Container, ...], _PodLevel | None, _Listed, bool]

CPU = "cpu"
_OVERCOMMITTED = frozenset({CPU, "memory"})
_PLAIN = _OVERCOMMITTED | {"ephemeral-storage"}
_HUGE_PAGES, _ATTACHABLE, _NATIVE = "hugepages-", "attachable-volumes-", "kubernetes.io/"
_NO_STATUS: Object = MappingProxyType({})


class Gates(NamedTuple):
    """What counts by the server's feature gates: pod-level requests, in-place resize of containers and of the pod."""

    pod_level: bool = True
    resize: bool = True
    pod_level_resize: bool = True


ALL_GATES = Gates()


def of_pod(pod: Object, gates: Gates = ALL_GATES) -> Amounts:
    """Of a pod that is to be placed. Raises BadInput, naming the pod, where an amount is no quantity."""
    return _amounts(pod, gates, on_node=False)


def on_node(pod: Object, gates: Gates = ALL_GATES) -> Amounts:
    """Of a pod that takes room on a node; pods that ask for the same share one answer. Raises BadInput likewise."""
    return _amounts(pod, gates, on_node=True)


def of_list(obj: Object, listed: object) -> Amounts:
    """A list of resources of an object (`allocatable`), in the scheduler's units, pods included. Raises BadInput."""
    try:
        return _rounded(_exact(_frozen(listed)))
    except BadInput as wrong:
        raise _named(wrong, obj) from wrong


def counts(resource: str) -> bool:
    """Whether the scheduler counts a resource (IsScalarResourceName, and the plain ones; the number of pods apart)."""
    if resource in _PLAIN or resource.startswith((_HUGE_PAGES, _ATTACHABLE)) or _NATIVE in resource:
        return True
    return "/" in resource and not resource.startswith("requests.") and label_selectors.is_key(f"requests.{resource}")


def _named(wrong: BadInput, obj: Object) -> BadInput:
    where = "/".join(filter(None, (objects.namespace(obj), objects.name(obj))))
    return BadInput("quantity-of-object", object=f"{objects.text(obj.get('kind'))} {where}".strip(), **wrong.values)


def _amounts(pod: Object, gates: Gates, *, on_node: bool) -> Amounts:
    signature = _signature(pod, gates.resize and on_node)
    try:
        try:
            return _remembered(signature, gates)
        except TypeError:  # a list or a mapping in place of a quantity is nothing to remember by
            return _computed(signature, gates)
    except BadInput as wrong:
        raise _named(wrong, pod) from wrong


def _signature(pod: Object, resized: bool) -> _Signature:  # noqa: FBT001 - a keyword costs time, 150,000 times
    """All of a pod that its requests rest on; the pods of one workload share it."""
    spec = objects.spec(pod)
    status = objects.status(pod) if resized else _NO_STATUS
    running = _running(status)
    first, level = spec.get("initContainers"), objects.mapping(spec.get("resources"))
    containers = tuple([_container(each, running) for each in objects.sequence(spec.get("containers"))])
    steps = tuple([_container(each, running, step=True) for each in objects.sequence(first)]) if first else ()
    pod_level = _pod_lists(level, status) if level else None
    news = any(each[1] for each in (*containers, *steps)) or (pod_level is not None and pod_level[2] is not None)
    return containers, steps, pod_level, _frozen(spec.get("overhead")), news and _is_infeasible(pod)


def _running(status: Object) -> Mapping[str, Object]:
    """The containers' states by name, of those that say with which resources they run."""
    found: dict[str, Object] = {}
    for part in ("containerStatuses", "initContainerStatuses"):
        for each in objects.sequence(status.get(part)) if part in status else ():
            state = objects.mapping(each)
            if state.get("resources") is not None:
                found[objects.text(state.get("name"))] = state
    return found


def _container(container: object, running: Mapping[str, Object], *, step: bool = False) -> _Container:
    """Limits stand in for requests that are absent, as the API server fills them in."""
    own = objects.mapping(container)
    resources = objects.mapping(own.get("resources"))
    asked = objects.mapping(resources.get("requests"))
    if "limits" in resources:
        limits = objects.mapping(resources["limits"])
        asked = asked if limits.keys() <= asked.keys() else {**limits, **asked}
    sidecar = step and own.get("restartPolicy") == "Always"
    status = None if step and not sidecar else running.get(objects.text(own.get("name")))
    if status is None:
        return _frozen(asked), None, sidecar
    moved, allocated = objects.mapping(status["resources"]).get("requests"), status.get("allocatedResources")
    if (moved or {}) == asked == (allocated or {}):
        return _frozen(asked), None, sidecar
    return _frozen(asked), (_frozen(moved), _frozen(allocated)), sidecar


def _pod_lists(level: Object, status: Object) -> _PodLevel:
    running = None
    if status.get("resources") is not None:
        moved = objects.mapping(status["resources"]).get("requests")
        running = _frozen(moved), _frozen(status.get("allocatedResources"))
    return _frozen(level.get("requests")), _frozen(level.get("limits")), running


def _frozen(listed: object) -> _Listed:
    return tuple(objects.mapping(listed).items()) if listed else ()


def _is_infeasible(pod: Object) -> bool:
    """A resize that this node can never grant: what is asked for no longer counts (IsPodResizeInfeasible)."""
    return objects.condition(pod, "PodResizePending").get("reason") == "Infeasible"


@functools.cache
def _remembered(signature: _Signature, gates: Gates) -> Amounts:
    return _computed(signature, gates)


def _computed(signature: _Signature, gates: Gates) -> Amounts:
    containers, steps, pod_level, overhead, infeasible = signature
    total = _aggregated(containers, steps, infeasible=infeasible)
    if pod_level is not None and gates.pod_level:
        asked = _pod_requests(pod_level, containers, steps)
        running = pod_level[2] if gates.pod_level_resize else None
        now = asked if running is None else _effective(asked, running, infeasible=infeasible)
        total |= {name: now.get(name, 0) for name in asked}
    return _rounded(_sum(total, _exact(overhead)))


def _aggregated(
    containers: Sequence[_Container], steps: Sequence[_Container], *, infeasible: bool = False
) -> dict[str, int]:
    """Of all containers together, in nano-units (AggregateContainerRequests)."""
    total: dict[str, int] = {}
    sidecars: dict[str, int] = {}
    least: dict[str, int] = {}
    for listed, running, _ in containers:
        total = _sum(total, _effective(_exact(listed), running, infeasible=infeasible))
    for listed, running, restarts in steps:
        own = _effective(_exact(listed), running, infeasible=infeasible)
        if restarts:
            total, sidecars = _sum(total, own), _sum(sidecars, own)
        least = _most([least, sidecars if restarts else _sum(own, sidecars)])
    return _most([total, least])


def _effective(asked: dict[str, int], running: _Running | None, *, infeasible: bool) -> dict[str, int]:
    """What counts while a resize is under way (determineEffectiveRequests)."""
    if running is None:
        return asked
    moved = [_exact(listed) for listed in running]
    return _most(moved if infeasible else [asked, *moved])


def _pod_requests(level: _PodLevel, containers: Sequence[_Container], steps: Sequence[_Container]) -> dict[str, int]:
    """The pod-level requests, those left out filled in as the API server does: from the containers, else from its limits."""
    asked, limits, _ = level
    of_containers = _aggregated(
        [(listed, None, False) for listed, _, _ in containers], [(s[0], None, s[2]) for s in steps]
    )
    defaults = _exact(limits) | {name: of_containers[name] for name in of_containers.keys() & _OVERCOMMITTED}
    given = _exact(limits).keys()
    found = {name: amount for name, amount in defaults.items() if name in given} | _exact(asked)
    return {name: amount for name, amount in found.items() if name in _OVERCOMMITTED or name.startswith(_HUGE_PAGES)}


def _exact(listed: _Listed) -> dict[str, int]:
    return {str(name): quantities.parse(amount) for name, amount in listed}


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *other)}


def _most(lists: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for listed in lists:
        for name, amount in listed.items():
            found[name] = max(amount, found.get(name, amount))
    return found


def _rounded(exact: Mapping[str, int]) -> dict[str, int]:
    return {
        name: quantities.millis(amount) if name == CPU else quantities.units(amount)
        for name, amount in exact.items()
        if counts(name) or name == "pods"
    }
