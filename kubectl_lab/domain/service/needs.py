"""What must be read besides, now that the first lists are there. Pure: every request has its reason here.

A healthy Service costs nothing more. `narrow`: few Services were asked by name, so only their own pods and slices are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules.asks import Ask
from kubectl_lab.domain.service.endpoints import MIRRORING, manager_of
from kubectl_lab.domain.service.hops import load_balancer_addresses
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kubectl_lab.domain.service.case import Case

WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")
OWNERS = ("ReplicaSet", "StatefulSet", "Job")  # kinds between a pod and what stands at the top, or that say more of it
TOPOLOGY = ("service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints")
MOST_IN_ENDPOINTS = 1000  # addresses that one v1 Endpoints holds (endpoints controller, maxCapacity)
FEW = 3  # objects about which events are asked one by one
MOST_ELSEWHERE, MOST_VALUES = 3, 100  # lists over all namespaces, and label values in one of them
_INSIDE = re.compile(r"[^.]+\.(?P<namespace>[^.]+)\.svc(\..*)?")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the reading is about: one namespace or (None) all of them."""

    namespace: str | None
    narrow: bool = False

    def of(self, case: Case) -> str | None:
        """Where to list for a Service: its namespace (a route may lead to another one), or all."""
        return case.namespace if self.namespace else None


def needs(cases: Sequence[Case], scope: Scope) -> tuple[Ask, ...]:
    """Everything to ask next, each list once, all of them independent."""
    return tuple(dict.fromkeys(ask for need in NEEDS for ask in need(cases, scope)))


def _lonely(cases: Iterable[Case]) -> list[Case]:
    """Services whose selector finds no pod."""
    return [case for case in cases if case.selector and not isinstance(case.pods, Missing) and not case.pods]


def near_pods(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """Nothing matches: whom did the selector mean? All pods of the namespace, and what should make them."""
    for case in _lonely(cases):
        yield from (Ask(kind, scope.of(case)) for kind in (("Pod", *WORKLOADS) if scope.narrow else WORKLOADS))


def pods_elsewhere(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """Nothing matches here: pods with the label in other namespaces, one list a label key, none where that is too much."""
    lonely = _lonely(cases) if scope.namespace else []
    values: dict[str, set[str]] = {}
    for case in lonely:
        key, value = next(iter(case.selector.items()))
        values.setdefault(key, set()).add(value)
    if len(lonely) == 1:
        yield Ask(
            "Pod", None, labels=",".join(_equals(*pair) for pair in _pairs(lonely[0])), known="cluster", optional=True
        )
    elif len(values) <= MOST_ELSEWHERE and sum(map(len, values.values())) <= MOST_VALUES:
        for key, each in values.items():
            yield Ask("Pod", None, labels=f"{key} in ({','.join(sorted(each))})", known="cluster", optional=True)


def _pairs(case: Case) -> list[tuple[str, str]]:
    return sorted((objects.text(key), objects.text(value)) for key, value in case.selector.items())


def _equals(key: str, value: str) -> str:
    return f"{key}={value}"


def selected_pods(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """The pods of the Services that were asked by name."""
    for case in cases if scope.narrow else ():
        if case.selector:
            yield Ask("Pod", scope.of(case), labels=",".join(_equals(*pair) for pair in _pairs(case)))


def strays(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """A slice names a pod that the selector did not bring: is it gone, or has it lost a label?"""
    for case in cases if scope.narrow else ():
        if not isinstance(case.pods, Missing) and any(
            each.pod and case.pod_of(each) is None for each in case.endpoints
        ):
            yield Ask("Pod", scope.of(case))


def handmade(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """Nobody but a person makes the slices: they may lack their label, or hold the address of a Service or a pod gone."""
    for case in cases:
        if case.selector or case.is_external_name or (case.namespace, case.name) == ("default", "kubernetes"):
            continue
        if scope.narrow:
            yield Ask("EndpointSlice", scope.of(case), optional=True)
            yield Ask("Pod", scope.of(case), optional=True)
        if scope.namespace:
            yield Ask("Service", None, optional=True)


def alias_targets(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """An ExternalName to a Service of another namespace: is it there?"""
    for case in cases if scope.namespace else ():
        inside = _INSIDE.fullmatch(objects.text(case.spec.get("externalName"))) if case.is_external_name else None
        if inside and inside["namespace"] != case.namespace:
            yield Ask("Service", None, optional=True)


def v1_endpoints(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """Deprecated, and read only to say where mirrored slices come from, or that they hold more than v1 Endpoints can."""
    concerned = [case for case in cases if _is_mirrored(case) or len(case.endpoints) > MOST_IN_ENDPOINTS]
    for case in concerned:
        if len(concerned) <= FEW:
            yield Ask("Endpoints", case.namespace, name=case.name, optional=True)
        else:
            yield Ask("Endpoints", scope.of(case), optional=True)


def _is_mirrored(case: Case) -> bool:
    slices = () if isinstance(case.slices, Missing) else case.slices
    return any(manager_of(each) == MIRRORING for each in slices)


def owners(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """Who stands at the top of the pods, and what a StatefulSet calls its Service."""
    for case in cases:
        kinds = {objects.text(owner.get("kind")) for pod in case.live_pods if (owner := objects.controller(pod))}
        yield from (Ask(kind, scope.of(case)) for kind in OWNERS if kind in kinds)


def events(cases: Sequence[Case], scope: Scope) -> Iterator[Ask]:
    """The server's words about what does not work: a few objects one by one, more with all warnings of the namespace."""
    troubled = [(each, scope.of(case)) for case in cases for each in _troubled(case)]
    lonely = _lonely(cases)
    if not scope.narrow or len(troubled) > FEW:
        for _, where in (*troubled, *((None, scope.of(case)) for case in lonely)):
            yield Ask("Event", where, fields="type=Warning")
        return
    for (kind, name), where in troubled:
        yield Ask("Event", where, fields=f"involvedObject.kind={kind},involvedObject.name={name}")
    for case in lonely:
        yield Ask("Event", scope.of(case), fields="reason=FailedCreate")


def _troubled(case: Case) -> Iterator[tuple[str, str]]:
    """(kind, name) of what an event may explain: a pending load balancer, zones that are asked for, pods not ready."""
    is_pending = case.type == "LoadBalancer" and not load_balancer_addresses(case)
    annotations = objects.annotations_of(case.service)
    if is_pending or case.spec.get("trafficDistribution") or any(key in annotations for key in TOPOLOGY):
        yield "Service", case.name
    for pod in case.live_pods:
        if not pod_rules.is_ready(pod) and not pod_rules.is_terminating(pod):
            yield "Pod", objects.name(pod)


NEEDS: tuple[Callable[[Sequence[Case], Scope], Iterator[Ask]], ...] = (
    near_pods,
    pods_elsewhere,
    strays,
    handmade,
    alias_targets,
    v1_endpoints,
    owners,
    events,
)
