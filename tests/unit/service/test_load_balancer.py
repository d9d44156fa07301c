"""Why a load balancer has no address, by what its controller wrote."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import load_balancer
from kubectl_lab.domain.service.verdict import verdict
from unit.service.cases import case, codes, pod, service

WEB = {"app": "web"}


def balanced(**spec: Any) -> Any:
    return service("web", WEB, {"port": 80, "nodePort": 30080}, type="LoadBalancer", **spec)


def event(reason: str, text: str = "", *, kind: str = "Warning", source: str = "metallb-controller") -> Any:
    made = make.obj("Event", f"web.{reason}", "shop")
    about = {"kind": "Service", "namespace": "shop", "name": "web"}
    written = {"involvedObject": about, "reason": reason, "message": text, "type": kind}
    return made | written | {"source": {"component": source}}


def found(subject: Any) -> list[Any]:
    return list(load_balancer.pending(subject))


def with_address(made: Any) -> Any:
    return made | {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}


def created(made: Any, at: str | None) -> Any:
    return made | {"metadata": {**made["metadata"], "creationTimestamp": at}}


@pytest.mark.parametrize(
    ("subject", "events", "expected"),
    [
        pytest.param(balanced(), [], ["SVC040"], id="nobody answered"),
        pytest.param(with_address(balanced()), [event("AllocationFailed")], [], id="an address, whatever came before"),
        pytest.param(service("web", WEB, type="NodePort"), [], [], id="no load balancer asked for"),
        pytest.param(created(balanced(), "2026-01-01T11:59:51Z"), [], [], id="nine seconds are not yet a silence"),
        pytest.param(created(balanced(), "2026-01-01T11:59:49Z"), [], ["SVC040"], id="eleven seconds are"),
        pytest.param(created(balanced(), None), [], [], id="a manifest is not pending"),
        pytest.param(balanced(), [event("AllocationFailed")], ["SVC041"], id="a Warning says why"),
        pytest.param(balanced(), [event("EnsuringLoadBalancer", kind="Normal")], ["SVC040"], id="begun and not ended"),
        pytest.param(balanced(loadBalancerClass="a/b"), [], ["SVC042"], id="nobody answered for the class"),
        pytest.param(balanced(loadBalancerClass="a/b"), [event("Refused")], ["SVC041"], id="the class's own Warning"),
        pytest.param(balanced(loadBalancerClass="a/b"), [event("Began", kind="Normal")], ["SVC040"], id="it began"),
        pytest.param(
            balanced(),
            [event("FailedToUpdateEndpointSlices", source="endpoint-slice-controller")],
            ["SVC040"],
            id="the slice controller's Warning is not about it",
        ),
        pytest.param(
            balanced(), [event("TopologyAwareHintsDisabled", source="")], ["SVC040"], id="nor is a Warning about hints"
        ),
    ],
)
def test_a_pending_address(subject: Any, events: list[Any], expected: list[str]) -> None:
    assert codes(found(case(subject, pod(), *events))) == expected


def test_a_pending_address_breaks_its_own_entry_alone() -> None:
    subject = case(balanced(), pod())
    (judged,) = found(subject)
    assert (judged.effect, judged.place.stretch, judged.place.name) == ("breaks", "entry", "loadbalancer")
    assert verdict(subject, [judged]) == "degraded"


@pytest.mark.parametrize(
    ("events", "missing", "phrase"),
    [
        ([], [], "service.lb-nobody"),
        ([], ["Event"], "service.lb-unseen"),
        ([event("EnsuringLoadBalancer", kind="Normal")], [], "service.lb-begun"),
    ],
)
def test_what_is_not_known_of_the_cause_is_not_told(events: Any, missing: Any, phrase: str) -> None:
    (judged,) = found(case(balanced(), pod(), *events, missing=missing))
    assert judged.finding.details["cause"]["phrase"] == phrase


@pytest.mark.parametrize(
    ("reason", "text", "advice"),
    [
        ("AllocationFailed", 'Failed to allocate IP for "shop/web": no available IPs', "lb-pool"),
        ("AllocationFailed", "can't change sharing key for address", "lb-sharing"),
        ("AllocationFailed", "not enough clusterIPs for dual stack", "lb-families"),
        ("announceFailed", "no nodes to announce from", "lb-excluded"),
        ("Other", "Not enough clusterIPs", "lb-families"),
        ("SyncLoadBalancerFailed", "Error syncing load balancer: quota", "lb-cloud"),
        ("UnAvailableLoadBalancer", "There are no available nodes for LoadBalancer", "lb-excluded"),
        ("FailedBuildModel", "couldn't auto-discover subnets", "lb-aws"),
        ("FailedDeployModel", "AccessDenied", "lb-aws"),
        ("Anything", "else", "lb-controller"),
    ],
)
def test_the_controllers_words_come_with_what_helps(reason: str, text: str, advice: str) -> None:
    (judged,) = found(case(balanced(), event(reason, text)))
    told = judged.finding.details
    assert (told["reason"], told["text"], told["controller"]) == (reason, text, "metallb-controller")
    assert told["advice"] == {"phrase": f"service.{advice}", "values": {}}


def test_the_last_warning_counts() -> None:
    first = event("AllocationFailed", "old") | {"lastTimestamp": "2026-01-01T00:00:00Z"}
    last = event("Other", "new") | {"lastTimestamp": "2026-01-01T00:01:00Z"}
    (judged,) = found(case(balanced(), last, first))
    assert judged.finding.details["text"] == "new"


def test_without_a_load_balancer_node_ports_and_forwarding_are_offered() -> None:
    (judged,) = found(case(balanced(), pod()))
    assert (judged.finding.details["patch"], judged.finding.details["port"]) == ('{"spec":{"type":"NodePort"}}', 80)
    (ranges,) = found(case(balanced(loadBalancerSourceRanges=["10.0.0.0/8"]), pod()))
    assert ranges.finding.details["patch"] == '{"spec":{"type":"NodePort","loadBalancerSourceRanges":null}}'
    (classy,) = found(case(balanced(loadBalancerClass="a/b"), pod()))
    assert classy.finding.details["patch"] == '{"spec":{"type":"NodePort"}}'
    (udp,) = found(case(service("web", WEB, {"port": 53, "protocol": "UDP"}, type="LoadBalancer")))
    assert udp.finding.details["port"] is None


@pytest.mark.parametrize(
    ("kind", "severity", "phrase", "patch"),
    [
        ("LoadBalancer", "info", "service.ranges-heeded", None),
        ("NodePort", "warning", "service.ranges-ignored", '{"spec":{"loadBalancerSourceRanges":null}}'),
    ],
)
def test_source_ranges_are_heeded_by_load_balancers_alone(kind: str, severity: str, phrase: str, patch: Any) -> None:
    (judged,) = load_balancer.source_ranges(
        case(service("web", WEB, type=kind, loadBalancerSourceRanges=["10.0.0.0/8"]))
    )
    told = judged.finding.details
    assert (judged.finding.severity, told["how"]["phrase"], told["patch"]) == (severity, phrase, patch)
    assert judged.effect == "none"


@pytest.mark.parametrize("spec", [{}, {"type": "ExternalName", "loadBalancerSourceRanges": ["10.0.0.0/8"]}])
def test_without_ranges_or_exposure_nothing_is_said(spec: Any) -> None:
    assert list(load_balancer.source_ranges(case(service("web", WEB, **spec)))) == []


def test_a_manifest_with_ranges_on_another_type_is_refused_by_the_server_and_said_there() -> None:
    written = service("web", WEB, loadBalancerSourceRanges=["10.0.0.0/8"])
    del written["metadata"]["uid"], written["metadata"]["resourceVersion"]
    assert list(load_balancer.source_ranges(case(written))) == []
