"""Who asks, with `--from`: `pod/NAME` (or `pod/NAMESPACE/NAME`), `namespace/NAME`, or an address."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.case import Client
from kubectl_lab.domain.service.endpoints import addresses_of
from kubectl_lab.domain.service.workloads import WOULD_BE_POD
from kubectl_lab.errors import BadUsage, LabError, NotFound
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object

_TYPES = {
    "po": "Pod",
    "pod": "Pod",
    "pods": "Pod",
    "ns": "Namespace",
    "namespace": "Namespace",
    "namespaces": "Namespace",
}
# what may stand in a path of the API: `..` would lead out of the collection, and no name holds anything else
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def asked(word: str, namespace: str) -> Reference | str:
    """What a word of the command line names: a pod, a namespace, or an address as it is usually written.

    Raises BadUsage. What it names must be read for `client_of`: the pods of that namespace, its NetworkPolicies, Namespaces.
    """
    kind, *names = word.split("/")
    found = _TYPES.get(kind.lower())
    are_names = all(map(NAME.fullmatch, names))
    if found == "Pod" and are_names and len(names) in (1, 2):
        return Reference("Pod", names[0] if len(names) > 1 else namespace, names[-1])
    if found == "Namespace" and are_names and len(names) == 1:
        return Reference("Namespace", None, names[0])
    try:
        return str(ipaddress.ip_address(word))
    except ValueError:
        raise BadUsage("from-unusable", word=word) from None


def client_of(word: str, inventory: Inventory, namespace: str) -> Client:
    """The client that a word names. Raises BadUsage, NotFound (no such pod or namespace), LabError (it cannot be looked at).

    An address that a pod has is that pod: policies see it as one.
    """
    subject = asked(word, namespace)
    if isinstance(subject, str):
        return _address(word, subject, inventory)
    if subject.kind == "Namespace":
        return _namespace(word, subject.name, inventory)
    for kind in ("Pod", WOULD_BE_POD):
        pod = inventory.get(kind, subject.namespace, subject.name)
        if pod is not None:
            return _pod(word, pod, inventory)
    pods = inventory.read("Pod")
    if isinstance(pods, Missing) and not inventory.can_see(WOULD_BE_POD):
        raise LabError("from-unseen", word=word, why=pods.why)
    raise _absent(inventory, "pods", subject)


def _pod(word: str, pod: Object, inventory: Inventory) -> Client:
    namespace = objects.namespace(pod)
    return Client(word, namespace, _labels(inventory, namespace), pod=pod)


def _namespace(word: str, name: str, inventory: Inventory) -> Client:
    """One that cannot be looked at may be there: its name alone tells much."""
    if inventory.live and inventory.can_see("Namespace") and inventory.get("Namespace", None, name) is None:
        raise _absent(inventory, "namespaces", Reference("Namespace", None, name))
    return Client(word, name, _labels(inventory, name))


def _address(word: str, address: str, inventory: Inventory) -> Client:
    for pod in inventory.known("Pod"):
        if not objects.spec(pod).get("hostNetwork") and address in _addresses(pod):
            return _pod(word, pod, inventory)
    return Client(word, address=address)


def _addresses(pod: Object) -> tuple[str, ...]:
    return (*addresses_of(pod, "IPv4"), *addresses_of(pod, "IPv6"))


def _labels(inventory: Inventory, namespace: str | None) -> Mapping[str, str] | None:
    found = inventory.get("Namespace", None, namespace or "")
    return None if found is None else objects.labels(found)


def _absent(inventory: Inventory, resource: str, subject: Reference) -> LabError:
    if not inventory.live:
        return NotFound("input-not-found", status=404, kind=subject.kind, name=subject.name)
    if subject.namespace is None:
        return NotFound("api-not-found-cluster-wide", status=404, resource=resource, name=subject.name)
    return NotFound("api-not-found", status=404, resource=resource, name=subject.name, namespace=subject.namespace)
