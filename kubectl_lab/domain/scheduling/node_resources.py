"""The node must have room for one more pod, and of each resource what the pod requests.

A request that exceeds all that the node has makes preemption useless there; one of nothing refuses nothing. An extended resource
that the node itself does not offer is left to DynamicResources where a DeviceClass serves it, or might. Source: kube-scheduler
plugin NodeResourcesFit (fitsRequest, shouldDelegateResourceToDRA), `framework/types.go` (NodeInfo, Resource).
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import quantities, requests
from kubectl_lab.domain.scheduling import dynamic_resources, features
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.rules.requests import Amounts, Gates
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo, Singly
    from kubectl_lab.objects import Object

TOO_MANY_PODS = "Too many pods"
_PODS = "pods"
_FIRST = (requests.CPU, "memory", "ephemeral-storage")  # in this order; the scheduler gives the rest in none
_NAMED = 3  # of the pods that take most
_WORDS = {requests.CPU: "cpu", "memory": "memory", "ephemeral-storage": "ephemeral-storage"}


def prepare(pod: Object, state: ClusterState) -> NodeFilter:
    """Even a pod that requests nothing takes the room of one pod. Raises BadInput where an amount is no quantity."""
    taken = state.singly.derived(_Taken)
    wanted = requests.of_pod(pod, taken.gates)
    order = [name for name in _FIRST if name in wanted] + sorted(wanted.keys() - {*_FIRST, _PODS})
    asked = {name: wanted[name] for name in order if wanted[name] > 0}
    return _Fit(asked, taken, _left_to_devices(pod, state))


def _left_to_devices(pod: Object, state: ClusterState) -> frozenset[str]:
    """The extended resources for which DynamicResources speaks where the node offers none itself."""
    if not state.features.enabled(features.EXTENDED_BY_CLASS):
        return frozenset()
    if state.can_see(dynamic_resources.DEVICE_CLASS):
        return frozenset(dynamic_resources.served_by_classes(pod, state))
    return dynamic_resources.extended_resources(pod)


def allocatable(node: NodeInfo) -> Amounts:
    """What the node has for pods, and how many it takes; its capacity where it says nothing else. Raises BadInput."""
    return node.derived(_allocatable)


def _allocatable(node: NodeInfo) -> Amounts:
    status = objects.status(node.node)
    listed = status.get("allocatable")
    return requests.of_list(node.node, status.get("capacity") if listed is None else listed)


class _Taken:
    """What pods take on nodes, worked out once a pod and once a node."""

    def __init__(self, singly: Singly) -> None:
        enabled = singly.features.enabled
        self.gates: Gates = requests.Gates(
            pod_level=enabled(features.POD_LEVEL_RESOURCES),
            resize=enabled(features.RESIZE),
            pod_level_resize=enabled(features.POD_LEVEL_RESIZE),
        )
        self._of: dict[int, Amounts] = {}
        self._kept: list[Object] = []  # so that no other object can take the identity of one

    def by_pod(self, pod: Object) -> Amounts:
        """One pod's requests."""
        found = self._of.get(id(pod))
        if found is None:
            found = self._of[id(pod)] = requests.on_node(pod, self.gates)
            self._kept.append(pod)
        return found

    def on_node(self, node: NodeInfo) -> Mapping[str, int]:
        """All pods' together."""
        total: dict[str, int] = {}
        for amounts in map(self.by_pod, node.pods):
            for name, amount in amounts.items():
                total[name] = total.get(name, 0) + amount
        return total


class _Fit(NodeFilter):
    def __init__(self, asked: Mapping[str, int], taken: _Taken, left_to_devices: frozenset[str]) -> None:
        self._asked = asked
        self._taken = taken
        self._left_to_devices = left_to_devices

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """All that is short."""
        has = allocatable(node)
        used = node.derived(self._taken.on_node) if self._asked else {}
        reasons = [_too_many(node, has.get(_PODS, 0))] if len(node.pods) >= has.get(_PODS, 0) else []
        helpful = True
        for name, asked in self._asked.items():
            total = has.get(name, 0)
            if asked <= total - used.get(name, 0) or (total <= 0 and name in self._left_to_devices):
                continue
            helpful = helpful and asked <= total
            reasons.append(self._short(node, name, used.get(name, 0)))
        return Refusal(tuple(reasons), preemption_may_help=helpful) if reasons else None

    def _short(self, node: NodeInfo, name: str, used: int) -> Reason:
        asked, total = self._asked[name], allocatable(node).get(name, 0)
        most = self._most(node, name) if asked <= total else []
        details = {"resource": name, "requested": asked, "allocatable": total, "used": used, "usedBy": most}
        text = f"Insufficient {name}"
        needed, free, whole = quantities.texts(name, asked, max(total - used, 0), total)
        if asked > total:
            key = "too-large" if total > 0 else "absent"
            values: dict[str, object] = {"needed": _named(name, needed), "total": whole}
        else:
            key, values = "short", {"needed": _named(name, needed), "free": free, "total": whole}
            values["users"] = [_user(name, each) for each in most]
        return Reason(text, catalogue.phrase(f"scheduling-resources.{key}", **values), details)

    def _most(self, node: NodeInfo, name: str) -> list[dict[str, Any]]:
        """The pods that take most of it."""
        amounts = ((self._taken.by_pod(pod).get(name, 0), pod) for pod in node.pods)
        most = heapq.nlargest(_NAMED, (each for each in amounts if each[0] > 0), key=lambda each: each[0])
        return [
            {"namespace": objects.namespace(pod), "name": objects.name(pod), "requested": amount}
            for amount, pod in most
        ]


def _too_many(node: NodeInfo, allowed: int) -> Reason:
    details = {"resource": _PODS, "requested": 1, "allocatable": allowed, "used": len(node.pods)}
    message = catalogue.phrase("scheduling-resources.pods", count=len(node.pods), allowed=allowed)
    return Reason(TOO_MANY_PODS, message, details)


def _named(name: str, amount: str) -> Mapping[str, Any]:
    """`3 CPU`, `1Gi of memory`."""
    return catalogue.phrase(f"scheduling-resources.of-{_WORDS.get(name, 'other')}", amount=amount, resource=name)


def _user(name: str, most: Mapping[str, Any]) -> Mapping[str, Any]:
    where = f"{most['namespace']}/{most['name']}" if most["namespace"] else most["name"]
    (amount,) = quantities.texts(name, most["requested"])
    return catalogue.phrase("scheduling-resources.user", pod=where, amount=amount)
