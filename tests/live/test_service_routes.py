"""Gateway API routes on the real control plane with the real CRDs; what a controller would say the test writes itself."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bench.server import RefusedError, within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import deployment, service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
API = "gateway.networking.k8s.io/v1"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PLURALS = ("gateways", "httproutes", "grpcroutes", "referencegrants")


def made(kind: str, name: str, **spec: Any) -> Json:
    return {"kind": kind, "apiVersion": KINDS[kind].group_version, "metadata": {"name": name}, "spec": spec}


def listener(name: str = "http", port: int = 80, *, namespaces: Json | None = None) -> Json:
    allowed = {"allowedRoutes": {"namespaces": namespaces}} if namespaces else {}
    return {"name": name, "port": port, "protocol": "HTTP", **allowed}


def gateway(name: str, *listeners: Json) -> Json:
    return made("Gateway", name, gatewayClassName="live", listeners=list(listeners or [listener()]))


def route(name: str, *backends: Json, kind: str = "HTTPRoute", parent: Json | None = None, **spec: Any) -> Json:
    """A route of a host of its own under the Gateway public, by default to web:80."""
    rules = [{"backendRefs": list(backends) or [ref("web")]}]
    body = {"parentRefs": [parent or {"name": "public"}], "hostnames": [f"{name}.example"], "rules": rules, **spec}
    return made(kind, name, **body)


def ref(name: str, port: int = 80, **fields: Any) -> Json:
    return {"name": name, "port": port, **fields}


REDIRECT = [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}]}]
# name of the route -> the route, its findings, its verdict
CASES: dict[str, tuple[Json, dict[str, str], str]] = {
    "good": (route("good", ref("web", weight=9), ref("none", weight=0)), {}, "healthy"),
    "grpc": (route("grpc", kind="GRPCRoute"), {}, "healthy"),
    "redirect": (route("redirect", rules=REDIRECT), {}, "healthy"),
    "section": (route("section", parent={"name": "public", "sectionName": "http", "port": 80}), {}, "healthy"),
    "nogateway": (
        route("nogateway", parent={"name": "pubilc"}),
        {"SVC110": "which does not exist (the nearest name is public)"},
        "broken",
    ),
    "nolistener": (
        route("nolistener", parent={"name": "public", "sectionName": "https"}),
        {"SVC110": "which has no listener https; its listeners: http (80)"},
        "broken",
    ),
    "noservice": (route("noservice", ref("web"), ref("wbe")), {"SVC111": "which does not exist"}, "degraded"),
    "noport": (
        route("noport", ref("web", 8080)),
        {"SVC111": "its ports: 80 (8080 is the target port behind 80)"},
        "broken",
    ),
    "refused": (
        route("refused"),
        {"SVC112": "Accepted=False of the route, for the Gateway public: Odd: because"},
        "broken",
    ),
    "unresolved": (route("unresolved"), {"SVC112": "ResolvedRefs=False"}, "broken"),
    "unprogrammed": (
        route("unprogrammed", parent={"name": "failing"}),
        {"SVC112": "Programmed=False of the Gateway failing"},
        "broken",
    ),
    "stale": (route("stale"), {}, "healthy"),
    "explained": (route("explained", ref("gone")), {"SVC111": "gone"}, "broken"),
}


@pytest.fixture(scope="module")
def plain(services: Ground) -> str:
    """A namespace with a Service that works, before there is any Gateway API."""
    where = services.namespace("routes")
    services.add(where, deployment("web"), service("web", {"app": "web"}, (80, 8080)))
    services.endpoints(where, "web", 2, ready=2)
    return where


def test_where_there_is_no_gateway_api_nobody_speaks_of_it(services: Ground, plain: str) -> None:
    entry = services.entry(plain, "web")
    assert entry["verdict"] == "healthy"
    assert entry["notChecked"] == []


@pytest.fixture(scope="module")
def gateway_api(services: Ground, plain: str, gateway_crds: Path) -> Iterator[None]:
    """The CRDs of the kinds that matter, gone again afterwards."""
    names = [f"{plural}.gateway.networking.k8s.io" for plural in PLURALS]
    for plural in PLURALS:
        text = (gateway_crds / f"gateway.networking.k8s.io_{plural}.yaml").read_text(encoding="utf-8")
        services.server.create(CRDS, next(yaml.load_all(text, Loader=yaml.CSafeLoader)))
    for kind in ("Gateway", "HTTPRoute", "GRPCRoute", "ReferenceGrant"):
        for _ in within(30, f"the API of {kind}", 0.1):
            if _is_served(services, KINDS[kind].path()):
                break
    yield
    for name in names:
        services.server.delete(f"{CRDS}/{name}")
    for _ in within(60, "the end of the CRDs", 0.2):
        if not {each["metadata"]["name"] for each in services.server.items(CRDS)} & set(names):
            break


def _is_served(ground: Ground, path: str) -> bool:
    try:
        ground.server.items(path)
    except RefusedError:
        return False
    return True


@pytest.fixture(scope="module")
def shop(services: Ground, plain: str, gateway_api: None) -> str:
    """The routes of the table, and what a controller says of some of them."""
    services.add(plain, gateway("public"), gateway("failing"), *(subject for subject, _, _ in CASES.values()))
    says(services, plain, "refused", "Accepted", "Odd")
    says(services, plain, "unresolved", "ResolvedRefs", "InvalidKind")
    says(services, plain, "explained", "ResolvedRefs", "BackendNotFound")
    says(services, plain, "stale", "Accepted", "Odd", generation=0)
    services.status("Gateway", plain, "failing", {"conditions": [condition("Programmed", "AddressNotAssigned")]})
    return plain


def condition(kind: str, reason: str, generation: int = 1) -> Json:
    written = {"type": kind, "status": "False", "reason": reason, "message": "because"}
    return {**written, "observedGeneration": generation, "lastTransitionTime": "2026-01-01T00:00:00Z"}


def says(ground: Ground, where: str, name: str, kind: str, reason: str, generation: int = 1) -> None:
    """Writes what the controller of the Gateway public would."""
    parent = {"name": "public", "group": "gateway.networking.k8s.io", "kind": "Gateway"}
    told = {
        "parentRef": parent,
        "controllerName": "example.com/live",
        "conditions": [condition(kind, reason, generation)],
    }
    ground.status("HTTPRoute", where, name, {"parents": [told]})


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_with_a_route_is_said_and_nothing_else(services: Ground, shop: str, name: str) -> None:
    subject, expected, verdict = CASES[name]
    entry = services.entry(shop, f"{subject['kind'].lower()}/{name}")
    found = {each["code"]: each for each in entry["findings"]}
    assert dict.fromkeys(found, "") == dict.fromkeys(expected, "")
    for code, words in expected.items():
        assert words in found[code]["message"]
        assert found[code]["object"] == {"kind": "HTTPRoute", "namespace": shop, "name": name}
    assert (entry["type"], entry["verdict"]) == (subject["kind"], verdict)


def test_a_route_is_drawn_behind_its_gateway(services: Ground, shop: str) -> None:
    first, behind = services.explain(shop, "httproute/good")["services"]
    assert [(hop["from"], hop["to"], hop["state"]) for hop in first["hops"]] == [
        ("client", f"gateway/{shop}/public", "ok"),
        (f"gateway/{shop}/public", f"httproute/{shop}/good", "ok"),
        (f"httproute/{shop}/good", f"service/{shop}/web:80", "ok"),
    ]
    assert behind["service"]["name"] == "web"


def test_a_service_is_told_what_is_wrong_with_the_routes_to_it(services: Ground, shop: str) -> None:
    entry = services.entry(shop, "web")
    assert entry["verdict"] == "degraded"
    assert {"SVC110", "SVC111", "SVC112"} <= {each["code"] for each in entry["findings"]}
    hops = {(hop["from"], hop["to"]): (hop["state"], hop["finding"]) for hop in entry["hops"]}
    assert hops[f"gateway/{shop}/public", f"httproute/{shop}/good"] == ("ok", None)
    assert hops[f"httproute/{shop}/noport", f"service/{shop}/web:8080"] == ("broken", "SVC111")
    assert hops["client", f"gateway/{shop}/failing"] == ("broken", "SVC112")
    assert hops["cluster", f"service/{shop}/web:80"] == ("ok", None)


# --- across namespaces


@pytest.fixture(scope="module")
def billing(services: Ground, gateway_api: None) -> str:
    """A namespace with a Service that others want."""
    where = services.namespace("billing")
    services.add(where, deployment("invoices"), service("invoices", {"app": "invoices"}, (80, 8080)))
    services.endpoints(where, "invoices", 2, ready=2)
    return where


def test_a_service_of_another_namespace_needs_a_grant_and_the_fix_gives_it(
    services: Ground, shop: str, billing: str
) -> None:
    services.add(shop, route("across", ref("invoices", namespace=billing)))
    entry = services.entry(shop, "httproute/across")
    (found,) = entry["findings"]
    assert (found["code"], entry["verdict"]) == ("SVC113", "broken")
    assert billing in found["message"]
    manifest = shlex.split(found["fix"][0].partition("|")[0])[2]
    services.sandbox.kubectl("apply", "-f", "-", input=manifest)
    first, behind = services.explain(shop, "httproute/across")["services"]
    assert (first["verdict"], first["findings"]) == ("healthy", [])
    assert behind["service"] == {"kind": "Service", "namespace": billing, "name": "invoices"}


def test_a_namespace_without_the_label_is_shut_out_and_the_fix_gives_it(
    services: Ground, shop: str, billing: str
) -> None:
    selector = {"matchLabels": {"public-access": "yes"}}
    opened = {"from": "Selector", "selector": selector}
    services.add(
        billing,
        gateway("edge", listener(namespaces=opened)),
        gateway("closed"),
        gateway("open", listener(namespaces={"from": "All"})),
    )
    services.add(
        shop, *(route(name, parent={"name": name, "namespace": billing}) for name in ("edge", "closed", "open"))
    )
    assert services.findings(shop, "httproute/open") == {}
    assert "admits only its own namespace" in services.findings(shop, "httproute/closed")["SVC114"]["message"]
    found = services.findings(shop, "httproute/edge")["SVC114"]
    assert "admits only namespaces with public-access=yes" in found["message"]
    services.sandbox.kubectl(*shlex.split(found["fix"][0])[1:])
    assert services.entry(shop, "httproute/edge")["verdict"] == "healthy"
