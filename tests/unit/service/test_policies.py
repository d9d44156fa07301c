"""NetworkPolicies before the pods of a Service: shut (SVC080), narrow (SVC081), names nobody has (SVC082)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.hops import hops
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.policies import RULES, shut
from kubectl_lab.domain.service.verdict import verdict
from unit.service.cases import case, codes, endpoint, endpoint_slice, pod, policy, service, workload

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]
WEB = service("web", {"app": "web"}, (80, 8080))
HTTP = [{"containerPort": 8080, "name": "http"}]
ONE, TWO = pod("web-1", {"app": "web", "blue": ""}, ports=HTTP), pod("web-2", ports=HTTP)
BLUE = {"blue": ""}
OPEN = [{"ports": [{"port": 8080}]}]


def found(asked: Case) -> list[Judged]:
    return [each for rule in RULES for each in rule(asked)]


def details(judged: Judged) -> Object:
    return dict(judged.finding.details)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([ONE, TWO], [], id="no policy is no gate"),
        pytest.param([ONE, policy()], ["SVC080"], id="a policy without rules admits nobody"),
        pytest.param([ONE, policy(ingress=OPEN)], [], id="a rule without from admits everyone"),
        pytest.param([ONE, policy(ingress=[{"ports": [{"port": 80}]}])], ["SVC080"], id="the Service's port is no use"),
        pytest.param([ONE, policy(ingress=[{"ports": [{"port": "http"}]}])], [], id="a name that the pod has"),
        pytest.param(
            [ONE, policy(ingress=[{"ports": [{"port": "web"}]}])], ["SVC080", "SVC082"], id="a name that it lacks"
        ),
        pytest.param(
            [ONE, policy(ingress=[{"ports": [{"port": "web"}, {"port": 8080}]}])],
            ["SVC082"],
            id="a name that it lacks beside a number that opens",
        ),
        pytest.param(
            [ONE, policy(ingress=[{"from": [{"podSelector": {}}]}])], ["SVC081"], id="open to some is not open to all"
        ),
        pytest.param(
            [ONE, policy(ingress=[{"from": [{"podSelector": {}}]}, {}])], [], id="open to some and to all is open"
        ),
        pytest.param([ONE, policy(policyTypes=["Egress"])], [], id="a policy on the way out says nothing here"),
        pytest.param([ONE, policy(namespace="other")], [], id="a policy of another namespace says nothing here"),
        pytest.param([pod("web-1", spec={"hostNetwork": True}), policy()], [], id="pods on the host are not judged"),
        pytest.param([pod("web-1", ready=False), policy()], [], id="a pod that gets no traffic needs no gate"),
    ],
)
def test_codes(objects: list[Object], expected: list[str]) -> None:
    assert codes(found(case(WEB, *objects))) == expected


@pytest.mark.parametrize("missing", ["NetworkPolicy", "Pod"])
def test_what_was_denied_is_not_judged(missing: str) -> None:
    assert found(case(WEB, ONE, policy(), missing=[missing])) == []


def test_pods_that_are_all_shut_break_the_ports_and_their_hops() -> None:
    asked = case(WEB, ONE, TWO, policy("deny"))
    (judged,) = found(asked)
    assert (judged.effect, judged.place, judged.ports) == ("breaks", Place("pod"), (80,))
    assert judged.finding.severity == "error"
    seen = details(judged)
    assert (seen["policies"], seen["targets"], seen["pods"]) == (["deny"], [8080], ["web-1", "web-2"])
    assert verdict(asked, [judged]) == "broken"
    states = {hop.target: (hop.state, hop.finding) for hop in hops(asked, [judged], ())}
    assert states["pod/shop/web-1"] == states["pod/shop/web-2"] == ("broken", "SVC080")
    assert states["port/8080"] == ("unknown", None)


def test_one_pod_of_two_shut_degrades() -> None:
    asked = case(WEB, ONE, TWO, policy("deny", BLUE))
    (judged,) = found(asked)
    assert (judged.finding.severity, judged.ports, judged.place) == ("warning", (), Place("pod", "shop/web-1"))
    assert details(judged)["pods"] == ["web-1"]
    assert verdict(asked, [judged]) == "degraded"


def test_a_pod_that_is_open_on_another_port_is_marked_at_the_port() -> None:
    two_ports = service("web", {"app": "web"}, {"name": "a", "port": 80}, {"name": "b", "port": 81})
    asked = case(two_ports, ONE, TWO, policy(ingress=[{"ports": [{"port": 80}]}]))
    judged = found(asked)
    assert [each.place for each in judged] == [Place("port", "shop/web-1:81"), Place("port", "shop/web-2:81")]
    assert {each.ports for each in judged} == {(81,)}
    assert len({id(each.finding) for each in judged}) == 1
    assert verdict(asked, judged) == "degraded"


def test_one_number_under_two_protocols_is_shut_only_when_both_are() -> None:
    both = service("web", {"app": "web"}, {"name": "a", "port": 53}, {"name": "b", "port": 53, "protocol": "UDP"})
    (judged,) = found(case(both, ONE, policy(ingress=[{"ports": [{"port": 53}]}])))
    assert judged.ports == ()
    assert details(judged)["targets"] == ["53/UDP"]


def test_pods_of_different_policies_have_a_finding_each_and_break_the_port_together() -> None:
    asked = case(WEB, ONE, pod("web-2", {"app": "web", "green": ""}), policy("a", BLUE), policy("b", {"green": ""}))
    judged = found(asked)
    assert [details(each)["policies"] for each in judged] == [["a"], ["b"]]
    assert [each.ports for each in judged] == [(80,), (80,)]
    assert verdict(asked, judged) == "broken"


@pytest.mark.parametrize(
    ("ingress", "hint"),
    [
        pytest.param(None, "nothing", id="nothing at all"),
        pytest.param([{"ports": [{"port": 80}]}], "service-port", id="the Service's port"),
        pytest.param([{"ports": [{"port": 79, "endPort": 81}]}], "service-port", id="a range with the Service's port"),
    ],
)
def test_what_the_policies_open_instead(ingress: list[Object] | None, hint: str) -> None:
    (judged,) = found(case(WEB, ONE, policy(ingress=ingress)))
    assert details(judged)["hint"]["phrase"] == f"service.policy-opens-{hint}"


def test_other_ports_that_are_open_are_listed() -> None:
    entries = [
        {"port": 443},
        {"port": 53, "protocol": "UDP"},
        {"port": 1, "endPort": 9},
        {"protocol": "SCTP"},
    ]
    (judged,) = found(case(WEB, ONE, policy(ingress=[{"ports": entries[:2]}, {"ports": entries[2:]}])))
    hint = details(judged)["hint"]
    assert hint["phrase"] == "service.policy-opens"
    assert hint["values"]["ports"][:3] == ["443", "53/UDP", "1-9"]
    assert hint["values"]["ports"][3]["values"] == {"count": 1}


def test_the_rule_that_was_meant_gets_the_pods_port() -> None:
    (judged,) = found(case(WEB, ONE, policy("web", ingress=[{"ports": [{"port": 9}]}, {"ports": [{"port": 80}]}])))
    seen = details(judged)
    value = {"protocol": "TCP", "port": 8080}
    assert json.loads(seen["patch"]) == [{"op": "add", "path": "/spec/ingress/1/ports/-", "value": value}]
    assert (seen["policy"], seen["manifest"]) == ("web", None)


@pytest.mark.parametrize(
    ("policies", "selector"),
    [
        pytest.param([policy()], {"matchLabels": {"app": "web"}}, id="the Service's pods, where all are isolated"),
        pytest.param([policy("a", BLUE)], {"matchLabels": BLUE}, id="else those that are isolated now"),
        pytest.param(
            [policy("a", BLUE), policy("b")], {"matchLabels": {"app": "web"}}, id="one that takes all is enough"
        ),
    ],
)
def test_a_new_policy_isolates_nobody_else(policies: list[Object], selector: Object) -> None:
    (judged,) = found(case(WEB, ONE, *policies))
    made = json.loads(details(judged)["manifest"])
    assert made["metadata"] == {"name": "allow-to-web", "namespace": "shop"}
    assert made["spec"] == {
        "podSelector": selector,
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"podSelector": {}}], "ports": [{"protocol": "TCP", "port": 8080}]}],
    }


@pytest.mark.parametrize(
    ("name", "written"),
    [
        pytest.param("htpp", False, id="not beside the correction of a name"),
        pytest.param("admin", True, id="where no name is near"),
    ],
)
def test_a_new_policy_is_offered_where_nothing_else_cures(name: str, written: bool) -> None:
    first, _ = found(case(WEB, ONE, policy(ingress=[{"ports": [{"port": name}]}])))
    assert (details(first)["manifest"] is not None) is written
    assert details(first)["see"] == ["gate"]


def test_policies_that_nobody_has_applied_are_edited_and_not_patched() -> None:
    written = policy()
    written["metadata"] = {"name": "gate", "namespace": "shop"}
    (judged,) = found(case(WEB, ONE, written))
    assert [details(judged)[name] for name in ("see", "policy", "patch", "manifest")] == [None] * 4


def test_would_be_pods_are_judged_by_their_template() -> None:
    deployments = [workload("Deployment", name, {"app": "web", "of": name}, replicas=2) for name in ("a", "b")]
    asked = case(WEB, *deployments, policy("deny", {"of": "a"}), slices=None, manifests=True)
    (judged,) = found(asked)
    assert (judged.finding.severity, judged.place) == ("warning", Place("pod", "deployment/a"))
    assert details(judged)["pods"] == ["deployment/a"]
    states = {hop.target: hop.state for hop in hops(asked, [judged], ())}
    assert (states["deployment/shop/a"], states["deployment/shop/b"]) == ("broken", "ok")


HEADLESS = service("web", {"app": "web"}, clusterIP="None")


def test_a_headless_service_without_ports_is_shut_when_no_port_of_its_pods_is_open() -> None:
    asked = case(HEADLESS, ONE, TWO, policy())
    (judged,) = found(asked)
    assert details(judged)["targets"] == {"phrase": "service.policy-any-port", "values": {}}
    assert "ports" not in json.loads(details(judged)["manifest"])["spec"]["ingress"][0]
    assert verdict(asked, [judged]) == "broken"
    assert found(case(HEADLESS, ONE, policy(ingress=[{"ports": [{"port": 1}]}]))) == []


def test_a_headless_service_with_an_open_pod_is_degraded() -> None:
    asked = case(HEADLESS, ONE, TWO, policy("deny", BLUE))
    (judged,) = found(asked)
    assert judged.finding.severity == "warning"
    assert verdict(asked, [judged]) == "degraded"


def test_an_address_without_a_known_pod_counts_as_open() -> None:
    unknown = endpoint_slice("web-1", "web", endpoint("10.1.2.3", pod="web-9"))
    assert found(case(WEB, ONE, unknown, policy())) == []


def test_an_external_name_has_no_gate() -> None:
    assert found(case(service("web", None, 80, type="ExternalName", externalName="x.example"), policy())) == []


def test_the_gate_is_unknown_where_policies_could_not_be_read() -> None:
    denied = case(WEB, ONE, missing=["NetworkPolicy"])
    states = {hop.target: hop.state for hop in hops(denied, (), ())}
    assert (states["endpoints/shop/web"], states["pod/shop/web-1"], states["port/8080"]) == ("ok", "unknown", "ok")
    assert verdict(denied, ()) == "healthy"
    read = {hop.target: hop.state for hop in hops(case(WEB, ONE), (), ())}
    assert read["pod/shop/web-1"] == "ok"


def test_shut_stands_before_the_name_that_caused_it() -> None:
    assert RULES[0] is shut
