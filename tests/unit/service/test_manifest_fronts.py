"""Fronts that nobody has applied: they are edited, not patched."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import ingresses, routes
from kubectl_lab.render import data
from unit.service.cases import inventory, service

GATEWAY_API = "gateway.networking.k8s.io/v1"


def ingress(**spec: Any) -> dict[str, Any]:
    backend = {"service": {"name": "wbe", "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    return make.obj("Ingress", "shop", "shop", api="networking.k8s.io/v1", spec={"rules": rules, **spec})


def route(parent: str, backend: str) -> dict[str, Any]:
    spec = {"parentRefs": [{"name": parent}], "rules": [{"backendRefs": [{"name": backend, "port": 80}]}]}
    return make.obj("HTTPRoute", "shop", "shop", api=GATEWAY_API, spec=spec)


def fixes(obj: dict[str, Any], *around: dict[str, Any]) -> dict[str, list[str]]:
    """The commands of each code that mention a patch."""
    read = {"Ingress": ingresses.read, "HTTPRoute": routes.read}[obj["kind"]]
    (front,) = read(inventory(obj, service("web", {"app": "web"}), *around))
    judged = (*front.findings, *(each for branch in front.branches for each in branch.findings))
    made = {each.finding.code: data.fixes(each.finding.to_dict()) for each in judged}
    return {code: [fix for fix in listed if " patch " in fix] for code, listed in made.items()}


CLASS = make.obj("IngressClass", "nginx", api="networking.k8s.io/v1")
GATEWAY = make.obj("Gateway", "main", "shop", api=GATEWAY_API, spec={"listeners": [{"name": "http", "port": 80}]})


@pytest.mark.parametrize(
    ("code", "obj", "around"),
    [
        pytest.param("SVC100", ingress(ingressClassName="nginx"), [CLASS], id="an absent backend"),
        pytest.param("SVC102", ingress(ingressClassName="ngnix"), [CLASS], id="an absent class"),
        pytest.param("SVC103", ingress(), [CLASS], id="no class"),
        pytest.param("SVC110", route("mian", "web"), [GATEWAY], id="an absent parent"),
        pytest.param("SVC111", route("main", "wbe"), [GATEWAY], id="an absent backend of a route"),
    ],
)
def test_a_front_is_patched_where_a_server_has_it_and_only_there(code: str, obj: Any, around: list[Any]) -> None:
    assert fixes(obj, *around)[code] != []
    manifest = {**obj, "metadata": {"name": "shop", "namespace": "shop"}}
    assert fixes(manifest, *around)[code] == []
