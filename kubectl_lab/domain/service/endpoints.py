"""What the endpoint-slice controller makes of a Service and its pods, and what a real EndpointSlice says.

Source: k8s.io/endpointslice (reconciler, utils), kube-proxy's EndpointSlice cache; the oracle test compares with the real
controller.
"""

from __future__ import annotations

import functools
import ipaddress
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.service.model import Endpoint, EndpointPort
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.workloads import Workload
    from kubectl_lab.objects import Object

ZONE = "topology.kubernetes.io/zone"
FAMILIES = ("IPv4", "IPv6")
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
CONTROLLER = "endpointslice-controller.k8s.io"
MIRRORING = "endpointslicemirroring-controller.k8s.io"


def families_of(service: Object) -> tuple[str, ...]:
    """`spec.ipFamilies`. A manifest that no server has completed: those of its cluster IPs; dual stack both; else IPv4."""
    spec = objects.spec(service)
    named = [each for each in map(objects.text, objects.sequence(spec.get("ipFamilies"))) if each in FAMILIES]
    if not named:
        asked = (spec.get("clusterIP"), *objects.sequence(spec.get("clusterIPs")))
        named = [found[0] for each in asked if (found := read_address(objects.text(each)))]
    if not named and spec.get("ipFamilyPolicy") == "RequireDualStack":
        return FAMILIES
    return tuple(dict.fromkeys(named)) or ("IPv4",)


@functools.lru_cache(maxsize=65536)
def read_address(written: str) -> tuple[str, str] | None:
    """(family, the address as the controller writes it), None for what is no address.

    It reads as Go's ParseIPSloppy: leading zeros are decimal, an IPv4 address in IPv6 clothes is IPv4.
    """
    try:
        found = ipaddress.ip_address(written if ":" in written else _without_zeros(written))
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    return f"IPv{found.version}", str(found)


def _without_zeros(address: str) -> str:
    return ".".join(part and (part.lstrip("0") or "0") for part in address.split("."))


def target_of(port: Object) -> int | str:
    """`targetPort`, absent (or 0) the port itself."""
    target = port.get("targetPort")
    return objects.text(target) or _number(target) or _number(port.get("port"))


def protocol_of(port: Object) -> str:
    """`protocol`, TCP where none is said."""
    return objects.text(port.get("protocol")) or "TCP"


def container_ports(pod_spec: Object) -> Iterator[tuple[Object, Object]]:
    """(container, port) of all that may answer to a named targetPort, in the order in which a name is looked up.

    Containers first, then init containers that keep running (sidecars, `restartPolicy: Always`).
    """
    sidecars = (
        each
        for each in map(objects.mapping, objects.sequence(pod_spec.get("initContainers")))
        if each.get("restartPolicy") == "Always"
    )
    for container in (*map(objects.mapping, objects.sequence(pod_spec.get("containers"))), *sidecars):
        for port in map(objects.mapping, objects.sequence(container.get("ports"))):
            yield container, port


def resolve(pod_spec: Object, target: int | str, protocol: str) -> int | None:
    """The number that a targetPort means in a pod: a number as it is, a name by name and protocol; None without such a port."""
    if isinstance(target, int):
        return target or None
    for _, port in container_ports(pod_spec):
        if port.get("name") == target and protocol_of(port) == protocol:
            return _number(port.get("containerPort")) or None
    return None


def ports_in(service: Object, pod_spec: Object) -> tuple[EndpointPort, ...]:
    """The ports of the slice that this pod would be in; a named port that it lacks is left out."""
    made: list[EndpointPort] = []
    for port in map(objects.mapping, objects.sequence(objects.spec(service).get("ports"))):
        number = resolve(pod_spec, target_of(port), protocol_of(port))
        if number is not None:
            made.append(EndpointPort(objects.text(port.get("name")), number, protocol_of(port)))
    return tuple(made)


def predict(service: Object, pods: Iterable[Object], inventory: Inventory) -> tuple[Endpoint, ...]:
    """The endpoints that the controller makes of the pods that the selector matches.

    Left out: finished pods, pods without an address of the family, and, unless `publishNotReadyAddresses`, pods without a node
    or whose node is gone.
    """
    publish = objects.spec(service).get("publishNotReadyAddresses") is True
    families = families_of(service)
    made: list[Endpoint] = []
    for pod in pods:
        if pod_rules.is_finished(pod) or (is_homeless(pod, inventory) and not publish):
            continue
        node = inventory.get("Node", None, pod_rules.node_name(pod))
        for family in families:
            made += [_endpoint(service, pod, node, family, address) for address in addresses_of(pod, family)[:1]]
    return tuple(made)


def is_homeless(pod: Object, inventory: Inventory) -> bool:
    """It has no node, or one that is gone. Only a server that was asked for all nodes can tell that; others count as there."""
    name = pod_rules.node_name(pod)
    if not name:
        return True
    all_nodes = inventory.live and inventory.can_see("Node") and inventory.extent("Node") != "some"
    return all_nodes and inventory.get("Node", None, name) is None


def addresses_of(pod: Object, family: str) -> tuple[str, ...]:
    """`status.podIPs` of a family (`IPv4`, `IPv6`), as the controller writes them; without any, `podIP`."""
    status = objects.status(pod)
    listed = [objects.text(objects.mapping(each).get("ip")) for each in objects.sequence(status.get("podIPs"))]
    found = map(read_address, listed or [objects.text(status.get("podIP"))])
    return tuple(each[1] for each in found if each and each[0] == family)


def _endpoint(service: Object, pod: Object, node: Object | None, family: str, address: str) -> Endpoint:
    serving, terminating = pod_rules.is_ready(pod), pod_rules.is_terminating(pod)
    publish = objects.spec(service).get("publishNotReadyAddresses") is True
    zone = objects.text(objects.labels(node).get(ZONE)) if node else ""
    return Endpoint(
        address=address,
        family=family,
        ports=ports_in(service, objects.spec(pod)),
        pod=reference(pod, "Pod"),
        node=pod_rules.node_name(pod) or None,
        zone=zone or None,
        ready=publish or (serving and not terminating),
        serving=serving,
        terminating=terminating,
        hostname=_hostname(service, pod),
    )


def _hostname(service: Object, pod: Object) -> str | None:
    """A name of its own in DNS only where the pod's subdomain is the Service's name."""
    spec = objects.spec(pod)
    same = spec.get("subdomain") == objects.name(service) and objects.namespace(pod) == objects.namespace(service)
    return (objects.text(spec.get("hostname")) or None) if same else None


def imagine(service: Object, workloads: Iterable[Workload]) -> tuple[Endpoint, ...]:
    """The endpoints that would come of templates once applied: one a workload that wants pods, assumed ready."""
    return tuple(
        Endpoint(
            address=None,
            family=family,
            ports=ports_in(service, each.pod_spec),
            pod=None,
            node=None,
            zone=None,
            ready=True,
            serving=True,
            terminating=False,
            workload=each.reference,
            replicas=each.wanted,
        )
        for each in workloads
        if each.wanted > 0
        for family in families_of(service)
    )


def read_slice(each: Object) -> Iterator[Endpoint]:
    """The endpoints of an EndpointSlice. Absent conditions: ready = true, terminating = false, serving = ready.

    Of an endpoint that terminates kube-proxy takes an absent `serving` for true, and of several addresses the first alone.
    """
    family, ports = objects.text(each.get("addressType")), slice_ports(each)
    for endpoint in map(objects.mapping, objects.sequence(each.get("endpoints"))):
        addresses = [objects.text(address) for address in objects.sequence(endpoint.get("addresses"))]
        conditions = objects.mapping(endpoint.get("conditions"))
        ready = conditions.get("ready") is not False
        serving, terminating = conditions.get("serving"), conditions.get("terminating") is True
        target = objects.mapping(endpoint.get("targetRef"))
        if not addresses:
            continue
        yield Endpoint(
            address=addresses[0],
            family=family,
            ports=ports,
            pod=_pod_reference(target, objects.namespace(each)),
            node=objects.text(endpoint.get("nodeName")) or None,
            zone=objects.text(endpoint.get("zone")) or None,
            ready=ready,
            serving=serving if isinstance(serving, bool) else (ready or terminating),
            terminating=terminating,
            hostname=objects.text(endpoint.get("hostname")) or None,
            slice=objects.name(each),
            hints=_zones(endpoint),
        )


def _pod_reference(target: Object, namespace: str | None) -> Reference | None:
    if target.get("kind") != "Pod":
        return None
    return Reference("Pod", objects.text(target.get("namespace")) or namespace, objects.text(target.get("name")))


def _zones(endpoint: Object) -> tuple[str, ...]:
    zones = objects.sequence(objects.mapping(endpoint.get("hints")).get("forZones"))
    return tuple(objects.text(objects.mapping(zone).get("name")) for zone in zones)


def is_reachable(service: Object, endpoint: Endpoint) -> bool:
    """Whether its address is of a family that the Service has: kube-proxy passes over other slices, FQDN ones among them."""
    return endpoint.family in (families_of(service) if objects.spec(service).get("ipFamilies") else FAMILIES)


def manager_of(each: Object) -> str:
    """Who keeps an EndpointSlice: the value of its label, "" where nobody says so."""
    return objects.text(objects.labels(each).get(MANAGED_BY))


def slice_ports(each: Object) -> tuple[EndpointPort, ...]:
    """The ports of a slice that name a number; kube-proxy ignores the others."""
    return tuple(
        EndpointPort(objects.text(port.get("name")), _number(port.get("port")), protocol_of(port))
        for port in map(objects.mapping, objects.sequence(each.get("ports")))
        if _number(port.get("port"))
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
