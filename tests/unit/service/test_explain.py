"""The whole answer: which entries there are, in which order, and what was not looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import make
from kubectl_lab.domain.service.case import Client
from kubectl_lab.domain.service.explain import Question, explain
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.domain.service.not_checked import KINDS, missing_of
from kubectl_lab.domain.service.verdict import in_order
from kubectl_lab.result import Finding, Reference
from unit.service.cases import inventory, pod, service, slices_of

WEB = service("web", {"app": "web"})
EMPTY = service("empty", {"app": "none"})
ALIAS = service("alias", None, type="ExternalName", externalName="db.example.com")
INGRESS = make.obj("Ingress", "shop", "shop", api="networking.k8s.io/v1")


def ref(name: str, kind: str = "Service") -> Reference:
    return Reference(kind, "shop", name)


def around(*more: Any, **rest: Any) -> Any:
    return inventory(WEB, EMPTY, ALIAS, pod(), *slices_of(WEB, pod()), *slices_of(EMPTY), *more, **rest)


def test_without_a_subject_every_service_is_told_the_worst_first() -> None:
    made = explain(around(), Question(namespace="shop"))
    assert made.overview
    assert [(each.service.name, each.verdict) for each in made.services] == [
        ("empty", "broken"),
        ("alias", "healthy"),
        ("web", "healthy"),
    ]


def test_another_namespace_has_services_of_its_own() -> None:
    assert explain(around(), Question(namespace="other")).services == ()


def test_subjects_are_told_in_the_order_of_asking_each_once() -> None:
    made = explain(around(), Question((ref("web"), ref("empty"), ref("web")), "shop"))
    assert [each.service.name for each in made.services] == ["web", "empty"]
    assert not made.overview


def test_a_service_that_does_not_exist_has_an_entry_too() -> None:
    (only,) = explain(around(), Question((ref("wbe"),), "shop")).services
    assert (only.verdict, only.type, [each.code for each in only.findings]) == ("broken", "Service", ["SVC001"])
    assert [(hop.target, hop.state) for hop in only.hops] == [("service/shop/wbe", "broken")]


@pytest.mark.parametrize("kind", ["Ingress", "HTTPRoute"])
def test_so_has_a_front(kind: str) -> None:
    (only,) = explain(around(), Question((ref("nothing", kind),), "shop")).services
    assert (only.service.kind, only.verdict) == (kind, "broken")


def test_a_front_is_told_before_the_services_behind_it() -> None:
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend("web")}]}}
    ingress = {**INGRESS, "spec": {"rules": [rule], "defaultBackend": backend("gone")}}
    made = explain(around(ingress), Question((ref("shop", "Ingress"),), "shop"))
    assert [each.service.name for each in made.services] == ["shop", "web"]
    assert made.services[0].type == "Ingress"


def test_the_client_of_from_meets_the_front_not_what_stands_behind_it() -> None:
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend("web")}]}}
    ingress = {**INGRESS, "spec": {"rules": [rule]}}
    spec = {"podSelector": {}, "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "proxy"}}}]}]}
    policy = make.obj("NetworkPolicy", "proxy-only", "shop", api="networking.k8s.io/v1", spec=spec)
    other = pod("front", {"app": "front"})
    asked = Question((ref("shop", "Ingress"),), "shop", client=Client("pod/front", "shop", {}, other))
    front, behind = explain(around(ingress, policy, other), asked).services
    assert "SVC083" not in [each.code for each in behind.findings]
    (direct,) = explain(around(ingress, policy, other), replace(asked, subjects=(ref("web"),))).services
    assert "SVC083" in [each.code for each in direct.findings]
    assert front.type == "Ingress"


def backend(name: str) -> Any:
    return {"service": {"name": name, "port": {"number": 80}}}


def test_what_was_denied_is_told_once_and_workloads_as_one() -> None:
    found = missing_of(around(missing=["Job", "Deployment", "NetworkPolicy"]))
    assert [(each.what, each.why) for each in found] == [
        ("Deployments, StatefulSets, …", "forbidden"),
        ("NetworkPolicies", "forbidden"),
    ]
    assert [each.to_dict() for each in found][1] == {"what": "NetworkPolicies", "why": "forbidden"}
    assert {each.decides for each in found} <= {decides for _, decides in KINDS.values()}


def test_what_breaks_comes_first_then_severity_then_the_order_of_the_rules() -> None:
    def found(code: str, severity: Any, effect: Any) -> Judged:
        return Judged(Finding(code, severity, None), effect, Place("service"))

    listed = [
        found("A", "info", "none"),
        found("B", "warning", "degrades"),
        found("C", "error", "degrades"),
        found("D", "warning", "none"),
        found("E", "error", "breaks"),
        found("F", "error", "degrades"),
    ]
    assert [each.finding.code for each in in_order(listed)] == ["E", "C", "F", "B", "D", "A"]


def test_what_a_probe_found_is_told_and_counts() -> None:
    probed = Judged(Finding("SVC131", "error", ref("web")), "breaks", Place("endpoints", "80"))
    (only,) = explain(around(), Question((ref("web"),), "shop", probed={ref("web"): (probed,)})).services
    assert only.verdict == "broken"
    assert "SVC131" in [each.code for each in only.findings]


def test_the_document_holds_what_was_found() -> None:
    made = explain(around(), Question((ref("web"),), "shop")).to_dict()
    (only,) = made["services"]
    assert (made["apiVersion"], made["kind"]) == ("kubectl-lab/v1", "ServiceExplanation")
    assert only["ports"] == [
        {
            "name": "",
            "port": 80,
            "targetPort": 80,
            "nodePort": None,
            "protocol": "TCP",
            "backends": {"working": 1, "fallback": 0, "total": 1},
        }
    ]
    assert only["clusterIP"] == "10.96.0.10"
    assert only["endpoints"][0]["pod"] == {"kind": "Pod", "namespace": "shop", "name": "web-1"}
