"""The facts of a Service: whom it selects, what its ports lead to."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.objects import Missing
from make import owner, terminating
from unit.service.cases import address_of, case, endpoint, endpoint_slice, inventory, pod, service, workload

HTTP = {"name": "http", "port": 80, "targetPort": "web"}
WEB = service("web", {"app": "web"}, HTTP)
PORT = {"name": "web", "containerPort": 8080}


def test_selected_pods_are_of_any_phase_and_living_ones_are_not_finished() -> None:
    subject = case(WEB, pod("a"), pod("b", phase="Succeeded"), pod("c", {"app": "other"}))
    assert [each["metadata"]["name"] for each in subject.known_pods] == ["a", "b"]
    assert [each["metadata"]["name"] for each in subject.live_pods] == ["a"]


def test_pods_that_cannot_be_read_are_missing_not_none() -> None:
    subject = case(WEB, missing=["Pod"])
    assert subject.pods == Missing("Pod", "forbidden")
    assert subject.known_pods == ()


@pytest.mark.parametrize(
    ("backends", "working", "fallback", "total"),
    [
        pytest.param([pod("a", ports=[PORT])], 1, 0, 1, id="ready and with the port"),
        pytest.param([pod("a")], 0, 0, 1, id="ready without the port is no backend"),
        pytest.param([pod("a", ports=[PORT], ready=False)], 0, 0, 1, id="not ready"),
        pytest.param(
            [terminating(pod("a", ports=[PORT]))], 0, 1, 1, id="terminating and serving, when nothing is ready"
        ),
        pytest.param(
            [pod("a", ports=[PORT]), terminating(pod("bb", ports=[PORT]))], 1, 0, 2, id="no fallback while one works"
        ),
        pytest.param([terminating(pod("a", ports=[PORT], ready=False))], 0, 0, 1, id="terminating and not ready"),
    ],
)
def test_backends_of_a_port(backends: list[Any], working: int, fallback: int, total: int) -> None:
    (port,) = case(WEB, *backends).ports
    assert (port.working, port.fallback, port.total) == (working, fallback, total)


def test_backends_are_the_ready_ones_else_those_that_serve_while_they_end() -> None:
    ending = terminating(pod("bb", ports=[PORT]))
    both = case(WEB, pod("a", ports=[PORT]), ending)
    assert [each.address for each in both.backends(both.ports[0])] == [address_of("a")]
    alone = case(WEB, ending)
    assert [each.address for each in alone.backends(alone.ports[0])] == [address_of("bb")]


def test_a_port_leads_to_slice_ports_of_its_name_and_protocol() -> None:
    udp = endpoint_slice("s", "web", endpoint("192.0.2.1"), ports=[{"name": "http", "port": 80, "protocol": "UDP"}])
    assert case(WEB, udp).ports[0].working == 0
    tcp = endpoint_slice("s", "web", endpoint("192.0.2.1"), ports=[{"name": "http", "port": 80}])
    assert case(WEB, tcp).ports[0].working == 1


def test_ports_are_read_with_kubernetes_defaults() -> None:
    bare = service("web", {"app": "web"})
    bare["spec"]["ports"] = [{"port": 9002, "nodePort": 31234}, {"port": "x", "targetPort": 0}]
    first, odd = case(bare).ports
    assert (first.target, first.protocol, first.node_port, first.name) == (9002, "TCP", 31234, "")
    assert (odd.port, odd.target, odd.node_port) == (0, 0, None)


def test_an_external_name_selects_nothing_and_leftover_slices_are_not_its_own() -> None:
    alias = service("web", {"app": "web"}, type="ExternalName", externalName="x.example")
    subject = case(alias, pod(), endpoint_slice("web-1", "web", endpoint("192.0.2.1")))
    assert (subject.endpoints, subject.selector, subject.is_predicted) == ((), {}, False)
    assert case(alias, slices=None).endpoints == ()


def test_without_slices_the_prediction_holds() -> None:
    subject = case(WEB, pod("a", ports=[PORT]), slices=None)
    assert subject.is_predicted
    assert [each.address for each in subject.endpoints] == [address_of("a")]


def test_real_slices_win_over_the_prediction() -> None:
    stale = endpoint_slice("web-1", "web", endpoint("192.0.2.1"))
    assert [each.address for each in case(WEB, pod(), stale).endpoints] == ["192.0.2.1"]


def test_the_pod_and_the_controller_of_an_endpoint() -> None:
    hashed = {"app": "web", "pod-template-hash": "5d4"}
    made = pod("web-5d4-x", hashed, owned_by=owner("ReplicaSet", "web-5d4"), ports=[PORT])
    subject = case(WEB, made)
    (only,) = subject.endpoints
    found = subject.pod_of(only)
    assert found is not None
    controller = subject.controller_of(found)
    assert controller is not None
    assert (controller.kind, controller.name) == ("Deployment", "web")
    foreign = case(WEB, endpoint_slice("s", "web", endpoint("192.0.2.1")))
    assert foreign.pod_of(foreign.endpoints[0]) is None


def test_workloads_match_by_their_template() -> None:
    subject = case(WEB, workload("Deployment", "web", {"app": "web"}), workload("StatefulSet", "db", {"app": "db"}))
    assert [each.word for each in subject.matching_workloads] == ["deployment/web"]
    assert case(service("none", None)).matching_workloads == ()


def test_would_be_replicas_are_counted_once_for_all_families() -> None:
    dual = service("web", {"app": "web"}, 80, ipFamilies=["IPv4", "IPv6"])
    many = workload("Deployment", "web", {"app": "web"}, replicas=3)
    subject = case(dual, many, slices=None, missing=["Pod"], manifests=True, live=False)
    assert [(each.family, each.address, each.replicas) for each in subject.endpoints] == [
        ("IPv4", None, 3),
        ("IPv6", None, 3),
    ]
    assert subject.ports[0].working == 3


def test_a_finding_is_about_the_service_and_carries_its_name() -> None:
    judged = case(WEB).judge("SVC001", "breaks", hint="")
    assert (judged.finding.object, judged.effect) == (case(WEB).reference, "breaks")
    assert judged.finding.details == {"service": "web", "namespace": "shop", "hint": ""}
    assert case(WEB).selector_text == "app=web"
    assert inventory().live
