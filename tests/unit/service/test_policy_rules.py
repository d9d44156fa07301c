"""Whom a set of NetworkPolicies admits to a port of a pod."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.service.policy_rules import (
    EGRESS,
    INGRESS,
    Destination,
    Party,
    Sure,
    admits,
    has_type,
    isolating,
    selected,
)
from unit.service.cases import policy

Object = dict[str, Any]
PORTS = [{"containerPort": 8080, "name": "http"}, {"containerPort": 53, "name": "dns", "protocol": "UDP"}]
SPEC: Object = {"containers": [{"name": "main", "ports": PORTS}]}
WEB = Party("shop", {"app": "web"})
FRONT = Party("shop", {"role": "front"}, {"team": "a"}, ("10.1.0.7",))
ELSEWHERE = Party("other", {"role": "front"}, {"team": "b"}, ("10.1.0.8",))
UNKNOWN_LABELS = Party("other", {"role": "front"})
SOMEBODY = Party("shop", None, {"team": "a"})
OUTSIDE = Party(addresses=("192.0.2.7",), outside=True)
ON_HOST = Party("shop", {"role": "front"}, {"team": "a"}, ("10.0.0.1",), on_host=True)


def at(number: int | None = 8080, protocol: str = "TCP", spec: Object | None = SPEC) -> Destination:
    return Destination(spec, number, protocol)


def by_name(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


@pytest.mark.parametrize(
    ("spec", "ingress", "egress"),
    [
        pytest.param({}, True, False, id="Ingress is the default type"),
        pytest.param({"egress": [{}]}, True, True, id="egress rules make it both"),
        pytest.param({"egress": []}, True, False, id="an empty list of egress rules does not"),
        pytest.param({"policyTypes": ["Egress"]}, False, True, id="only what policyTypes says, once it says something"),
        pytest.param({"policyTypes": ["Ingress"], "egress": [{}]}, True, False, id="rules of another type are idle"),
        pytest.param({"policyTypes": "Egress"}, True, False, id="a policyTypes of another shape says nothing"),
    ],
)
def test_types(spec: Object, ingress: bool, egress: bool) -> None:
    made = policy(**spec)
    assert (has_type(made, INGRESS), has_type(made, EGRESS)) == (ingress, egress)


@pytest.mark.parametrize(
    ("made", "party", "sure"),
    [
        pytest.param(policy(), WEB, Sure.YES, id="an empty podSelector takes all pods of the namespace"),
        pytest.param(policy(selector={"app": "web"}), WEB, Sure.YES, id="labels that fit"),
        pytest.param(policy(selector={"app": "db"}), WEB, Sure.NO, id="labels that do not fit"),
        pytest.param(policy(namespace="other"), WEB, Sure.NO, id="a policy never leaves its namespace"),
        pytest.param(policy(), SOMEBODY, Sure.YES, id="some pod of the namespace is taken by an empty selector"),
        pytest.param(policy(selector={"app": "web"}), SOMEBODY, Sure.MAYBE, id="some pod of it may have any label"),
        pytest.param(policy(), ON_HOST, Sure.NO, id="a pod on its node's network is not isolated reliably"),
        pytest.param(policy(), OUTSIDE, Sure.NO, id="an address outside is no pod"),
        pytest.param(policy(podSelector=None), WEB, Sure.YES, id="a null podSelector is the empty one"),
        pytest.param(
            policy(podSelector={"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}),
            WEB,
            Sure.YES,
            id="expressions count",
        ),
    ],
)
def test_selection(made: Object, party: Party, sure: Sure) -> None:
    assert selected(made, party) is sure
    assert bool(isolating([made], party)) == bool(sure)


@pytest.mark.parametrize(
    ("ports", "to", "sure"),
    [
        pytest.param(None, at(), Sure.YES, id="a rule without ports opens all"),
        pytest.param([], at(9), Sure.YES, id="an empty list of ports too"),
        pytest.param([{"port": 8080}], at(), Sure.YES, id="TCP is the default protocol"),
        pytest.param([{"port": 8080}], at(8080, "UDP"), Sure.NO, id="another protocol is another port"),
        pytest.param([{"port": 8080, "protocol": "UDP"}], at(), Sure.NO, id="the rule's protocol counts"),
        pytest.param([{"port": 80}], at(), Sure.NO, id="the Service's port is not the pod's"),
        pytest.param([{"port": 80}, {"port": 8080}], at(), Sure.YES, id="any of its entries is enough"),
        pytest.param([{"port": 8000, "endPort": 8080}], at(), Sure.YES, id="the end of a range is in it"),
        pytest.param([{"port": 8080, "endPort": 8090}], at(), Sure.YES, id="its start too"),
        pytest.param([{"port": 8000, "endPort": 8079}], at(), Sure.NO, id="what lies behind is not"),
        pytest.param([{"protocol": "TCP"}], at(1), Sure.YES, id="a protocol alone opens all its ports"),
        pytest.param([{"protocol": "UDP"}], at(1), Sure.NO, id="and none of another"),
        pytest.param([{"port": "http"}], at(), Sure.YES, id="a name is looked up in the pod"),
        pytest.param([{"port": "http"}], at(80), Sure.NO, id="a name means that number alone"),
        pytest.param([{"port": "dns"}], at(53, "UDP"), Sure.NO, id="a name is looked up under the rule's protocol"),
        pytest.param([{"port": "dns", "protocol": "UDP"}], at(53, "UDP"), Sure.YES, id="a name with its protocol"),
        pytest.param([{"port": "web"}], at(), Sure.NO, id="a name that the pod does not have opens nothing"),
        pytest.param([{"port": "web"}], at(spec=None), Sure.YES, id="in a pod that is not known it may be any"),
        pytest.param([{"port": 1}], at(None, ""), Sure.YES, id="a Service without ports leads to any that is open"),
        pytest.param([{"port": [8080]}], at(), Sure.NO, id="a port of another shape opens nothing"),
    ],
)
def test_ports(ports: list[Object] | None, to: Destination, sure: Sure) -> None:
    rule: Object = {} if ports is None else {"ports": ports}
    assert admits([policy(ingress=[rule])], WEB, to, FRONT) is sure


BOTH = {"podSelector": {"matchLabels": {"role": "front"}}, "namespaceSelector": {"matchLabels": {"team": "b"}}}
BLOCK = {"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}}


@pytest.mark.parametrize(
    ("peers", "client", "sure"),
    [
        pytest.param([], ELSEWHERE, Sure.YES, id="an empty from is everyone"),
        pytest.param([{"podSelector": {}}], FRONT, Sure.YES, id="a podSelector alone means the policy's namespace"),
        pytest.param([{"podSelector": {}}], ELSEWHERE, Sure.NO, id="and no other"),
        pytest.param([{"podSelector": {"matchLabels": {"role": "x"}}}], FRONT, Sure.NO, id="labels must fit"),
        pytest.param([{"namespaceSelector": {}}], ELSEWHERE, Sure.YES, id="an empty namespaceSelector is the cluster"),
        pytest.param([BOTH], ELSEWHERE, Sure.YES, id="both selectors in one peer fit"),
        pytest.param([BOTH], FRONT, Sure.NO, id="both in one peer are and"),
        pytest.param([{"podSelector": {}}, {"namespaceSelector": {}}], ELSEWHERE, Sure.YES, id="several peers are or"),
        pytest.param([by_name("other")], UNKNOWN_LABELS, Sure.YES, id="the name of a namespace is a label, always"),
        pytest.param([by_name("shop")], UNKNOWN_LABELS, Sure.NO, id="and decides where nothing else is known"),
        pytest.param([BOTH], UNKNOWN_LABELS, Sure.MAYBE, id="other labels of an unread namespace may be anything"),
        pytest.param([{"podSelector": {"matchLabels": {"a": "b"}}}], SOMEBODY, Sure.MAYBE, id="some pod may carry it"),
        pytest.param([{"namespaceSelector": {}}], OUTSIDE, Sure.NO, id="an address outside is in no namespace"),
        pytest.param([BLOCK], OUTSIDE, Sure.YES, id="an address in the block"),
        pytest.param([BLOCK], Party(addresses=("192.0.2.200",), outside=True), Sure.NO, id="except takes it out"),
        pytest.param([BLOCK], Party(addresses=("2001:db8::1",), outside=True), Sure.NO, id="another family"),
        pytest.param([{"ipBlock": {"cidr": "junk"}}], OUTSIDE, Sure.NO, id="a block that is none holds nobody"),
        pytest.param([{"ipBlock": {"cidr": "10.1.0.0/16"}}], FRONT, Sure.MAYBE, id="plugins differ on blocks and pods"),
        pytest.param([BLOCK], FRONT, Sure.NO, id="a pod outside the block is certainly not in it"),
        pytest.param([BLOCK], WEB, Sure.MAYBE, id="a pod whose address is not known may be in it"),
        pytest.param([{"podSelector": {"matchLabels": {"a": "b"}}}], ON_HOST, Sure.MAYBE, id="the node's may be any"),
        pytest.param([{}], FRONT, Sure.NO, id="a peer that says nothing is nobody"),
        pytest.param(["junk"], FRONT, Sure.NO, id="a peer of another shape is nobody"),
    ],
)
def test_peers(peers: list[Any], client: Party, sure: Sure) -> None:
    assert admits([policy(ingress=[{"from": peers}])], WEB, at(), client) is sure


@pytest.mark.parametrize(
    ("policies", "sure"),
    [
        pytest.param([], Sure.YES, id="without a policy everyone is admitted"),
        pytest.param([policy(selector={"app": "db"})], Sure.YES, id="a policy of other pods isolates nobody here"),
        pytest.param([policy()], Sure.NO, id="no ingress at all is nobody"),
        pytest.param([policy(ingress=[])], Sure.NO, id="an empty ingress is nobody"),
        pytest.param([policy(ingress=[{}])], Sure.YES, id="an empty rule is everyone on every port"),
        pytest.param([policy(), policy("more", ingress=[{}])], Sure.YES, id="the rules of all policies add up"),
        pytest.param([policy(policyTypes=["Egress"])], Sure.YES, id="a policy on the way out does not isolate here"),
        pytest.param([policy() | {"spec": 3}], Sure.NO, id="a policy of another shape isolates and holds no rule"),
        pytest.param([policy(ingress=["junk"])], Sure.YES, id="a rule of another shape is one that says nothing"),  # type: ignore[list-item]
    ],
)
def test_policies_isolate_and_add_up(policies: list[Object], sure: Sure) -> None:
    assert admits(policies, WEB, at(), FRONT) is sure


def test_who_may_be_selected_is_admitted_perhaps() -> None:
    """Nobody knows whether "some pod of the namespace" is among those that the policy isolates."""
    assert admits([policy(selector={"app": "web"})], SOMEBODY, at(), FRONT) is Sure.MAYBE
    both = [policy(), policy("more", {"app": "web"}, ingress=[{}])]
    assert admits(both, SOMEBODY, at(), FRONT) is Sure.MAYBE


def test_on_the_way_out_the_peers_are_those_that_are_asked() -> None:
    out = policy(policyTypes=["Egress"], egress=[{"to": [BOTH], "ports": [{"port": 8080}]}])
    assert admits([out], FRONT, at(), ELSEWHERE, EGRESS) is Sure.YES
    assert admits([out], FRONT, at(), WEB, EGRESS) is Sure.NO
    assert admits([out], FRONT, at(80), ELSEWHERE, EGRESS) is Sure.NO
