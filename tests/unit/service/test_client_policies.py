"""May the client of `--from` connect (SVC083)? What may be admitted is never called refused."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service.case import Client
from kubectl_lab.domain.service.hops import hops
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.policies import RULES
from kubectl_lab.domain.service.verdict import verdict
from unit.service.cases import codes, endpoint, endpoint_slice, pod, policy, service
from unit.service.clients import ANY, BATCH, DNS, FROM_FRONT, ONE, OUTSIDE, POD, TO_SYSTEM, TO_WEB, asked, found, out

Object = dict[str, Any]
TWO = pod("web-2")


@pytest.mark.parametrize("client", [POD, ANY, OUTSIDE])
def test_without_a_policy_everyone_connects(client: Client) -> None:
    assert found(asked(client)) == []


def test_nobody_is_refused_where_nobody_asks() -> None:
    assert found(asked(None, ONE, policy(ingress=[FROM_FRONT]))) == []


@pytest.mark.parametrize(
    ("client", "rule", "refused"),
    [
        pytest.param(POD, FROM_FRONT, True, id="a pod without the label"),
        pytest.param(POD, {"from": [{"podSelector": {"matchLabels": {"app": "batch"}}}]}, False, id="a pod with it"),
        pytest.param(ANY, FROM_FRONT, True, id="another namespace"),
        pytest.param(ANY, {"from": [{"namespaceSelector": {"matchLabels": {"team": "b"}}}]}, False, id="its labels"),
        pytest.param(
            ANY,
            {"from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"role": "front"}}}]},
            False,
            id="some pod of a namespace may have the label",
        ),
        pytest.param(OUTSIDE, FROM_FRONT, True, id="an address where pods are admitted"),
        pytest.param(OUTSIDE, {"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}, False, id="an address in a block"),
        pytest.param(POD, {"from": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]}, False, id="a block may mean pods"),
        pytest.param(OUTSIDE, {}, False, id="everyone"),
    ],
)
def test_the_door(client: Client, rule: Object, refused: bool) -> None:
    judged = found(asked(client, ONE, policy("gate", ingress=[rule])))
    assert codes(judged) == (["SVC083"] if refused else [])


def test_a_refusal_at_the_door_breaks_the_port_for_this_client() -> None:
    made = asked(POD, ONE, TWO, policy("gate", ingress=[FROM_FRONT]))
    (judged,) = found(made)
    assert (judged.effect, judged.place, judged.ports, judged.finding.severity) == (
        "breaks",
        Place("pod"),
        (80,),
        "error",
    )
    seen = judged.finding.details
    assert (seen["client"], seen["policies"], seen["policyNamespace"]) == ("pod/batch-1", ["gate"], "shop")
    assert seen["why"]["phrase"] == "service.policy-refuses"
    assert verdict(made, [judged]) == "broken"


def test_a_pod_of_two_that_refuses_degrades() -> None:
    made = asked(POD, ONE, TWO, policy("gate", {"blue": ""}, ingress=[FROM_FRONT]))
    (judged,) = found(made)
    assert (judged.place, judged.ports, judged.finding.severity) == (Place("pod", "shop/web-1"), (), "warning")
    assert verdict(made, [judged]) == "degraded"


def test_what_is_shut_for_all_is_not_told_again() -> None:
    made = asked(POD, ONE, policy())
    assert codes(each for rule in RULES for each in rule(made)) == ["SVC080"]
    mixed = asked(POD, ONE, TWO, policy("a", {"blue": ""}), policy("b", {"app": "web"}, ingress=[FROM_FRONT]))
    assert found(mixed)[0].finding.details["policies"] == ["a", "b"]


def test_the_way_out_is_told_beside_a_door_that_is_shut_for_all() -> None:
    both = policy("deny", policyTypes=["Ingress", "Egress"], egress=[DNS])
    judged = [each for rule in RULES for each in rule(asked(POD, ONE, both))]
    assert codes(judged) == ["SVC080", "SVC083"]


def test_what_is_shut_for_all_counts_as_shut_for_this_client() -> None:
    green = pod("web-2", {"app": "web", "green": ""})
    gates = [policy("a", {"blue": ""}, ingress=[]), policy("b", {"green": ""}, ingress=[FROM_FRONT])]
    made = asked(POD, ONE, green, *gates)
    (judged,) = found(made)
    assert (judged.ports, judged.place) == ((80,), Place("pod", "shop/web-2"))


def test_a_pod_reaches_itself() -> None:
    itself = Client("pod/web-1", "shop", {"team": "a"}, pod=ONE)
    assert found(asked(itself, ONE, policy("gate", ingress=[FROM_FRONT]), out(DNS))) == []
    assert codes(found(asked(itself, ONE, TWO, policy("gate", ingress=[FROM_FRONT])))) == ["SVC083"]


def test_a_node_is_never_refused() -> None:
    node = make.node("n1")
    node["status"]["addresses"] = [{"type": "InternalIP", "address": "192.0.2.7"}]
    gates = [policy("gate", ingress=[FROM_FRONT]), out()]
    assert found(asked(OUTSIDE, ONE, node, *gates)) == []
    on_host = Client("pod/x", "shop", {}, pod=pod("x", spec={"hostNetwork": True}))
    assert found(asked(on_host, ONE, *gates)) == []


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        pytest.param([TO_WEB, DNS], None, id="both opened"),
        pytest.param([{}], None, id="an empty rule opens all"),
        pytest.param([DNS], "keeps-in", id="DNS alone"),
        pytest.param([TO_WEB], "no-dns", id="the Service alone"),
        pytest.param([], "nowhere", id="nothing"),
        pytest.param([TO_WEB, {"ports": [{"port": 53}]}], "no-dns", id="TCP to DNS is not UDP"),
        pytest.param([TO_WEB, {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}], None, id="a block may mean DNS"),
        pytest.param(
            [
                TO_WEB,
                {
                    "to": [{**TO_SYSTEM, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}],
                    "ports": [{"port": "dns", "protocol": "UDP"}],
                },
            ],
            None,
            id="pods of DNS may have that label and that name of a port",
        ),
        pytest.param([{**TO_WEB, "ports": [{"port": 80}]}, DNS], "keeps-in", id="the Service's port is no use here"),
    ],
)
def test_the_way_out(rules: list[Object], key: str | None) -> None:
    judged = found(asked(POD, ONE, out(*rules)))
    assert [each.finding.details["why"]["phrase"] for each in judged] == ([f"service.policy-{key}"] if key else [])


def test_without_dns_the_way_in_is_broken() -> None:
    made = asked(POD, ONE, out(TO_WEB))
    (judged,) = found(made)
    assert (judged.place, judged.ports) == (Place("entry", "cluster"), (80,))
    assert verdict(made, [judged]) == "broken"
    assert {hop.target: hop.finding for hop in hops(made, [judged], ())}["cluster"] == "SVC083"


@pytest.mark.parametrize(
    ("of", "place"),
    [
        pytest.param(
            service("web", {"app": "web"}, 8080, clusterIP="None"), Place("entry", "dns"), id="headless with ports"
        ),
        pytest.param(service("web", {"app": "web"}, clusterIP="None"), Place("service"), id="headless without"),
        pytest.param(
            service("web", None, 80, type="ExternalName", externalName="x.example"), Place("service"), id="an alias"
        ),
    ],
)
def test_without_dns_no_name_resolves(of: Object, place: Place) -> None:
    made = asked(POD, ONE, out(TO_WEB), of=of)
    (judged,) = found(made)
    assert judged.place == place
    assert verdict(made, [judged]) == "broken"


def test_a_headless_service_without_ports_that_refuses_is_broken_for_this_client() -> None:
    made = asked(POD, ONE, policy("gate", ingress=[FROM_FRONT]), of=service("web", {"app": "web"}, clusterIP="None"))
    (judged,) = found(made)
    assert (judged.finding.severity, verdict(made, [judged])) == ("error", "broken")


def test_a_pod_that_asks_another_dns_needs_no_way_to_it() -> None:
    elsewhere = {**BATCH, "spec": {**BATCH["spec"], "dnsPolicy": "None"}}
    assert found(asked(Client("pod/batch-1", "shop", {}, pod=elsewhere), ONE, out(TO_WEB))) == []


def test_only_a_policy_of_all_pods_keeps_any_pod_of_a_namespace_in() -> None:
    some = out(name="some", selector={"app": "batch"}, namespace="edge")
    assert found(asked(ANY, ONE, some)) == []
    (judged,) = found(asked(ANY, ONE, some, out(namespace="edge", name="all")))
    assert (judged.finding.details["policies"], judged.finding.details["policyNamespace"]) == (["all"], "edge")


def test_an_address_has_no_way_out_of_its_own() -> None:
    assert found(asked(OUTSIDE, ONE, out())) == []


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        pytest.param({"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}, False, id="in the block"),
        pytest.param({"to": [{"podSelector": {}}]}, True, id="not a pod"),
    ],
)
def test_a_hand_made_address_is_outside(rule: Object, refused: bool) -> None:
    by_hand = endpoint_slice("web-1", "web", endpoint("192.0.2.9"))
    judged = found(asked(POD, by_hand, out(rule, DNS), of=service("web", None)))
    assert codes(judged) == (["SVC083"] if refused else [])


def test_of_a_pod_that_is_not_known_nothing_is_said() -> None:
    unknown = endpoint_slice("web-1", "web", endpoint("10.1.2.3", pod="web-9"))
    assert found(asked(POD, unknown, out(DNS))) == []


def test_both_ends_may_refuse() -> None:
    judged = found(asked(POD, ONE, policy("gate", {"app": "web"}, ingress=[FROM_FRONT]), out(DNS)))
    assert [each.finding.details["why"]["phrase"] for each in judged] == [
        "service.policy-refuses",
        "service.policy-keeps-in",
    ]
