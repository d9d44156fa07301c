"""Ingresses: where they lead, what is wrong with the Services they name, and who else wants their paths."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service import ingresses
from kubectl_lab.domain.service.model import Place
from unit.service.cases import inventory, service
from unit.service.front_cases import OLD, backend, details, ingress, ingress_class, judged

if TYPE_CHECKING:
    from kubectl_lab.domain.service.fronts import Front

Object = dict[str, Any]
WEB, API = service("web", {"app": "web"}), service("api", {"app": "api"})
NGINX = ingress_class("nginx")


def read(*objects: Object, **rest: Any) -> Front:
    """The first Ingress; the class nginx and the Services web and api are there."""
    return ingresses.read(inventory(NGINX, WEB, API, *objects, **rest))[0]


def codes(*objects: Object, **rest: Any) -> set[str]:
    return set(judged(read(*objects, **rest)))


# --- where it leads


def test_each_path_is_a_branch_and_the_default_backend_the_last_one() -> None:
    front = read(
        ingress("shop", ("/frontend", "web"), ("/backend", backend("api", "http")), defaultBackend=backend("web", 81))
    )
    assert [(branch.label, branch.service and branch.service.name, branch.port) for branch in front.branches] == [
        ("shop.example/frontend", "web", 80),
        ("shop.example/backend", "api", "http"),
        ("*", "web", 81),
    ]
    assert (front.node, front.through) == ("ingress/shop/shop", ("ingressclass/nginx",))


def test_a_rule_without_host_is_for_any_and_a_path_that_is_not_said_is_the_root() -> None:
    front = read(ingress(host="", rules=[{"http": {"paths": [{"backend": backend("web")}]}}]))
    assert [branch.label for branch in front.branches] == ["*/"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            {"resource": {"apiGroup": "k8s.example.com", "kind": "StorageBucket", "name": "icons"}}, id="a resource"
        ),
        pytest.param(backend("ssl-redirect", "use-annotation"), id="an action of the AWS controller"),
        pytest.param({}, id="nothing"),
        pytest.param({"service": "web"}, id="garbage"),
    ],
)
def test_a_backend_that_is_no_service_is_not_judged(other: Object) -> None:
    front = read(ingress("shop", ("/", other)))
    assert [branch.service for branch in front.branches] == [None]
    assert judged(front) == {}


@pytest.mark.parametrize(
    "spec",
    [None, [], {"rules": "x"}, {"rules": [None, {"http": []}, {"http": {"paths": [7]}}], "tls": [3, {"hosts": 1}]}],
    ids=str,
)
def test_garbage_does_not_raise(spec: Any) -> None:
    assert {**ingress(), "spec": spec}
    read({**ingress(), "spec": spec, "status": 3})


# --- SVC100, SVC101


def test_a_healthy_ingress_is_silent() -> None:
    assert codes(ingress("shop", ("/", "web"), ("/api", "api"), created=OLD, address=True)) == set()


def test_an_absent_service_breaks_its_paths_with_one_finding() -> None:
    front = read(ingress("shop", ("/a", "web"), ("/b", "none"), ("/c", "none")))
    found = judged(front)["SVC100"]
    assert (found.effect, found.place) == ("breaks", Place("front", "ingress/shop/shop"))
    assert [branch.findings for branch in front.branches] == [(), (found,), (found,)]
    assert len(front.judged()) == 1
    seen = found.finding.details
    assert (seen["service"], seen["urls"]) == ("none", ["shop.example/b", "shop.example/c"])
    assert (seen["near"], seen["hint"], seen["patch"]) == (None, "", None)


def test_a_near_service_is_offered_as_a_patch_of_each_path() -> None:
    seen = details(read(ingress("shop", ("/a", "wbe"), ("/b", "wbe"))), "SVC100")
    assert seen["near"] == "web"
    assert json.loads(seen["patch"]) == [
        {"op": "replace", "path": f"/spec/rules/0/http/paths/{at}/backend/service/name", "value": "web"}
        for at in (0, 1)
    ]


def test_every_ingress_that_misses_a_service_is_offered_the_same_one() -> None:
    made = ingresses.read(
        inventory(NGINX, WEB, *(ingress(name, ("/", "wbe"), host=f"{name}.example") for name in "ab"))
    )
    assert [details(front, "SVC100")["near"] for front in made] == ["web", "web"]


def test_the_default_backend_is_patched_where_it_stands() -> None:
    seen = details(read(ingress(rules=[], defaultBackend=backend("wbe"))), "SVC100")
    assert [each["path"] for each in json.loads(seen["patch"])] == ["/spec/defaultBackend/service/name"]


@pytest.mark.parametrize(
    ("named", "near"),
    [
        pytest.param(backend("api-service"), "api", id="it shares a word only"),
        pytest.param(backend("wbe", 8443), "web", id="the near one lacks the port as well"),
    ],
)
def test_a_service_that_is_not_sure_to_be_meant_is_named_and_not_written(named: Object, near: str) -> None:
    seen = details(read(ingress("shop", ("/", named))), "SVC100")
    assert (seen["near"], seen["patch"]) == (near, None)
    assert seen["hint"] == {"phrase": "service.front-near", "values": {"near": near}}


@pytest.mark.parametrize(
    ("ports", "asked", "patch", "hint"),
    [
        pytest.param([80], 8080, 80, "", id="the only port is offered"),
        pytest.param([(80, 8080), 443], 8080, 80, "front-target-port", id="a target port was taken for the port"),
        pytest.param([80, 443], 8080, None, "", id="of two ports none is offered"),
        pytest.param([{"port": 80, "name": "http"}], "web", 80, "", id="a name that is none"),
        pytest.param([{"port": 80, "name": "http"}], 8080, 80, "", id="a number though ports have names"),
    ],
)
def test_an_absent_port_breaks_its_path(ports: list[Any], asked: Any, patch: int | None, hint: str) -> None:
    odd = service("odd", {"app": "odd"}, *ports)
    front = read(odd, ingress("shop", ("/", backend("odd", asked))))
    found = judged(front)["SVC101"]
    assert (found.effect, found.place) == ("breaks", Place("front", front.node))
    seen = found.finding.details
    written = json.loads(seen["patch"])[0] if seen["patch"] else {}
    assert written.get("value") == (None if patch is None else {"number": patch})
    assert str(seen["hint"] and seen["hint"]["phrase"]).removeprefix("service.") == hint


def test_ports_are_told_with_their_names() -> None:
    odd = service("odd", {"app": "odd"}, {"port": 80, "name": "http"}, {"port": 443, "name": "https"})
    assert details(read(odd, ingress("shop", ("/", backend("odd", 81)))), "SVC101")["ports"] == [
        "80 (http)",
        "443 (https)",
    ]


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(backend("named", "http"), id="by name"),
        pytest.param(backend("named", 80), id="by number"),
        pytest.param({"service": {"name": "named"}}, id="no port said"),
        pytest.param(backend("alias", 443), id="an ExternalName, whose ports nobody reads"),
    ],
)
def test_a_port_that_is_there_is_silent(named: Object) -> None:
    there = service("named", {"app": "x"}, {"port": 80, "name": "http"})
    alias = service("alias", None, type="ExternalName", externalName="shop.example")
    assert codes(there, alias, ingress("shop", ("/", named))) == set()


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param({"missing": ["Service"]}, id="denied"),
        pytest.param({"extents": {"Service": "some"}}, id="only some were read"),
    ],
)
def test_a_service_that_could_not_be_seen_is_not_absent(rest: Any) -> None:
    assert codes(ingress("shop", ("/", "none")), **rest) == set()


# --- SVC108


def test_two_ingresses_that_claim_one_path_are_told_with_all_the_paths_they_share() -> None:
    copy = ingress("copy", ("/", "api"), ("/a", "api"), ("/b", "api"), namespace="other")
    made = inventory(NGINX, WEB, API, ingress("shop", ("/", "web"), ("/a", "web")), copy)
    first, second = ingresses.read(made)
    assert judged(first)["SVC108"].effect == "none"
    seen = details(first, "SVC108")
    assert (seen["otherNamespace"], seen["other"], seen["urls"]) == (
        "other",
        "copy",
        ["shop.example/", "shop.example/a"],
    )
    assert details(second, "SVC108")["other"] == "shop"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(ingress("b", ("/api", "api")), id="another path"),
        pytest.param(ingress("b", host="www.example"), id="another host"),
        pytest.param(ingress("b", cls="haproxy"), id="another class"),
        pytest.param(ingress("b", cls=None), id="no class"),
        pytest.param(ingress("b", annotations={"nginx.ingress.kubernetes.io/canary": "true"}), id="a canary"),
        pytest.param(
            ingress("b", rules=[{"host": "shop.example", "http": {"paths": [{"path": "/", "pathType": "Exact"}]}}]),
            id="another path type",
        ),
        pytest.param(ingress("b", rules=[], defaultBackend=backend("web")), id="a default backend claims nothing"),
    ],
)
def test_ingresses_that_do_not_meet_are_silent(other: Object) -> None:
    made = inventory(NGINX, ingress_class("haproxy"), WEB, API, ingress("a", defaultBackend=backend("web")), other)
    assert "SVC108" not in {code for front in ingresses.read(made) for code in judged(front)}


def test_a_path_that_is_written_twice_is_no_rival_of_its_own() -> None:
    assert codes(ingress("shop", ("/", "web"), ("/", "api"))) == set()
