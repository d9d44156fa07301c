"""Local policies: which nodes drop, and when that is nobody's trouble."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import local_traffic
from kubectl_lab.domain.service.verdict import verdict
from make import terminating
from unit.service.cases import case, codes, pod, service

WEB = {"app": "web"}
N1, N2, N3 = (make.node(name) for name in ("n1", "n2", "n3"))
NODEPORT = {"port": 80, "nodePort": 30080}


def control_plane(effect: str) -> Any:
    return make.node("cp", taints=({"key": "node-role.kubernetes.io/control-plane", "effect": effect},))


def local(**spec: Any) -> Any:
    return service("web", WEB, NODEPORT, **{"type": "NodePort", "externalTrafficPolicy": "Local", **spec})


def balanced() -> Any:
    return local(type="LoadBalancer") | {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}


def dropped(subject: Any) -> Any:
    return [each.finding.details["nodes"] for each in local_traffic.external_local(subject)]


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        pytest.param([pod(node="n1"), N1, N2, N3], [["n2", "n3"]], id="nodes without a pod drop"),
        pytest.param([pod("a", node="n1"), pod("bb", node="n2"), N1, N2], [], id="a pod on every node"),
        pytest.param([pod(node="n1"), N1, make.node("n2", unschedulable=True)], [], id="cordoned nodes do not count"),
        pytest.param(
            [pod(node="n1"), N1, control_plane("NoSchedule")], [], id="nor does a control plane kept free of pods"
        ),
        pytest.param([pod(node="n1"), N1, control_plane("PreferNoSchedule")], [["cp"]], id="one that takes them does"),
        pytest.param([pod(node="n1"), N1, make.node("n2", ready="Unknown")], [], id="nor do broken ones"),
        pytest.param([N1, N2], [], id="a port without any backend is another finding's"),
        pytest.param([pod("a", node="n1"), pod("bb", node="n2", ready=False), N1, N2], [["n2"]], id="only ready pods"),
        pytest.param(
            [pod("a", node="n1"), terminating(pod("bb", node="n2")), N1, N2], [], id="one that serves while it ends"
        ),
        pytest.param(
            [pod("a", node="n1"), terminating(pod("bb", node="n2", ready=False)), N1, N2], [["n2"]], id="one that ended"
        ),
    ],
)
def test_nodes_that_drop(around: list[Any], expected: Any) -> None:
    assert dropped(case(local(), *around)) == expected


def test_nodes_that_cannot_be_read_are_not_judged() -> None:
    assert dropped(case(local(), pod(node="n1"), N1, N2, missing=["Node"])) == []


@pytest.mark.parametrize(
    ("subject", "severity", "effect", "entry", "outcome"),
    [
        pytest.param(local(), "warning", "degrades", "node", "degraded", id="node ports"),
        pytest.param(local(type="LoadBalancer"), "warning", "degrades", "node", "degraded", id="no address yet"),
        pytest.param(
            service("web", WEB, 80, type="LoadBalancer", externalTrafficPolicy="Local"),
            "warning", "degrades", "loadbalancer", "degraded", id="no node ports",
        ),
        pytest.param(balanced(), "info", "none", "", "healthy", id="health checks take the nodes out"),
        pytest.param(
            service("web", WEB, externalTrafficPolicy="Local", externalIPs=["192.0.2.4"]),
            "warning", "degrades", "externalip", "degraded", id="external addresses",
        ),
    ],
)  # fmt: skip
def test_who_suffers(subject: Any, severity: str, effect: str, entry: str, outcome: str) -> None:
    asked = case(subject, pod(node="n1"), N1, N2)
    (judged,) = local_traffic.external_local(asked)
    assert (judged.finding.severity, judged.effect, judged.place.name) == (severity, effect, entry)
    assert verdict(asked, [judged]) == outcome
    told = judged.finding.details
    assert (told["count"], told["total"], told["servicePorts"]) == (1, 2, [80])
    assert (told["selector"], told["patch"]) == ("app=web", '{"spec":{"externalTrafficPolicy":"Cluster"}}')


def test_ports_with_the_same_nodes_are_one_finding() -> None:
    web = {"name": "web", "port": 80, "nodePort": 30080}
    admin = {"name": "admin", "port": 81, "nodePort": 30081}
    named = {"name": "named", "port": 82, "nodePort": 30082, "targetPort": "x"}
    both = pod("a", node="n1", ports=[{"containerPort": 82, "name": "x"}])
    made = service("web", WEB, web, admin, named, type="NodePort", externalTrafficPolicy="Local")
    judged = list(local_traffic.external_local(case(made, both, pod("bb", node="n2"), N1, N2, N3)))
    assert [(each.finding.details["nodes"], each.finding.details["servicePorts"]) for each in judged] == [
        (["n3"], [80, 81]),
        (["n2", "n3"], [82]),
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"internalTrafficPolicy": "Local"}, ["SVC045"]),
        ({"internalTrafficPolicy": "Cluster"}, []),
        ({"internalTrafficPolicy": "Local", "clusterIP": "None"}, []),
        ({"internalTrafficPolicy": "Local", "type": "ExternalName"}, []),
    ],
    ids=str,
)
def test_callers_inside(spec: Any, expected: Any) -> None:
    subject = case(service("web", WEB, 80, **spec), pod(node="n1"), N1, N2)
    judged = list(local_traffic.internal_local(subject))
    assert codes(judged) == expected
    assert [(each.effect, each.place.name) for each in judged] == [("degrades", "cluster") for _ in expected]


def test_a_policy_of_the_cluster_drops_nothing() -> None:
    assert dropped(case(local(externalTrafficPolicy="Cluster"), pod(node="n1"), N1, N2)) == []
