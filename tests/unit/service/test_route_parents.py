"""The parents of routes: Gateways and listeners by what is written, and what their controllers say."""

from __future__ import annotations

import json
from typing import Any

import pytest

import make
from kubectl_lab.domain.service.fronts import entry_through
from kubectl_lab.domain.service.model import Place
from unit.service.cases import service
from unit.service.front_cases import details, judged
from unit.service.route_cases import condition, gateway, listener, read, ref, route, said

Object = dict[str, Any]
WEB = service("web", {"app": "web"})
PUBLIC = gateway()
PUBLIC_NODE, ROUTE_NODE = "gateway/shop/public", "httproute/shop/web"


def codes(*objects: Object, **rest: Any) -> set[str]:
    return set(judged(read(WEB, *objects, **rest)))


# --- SVC110


def test_an_absent_gateway_breaks_the_way_through_it() -> None:
    front = read(WEB, gateway("publik"), route())
    found = judged(front)["SVC110"]
    assert (found.effect, found.place) == ("breaks", Place("entry", PUBLIC_NODE))
    seen = found.finding.details
    assert (seen["gateway"], seen["gatewayNamespace"]) == ("public", "shop")
    assert seen["problem"]["values"]["hint"]["values"] == {"near": "publik"}
    assert json.loads(seen["patch"]) == [{"op": "replace", "path": "/spec/parentRefs/0/name", "value": "publik"}]
    assert front.is_shut()


def test_another_parent_that_is_there_keeps_the_route_open() -> None:
    front = read(WEB, PUBLIC, route(parents=[{"name": "public"}, {"name": "gone"}]))
    assert front.through == (PUBLIC_NODE, "gateway/shop/gone")
    assert set(judged(front)) == {"SVC110"}
    assert details(front, "SVC110")["patch"] is None
    assert not front.is_shut()


@pytest.mark.parametrize(
    ("parent", "section", "patch"),
    [
        pytest.param({"name": "public", "sectionName": "htpp"}, "htpp", "http", id="a listener by a name that is near"),
        pytest.param({"name": "public", "sectionName": "tls"}, "tls", None, id="a listener by another name"),
        pytest.param({"name": "public", "port": 8080}, 8080, None, id="a port without listener"),
        pytest.param({"name": "public", "sectionName": "http", "port": 443}, "http (443)", None, id="one of each"),
    ],
)
def test_an_absent_listener_breaks_the_step_to_the_route(parent: Object, section: Any, patch: str | None) -> None:
    front = read(WEB, gateway("public", listener("http"), listener("https", 443)), route(parents=[parent]))
    assert judged(front)["SVC110"].place == entry_through(PUBLIC_NODE, front.reference)
    seen = details(front, "SVC110")
    assert seen["problem"]["values"] == {"section": section, "listeners": ["http (80)", "https (443)"]}
    assert (json.loads(seen["patch"])[0]["value"] if seen["patch"] else None) == patch


@pytest.mark.parametrize(
    "parent",
    [
        pytest.param({"name": "public"}, id="by name"),
        pytest.param({"name": "public", "namespace": "shop", "sectionName": "http", "port": 80}, id="with everything"),
        pytest.param({"name": "web", "kind": "Service", "group": ""}, id="a mesh"),
        pytest.param({"name": "gone", "kind": "ListenerSet"}, id="a set of listeners"),
        pytest.param({"name": "gone", "group": "example.com"}, id="another group"),
    ],
)
def test_a_parent_that_is_there_or_not_ours_to_judge_is_silent(parent: Object) -> None:
    assert codes(PUBLIC, route(parents=[parent])) == set()


@pytest.mark.parametrize(
    ("parent", "rest"),
    [
        pytest.param({"name": "gone"}, {"missing": ["Gateway"]}, id="denied"),
        pytest.param(
            {"name": "gone", "namespace": "infra"}, {"extents": {"Gateway": "namespace"}}, id="only of one namespace"
        ),
    ],
)
def test_a_gateway_that_could_not_be_seen_is_not_absent_and_its_way_is_unknown(parent: Object, rest: Any) -> None:
    front = read(WEB, route(parents=[parent]), **rest)
    assert judged(front) == {}
    assert [step.seen for way in front.ways for step in way] == [False, False]


def test_a_gateway_that_is_there_or_is_not_is_a_way_that_is_seen() -> None:
    front = read(WEB, PUBLIC, route(parents=[{"name": "public"}, {"name": "gone"}]))
    assert [step.seen for way in front.ways for step in way] == [True] * 4


# --- SVC114

INFRA = [{"name": "public", "namespace": "infra"}]
SELECTOR = {"matchLabels": {"team": "shop"}}


def infra(*listeners: Object) -> Object:
    return gateway("public", *listeners, namespace="infra")


@pytest.mark.parametrize(
    ("listeners", "expected"),
    [
        pytest.param([listener()], {"SVC114"}, id="by default its own namespace"),
        pytest.param([listener(source="Same")], {"SVC114"}, id="its own namespace"),
        pytest.param([listener(source="All")], set(), id="all namespaces"),
        pytest.param([listener(source="Selector", selector=SELECTOR)], set(), id="labels that fit"),
        pytest.param(
            [listener(source="Selector", selector={"matchLabels": {"team": "x"}})], {"SVC114"}, id="labels that do not"
        ),
        pytest.param([listener(source="Selector", selector={})], set(), id="an empty selector takes everything"),
        pytest.param([listener(source="Selector")], {"SVC114"}, id="no selector takes nothing"),
        pytest.param([listener(), listener("https", 443, source="All")], set(), id="one of two listeners"),
    ],
)
def test_a_listener_admits_namespaces(listeners: list[Object], expected: set[str]) -> None:
    assert codes(infra(*listeners), route(parents=INFRA)) == expected


def test_a_section_leaves_only_its_own_listener() -> None:
    parents = [{**INFRA[0], "sectionName": "http"}]
    assert codes(infra(listener("http"), listener("https", 443, source="All")), route(parents=parents)) == {"SVC114"}


def test_who_is_admitted_is_told_and_the_label_can_be_given() -> None:
    selector = {"matchLabels": {"team": "x", "zone": "a"}}
    front = read(WEB, infra(listener(source="Selector", selector=selector)), route(parents=INFRA))
    assert judged(front)["SVC114"].place == entry_through("gateway/infra/public", front.reference)
    seen = details(front, "SVC114")
    assert seen["labels"] == ["team=x", "zone=a"]
    assert seen["admits"] == [{"phrase": "service.admits-labels", "values": {"labels": ["team=x", "zone=a"]}}]


def test_a_selector_that_is_more_than_labels_is_told_and_not_written() -> None:
    expressions = [{"key": "team", "operator": "In", "values": ["x", "y"]}, {"key": "old", "operator": "Exists"}]
    selector = {"matchExpressions": expressions, "matchLabels": {"a": "b"}}
    front = read(WEB, infra(listener(source="Selector", selector=selector), listener("b")), route(parents=INFRA))
    seen = details(front, "SVC114")
    assert seen["labels"] is None
    assert seen["admits"][0]["values"]["labels"] == ["a=b", "team In (x,y)", "old Exists"]
    assert seen["admits"][1]["phrase"] == "service.admits-same"
    alone = read(WEB, infra(listener(source="Selector", selector=selector)), route(parents=INFRA))
    assert details(alone, "SVC114")["labels"] is None


def test_namespaces_that_were_denied_are_not_judged_by_their_labels() -> None:
    selector = {"matchLabels": {"team": "x"}}
    subject = infra(listener(source="Selector", selector=selector))
    assert codes(subject, route(parents=INFRA), missing=["Namespace"]) == set()


# --- SVC112


@pytest.mark.parametrize(
    ("status", "place"),
    [
        pytest.param(
            {"conditions": [condition("Programmed")]},
            Place("entry", PUBLIC_NODE),
            id="a Gateway that is not programmed",
        ),
        pytest.param(
            {"conditions": [condition("Accepted")]}, Place("entry", PUBLIC_NODE), id="a Gateway that is not accepted"
        ),
    ],
)
def test_what_is_said_of_the_gateway(status: Object, place: Place) -> None:
    front = read(WEB, gateway("public", status=status), route())
    found = judged(front)["SVC112"]
    assert (found.effect, found.place) == ("breaks", place)
    seen = found.finding.details
    assert seen["what"]["phrase"] == "service.gateway-itself"
    assert (seen["reason"], seen["text"]) == ("Reason", f"{seen['condition']} is False")


def test_a_gateway_that_fails_twice_is_told_once() -> None:
    status = {"conditions": [condition("Programmed"), condition("Accepted")]}
    front = read(WEB, gateway("public", status=status), route())
    assert [each.finding.details["condition"] for each in front.judged()] == ["Accepted"]


def of_listeners(*failing: str) -> Object:
    names = ("http", "https")
    return {
        "listeners": [
            {"name": name, "conditions": [condition("ResolvedRefs")] if name in failing else []} for name in names
        ]
    }


@pytest.mark.parametrize(
    ("failing", "parent", "expected"),
    [
        (["http"], {"name": "public"}, set()),
        (["http", "https"], {"name": "public"}, {"SVC112"}),
        (["http"], {"name": "public", "sectionName": "http"}, {"SVC112"}),
        (["http"], {"name": "public", "sectionName": "https"}, set()),
    ],
    ids=["one of two", "both", "the one that is wanted", "the one that is not"],
)
def test_what_is_said_of_listeners(failing: list[str], parent: Object, expected: set[str]) -> None:
    subject = gateway("public", listener("http"), listener("https", 443), status=of_listeners(*failing))
    front = read(WEB, subject, route(parents=[parent]))
    assert set(judged(front)) == expected
    assert {each.place for each in front.judged()} <= {entry_through(PUBLIC_NODE, front.reference)}


@pytest.mark.parametrize(
    ("backends", "effect"),
    [([ref("web")], "breaks"), ([ref("web"), ref("web", 80, weight=2)], "degrades")],
    ids=["the only backend", "one of several"],
)
def test_references_that_are_not_resolved_break_the_only_backend(backends: list[Object], effect: str) -> None:
    front = read(WEB, PUBLIC, route("web", *backends, status=said(condition("ResolvedRefs", reason="InvalidKind"))))
    found = judged(front)["SVC112"]
    assert (found.effect, found.place) == (effect, Place("front", ROUTE_NODE))
    assert found.finding.details["what"]["phrase"] == "service.route-itself"


def test_a_route_that_is_not_accepted_is_shut() -> None:
    front = read(WEB, PUBLIC, route(status=said(condition("Accepted", reason="NoMatchingListenerHostname"))))
    assert judged(front)["SVC112"].place == entry_through(PUBLIC_NODE, front.reference)
    assert front.is_shut()


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(said(condition("Accepted", "Unknown")), id="unknown"),
        pytest.param(said(condition("Accepted", "True")), id="true"),
        pytest.param(said(condition("Accepted", generation=1)), id="of an older generation"),
        pytest.param(said(condition("Conflicted", generation=2)), id="another type"),
        pytest.param(said(condition("Accepted", generation=2), name="other"), id="another parent"),
        pytest.param(said(condition("Accepted", generation=2), sectionName="http"), id="another section"),
    ],
)
def test_what_says_nothing_of_the_route_as_it_is(status: Object) -> None:
    assert codes(PUBLIC, route(status=status, generation=2)) == set()


@pytest.mark.parametrize(
    "status",
    [said(condition("Accepted", generation=None)), said(condition("Accepted"), namespace="shop")],
    ids=["no generation", "a namespace that is said"],
)
def test_what_says_something_of_it(status: Object) -> None:
    assert codes(PUBLIC, route(status=status)) == {"SVC112"}


@pytest.mark.parametrize(
    ("objects", "kind", "reason", "expected"),
    [
        pytest.param([], "Accepted", "NoMatchingParent", {"SVC110"}, id="no such Gateway"),
        pytest.param([gateway()], "Accepted", "NoMatchingParent", {"SVC112"}, id="a reason whose cause is not seen"),
        pytest.param([gateway()], "ResolvedRefs", "BackendNotFound", {"SVC111"}, id="no such Service"),
    ],
)
def test_one_cause_is_one_finding(objects: list[Object], kind: str, reason: str, expected: set[str]) -> None:
    backend = ref("gone" if reason == "BackendNotFound" else "web")
    assert codes(*objects, route("web", backend, status=said(condition(kind, reason=reason)))) == expected


def test_a_namespace_that_is_shut_out_is_one_finding() -> None:
    status = said(condition("Accepted", reason="NotAllowedByListeners"), namespace="infra")
    assert codes(infra(listener()), route(parents=INFRA, status=status)) == {"SVC114"}


def test_a_grant_that_is_missing_is_one_finding() -> None:
    status = said(condition("ResolvedRefs", reason="RefNotPermitted"))
    there = make.obj("Service", "web", "billing")
    assert codes(PUBLIC, there, route("web", ref("web", namespace="billing"), status=status)) == {"SVC113"}
