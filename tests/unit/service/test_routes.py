"""Gateway API routes: where they lead, and what is wrong with the Services they name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubectl_lab.domain.service import routes
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.domain.service.model import Place
from unit.service.cases import NOW, service
from unit.service.front_cases import details, judged
from unit.service.route_cases import gateway, grant, known, read, ref, route

Object = dict[str, Any]
WEB, INVOICES = service("web", {"app": "web"}), service("invoices", {"app": "i"}, namespace="billing")
PUBLIC = gateway()


def codes(*objects: Object, **rest: Any) -> set[str]:
    return set(judged(read(PUBLIC, WEB, *objects, **rest)))


# --- where they lead


def test_each_backend_is_a_branch_with_what_clients_ask_for() -> None:
    rules = [
        {"matches": [{"path": {"value": "/api"}}], "backendRefs": [ref("web"), ref("web", 81)]},
        {"backendRefs": [ref("web")]},
    ]
    front = read(PUBLIC, WEB, route(rules=rules))
    assert [(branch.label, branch.port) for branch in front.branches] == [
        ("shop.example/api", 80),
        ("shop.example/api", 81),
        ("shop.example/", 80),
    ]
    assert (front.node, front.through) == ("httproute/shop/web", ("gateway/shop/public",))


@pytest.mark.parametrize(
    ("spec", "label"),
    [
        ({"hostnames": []}, "*/"),
        ({"hostnames": ["a", "b"]}, "a/, b/"),
        ({"hostnames": ["a", "b", "c"]}, "a/, b/, …"),
        ({"rules": [{"matches": [{"path": {"value": "/x"}}, {"path": {"value": "/x"}}]}]}, "shop.example/x"),
        ({"rules": [{"matches": [{"headers": []}]}]}, "shop.example/"),
        (
            {"rules": [{"matches": [{"method": {"service": "shop.Cart", "method": "Add"}}]}]},
            "shop.example/shop.Cart/Add",
        ),
        ({"rules": [{"matches": [{"method": {"service": "shop.Cart"}}]}]}, "shop.example/shop.Cart"),
    ],
)
def test_what_clients_ask_for(spec: Object, label: str) -> None:
    assert [branch.label for branch in read(PUBLIC, WEB, route(**spec)).branches] == [label]


def test_a_grpc_route_is_read_like_an_http_route() -> None:
    front = read(PUBLIC, WEB, route(kind="GRPCRoute"))
    assert (front.reference.kind, front.node) == ("GRPCRoute", "grpcroute/shop/web")
    assert judged(front) == {}


def test_the_items_of_a_list_do_not_say_their_kind() -> None:
    bare = {key: value for key, value in route().items() if key != "kind"}
    found = Inventory({"HTTPRoute": [bare], "Gateway": []}, now=NOW)
    assert routes.read(found)[0].reference.kind == "HTTPRoute"


def test_a_redirect_answers_and_any_other_rule_without_backends_is_not_known() -> None:
    rules = [{"filters": [{"type": "RequestRedirect"}]}, {"filters": [{"type": "RequestMirror"}]}, {}]
    assert [branch.answers for branch in read(PUBLIC, route(rules=rules)).branches] == [True, False, False]


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param(ref("x", kind="InferencePool", group="inference.networking.k8s.io"), id="another kind"),
        pytest.param(ref("x", group="example.com"), id="another group"),
        pytest.param({"port": 80}, id="no name"),
    ],
)
def test_a_backend_that_is_no_service_is_not_judged(backend: Object) -> None:
    front = read(PUBLIC, route("web", backend))
    assert [branch.service for branch in front.branches] == [None]
    assert judged(front) == {}


def test_a_backend_of_weight_0_gets_no_traffic() -> None:
    front = read(PUBLIC, WEB, route("web", ref("web", weight=100), ref("gone", weight=0)))
    assert [branch.service and branch.service.name for branch in front.branches] == ["web"]
    assert judged(front) == {}


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {"parentRefs": 3, "rules": "x", "hostnames": {}},
        {
            "parentRefs": [None, {"name": 7}],
            "rules": [None, {"backendRefs": [None, 3], "matches": [7], "filters": [1]}],
        },
    ],
    ids=str,
)
def test_garbage_does_not_raise(spec: Any) -> None:
    odd = {**route(), "spec": spec, "status": {"parents": [3, {"parentRef": 1, "conditions": [None]}]}}
    read(odd, {**PUBLIC, "spec": {"listeners": [None, 3]}, "status": {"listeners": [None], "conditions": 3}})


# --- SVC111


def test_a_healthy_route_is_silent() -> None:
    assert codes(route()) == set()


def test_an_absent_service_breaks_its_branches_with_one_finding() -> None:
    rules = [{"backendRefs": [ref("none")]}, {"matches": [{"path": {"value": "/a"}}], "backendRefs": [ref("none")]}]
    front = read(PUBLIC, WEB, route(rules=rules))
    found = judged(front)["SVC111"]
    assert (found.effect, found.place) == ("breaks", Place("front", "httproute/shop/web"))
    assert len(front.judged()) == 1
    seen = found.finding.details
    assert seen["urls"] == ["shop.example/", "shop.example/a"]
    assert (seen["kind"], seen["resource"], seen["serviceNamespace"]) == ("HTTPRoute", "httproute", "shop")
    assert (seen["problem"]["phrase"], seen["patch"]) == ("service.route-no-service", None)


def test_a_near_service_is_offered_as_a_patch() -> None:
    seen = details(read(PUBLIC, WEB, route("web", ref("web"), ref("wbe"))), "SVC111")
    assert json.loads(seen["patch"]) == [{"op": "replace", "path": "/spec/rules/0/backendRefs/1/name", "value": "web"}]
    assert seen["near"] == "web"


def test_an_absent_port_names_those_that_are_there() -> None:
    seen = details(read(PUBLIC, WEB, route("web", ref("web", 8080))), "SVC111")
    assert seen["problem"]["phrase"] == "service.route-no-port"
    assert (seen["ports"], seen["port"]) == (["80"], 8080)
    assert json.loads(seen["patch"]) == [{"op": "replace", "path": "/spec/rules/0/backendRefs/0/port", "value": 80}]


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param({"missing": ["Service"]}, id="denied"),
        pytest.param({"extents": {"Service": "some"}}, id="only some were read"),
    ],
)
def test_a_service_that_could_not_be_seen_is_not_absent(rest: Any) -> None:
    assert codes(route("web", ref("none")), **rest) == set()


# --- SVC113, and Services of other namespaces


def across(*objects: Object, **rest: Any) -> set[str]:
    return codes(route("web", ref("invoices", namespace="billing")), INVOICES, *objects, **rest)


def test_a_service_of_another_namespace_needs_a_grant_there() -> None:
    front = read(PUBLIC, INVOICES, route("web", ref("invoices", namespace="billing")))
    found = judged(front)["SVC113"]
    assert (found.effect, found.place) == ("breaks", Place("front", front.node))
    manifest = json.loads(found.finding.details["manifest"])
    assert manifest["metadata"] == {"name": "shop-to-invoices", "namespace": "billing"}
    assert across({**manifest}) == set()


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        pytest.param(grant(), set(), id="all Services for the routes of shop"),
        pytest.param(grant(to={"name": "invoices"}), set(), id="this very Service"),
        pytest.param(grant(to={"name": "other"}), {"SVC113"}, id="another Service"),
        pytest.param(grant(to={"kind": "Secret"}), {"SVC113"}, id="another kind of target"),
        pytest.param(grant(to={"group": "example.com"}), {"SVC113"}, id="another group of target"),
        pytest.param(grant(source={"namespace": "blog"}), {"SVC113"}, id="routes of another namespace"),
        pytest.param(grant(source={"kind": "GRPCRoute"}), {"SVC113"}, id="another kind of route"),
        pytest.param(grant(source={"group": ""}), {"SVC113"}, id="another group of route"),
        pytest.param(grant("shop"), {"SVC113"}, id="a grant in the namespace of the route"),
        pytest.param({**grant(), "spec": {"from": [3], "to": 4}}, {"SVC113"}, id="garbage"),
    ],
)
def test_a_grant_opens_what_it_says(opened: Object, expected: set[str]) -> None:
    assert across(opened) == expected


def test_without_a_grant_it_is_not_said_whether_the_service_exists() -> None:
    assert codes(route("web", ref("none", namespace="billing"))) == {"SVC113"}
    assert codes(route("web", ref("none", namespace="billing")), grant()) == {"SVC111"}


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param({"missing": ["ReferenceGrant"]}, id="grants were denied"),
        pytest.param({"extents": {"ReferenceGrant": "namespace"}}, id="only those of another namespace were read"),
    ],
)
def test_a_grant_that_could_not_be_seen_is_not_absent(rest: Any) -> None:
    assert across(**rest) == set()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param((), set(), id="nothing of it was read"),
        pytest.param((INVOICES,), {"SVC111"}, id="its Services were read"),
    ],
)
def test_of_another_namespace_nothing_is_absent_that_was_not_read(more: tuple[Object, ...], expected: set[str]) -> None:
    subject = route("web", ref("none", namespace="billing"))
    assert codes(subject, grant(), *more, extents={"Service": "namespace"}) == expected


def test_without_the_gateway_api_there_are_no_routes() -> None:
    assert routes.read(known(missing=["HTTPRoute", "GRPCRoute"])) == ()
