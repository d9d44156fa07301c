"""The picture of an explanation: which nodes and edges there are, and what becomes of many pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.service.graph import MOST_PODS, graph
from kubectl_lab.domain.service.model import Endpoint, Hop, ServiceEntry, ServiceExplanation
from kubectl_lab.result import Edge, Graph, Node, Reference

if TYPE_CHECKING:
    from kubectl_lab.domain.service.model import Verdict

CLIENT, SERVICE, ENDPOINTS = "client", "service/shop/web:80", "endpoints/shop/web"


def drawn(*hops: Hop, name: str = "web", verdict: Verdict = "healthy", endpoints: tuple[Endpoint, ...] = ()) -> Graph:
    return graph(ServiceExplanation((entry(*hops, name=name, verdict=verdict, endpoints=endpoints),)))


def entry(
    *hops: Hop, name: str = "web", verdict: Verdict = "healthy", endpoints: tuple[Endpoint, ...] = ()
) -> ServiceEntry:
    return ServiceEntry(Reference("Service", "shop", name), "ClusterIP", verdict, hops=hops, endpoints=endpoints)


def to_pod(number: int, state: str = "ok", finding: str | None = None) -> Hop:
    return Hop(ENDPOINTS, f"pod/shop/web-{number}", state, finding, label=f"10.1.0.{number}")  # type: ignore[arg-type]


def labels(made: Graph) -> list[str]:
    return [node.label for node in made.nodes]


def test_a_hop_is_an_edge_with_its_code_and_what_passes() -> None:
    made = drawn(Hop(SERVICE, ENDPOINTS, "broken", "SVC011", "80 → 8080"))
    assert made.edges == (Edge(SERVICE, ENDPOINTS, "broken", "SVC011", "80 → 8080"),)
    assert made.nodes == (Node(SERVICE, "service/web:80"), Node(ENDPOINTS, "endpoints/web"))


@pytest.mark.parametrize(
    ("node", "label"),
    [
        pytest.param("client", "client", id="the client as it is"),
        pytest.param("port/8080", ":8080", id="a port as an address has it"),
        pytest.param("node:31234", "node:31234", id="an entry as it is"),
        pytest.param("loadbalancer:2001:db8::1", "loadbalancer:2001:db8::1", id="an IPv6 address whole"),
        pytest.param("ingress/shop/front", "ingress/front", id="an object without its namespace"),
        pytest.param("ingressclass/haproxy", "ingressclass/haproxy", id="what has none as it is"),
        pytest.param("dns/db.example.com", "dns/db.example.com", id="a name in DNS"),
    ],
)
def test_a_node_is_called(node: str, label: str) -> None:
    assert labels(drawn(Hop("x", node)))[1] == label


def test_where_there_are_two_namespaces_each_name_says_which() -> None:
    made = drawn(Hop("httproute/edge/front", SERVICE))
    assert labels(made) == ["httproute/edge/front", SERVICE]


def test_an_address_stands_in_its_pod_and_once_though_two_ports_lead_there() -> None:
    made = drawn(to_pod(1), Hop(ENDPOINTS, "pod/shop/web-1", label="fd00::1"), to_pod(1))
    assert labels(made)[1] == "pod/web-1 10.1.0.1, fd00::1"
    assert [edge.label for edge in made.edges] == [""]


def test_services_that_share_pods_share_their_nodes() -> None:
    other = entry(Hop("endpoints/shop/api", "pod/shop/web-1", label="10.1.0.1"), name="api")
    made = graph(ServiceExplanation((entry(to_pod(1)), other)))
    assert labels(made).count("pod/web-1 10.1.0.1") == 1
    assert [edge.target for edge in made.edges] == ["pod/shop/web-1"] * 2


@pytest.mark.parametrize(
    ("hops", "states"),
    [
        pytest.param([to_pod(1), to_pod(1, "unknown")], ["ok"], id="that comes on one port comes"),
        pytest.param([to_pod(1, "unknown"), to_pod(1, "unknown")], ["unknown"], id="that never comes is dotted once"),
        pytest.param(
            [to_pod(1), to_pod(1, "broken", "SVC031")], ["ok", "broken"], id="that is broken for some has both edges"
        ),
        pytest.param(
            [to_pod(1), to_pod(1, "unknown", "SVC080")], ["ok", "unknown"], id="whose doubt has a reason keeps it"
        ),
    ],
)
def test_traffic_between_two_nodes(hops: list[Hop], states: list[str]) -> None:
    assert [edge.state for edge in drawn(*hops).edges] == states


def test_pods_stand_by_name_in_whatever_order_they_come() -> None:
    ways = [hop for number in (3, 1, 2) for hop in (to_pod(number), Hop(f"pod/shop/web-{number}", "port/80"))]
    mixed, in_order = drawn(*ways), drawn(*ways[2:], *ways[:2])
    assert mixed == in_order
    found = [label.split()[0] for label in labels(mixed) if label.startswith("pod/")]
    assert found == ["pod/web-1", "pod/web-2", "pod/web-3"]


def test_of_many_paths_to_one_service_three_are_named() -> None:
    made = drawn(*(Hop("ingress/shop/front", SERVICE, label=f"/{each}") for each in "abcd"))
    assert [edge.label for edge in made.edges] == ["/a, /b, /c, …"]


def test_would_be_pods_are_counted_in_their_workload() -> None:
    deployment = Reference("Deployment", "shop", "web")
    imagined = Endpoint(None, "IPv4", (), None, None, None, True, True, False, workload=deployment, replicas=3)
    made = drawn(Hop(ENDPOINTS, "deployment/shop/web"), endpoints=(imagined,))
    assert labels(made)[1] == "deployment/web (3 pods)"


def test_a_dozen_pods_have_a_node_each() -> None:
    made = drawn(*(to_pod(number) for number in range(MOST_PODS)))
    assert len(made.nodes) == 1 + MOST_PODS


def test_more_of_them_that_fare_alike_are_one_node_with_their_number() -> None:
    hops = [hop for number in range(30) for hop in (to_pod(number), Hop(f"pod/shop/web-{number}", "port/8080"))]
    made = drawn(*hops)
    assert labels(made) == ["endpoints/web", "pods (30)", ":8080"]
    assert made.edges == (
        Edge(ENDPOINTS, "pods/shop/web-0+29"),
        Edge("pods/shop/web-0+29", "port/8080"),
    )


def test_pods_that_fare_differently_stay_apart() -> None:
    hops = [to_pod(number) for number in range(20)]
    made = drawn(*hops[:15], *(to_pod(number, "unknown") for number in range(15, 19)), to_pod(19, "degraded", "SVC021"))
    assert labels(made) == ["endpoints/web", "pods (15)", "pods (4)", "pod/web-19 10.1.0.19"]
    assert [(edge.state, edge.code) for edge in made.edges] == [("ok", ""), ("unknown", ""), ("degraded", "SVC021")]


def test_what_stands_before_many_pods_keeps_its_labels() -> None:
    made = drawn(Hop(SERVICE, ENDPOINTS, label="80 → 8080"), *(to_pod(number) for number in range(20)))
    assert made.edges[0] == Edge(SERVICE, ENDPOINTS, label="80 → 8080")


def test_the_title_says_what_is_shown_and_how_it_does() -> None:
    assert drawn(verdict="broken").title == "service/web: broken"


def test_of_many_services_the_title_names_the_first_ones() -> None:
    made = graph(ServiceExplanation(tuple(entry(name=name) for name in "abcd")))
    assert made.title == "service/a: healthy, service/b: healthy, service/c: healthy, … (4)"


def test_of_nothing_there_is_an_empty_picture() -> None:
    assert graph(ServiceExplanation(())) == Graph((), (), "")
