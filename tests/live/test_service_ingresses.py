"""Ingresses on the real control plane: each finding appears, and its healthy twin is silent. No controller runs there."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import within
from certificates import Authority
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import deployment, service
from sandbox.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
API = "networking.k8s.io/v1"
LEGACY = "kubernetes.io/ingress.class"
AUTHORITY = Authority()


def ingress(
    name: str, *paths: tuple[str, str, Any], host: str = "", cls: str | None = "live-nginx", **spec: Any
) -> Json:
    """An Ingress of a host of its own; a path is (path, Service, port), by default `/` to web:80."""
    listed = [
        {
            "path": path,
            "pathType": "Prefix",
            "backend": {"service": {"name": to, "port": {"name": port} if isinstance(port, str) else {"number": port}}},
        }
        for path, to, port in paths or (("/", "web", 80),)
    ]
    body: Json = {"rules": [{"host": host or f"{name}.example", "http": {"paths": listed}}], **spec}
    body |= {"ingressClassName": cls} if cls else {}
    return {"kind": "Ingress", "apiVersion": API, "metadata": {"name": name}, "spec": body}


def tls(name: str, secret: str) -> Json:
    """An Ingress with TLS for its host."""
    return ingress(name, tls=[{"hosts": [f"{name}.example"], "secretName": secret}])


def secret(name: str, *hosts: str, kind: str = "kubernetes.io/tls", expired: bool = False, **data: bytes) -> Json:
    """A Secret with a certificate for the hosts; `data` replaces keys (`tls_crt`)."""
    leaf = AUTHORITY.server(*hosts, expired=expired)
    values = {"tls.crt": leaf.certificate, "tls.key": leaf.key}
    values |= {key.replace("_", "."): value for key, value in data.items()}
    encoded = {key: base64.b64encode(value).decode() for key, value in values.items()}
    return {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": name}, "type": kind, "data": encoded}


# name of the Ingress -> what is wrong with it; `good` and `secure` are the healthy twins
CASES: dict[str, tuple[Json, dict[str, str]]] = {
    "good": (ingress("good", ("/", "web", 80), ("/named", "named", "http"), ("/admin", "named", 8081)), {}),
    "absent": (ingress("absent", ("/", "web", 80), ("/api", "wbe", 80)), {"SVC100": "absent.example/api"}),
    "port": (ingress("port", ("/", "web", 8080)), {"SVC101": "8080 is the target port behind 80"}),
    "class": (
        ingress("class", cls="live-ngnix"),
        {"SVC102": "live-ngnix, which does not exist; there are: live-nginx"},
    ),
    "noclass": (ingress("noclass", cls=None), {"SVC103": "names no class"}),
    "taken": (ingress("taken", cls=None), {}),
    "secure": (tls("secure", "good-tls"), {}),
    "nosecret": (tls("nosecret", "none-tls"), {"SVC105": "none-tls"}),
    "opaque": (tls("opaque", "opaque-tls"), {"SVC106": "its type is Opaque"}),
    "expired": (tls("expired", "expired-tls"), {"SVC106": "expired on"}),
    "broken": (tls("broken", "broken-tls"), {"SVC106": "no certificate that can be read"}),
    "othername": (
        tls("othername", "good-tls"),
        {"SVC107": "does not cover othername.example: it is for secure.example"},
    ),
    "twin": (ingress("twin", host="twins.example"), {"SVC108": "shop-copy"}),
    "both": (ingress("both", cls=None), {"SVC109": "haproxy"}),
    "old": (ingress("old"), {"SVC104": "example.com/live-nginx"}),
    "default": (
        ingress("default", rules=[], defaultBackend={"service": {"name": "gone", "port": {"number": 80}}}),
        {"SVC100": "gone"},
    ),
}


@pytest.fixture(scope="module")
def shop(services: Ground) -> Iterator[str]:
    """A namespace with all Ingresses of the table, their Secrets, and two Services that work."""
    where = services.namespace("fronts")
    metadata = {"name": "live-nginx"}
    found = {
        "kind": "IngressClass",
        "apiVersion": API,
        "metadata": metadata,
        "spec": {"controller": "example.com/live-nginx"},
    }
    services.add(None, found)
    services.add(where, deployment("web"), service("web", {"app": "web"}, (80, 8080)))
    several = [{"name": "http", "port": 80}, {"name": "admin", "port": 8081}]
    services.add(where, service("named", {"app": "web"}, *several))
    services.add(where, *secrets())
    services.add(where, *(made for name, (made, _) in CASES.items() if name != "old"))
    services.add(where, ingress("shop-copy", host="twins.example"))
    path = KINDS["Ingress"].path(where)
    legacy = {"annotations": {LEGACY: "haproxy"}}
    # the server refuses both at once when an Ingress is created
    services.server.patch(f"{path}/both", {"metadata": legacy})
    services.server.patch(f"{path}/both", {"spec": {"ingressClassName": "live-nginx"}})
    services.status("Ingress", where, "taken", {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}})
    laid_long_ago(services, where, CASES["old"][0])
    for name in ("web", "named"):
        services.endpoints(where, name, 2, ready=2)
    yield where
    services.server.delete(KINDS["IngressClass"].path(None, "live-nginx"))


def secrets() -> Iterator[Json]:
    yield secret("good-tls", "secure.example")
    yield secret("opaque-tls", "opaque.example", kind="Opaque")
    yield secret("expired-tls", "expired.example", expired=True)
    yield secret("broken-tls", "broken.example", tls_crt=b"-----BEGIN CERTIFICATE-----\n")


def laid_long_ago(ground: Ground, where: str, made: Json) -> None:
    """An Ingress of another day, written behind the API server's back: it alone says when an object was created."""
    metadata = {**made["metadata"], "namespace": where, "uid": "0c5e", "creationTimestamp": "2026-01-01T00:00:00Z"}
    key, value = f"/registry/ingress/{where}/{metadata['name']}", json.dumps({**made, "metadata": metadata})
    body = {name: base64.b64encode(text.encode()).decode() for name, text in (("key", key), ("value", value))}
    url = f"http://127.0.0.1:{State(ground.sandbox.name).ports['etcdPort']}/v3/kv/put"
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode()), timeout=10) as answer:
        assert answer.status == 200
    for _ in within(10, "the old Ingress", 0.1):
        if any(
            each["metadata"]["name"] == metadata["name"] for each in ground.server.items(KINDS["Ingress"].path(where))
        ):
            return


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_with_an_ingress_is_said_and_nothing_else(services: Ground, shop: str, name: str) -> None:
    found = services.findings(shop, f"ingress/{name}")
    expected = CASES[name][1]
    assert set(found) == set(expected)
    for code, words in expected.items():
        assert words in found[code]["message"]
        assert found[code]["object"] == {"kind": "Ingress", "namespace": shop, "name": name}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("good", "healthy"),
        ("secure", "healthy"),
        ("both", "healthy"),
        ("old", "healthy"),
        ("twin", "healthy"),
        ("absent", "degraded"),
        ("expired", "degraded"),
        ("othername", "degraded"),
        ("port", "broken"),
        ("class", "broken"),
        ("noclass", "broken"),
        ("default", "broken"),
    ],
)
def test_the_verdict_of_an_ingress(services: Ground, shop: str, name: str, verdict: str) -> None:
    first = services.entry(shop, f"ingress/{name}")
    assert (first["service"]["kind"], first["type"], first["verdict"]) == ("Ingress", "Ingress", verdict)


@pytest.mark.parametrize("name", ["absent", "port", "class"])
def test_a_fix_can_be_pasted_and_cures(services: Ground, shop: str, name: str) -> None:
    (found,) = services.entry(shop, f"ingress/{name}")["findings"]
    where = services.namespace(f"cured-{name}")
    services.add(where, service("web", {"app": "web"}, (80, 8080)), CASES[name][0])
    again = services.entry(where, f"ingress/{name}")["findings"]
    (patch,) = [each for each in again if each["code"] == found["code"]]
    words = patch["fix"][0]
    done = services.sandbox.kubectl(*shell_words(words)[1:])
    assert "patched" in done.stdout
    left = services.entry(where, f"ingress/{name}")["findings"]
    assert {each["object"]["kind"] for each in left} == {"Service"}  # which has no pods there


def shell_words(line: str) -> list[str]:
    import shlex

    words = shlex.split(line)
    assert words[0] == "kubectl"
    return words


def test_a_service_is_told_what_is_wrong_in_front_of_it(services: Ground, shop: str) -> None:
    entry = services.entry(shop, "web")
    codes = {each["code"] for each in entry["findings"]}
    assert entry["verdict"] == "degraded"
    assert {"SVC101", "SVC102", "SVC103", "SVC105", "SVC106", "SVC107", "SVC108", "SVC109"} <= codes
    assert "SVC100" not in codes
    hops = {(hop["from"], hop["to"]): (hop["state"], hop["finding"]) for hop in entry["hops"]}
    assert hops["ingressclass/live-nginx", f"ingress/{shop}/good"] == ("ok", None)
    assert hops[f"ingress/{shop}/good", f"service/{shop}/web:80"] == ("ok", None)
    assert hops["ingressclass/live-ngnix", f"ingress/{shop}/class"] == ("broken", "SVC102")
    assert hops[f"ingress/{shop}/port", f"service/{shop}/web:8080"] == ("broken", "SVC101")
    assert hops["cluster", f"service/{shop}/web:80"] == ("ok", None)


def test_secrets_that_may_not_be_read_are_not_checked_and_not_absent(services: Ground, shop: str) -> None:
    body = {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}}
    subjects = {"subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "viewer"}]}
    services.server.create(
        f"/apis/rbac.authorization.k8s.io/v1/namespaces/{shop}/rolebindings",
        {"metadata": {"name": "v"}, **body, **subjects},
    )
    for _ in within(10, "the rights of the viewer", 0.2):
        if services.run(shop, "ingress/nosecret", "--as", "viewer", "-o", "json").code == 0:
            break
    first = services.entry(shop, "ingress/nosecret", "--as", "viewer")
    assert [each["code"] for each in first["findings"]] == []
    denied = {each["what"] for each in first["notChecked"]}
    assert {"Secrets", "IngressClasses"} <= denied


def test_no_value_of_a_secret_is_printed(services: Ground, shop: str) -> None:
    said = (
        services.run(shop, "ingress/opaque", "-o", "json").out + services.run(shop, "ingress/opaque", "-o", "wide").out
    )
    held = services.server.get(KINDS["Secret"].path(shop, "opaque-tls"))["data"]
    for value in held.values():
        assert value[:60] not in said
        assert base64.b64decode(value)[:60].decode() not in said


# --- the workshop's Ingress: two paths under one host, one of them to a Service that nobody made


@pytest.fixture(scope="module")
def workshop(services: Ground, shop: str) -> str:
    where = services.namespace("workshop")
    labels = {"app": "web-server", "tier": "frontend"}
    services.add(where, deployment("web-server", labels), service("web-service-interne", labels, (8080, 80)))
    paths = (("/frontend", "web-service-interne", 8080), ("/backend", "api-service", 80))
    services.add(where, ingress("web-ingress", *paths, host="www.k8s-lab.com"))
    services.endpoints(where, "web-service-interne", 2, ready=2)
    return where


def test_the_workshops_ingress_works_on_one_of_its_paths(services: Ground, workshop: str) -> None:
    first, *behind = services.explain(workshop, "ingress/web-ingress")["services"]
    assert first["verdict"] == "degraded"
    assert [each["service"]["name"] for each in behind] == ["web-service-interne"]
    hops = {hop["label"]: (hop["to"], hop["state"], hop["finding"]) for hop in first["hops"] if hop["label"]}
    assert hops == {
        "www.k8s-lab.com/frontend": (f"service/{workshop}/web-service-interne:8080", "ok", None),
        "www.k8s-lab.com/backend": (f"service/{workshop}/api-service:80", "broken", "SVC100"),
    }
    assert behind[0]["verdict"] == "healthy"


def test_the_workshops_missing_service_names_the_ingress_that_wants_it(services: Ground, workshop: str) -> None:
    (entry,) = services.explain(workshop, "api-service")["services"]
    (found,) = entry["findings"]
    assert found["code"] == "SVC001"
    assert found["details"]["wantedBy"] == ["Ingress web-ingress"]
    assert "web-ingress" in found["message"]
