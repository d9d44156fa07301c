"""What is printed for the client of `--from` opens its way (SVC083)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.case import Client
from unit.service.cases import endpoint, endpoint_slice, pod, policy, service
from unit.service.clients import ANY, DNS, FROM_FRONT, ONE, OUTSIDE, POD, TO_WEB, asked, found, out

if TYPE_CHECKING:
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]


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
