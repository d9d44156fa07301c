"""Why a load balancer has no address yet (SVC040-SVC042), and whom it lets in (SVC047).

Source: cloud-provider service controller (events), MetalLB controller, AWS Load Balancer Controller, by the events they write.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules.pods import time_of
from kubectl_lab.domain.service.hops import load_balancer_addresses
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.repairs import is_applied, spec_patch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Severity

PATIENCE = timedelta(seconds=10)  # how long an implementation may take before its silence means something
ENTRY = Place("entry", "loadbalancer")
_EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers"
# what a Warning says (reason, then a part of its text, in small letters) -> the key of the advice, where to look
_ADVICE: tuple[tuple[str, str, str, str], ...] = (
    ("AllocationFailed", "sharing key", "lb-sharing", ""),
    ("AllocationFailed", "clusterips", "lb-families", ""),
    ("AllocationFailed", "", "lb-pool", "kubectl get ipaddresspools.metallb.io --all-namespaces"),
    ("announceFailed", "", "lb-excluded", f"kubectl get nodes -L {_EXCLUDED}"),
    ("UnAvailableLoadBalancer", "", "lb-excluded", f"kubectl get nodes -L {_EXCLUDED}"),
    ("", "not enough clusterips", "lb-families", ""),
    ("SyncLoadBalancerFailed", "", "lb-cloud", ""),
    ("FailedBuildModel", "", "lb-aws", "kubectl -n kube-system logs deployment/aws-load-balancer-controller"),
    ("FailedDeployModel", "", "lb-aws", "kubectl -n kube-system logs deployment/aws-load-balancer-controller"),
)
# events on Services that say nothing about load balancers: the endpoint controllers', the API server's repair loops'
_FOREIGN_SOURCES = frozenset(
    ("endpoint-slice-controller", "endpoint-controller", "endpoint-slice-mirroring-controller")
)
_FOREIGN_REASONS = (
    "TopologyAwareHints",
    "FailedToUpdateEndpoint",
    "FailedToCreateEndpoint",
    "ClusterIP",
    "PortNot",
    "PortOut",
)


def pending(case: Case) -> Iterator[Judged]:
    """No address after 10 s: a controller said why (SVC041), none answered for the class (SVC042), none at all (SVC040).

    A pending entry breaks this way in alone. Without events the cause stays open, not the fact.
    """
    if not is_pending(case):
        return
    events = _about_load_balancer(case)
    warnings = [event for event in events if event.get("type") == "Warning"]
    wanted = objects.text(case.spec.get("loadBalancerClass"))
    if warnings:
        yield _explained(case, warnings[-1])
    elif wanted and not events:
        yield case.judge("SVC042", "breaks", ENTRY, className=wanted, patch=_as_node_port(case))
    else:
        port = next((each.port for each in case.ports if each.protocol == "TCP"), None)
        yield case.judge("SVC040", "breaks", ENTRY, cause=_cause(case, events), patch=_as_node_port(case), port=port)


def _as_node_port(case: Case) -> str | None:
    """The server drops a class by itself, and refuses a type that cannot have the ranges."""
    ranges = {"loadBalancerSourceRanges": None} if case.spec.get("loadBalancerSourceRanges") else {}
    return spec_patch(case, type="NodePort", **ranges)


def is_pending(case: Case) -> bool:
    """A LoadBalancer older than `PATIENCE` that nobody has given an address."""
    if case.type != "LoadBalancer" or load_balancer_addresses(case):
        return False
    made = time_of(objects.metadata(case.service).get("creationTimestamp"))
    return made is not None and case.inventory.now - made > PATIENCE


def _about_load_balancer(case: Case) -> Sequence[Object]:
    return [
        event
        for event in case.inventory.events("Service", case.namespace, case.name)
        if _source(event) not in _FOREIGN_SOURCES and not objects.text(event.get("reason")).startswith(_FOREIGN_REASONS)
    ]


def _source(event: Object) -> str:
    source = objects.mapping(event.get("source"))
    return objects.text(source.get("component")) or objects.text(event.get("reportingComponent"))


def _explained(case: Case, event: Object) -> Judged:
    reason, text = objects.text(event.get("reason")), objects.text(event.get("message")).strip()
    advice, command = next(
        ((key, command) for known, part, key, command in _ADVICE if known in ("", reason) and part in text.lower()),
        ("lb-controller", ""),
    )
    told: dict[str, Any] = {"reason": reason, "text": text, "controller": _source(event) or None}
    told |= {"advice": catalogue.phrase(f"service.{advice}"), "command": command or None}
    return case.judge("SVC041", "breaks", ENTRY, **told)


def _cause(case: Case, events: Sequence[Object]) -> dict[str, Any]:
    if events:
        last = events[-1]
        values = {"reason": objects.text(last.get("reason")), "text": objects.text(last.get("message")).strip()}
        return catalogue.phrase("service.lb-begun", **values)
    return catalogue.phrase("service.lb-nobody" if case.inventory.can_see("Event") else "service.lb-unseen")


def source_ranges(case: Case) -> Iterator[Judged]:
    """`loadBalancerSourceRanges`: information where a load balancer heeds them, a warning on a type that ignores them.

    Today's servers refuse the latter; a Service from before may still have it. Of a manifest SVC140 says so.
    """
    ranges = [objects.text(each) for each in objects.sequence(case.spec.get("loadBalancerSourceRanges"))]
    heeded = case.type == "LoadBalancer"
    if not ranges or case.is_external_name or not (heeded or is_applied(case.service)):
        return
    how = catalogue.phrase("service.ranges-heeded" if heeded else "service.ranges-ignored", type=case.type)
    patch = None if heeded else spec_patch(case, loadBalancerSourceRanges=None)
    severity: Severity = "info" if heeded else "warning"
    yield case.judge("SVC047", severity=severity, ranges=ranges, type=case.type, how=how, patch=patch)
