"""What a server refuses in the rest of a Service's spec (kube-apiserver `pkg/apis/core/validation` ValidateService)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.endpoints import FAMILIES
from kubectl_lab.domain.service.refusal import (
    address_problem,
    backend_address_problem,
    checked,
    duplicate,
    forbidden,
    invalid,
    label_key_problem,
    label_value_problem,
    range_problem,
    required,
    service_name_problem,
    subdomain_problem,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_lab.domain.service.refusal import Refusal
    from kubectl_lab.objects import Object

LONGEST_STICKINESS = 86400  # seconds, a day
_EXPOSED = ("NodePort", "LoadBalancer")
_CHOICES = {
    "type": ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    "sessionAffinity": ("ClientIP", "None"),
    "externalTrafficPolicy": ("Cluster", "Local"),
    "internalTrafficPolicy": ("Cluster", "Local"),
    "ipFamilyPolicy": ("PreferDualStack", "RequireDualStack", "SingleStack"),
    "trafficDistribution": ("PreferClose", "PreferSameZone", "PreferSameNode"),
}
_BALANCERS_ALONE = ("allocateLoadBalancerNodePorts", "loadBalancerClass", "loadBalancerSourceRanges")


def name(service: Object) -> Iterator[Refusal]:
    """`metadata.name` becomes a DNS label."""
    named = objects.name(service)
    if named:
        yield from checked("metadata.name", named, service_name_problem)


def choices(spec: Object) -> Iterator[Refusal]:
    """Fields with a fixed set of values, upper and lower case told apart."""
    for field, supported in _CHOICES.items():
        value = objects.text(spec.get(field))
        if value and value not in supported:
            yield unsupported(f"spec.{field}", value, supported)


def fields_of_other_types(spec: Object) -> Iterator[Refusal]:
    """Fields that only some types of Service may have."""
    kind = _type(spec)
    if kind != "LoadBalancer":
        for field in _BALANCERS_ALONE:
            if spec.get(field) not in (None, []):
                yield forbidden(f"spec.{field}", "may only be used when `type` is 'LoadBalancer'")
    exposed = kind in _EXPOSED or (kind == "ClusterIP" and objects.sequence(spec.get("externalIPs")))
    policy = spec.get("externalTrafficPolicy")
    if policy in _CHOICES["externalTrafficPolicy"] and not exposed:
        yield invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services")
    checks = spec.get("healthCheckNodePort")
    if checks and not (kind == "LoadBalancer" and policy == "Local"):
        why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        yield invalid("spec.healthCheckNodePort", checks, why)


def external_name(spec: Object) -> Iterator[Refusal]:
    """An ExternalName is a DNS name, without scheme, port or path."""
    if _type(spec) == "ExternalName":
        named = objects.text(spec.get("externalName"))
        if named:
            yield from checked("spec.externalName", named, subdomain_problem)
        else:
            yield required("spec.externalName")
        if spec.get("clusterIP"):
            yield forbidden("spec.clusterIP", "may not be set for ExternalName services")


def cluster_ip(spec: Object) -> Iterator[Refusal]:
    """An address, or None: which fits neither NodePort nor LoadBalancer."""
    address, kind = objects.text(spec.get("clusterIP")), _type(spec)
    if address == "None" and kind in _EXPOSED:
        yield invalid("spec.clusterIP", address, f"may not be set to 'None' for {kind} services")
    elif address not in ("", "None") and kind != "ExternalName":
        yield from checked("spec.clusterIP", address, address_problem)


def lists(spec: Object) -> Iterator[Refusal]:
    """Addresses and ranges; ranges only where the type may have them at all."""
    yield from _each(spec, "externalIPs", backend_address_problem)
    if _type(spec) == "LoadBalancer":
        yield from _each(spec, "loadBalancerSourceRanges", range_problem)


def _each(spec: Object, field: str, problem: Callable[[str], str | None]) -> Iterator[Refusal]:
    for index, value in enumerate(map(objects.text, objects.sequence(spec.get(field)))):
        yield from checked(f"spec.{field}[{index}]", value, problem)


def families(spec: Object) -> Iterator[Refusal]:
    """`ipFamilies`: known ones, each once, two of them not under SingleStack."""
    listed = [objects.text(each) for each in objects.sequence(spec.get("ipFamilies"))]
    for index, family in enumerate(listed):
        if family not in FAMILIES:
            yield unsupported(f"spec.ipFamilies[{index}]", family, FAMILIES)
        elif family in listed[:index]:
            yield duplicate(f"spec.ipFamilies[{index}]", family)
    if spec.get("ipFamilyPolicy") == "SingleStack" and set(listed) == set(FAMILIES):
        why = "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"
        yield invalid("spec.ipFamilyPolicy", "SingleStack", why)


def stickiness(spec: Object) -> Iterator[Refusal]:
    """Between a second and a day, where it counts at all."""
    config = objects.mapping(objects.mapping(spec.get("sessionAffinityConfig")).get("clientIP"))
    seconds = config.get("timeoutSeconds")
    if spec.get("sessionAffinity") == "ClientIP" and isinstance(seconds, int) and not 0 < seconds <= LONGEST_STICKINESS:
        why = f"must be greater than 0 and less than {LONGEST_STICKINESS}"
        yield invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, why)


def selector(spec: Object) -> Iterator[Refusal]:
    """Keys and values as labels may be."""
    for key, value in objects.mapping(spec.get("selector")).items():
        yield from checked("spec.selector", str(key), label_key_problem)
        yield from checked("spec.selector", objects.text(value), label_value_problem)


def _type(spec: Object) -> str:
    return objects.text(spec.get("type")) or "ClusterIP"


CHECKS: tuple[Callable[[Object], Iterator[Refusal]], ...] = (
    choices,
    fields_of_other_types,
    external_name,
    cluster_ip,
    lists,
    families,
    stickiness,
    selector,
)
