"""ExternalName Services: an alias in DNS and nothing else (SVC055-SVC058)."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service import ingress_backends
from kubectl_lab.domain.service.inventory import SERVICE_NAME
from kubectl_lab.domain.service.repairs import is_applied, written
from kubectl_lab.domain.service.wordings import shortened
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.objects import Object

# the domain of nearly all clusters; another name behind `svc` may be another cluster's, or nobody's business
CLUSTER_DOMAIN = "cluster.local"
WEB_PORTS = (80, 443)
_INSIDE = re.compile(rf"([^.]+\.)?(?P<name>[^.]+)\.(?P<namespace>[^.]+)\.svc(\.{re.escape(CLUSTER_DOMAIN)})?")


def external_name(service: Object) -> str:
    """Where the alias leads, lower case, without the dot of a full name; "" where it is none."""
    spec = objects.spec(service)
    name = objects.text(spec.get("externalName")) if spec.get("type") == "ExternalName" else ""
    return name.lower().removesuffix(".")


def service_named(name: str) -> Reference | None:
    """The Service that a name inside the cluster means: `X.NS.svc[.cluster.local]`, or one pod's name before that.

    Source: the DNS specification of Kubernetes (dns/specification, 2.3).
    """
    found = _INSIDE.fullmatch(name)
    return Reference("Service", found["namespace"], found["name"]) if found else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def address(case: Case) -> Iterable[Judged]:
    """SVC055: an IP address. DNS knows no alias of an address: the name `10.0.0.1` is looked for, and there is none."""
    name = external_name(case.service)
    if _is_address(name):
        yield case.judge("SVC055", "breaks", externalName=name, manifest=_by_address(case, name))


def _by_address(case: Case, address: str) -> str:
    """The same in a way that works: a headless Service without selector, and a slice with the address."""
    ports = [{"name": each.name, "port": each.port, "protocol": each.protocol} for each in case.ports]
    metadata = {"name": case.name, "namespace": case.namespace}
    service: dict[str, Any] = {"type": "ClusterIP", "clusterIP": "None"} | ({"ports": ports} if ports else {})
    labels = {SERVICE_NAME: case.name, "endpointslice.kubernetes.io/managed-by": "staff"}
    endpoints = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {**metadata, "name": f"{case.name}-address", "labels": labels},
        "addressType": f"IPv{ipaddress.ip_address(address).version}",
        "ports": ports,
        "endpoints": [{"addresses": [address]}],
    }
    made = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": service}
    return written({"apiVersion": "v1", "kind": "List", "items": [made, endpoints]})


def ignored(case: Case) -> Iterable[Judged]:
    """SVC056: a selector, ports, or slices from before it became an alias.

    Nobody looks at them, but for an Ingress, which finds its backend's port there. An address (SVC055) is a worse mistake, and
    its cure takes the ports along.
    """
    if not case.is_external_name or _is_address(external_name(case.service)):
        return
    selector = objects.mapping(case.spec.get("selector"))
    ports = [] if _has_ingress(case) else [each.port for each in case.ports]
    slices = [objects.name(each) for each in case.inventory.slices(case.namespace, case.name) if _has_endpoint(each)]
    told: dict[str, list[Any]] = {
        "selector": [f"{key}={objects.text(value)}" for key, value in selector.items()],
        "ports": ports,
        "slices": slices,
    }
    parts = [
        catalogue.phrase(f"service.alias-{key}", **{key: shortened(str(each) for each in values)})
        for key, values in told.items()
        if values
    ]
    if parts:
        dropped = {key: None for key in ("selector", "ports") if told[key]}
        patch = written({"spec": dropped}) if dropped and is_applied(case.service) else None
        # their v1 Endpoints stay too, and are mirrored into slices as soon as there is no selector
        yield case.judge(
            "SVC056", ignored=parts, patch=patch, slices=slices or None, endpoints=case.name if slices else None
        )


def _has_endpoint(each: Object) -> bool:
    return bool(objects.sequence(each.get("endpoints")))


def _has_ingress(case: Case) -> bool:
    backends = (
        objects.mapping(path.backend.get("service")).get("name")
        for ingress in case.inventory.known("Ingress", case.namespace)
        for path in ingress_backends.paths(ingress)
    )
    return case.name in backends


def foreign_host(case: Case) -> Iterable[Judged]:
    """SVC057: an alias to an outside name for HTTP or TLS: clients say the Service's name there, as Host and for TLS."""
    name = external_name(case.service)
    ports = [each.port for each in case.ports if each.port in WEB_PORTS]
    if name and ports and not _is_address(name) and service_named(name) is None:
        yield case.judge("SVC057", externalName=name, servicePorts=ports)


# --- SVC058


class _End(NamedTuple):
    """Where a chain of aliases ends badly: at a Service that is not there, or where it began."""

    service: Reference
    key: str


def nowhere(case: Case) -> Iterable[Judged]:
    """SVC058: an alias to a Service that does not exist, or that leads back to itself, by way of other aliases too."""
    end = _end(case)
    if end is None:
        return
    around = case.inventory
    names = sorted(objects.name(each) for each in around.known("Service", end.service.namespace))
    nearest = near.nearest(end.service.name, names) if end.key == "absent" else None
    hint = catalogue.phrase("service.alias-near", near=nearest) if nearest else ""
    why = catalogue.phrase(f"service.alias-{end.key}", target=f"{end.service.namespace}/{end.service.name}", hint=hint)
    direct = service_named(external_name(case.service)) == end.service
    patch = _leading_to(case, nearest, end.service.namespace) if nearest and direct else None
    yield case.judge(
        "SVC058",
        "breaks",
        externalName=external_name(case.service),
        target=end.service.name,
        targetNamespace=end.service.namespace,
        near=nearest,
        why=why,
        patch=patch,
    )


def _end(case: Case) -> _End | None:
    """Follow the aliases; None where they end well, or nobody knows."""
    seen = [case.reference]
    target = service_named(external_name(case.service))
    while target is not None:
        if target in seen:
            return _End(target, "loop")
        found = case.inventory.get("Service", target.namespace, target.name)
        if found is None:
            return _End(target, "absent") if _are_all_known(case, target.namespace) else None
        seen.append(target)
        target = service_named(external_name(found))
    return None


def _are_all_known(case: Case, namespace: str | None) -> bool:
    """Whether each Service of that namespace was read. In manifests what is not there may be in the cluster."""
    around: Inventory = case.inventory
    if around.manifests or around.extent("Service") == "some":
        return False
    return around.extent("Service") == "cluster" or namespace == case.namespace


def _leading_to(case: Case, name: str, namespace: str | None) -> str | None:
    if not is_applied(case.service):
        return None
    return written({"spec": {"externalName": f"{name}.{namespace}.svc.{CLUSTER_DOMAIN}"}})


RULES = (address, ignored, foreign_host, nowhere)
