"""What could not be looked at: one line a kind, with what it would have decided. A verdict never rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.service.model import NotChecked
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.result import Reference

# kind -> its name as people say it, and the phrase (words.toml, section `service`) for what it decides
KINDS: dict[str, tuple[str, str]] = {
    "EndpointSlice": ("EndpointSlices", "decides-slices"),
    "Pod": ("Pods", "decides-pods"),
    "Workload": ("Deployments, StatefulSets, …", "decides-workloads"),
    "Event": ("Events", "decides-events"),
    "Node": ("Nodes", "decides-nodes"),
    "NetworkPolicy": ("NetworkPolicies", "decides-policies"),
    "Namespace": ("Namespaces", "decides-namespaces"),
    "Ingress": ("Ingresses", "decides-ingresses"),
    "IngressClass": ("IngressClasses", "decides-classes"),
    "Secret": ("Secrets", "decides-secrets"),
    "HTTPRoute": ("HTTPRoutes", "decides-routes"),
    "GRPCRoute": ("GRPCRoutes", "decides-routes"),
    "Gateway": ("Gateways", "decides-gateways"),
    "ReferenceGrant": ("ReferenceGrants", "decides-grants"),
    "Probe": ("Probe", "decides-probe"),
}
WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")


def not_checked(case: Case) -> tuple[NotChecked, ...]:
    """The kinds of `KINDS` that are missing. A kind that was not even asked for is not in the inventory's `missing`."""
    found = missing_of(case.inventory, case.reference)
    own = case.slices
    if isinstance(own, Missing) and case.inventory.can_see(own.kind):  # files with other Services' slices
        return (NotChecked(KINDS[own.kind][0], own.why, KINDS[own.kind][1]), *found)
    return found


def missing_of(inventory: Inventory, about: Reference | None = None) -> tuple[NotChecked, ...]:
    """The same for a whole inventory, and what it lacks `about` an object: each `Missing` there, workloads as one."""
    made: dict[str, NotChecked] = {}
    for kind, missing in (*inventory.missing(), *(inventory.lacking(about) if about else ())):
        key = "Workload" if kind in WORKLOADS else kind
        if key in KINDS and key not in made:
            what, decides = KINDS[key]
            made[key] = NotChecked(what, missing.why, decides)
    return tuple(made[key] for key in KINDS if key in made)
