"""Who asks (`--from`): a pod, any pod of a namespace, or an address outside the cluster."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.case import Client
from kubectl_lab.errors import BadUsage, Forbidden, NotCaptured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster import Cluster

PODS, NAMESPACES = ("pod", "pods", "po"), ("namespace", "namespaces", "ns")


@dataclass(frozen=True, slots=True)
class Caller:
    """What `--from` says. `namespace` is None for an address; `pod` is "" for any pod of the namespace."""

    word: str
    namespace: str | None = None
    pod: str = ""
    address: str | None = None


def caller_of(word: str, namespace: str | None) -> Caller:
    """`pod/NAME` (of the namespace asked about), `pod/NAMESPACE/NAME`, `namespace/NAME` or an address. Raises BadUsage."""
    kind, *names = word.split("/")
    if kind.lower() in PODS and all(names) and (len(names) == 2 or (len(names) == 1 and namespace)):  # noqa: PLR2004 - with its namespace
        where = names[0] if len(names) > 1 else namespace
        return Caller(word, where, names[-1])
    if kind.lower() in NAMESPACES and len(names) == 1 and names[0]:
        return Caller(word, names[0])
    try:
        return Caller(word, address=str(ipaddress.ip_address(word)))
    except ValueError:
        raise BadUsage("service-client", client=word) from None


def client_of(caller: Caller, cluster: Cluster) -> Client:
    """The client with its labels. Raises NotFound where there is no such pod or namespace."""
    if caller.namespace is None:
        return Client(caller.word, address=caller.address)
    pod = cluster.get("Pod", caller.pod, caller.namespace) if caller.pod else None
    return Client(caller.word, caller.namespace, _labels(caller.namespace, cluster), pod)


def _labels(namespace: str, cluster: Cluster) -> Mapping[str, str] | None:
    """None where they may not be read: whether a selector admits them is not known then."""
    try:
        return objects.labels(cluster.get("Namespace", namespace))
    except (Forbidden, NotCaptured):
        return None
