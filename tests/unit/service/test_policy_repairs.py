"""What is printed for the client of `--from` opens its way (SVC083)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.case import Client
from kubectl_lab.domain.service.policies import RULES
from unit.service.cases import case, endpoint, endpoint_slice, namespace, pod, policy, service

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]
WEB = service("web", {"app": "web"}, (80, 8080))
ONE = pod("web-1")
BATCH = pod("batch-1", {"app": "batch", "pod-template-hash": "x", "batch.kubernetes.io/job-name": "y"}, ip="10.1.0.7")
SHOP, EDGE, SYSTEM = namespace("shop", team="a"), namespace("edge", team="b"), namespace("kube-system")
POD = Client("pod/batch-1", "shop", {"team": "a"}, pod=BATCH)
ANY = Client("namespace/edge", "edge", {"kubernetes.io/metadata.name": "edge", "team": "b"})
OUTSIDE = Client("192.0.2.7", address="192.0.2.7")
FROM_FRONT = {"from": [{"podSelector": {"matchLabels": {"role": "front"}}}]}
TO_SYSTEM = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
DNS = {"to": [TO_SYSTEM], "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}]}
TO_WEB = {"to": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 8080}]}


def asked(client: Client | None, *objects: Object, of: Object = WEB, **rest: Any) -> Case:
    return case(of, *(objects or (ONE,)), BATCH, SHOP, EDGE, SYSTEM, client=client, **rest)


def found(made: Case) -> list[Judged]:
    return [each for rule in RULES for each in rule(made) if each.finding.code == "SVC083"]


def out(*rules: Object, name: str = "out", selector: Object | None = None, **rest: Any) -> Object:
    return policy(name, selector, policyTypes=["Egress"], egress=list(rules), **rest)


def manifest(judged: Judged) -> Object:
    made: Object = json.loads(judged.finding.details["manifest"])
    return made


@pytest.mark.parametrize(
    ("client", "peer"),
    [
        pytest.param(
            POD,
            {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
                "podSelector": {"matchLabels": {"app": "batch"}},
            },
            id="a pod by the labels that last",
        ),
        pytest.param(
            ANY, {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}}, id="a namespace"
        ),
        pytest.param(OUTSIDE, {"ipBlock": {"cidr": "192.0.2.7/32"}}, id="an address"),
        pytest.param(
            Client("2001:db8::1", address="2001:db8::1"), {"ipBlock": {"cidr": "2001:db8::1/128"}}, id="of IPv6"
        ),
    ],
)
def test_the_new_policy_admits_this_client(client: Client, peer: Object) -> None:
    gate = policy("gate", {"app": "web"}, ingress=[FROM_FRONT])
    (judged,) = found(asked(client, ONE, gate))
    made = manifest(judged)
    assert made["spec"]["ingress"] == [{"from": [peer], "ports": [{"protocol": "TCP", "port": 8080}]}]
    assert found(asked(client, ONE, gate, made)) == []


def test_a_pod_whose_labels_do_not_last_gets_no_policy() -> None:
    passing = pod("job-1", {"batch.kubernetes.io/job-name": "job"}, ip="10.1.0.7")
    (judged,) = found(asked(Client("pod/job-1", "shop", {}, pod=passing), ONE, policy(ingress=[FROM_FRONT])))
    assert (judged.finding.details["manifest"], judged.finding.details["see"]) == (None, ["gate"])


@pytest.mark.parametrize("rules", [[], [DNS], [TO_WEB]])
@pytest.mark.parametrize("selector", [None, {"app": "batch"}])
def test_the_new_policy_lets_this_client_out(rules: list[Object], selector: Object | None) -> None:
    keeps_in = out(*rules, selector=selector)
    (judged,) = found(asked(POD, ONE, keeps_in))
    made = manifest(judged)
    assert made["spec"]["podSelector"] == {"matchLabels": {"app": "batch"}}
    assert made["metadata"]["namespace"] == "shop"
    assert found(asked(POD, ONE, keeps_in, made)) == []


def test_pods_of_a_service_without_selector_are_opened_by_their_namespace() -> None:
    by_hand = endpoint_slice("web-1", "web", endpoint("192.0.2.9", pod="web-1"))
    (judged,) = found(asked(POD, ONE, by_hand, out(DNS), of=service("web", None)))
    assert manifest(judged)["spec"]["egress"][0]["to"][0]["podSelector"] == {}


def test_policies_that_nobody_has_applied_are_edited() -> None:
    gate = policy("gate", ingress=[FROM_FRONT])
    gate["metadata"] = {"name": "gate", "namespace": "shop"}
    (judged,) = found(asked(POD, ONE, gate))
    assert (judged.finding.details["manifest"], judged.finding.details["see"]) == (None, None)
