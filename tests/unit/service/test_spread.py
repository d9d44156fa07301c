"""SVC025: one backend, or several in one place."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import spread
from kubectl_lab.render import data
from unit.service.cases import Object, case, endpoint, endpoint_slice, pod, service

SERVICE = service("web", {"app": "web"})
ZONE = "topology.kubernetes.io/zone"
TAINT = {"key": "dedicated", "effect": "NoSchedule"}
WEB = {**make.owner("ReplicaSet", "web-5d4")}


def node(name: str, zone: str = "", **rest: Any) -> Object:
    return make.node(name, labels={ZONE: zone} if zone else {}, **rest)


def told(*around: Object, subject: Object = SERVICE, **rest: Any) -> list[str]:
    judged = list(spread.one_point(case(subject, *around, **rest)))
    assert {(each.finding.severity, each.effect) for each in judged} <= {("info", "none")}
    return [
        data.message(each.finding.to_dict(), "en").removeprefix("Service web depends on a single point: ")
        for each in judged
    ]


TWO, ONE_NODE = [pod("a"), pod("b")], "all pods that answer (2) run on node n1"


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        pytest.param([pod("a")], ["a single pod answers (a)"], id="a single pod"),
        pytest.param([], [], id="nobody at all is another finding's business"),
        pytest.param(TWO, [], id="two pods on the only node"),
        pytest.param([*TWO, node("n1"), node("n2")], [ONE_NODE], id="two pods on one of two nodes"),
        pytest.param([pod("a"), pod("b", node="n2"), node("n1"), node("n2")], [], id="two pods on two nodes"),
        pytest.param([*TWO, node("n1"), node("n2", ready="False")], [], id="a node that is not Ready is no choice"),
        pytest.param([*TWO, node("n1"), node("n2", unschedulable=True)], [], id="a cordoned node is no choice"),
        pytest.param([*TWO, node("n1"), node("n2", taints=(TAINT,))], [], id="a tainted node is no choice"),
        pytest.param(
            [pod("a"), pod("b", node="n2"), node("n1", "z1"), node("n2", "z1"), node("n3", "z2")],
            ["all pods that answer (2) run in zone z1"],
            id="two nodes of one of two zones",
        ),
        pytest.param(
            [pod("a"), pod("b", node="n2"), node("n1", "z1"), node("n2", "z1")], [], id="two nodes of the only zone"
        ),
        pytest.param([pod("a"), pod("b", ready=False)], [], id="where a pod is missing that is told, not this"),
        pytest.param([pod("a"), pod("b", ip=None, ready=False)], [], id="nor where a pod has no address yet"),
        pytest.param([pod("a", owned_by=make.owner("DaemonSet", "web"))], [], id="a DaemonSet of one node"),
    ],
)
def test_a_single_point(around: list[Object], expected: list[str]) -> None:
    assert told(*around) == expected


def test_where_not_all_nodes_were_read_nobody_knows_of_others() -> None:
    around = [*TWO, node("n1"), node("n2")]
    assert told(*around, extents={"Node": "some"}) == []
    assert told(*around, missing=["Node"]) == []


def test_two_addresses_of_one_pod_are_one_backend() -> None:
    both = service("web", {"app": "web"}, ipFamilies=["IPv4", "IPv6"])
    dual = pod("a", status={"podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]})
    assert told(dual, subject=both) == ["a single pod answers (a)"]


def test_hand_made_endpoints_are_their_makers_business() -> None:
    assert told(endpoint_slice("web-1", "web", endpoint("10.0.0.9")), subject=service("web")) == []


def test_an_endpoint_whose_pod_may_not_be_read_is_named_by_what_is_known() -> None:
    made = endpoint_slice("web-1", "web", endpoint("10.0.0.9"))
    assert told(made, missing=["Pod"]) == ["a single pod answers (10.0.0.9)"]


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        pytest.param("Deployment", ["kubectl -n shop scale deployment/web --replicas=2"], id="a Deployment"),
        pytest.param("StatefulSet", [], id="not a StatefulSet: a second database is no copy of the first"),
    ],
)
def test_a_second_pod_is_offered_of_a_deployment(owner: str, expected: list[str]) -> None:
    (judged,) = spread.one_point(case(SERVICE, pod("a", owned_by=make.owner(owner, "web"))))
    assert data.fixes(judged.finding.to_dict()) == expected


def test_templates_are_spread_by_nobody_yet() -> None:
    assert told(pod("a"), manifests=True, slices=None) == []
