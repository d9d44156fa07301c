"""NetworkPolicies that open a port to some (SVC081), or by a name that no pod has (SVC082)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.policies import RULES
from unit.service.cases import case, codes, namespace, pod, policy, service, workload

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]
WEB = service("web", {"app": "web"}, (80, 8080))
HTTP = [{"containerPort": 8080, "name": "http"}]
ONE, TWO = pod("web-1", {"app": "web", "blue": ""}, ports=HTTP), pod("web-2", ports=HTTP)
BLUE = {"blue": ""}


def found(asked: Case) -> list[Judged]:
    return [each for rule in RULES for each in rule(asked)]


def details(judged: Judged) -> Object:
    return dict(judged.finding.details)


def test_sources_are_told_by_what_they_are() -> None:
    labels = {"matchLabels": {"role": "front"}, "matchExpressions": [{"key": "old", "operator": "DoesNotExist"}]}
    spaces = {"matchExpressions": [{"key": "team", "operator": "In", "values": ["a", "b"]}]}
    named = {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}
    peers: list[Object] = [
        {"podSelector": labels},
        {"podSelector": {}, "namespaceSelector": spaces},
        {"namespaceSelector": named},
    ]
    (judged,) = found(case(WEB, ONE, TWO, policy(ingress=[{"from": [each]} for each in peers])))
    told = details(judged)["sources"]
    assert [each["phrase"] for each in told] == [
        "service.policy-pods-labelled",
        "service.policy-pods-all",
        "service.policy-pods-all",
    ]
    assert told[0]["values"]["labels"] == "role=front,!old"
    assert [each["values"]["where"]["values"] for each in told] == [
        {"namespace": "shop"},
        {"labels": "team in (a,b)"},
        {"namespace": "edge"},
    ]
    assert (judged.effect, judged.finding.severity) == ("none", "info")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        pytest.param({"cidr": "0.0.0.0/0"}, [], id="all addresses are no restriction"),
        pytest.param({"cidr": "::/0"}, [], id="nor are those of the other family"),
        pytest.param({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}, ["SVC081"], id="less some they are"),
        pytest.param({"cidr": "10.0.0.0/8"}, ["SVC081"], id="some addresses"),
    ],
)
def test_what_is_open_to_all_addresses_is_open(block: Object, expected: list[str]) -> None:
    assert codes(found(case(WEB, ONE, policy(ingress=[{"from": [{"ipBlock": block}]}])))) == expected


def test_blocks_are_told_with_what_they_leave_out_and_the_rest_is_counted() -> None:
    blocks: list[Object] = [
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
        {"ipBlock": {"cidr": "192.0.2.0/24"}},
        {"ipBlock": {"cidr": "192.0.2.0/24"}},
        {"namespaceSelector": {}},
        {"podSelector": {}},
    ]
    (judged,) = found(case(WEB, ONE, policy(ingress=[{"from": blocks}])))
    told = details(judged)["sources"]
    assert [each["phrase"] for each in told] == [
        "service.policy-block-except",
        "service.policy-block",
        "service.policy-pods-all",
        "service.and-more",
    ]
    assert told[2]["values"]["where"]["phrase"] == "service.policy-namespaces-all"


def test_pods_with_other_sources_are_told_apart() -> None:
    front = policy("a", BLUE, ingress=[{"from": [{"podSelector": {}}]}])
    edge = policy("b", {"green": ""}, ingress=[{"from": [{"namespaceSelector": {}}]}])
    judged = found(case(WEB, ONE, pod("web-2", {"app": "web", "green": ""}), front, edge))
    assert [details(each)["pods"] for each in judged] == [["web-1"], ["web-2"]]


def test_a_misspelt_name_is_offered_its_neighbour() -> None:
    gate = policy("web", ingress=[{"ports": [{"port": 1}, {"port": "htpp"}]}])
    judged = next(each for each in found(case(WEB, ONE, TWO, gate)) if each.finding.code == "SVC082")
    seen = details(judged)
    step = {"op": "replace", "path": "/spec/ingress/0/ports/1/port", "value": "http"}
    assert json.loads(seen["patch"]) == [step]
    assert (seen["portName"], seen["protocol"], seen["names"]) == ("htpp", "TCP", ["http"])
    assert judged.effect == "none"


def test_a_name_that_only_another_protocol_has_is_not_offered() -> None:
    gate = policy("web", ingress=[{"ports": [{"port": "http", "protocol": "UDP"}]}])
    judged = next(each for each in found(case(WEB, ONE, gate)) if each.finding.code == "SVC082")
    assert (details(judged)["patch"], details(judged)["names"]) == (None, [])
    assert details(judged)["hint"]["phrase"] == "service.policy-port-names-none"


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        pytest.param({"app": "web"}, True, id="its pods are the Service's, which are all known"),
        pytest.param({"app": "web", "blue": ""}, True, id="its pods are some of the Service's"),
        pytest.param(None, False, id="others may have the name"),
    ],
)
def test_a_name_is_missed_only_where_all_pods_are_known(selector: Object | None, told: bool) -> None:
    gate = policy("web", selector, ingress=[{"ports": [{"port": "web"}, {"port": 8080}]}])
    asked = case(WEB, ONE, gate, extents={"Pod": "some"})
    assert codes(found(asked)) == (["SVC082"] if told else [])


def test_a_name_that_another_pod_of_the_policy_has_is_not_missed() -> None:
    other = pod("db-1", {"app": "db"}, ports=[{"containerPort": 1, "name": "web"}])
    assert found(case(WEB, ONE, other, policy(ingress=[{"ports": [{"port": "web"}, {"port": 8080}]}]))) == []


def test_names_in_templates_count_for_would_be_pods() -> None:
    gate = policy(ingress=[{"ports": [{"port": "web"}, {"port": 8080}]}])
    named = workload("Deployment", "web", {"app": "web"}, {"containerPort": 8080, "name": "web"}, replicas=1)
    bare = workload("Deployment", "web", {"app": "web"}, replicas=1)
    assert found(case(WEB, named, gate, slices=None, manifests=True)) == []
    assert codes(found(case(WEB, bare, gate, slices=None, manifests=True))) == ["SVC082"]


def test_a_policy_of_the_namespace_labels_is_told_with_the_known_ones() -> None:
    gate = policy(ingress=[{"from": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]}])
    (judged,) = found(case(WEB, ONE, gate, namespace("shop", team="a")))
    assert details(judged)["sources"][0]["values"]["where"]["values"] == {"labels": "team=a"}
