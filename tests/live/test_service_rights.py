"""A user who may not read everything: what was denied is told, the verdict never rests on it; the printed Roles are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import deployment, service

if TYPE_CHECKING:
    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
APP = {"app": "web"}
RBAC = "/apis/rbac.authorization.k8s.io/v1"
# what each kind is called in `notChecked`, and whether the answer about a healthy Service is still certain without it
DENIED = {
    "endpointslices": ("EndpointSlices", "unknown"),
    "pods": ("Pods", "healthy"),
    "nodes": ("Nodes", "healthy"),
    "networkpolicies": ("NetworkPolicies", "healthy"),
    "ingresses": ("Ingresses", "healthy"),
    "ingressclasses": ("IngressClasses", "healthy"),
    "replicasets": ("Deployments, StatefulSets, …", "healthy"),
}
# kinds that only some questions call for: (what it is called, asked about what, what the server was asked)
DENIED_AT_NEED = {
    "events": ("Events", "lonely", "list events"),
    "deployments": ("Deployments, StatefulSets, …", "lonely", "list deployments"),
    "jobs": ("Deployments, StatefulSets, …", "lonely", "list jobs"),
    "secrets": ("Secrets", "ingress/secure", "get secrets tls"),
}


def printed(ground: Ground, where: str) -> list[Json]:
    said = ground.run(where, "--print-rbac")
    assert (said.code, said.err) == (0, "")
    return list(yaml.safe_load_all(said.out))


def grant(ground: Ground, where: str, user: str, manifests: list[Json]) -> None:
    """The Roles as they are printed, bound to a user of the test."""
    for each in manifests:
        kind, name = each["kind"], f"{each['metadata']['name']}-{user}"
        base = RBAC if kind == "ClusterRole" else f"{RBAC}/namespaces/{where}"
        metadata = {**each["metadata"], "name": name}
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}
        subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
        plural = kind.lower()
        ground.server.create(f"{base}/{plural}s", {**each, "metadata": metadata})
        ground.server.create(
            f"{base}/{plural}bindings", {"metadata": {"name": name}, "roleRef": role, "subjects": [subject]}
        )


def without(manifests: list[Json], resource: str) -> list[Json]:
    def rules(each: Json) -> list[Json]:
        return [{**rule, "resources": [one for one in rule["resources"] if one != resource]} for rule in each["rules"]]

    return [{**each, "rules": [rule for rule in rules(each) if rule["resources"]]} for each in manifests]


def is_of(level: str, each: Json) -> bool:
    return str(each["metadata"]["name"]).endswith(f"-{level}")


@pytest.fixture(scope="module")
def shop(services: Ground) -> str:
    where = services.namespace("rights")
    services.add(where, deployment("web"), service("web", APP), service("lonely", {"app": "wbe"}))
    services.add(where, secure())
    services.available(where, "web")
    services.endpoints(where, "web", 2, ready=2)
    roles = printed(services, where)
    grant(services, where, f"{where}-all", roles)
    grant(services, where, f"{where}-basic", [each for each in roles if is_of("basic", each)])
    for resource in (*DENIED, *DENIED_AT_NEED):
        grant(services, where, f"{where}-no-{resource}", without(roles, resource))
    return where


def secure() -> Json:
    """An Ingress with a certificate, of a host that only this test knows."""
    backend = {"service": {"name": "lonely", "port": {"number": 80}}}
    rule = {"host": "rights.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    spec = {"ingressClassName": "none", "tls": [{"hosts": ["rights.example"], "secretName": "tls"}], "rules": [rule]}
    return {"kind": "Ingress", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": "secure"}, "spec": spec}


def entry(ground: Ground, where: str, name: str, user: str) -> Json:
    return ground.entry(where, name, "--as", f"{where}-{user}")


@pytest.mark.parametrize("name", ["web", "lonely"])
def test_with_the_printed_roles_everything_is_answered_as_to_an_administrator(
    services: Ground, shop: str, name: str
) -> None:
    found = entry(services, shop, name, "all")
    assert found["notChecked"] == []
    assert found == services.entry(shop, name)


def test_the_overview_needs_no_more(services: Ground, shop: str) -> None:
    assert services.explain(shop, "--as", f"{shop}-all") == services.explain(shop)


@pytest.mark.parametrize("resource", DENIED)
def test_what_is_denied_is_told_and_decides_nothing(services: Ground, shop: str, resource: str) -> None:
    what, verdict = DENIED[resource]
    found = entry(services, shop, "web", f"no-{resource}")
    place = "the cluster" if resource in ("nodes", "ingressclasses") else f"namespace {shop}"
    assert found["notChecked"] == [{"what": what, "why": f"forbidden: cannot list {resource} in {place}"}]
    assert (found["verdict"], found["findings"]) == (verdict, services.entry(shop, "web")["findings"])


@pytest.mark.parametrize("resource", DENIED_AT_NEED)
def test_what_only_some_questions_call_for_is_told_by_them_and_by_no_other(
    services: Ground, shop: str, resource: str
) -> None:
    what, name, asked = DENIED_AT_NEED[resource]
    found = entry(services, shop, name, f"no-{resource}")
    why = f"forbidden: cannot {asked} in namespace {shop}"
    assert {"what": what, "why": why} in found["notChecked"]
    other = services.entry(shop, "web", "--as", f"{shop}-no-{resource}")
    assert what not in {each["what"] for each in other["notChecked"]}


def test_a_kind_that_was_asked_about_and_is_denied_is_not_said_to_be_absent(services: Ground, shop: str) -> None:
    said = services.run(shop, "ingress/secure", "-o", "json", "--as", f"{shop}-no-ingresses")
    assert (said.code, said.out) == (1, "")
    assert "kubectl auth can-i list ingresses.networking.k8s.io" in said.err


@pytest.mark.parametrize("resource", DENIED)
def test_no_cause_is_named_that_was_not_seen(services: Ground, shop: str, resource: str) -> None:
    """Fewer findings, or the ones that say what could not be seen; never others."""
    codes = {each["code"] for each in entry(services, shop, "lonely", f"no-{resource}")["findings"]}
    full = {each["code"] for each in services.entry(shop, "lonely")["findings"]}
    assert codes <= full | {"SVC018", "SVC010"}
    assert "SVC010" not in codes or resource != "pods"


def test_pods_services_and_slices_alone_give_the_verdict(services: Ground, shop: str) -> None:
    found = entry(services, shop, "web", "basic")
    assert found["verdict"] == "healthy"
    assert {each["what"] for each in found["notChecked"]} >= {"Nodes", "NetworkPolicies", "Ingresses"}
    assert entry(services, shop, "lonely", "basic")["verdict"] == "broken"


def test_without_slices_the_endpoints_are_computed_from_the_pods(services: Ground, shop: str) -> None:
    found, full = entry(services, shop, "web", "no-endpointslices"), services.entry(shop, "web")
    assert (found["predicted"], full["predicted"]) == (True, False)
    assert {each["address"] for each in found["endpoints"]} == {each["address"] for each in full["endpoints"]}


def test_without_services_there_is_no_answer(services: Ground, shop: str) -> None:
    said = services.run(shop, "web", "--as", "nobody-at-all", "-o", "json")
    assert (said.code, said.out) == (1, "")
    assert "kubectl auth can-i list services" in said.err


def test_with_all_namespaces_every_role_is_a_cluster_role(services: Ground) -> None:
    said = services.run(None, "-A", "--print-rbac", "-o", "json")
    items = said.document["items"]
    assert {each["kind"] for each in items} == {"ClusterRole"}
    assert all("namespace" not in each["metadata"] for each in items)
    for each in items:
        services.server.create(f"{RBAC}/clusterroles?dryRun=All&fieldValidation=Strict", each)


def test_the_levels_are_told_apart_in_words(services: Ground) -> None:
    for lang, word in (("en", "Verdict and endpoints"), ("fr", "Verdict et endpoints")):
        said = services.run("shop", "--print-rbac", "--lang", lang)
        assert said.out.startswith(f"# {word}")
        assert said.out.count("\n---\n") == 5


def test_secrets_are_never_listed(services: Ground, shop: str) -> None:
    rules = [rule for each in printed(services, shop) for rule in each["rules"] if "secrets" in rule["resources"]]
    assert [rule["verbs"] for rule in rules] == [["get"]]
    assert KINDS["Secret"].plural == "secrets"
