"""The path: which hops there are for each kind of Service, and how findings mark them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.fronts import Branch, Front
from kubectl_lab.domain.service.hops import hops
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.result import Finding, Reference
from unit.service.cases import case, endpoint, endpoint_slice, pod, service, workload

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case

WEB = service("web", {"app": "web"}, (80, 8080))
NODE_PORT = service("web", {"app": "web"}, {"port": 80, "targetPort": 8080, "nodePort": 31234}, type="NodePort")


def found(effect: Any, place: Place) -> Judged:
    return Judged(Finding("SVC999", "error", None), effect, place)


def path(subject: Case, *judged: Judged, fronts: tuple[Front, ...] = ()) -> dict[str, str]:
    """`from → to`: state, with the code where one stands on it."""
    made = hops(subject, judged, fronts)
    return {f"{hop.source} → {hop.target}": " ".join(filter(None, (hop.state, hop.finding))) for hop in made}


def test_a_cluster_ip_goes_from_the_client_to_the_port_of_each_pod() -> None:
    assert path(case(WEB, pod("web-1"))) == {
        "client → cluster": "ok",
        "cluster → service/shop/web:80": "ok",
        "service/shop/web:80 → endpoints/shop/web": "ok",
        "endpoints/shop/web → pod/shop/web-1": "ok",
        "pod/shop/web-1 → port/8080": "ok",
    }


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(NODE_PORT, ["client → node:31234", "node:31234 → service/shop/web:80"], id="a node port"),
        pytest.param(
            service("web", {"app": "web"}, {"port": 80, "targetPort": 8080, "nodePort": 31234}, type="LoadBalancer"),
            ["client → loadbalancer:pending", "loadbalancer:pending → node:31234"],
            id="a load balancer without address goes to the node port",
        ),
        pytest.param(
            service("web", {"app": "web"}, type="LoadBalancer", allocateLoadBalancerNodePorts=False)
            | {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}},
            ["client → loadbalancer:192.0.2.1", "loadbalancer:192.0.2.1 → service/shop/web:80"],
            id="one without node ports goes to the Service",
        ),
        pytest.param(
            service("web", {"app": "web"}, externalIPs=["192.0.2.9"]),
            ["client → externalip:192.0.2.9", "externalip:192.0.2.9 → service/shop/web:80"],
            id="an external IP",
        ),
    ],
)
def test_ways_in(subject: Any, expected: list[str]) -> None:
    assert set(expected) <= set(path(case(subject, pod())))


def test_a_headless_service_is_reached_by_dns_and_translates_nothing() -> None:
    headless = case(service("web", {"app": "web"}, (80, 8080), clusterIP="None"), pod("web-1"))
    made = hops(headless, (), ())
    assert (made[0].source, made[0].target) == ("client", "dns")
    assert [hop.label for hop in made if hop.source == "service/shop/web:80"] == ["8080"]
    assert [hop.label for hop in hops(case(WEB, pod()), (), ()) if hop.source == "service/shop/web:80"] == ["80 → 8080"]


def test_headless_without_ports_has_no_port_in_its_path() -> None:
    assert path(case(service("web", {"app": "web"}, clusterIP="None"), pod("web-1"))) == {
        "client → dns": "ok",
        "dns → service/shop/web": "ok",
        "service/shop/web → endpoints/shop/web": "ok",
        "endpoints/shop/web → pod/shop/web-1": "ok",
    }


def test_an_external_name_is_an_arrow_to_a_name() -> None:
    alias = case(service("db", None, type="ExternalName", externalName="db.example.com"))
    assert path(alias) == {"client → service/shop/db": "ok", "service/shop/db → dns/db.example.com": "ok"}
    marked = path(alias, found("breaks", Place("service")))
    assert marked["service/shop/db → dns/db.example.com"] == "broken SVC999"


def test_what_no_pod_stands_behind_is_an_address() -> None:
    handmade = endpoint_slice("db-1", "db", endpoint("192.0.2.7"))
    assert "endpoints/shop/db → address/192.0.2.7" in path(case(service("db", None), handmade))


def test_would_be_pods_are_their_workload() -> None:
    web = workload("Deployment", "web", {"app": "web"})
    would_be = case(WEB, web, slices=None, missing=["Pod"], manifests=True, live=False)
    assert "endpoints/shop/web → deployment/shop/web" in path(would_be)


@pytest.mark.parametrize(
    ("place", "broken", "behind"),
    [
        pytest.param(
            Place("service"),
            "cluster → service/shop/web:80",
            "service/shop/web:80 → endpoints/shop/web",
            id="at the Service",
        ),
        pytest.param(
            Place("endpoints", "80"),
            "service/shop/web:80 → endpoints/shop/web",
            "endpoints/shop/web → pod/shop/web-1",
            id="at the endpoints",
        ),
        pytest.param(
            Place("pod", "shop/web-1"),
            "endpoints/shop/web → pod/shop/web-1",
            "pod/shop/web-1 → port/8080",
            id="at a pod",
        ),
        pytest.param(
            Place("pod"), "endpoints/shop/web → pod/shop/web-1", "pod/shop/web-1 → port/8080", id="at all pods"
        ),
    ],
)
def test_behind_a_broken_hop_nothing_is_known(place: Place, broken: str, behind: str) -> None:
    made = path(case(WEB, pod("web-1")), found("breaks", place))
    assert made[broken] == "broken SVC999"
    assert made[behind] == "unknown"


def test_a_degraded_hop_leaves_what_is_behind() -> None:
    made = path(
        case(WEB, pod("web-1")), found("degrades", Place("port", "8080")), found("degrades", Place("service", "81"))
    )
    assert made["pod/shop/web-1 → port/8080"] == "degraded SVC999"
    assert made["cluster → service/shop/web:80"] == "ok"


def test_the_worst_effect_is_told_first() -> None:
    worst = Judged(Finding("SVC998", "error", None), "breaks", Place("service"))
    made = path(case(WEB, pod()), found("degrades", Place("service")), worst)
    assert made["cluster → service/shop/web:80"] == "broken SVC998"


def test_a_pod_that_gets_no_traffic_is_not_told_as_reached() -> None:
    made = path(case(WEB, pod("web-1"), pod("web-2", ready=False)))
    assert made["endpoints/shop/web → pod/shop/web-1"] == "ok"
    assert made["endpoints/shop/web → pod/shop/web-2"] == "unknown"


def test_two_ports_share_the_way_to_a_pod() -> None:
    both = service("web", {"app": "web"}, {"name": "a", "port": 80}, {"name": "b", "port": 81})
    made = [f"{hop.source} → {hop.target}" for hop in hops(case(both, pod("web-1")), (), ())]
    assert len(made) == len(set(made))
    assert {"pod/shop/web-1 → port/80", "pod/shop/web-1 → port/81"} <= set(made)


def front(*branches: Branch, findings: tuple[Judged, ...] = ()) -> Front:
    return Front(Reference("Ingress", "shop", "shop"), ("ingressclass/haproxy",), branches, findings)


BRANCH = Branch("shop.example/", Reference("Service", "shop", "web"), 80)


def test_a_front_stands_between_the_client_and_the_port() -> None:
    made = path(case(WEB, pod()), fronts=(front(BRANCH),))
    assert made["client → ingressclass/haproxy"] == "ok"
    assert made["ingressclass/haproxy → ingress/shop/shop"] == "ok"
    assert made["ingress/shop/shop → service/shop/web:80"] == "ok"


def test_a_broken_front_breaks_its_own_way_only() -> None:
    broken = front(BRANCH, findings=(found("breaks", Place("entry", "ingress/shop/shop")),))
    made = path(case(WEB, pod()), *broken.findings, fronts=(broken,))
    assert made["ingressclass/haproxy → ingress/shop/shop"] == "broken SVC999"
    assert made["ingress/shop/shop → service/shop/web:80"] == "unknown"
    assert made["cluster → service/shop/web:80"] == "ok"


def test_a_class_that_could_not_be_seen_is_an_unknown_way_to_a_known_end() -> None:
    unseen = Front(
        Reference("Ingress", "shop", "shop"), ("ingressclass/x",), (BRANCH,), (), frozenset({"ingressclass/x"})
    )
    made = path(case(WEB, pod()), fronts=(unseen,))
    assert made["client → ingressclass/x"] == made["ingressclass/x → ingress/shop/shop"] == "unknown"
    assert made["ingress/shop/shop → service/shop/web:80"] == "ok"


def test_one_branch_that_is_broken_says_nothing_about_another_to_the_same_service() -> None:
    broken = found("breaks", Place("front", "ingress/shop/shop"))
    branches = (BRANCH, Branch("shop.example/x", BRANCH.service, 99, (broken,)))
    made = path(case(WEB, pod()), broken, fronts=(front(*branches),))
    assert made["ingress/shop/shop → service/shop/web:80"] == "ok"
    assert made["ingress/shop/shop → service/shop/web:99"] == "broken SVC999"


@pytest.mark.parametrize(("named", "number"), [("http", 80), (80, 80), (9999, 9999), ("none", None), (None, None)])
def test_a_backend_names_a_port_by_number_or_name(named: Any, number: int | None) -> None:
    subject = case(service("web", {"app": "web"}, {"name": "http", "port": 80}), pod())
    made = path(subject, fronts=(front(Branch("/", Reference("Service", "shop", "web"), named)),))
    target = "service/shop/web" if number is None else f"service/shop/web:{number}"
    assert f"ingress/shop/shop → {target}" in made
