"""SVC010-SVC018: of an empty Service one cause, the most telling."""

from __future__ import annotations

import json
from typing import Any

import pytest

import make
from kubectl_lab.domain.service import selection
from kubectl_lab.domain.service.explain import entry
from kubectl_lab.render import data
from unit.service.cases import Object, case, endpoint, endpoint_slice, pod, service, workload

WEB = {"app": "web"}
SERVICE = service("web", WEB)
HASHED = service("web", WEB | {"pod-template-hash": "old"})
CLUSTER: dict[str, Any] = {"extents": {"Pod": "cluster"}}


def judged(subject: Object, *objects: Object, **rest: Any) -> list[tuple[str, str, str]]:
    around = case(subject, *objects, **rest)
    found = [each for rule in selection.RULES for each in rule(around)]
    return [(each.finding.code, each.finding.severity, each.effect) for each in found]


def codes(subject: Object, *objects: Object, **rest: Any) -> list[str]:
    return [code for code, _, _ in judged(subject, *objects, **rest)]


def finding(subject: Object, *objects: Object, **rest: Any) -> dict[str, Any]:
    around = case(subject, *objects, **rest)
    return next(each.finding.to_dict() for rule in selection.RULES for each in rule(around))


def deployment(name: str, labels: dict[str, str], replicas: int = 1, **rest: Any) -> Object:
    return workload("Deployment", name, labels, replicas=replicas, **rest)


DATABASE = workload("StatefulSet", "db", {"tier": "db"}, {"containerPort": 5432}, replicas=1)


@pytest.mark.parametrize(
    ("subject", "around", "rest", "expected"),
    [
        pytest.param(SERVICE, [pod()], {}, [], id="a pod that matches is enough"),
        pytest.param(
            SERVICE, [pod(ready=False)], {}, [], id="a pod that matches and is not ready is found all the same"
        ),
        pytest.param(SERVICE, [pod(ip=None)], {}, [], id="a pod that matches and waits for its address is found"),
        pytest.param(SERVICE, [], {}, ["SVC010"], id="nobody there at all"),
        pytest.param(SERVICE, [pod("x", {"tier": "db"})], {}, ["SVC010"], id="nobody near"),
        pytest.param(
            SERVICE, [pod("x", {"app": "wbe"})], {}, ["SVC011"], id="a slip is told, not that nobody is there"
        ),
        pytest.param(SERVICE, [pod("x", WEB, namespace="test")], CLUSTER, ["SVC012"], id="a full match elsewhere"),
        pytest.param(
            SERVICE, [pod("x", WEB, namespace="test")], {}, ["SVC010"], id="pods elsewhere count only if all were read"
        ),
        pytest.param(
            SERVICE,
            [pod("x", WEB, namespace="test", phase="Failed")],
            CLUSTER,
            ["SVC010"],
            id="a finished pod elsewhere is no match",
        ),
        pytest.param(
            SERVICE,
            [pod("x", WEB, namespace="test"), pod("y", {"app": "wbe"})],
            CLUSTER,
            ["SVC011"],
            id="a near miss here comes before a match elsewhere",
        ),
        pytest.param(SERVICE, [deployment("web", WEB, 0)], {}, ["SVC013"], id="scaled to 0"),
        pytest.param(
            SERVICE,
            [deployment("web", WEB, 0), pod("x", {"app": "wbe"})],
            {},
            ["SVC013"],
            id="scaled to 0 comes before a near miss",
        ),
        pytest.param(SERVICE, [deployment("web", WEB)], {}, ["SVC016"], id="pods are wanted and there are none"),
        pytest.param(
            SERVICE,
            [deployment("web", WEB, 0), deployment("web2", WEB)],
            {},
            ["SVC016"],
            id="one that wants pods comes before one that wants none",
        ),
        pytest.param(SERVICE, [pod(phase="Succeeded")], {}, ["SVC014"], id="only finished pods match"),
        pytest.param(
            SERVICE,
            [pod(phase="Failed"), deployment("web", WEB)],
            {},
            ["SVC014"],
            id="finished pods explain why a workload has no others",
        ),
        pytest.param(SERVICE, [pod(phase="Succeeded"), pod("b")], {}, [], id="a finished pod among others is no news"),
        pytest.param(HASHED, [pod()], {}, ["SVC017"], id="an outdated hash comes before a near miss"),
        pytest.param(SERVICE, [], {"missing": ["Pod"]}, ["SVC018"], id="without pods the cause cannot be told"),
        pytest.param(
            SERVICE, [], {"missing": ["Pod"], "slices": None}, [], id="without pods and slices nothing can be told"
        ),
        pytest.param(service("web"), [], {}, [], id="without a selector nobody is missed"),
        pytest.param(
            service("web", WEB, type="ExternalName", externalName="a.example"), [], {}, [], id="an alias selects nobody"
        ),
        pytest.param(
            SERVICE,
            [endpoint_slice("web-x", "web", endpoint("10.0.0.9"))],
            {},
            [],
            id="a Service that has endpoints is not empty, whoever made them",
        ),
        pytest.param(SERVICE, [], {"slices": None}, ["SVC010"], id="pods alone prove that nobody matches"),
    ],
)
def test_one_cause_of_an_empty_service(
    subject: Object, around: list[Object], rest: dict[str, Any], expected: list[str]
) -> None:
    assert codes(subject, *around, **rest) == expected


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        pytest.param([], [], id="a Service alone says nothing about pods"),
        pytest.param([deployment("web", WEB)], [], id="a template that matches is enough"),
        pytest.param([deployment("web", {"app": "wbe"})], ["SVC011"], id="a template with a slip"),
        pytest.param([DATABASE], ["SVC010"], id="templates of something else"),
        pytest.param([deployment("web", WEB, 0)], ["SVC013"], id="a template that wants no pods"),
        pytest.param([deployment("web", WEB, namespace="test")], ["SVC010"], id="a template of another namespace"),
    ],
)
def test_of_manifests_the_templates_are_judged(around: list[Object], expected: list[str]) -> None:
    assert codes(SERVICE, *around, manifests=True, missing=["Pod"], slices=None) == expected


def test_of_manifests_a_pinned_hash_is_a_label_that_templates_lack() -> None:
    found = finding(HASHED, deployment("web", WEB), manifests=True, missing=["Pod"], slices=None)
    assert found["code"] == "SVC011"
    assert "the label pod-template-hash is missing on the template of deployment/web" in data.message(found, "en")


@pytest.mark.parametrize("code", ["SVC010", "SVC011", "SVC012", "SVC013", "SVC014", "SVC016", "SVC017", "SVC018"])
def test_what_leaves_a_service_empty_breaks_all_its_ports(code: str) -> None:
    setups: dict[str, tuple[Object, list[Object], dict[str, Any]]] = {
        "SVC010": (SERVICE, [], {}),
        "SVC011": (SERVICE, [pod("x", {"app": "wbe"})], {}),
        "SVC012": (SERVICE, [pod("x", WEB, namespace="test")], CLUSTER),
        "SVC013": (SERVICE, [deployment("web", WEB, 0)], {}),
        "SVC014": (SERVICE, [pod(phase="Failed")], {}),
        "SVC016": (SERVICE, [deployment("web", WEB)], {}),
        "SVC017": (HASHED, [pod()], {}),
        "SVC018": (SERVICE, [], {"missing": ["Pod"]}),
    }
    subject, around, rest = setups[code]
    assert judged(subject, *around, **rest) == [(code, "error", "breaks")]
    place = next(each for rule in selection.RULES for each in rule(case(subject, *around, **rest))).place
    assert (place.stretch, place.name) == ("endpoints", "")


TWO = service("web", WEB, {"name": "a", "port": 80}, {"name": "b", "port": 81})


@pytest.mark.parametrize(
    ("subject", "endpoints", "ports", "told"),
    [
        pytest.param(SERVICE, [endpoint("10.1.0.1", ready=False)], 80, ("breaks", "", ()), id="not ready"),
        pytest.param(TWO, [endpoint("10.1.0.1")], 9, ("breaks", "", ()), id="ready, and none of the ports"),
        pytest.param(TWO, [endpoint("10.1.0.1")], 80, ("breaks", "81", (81,)), id="one port of two has nobody"),
        pytest.param(SERVICE, [endpoint("10.1.0.1")], 80, None, id="ready"),
    ],
)
def test_without_pods_it_is_told_which_ports_get_no_traffic(
    subject: Object, endpoints: list[Object], ports: int, told: Any
) -> None:
    named = {80: "a", 9: "c"}[ports] if subject is TWO else ""
    made = endpoint_slice("web-1", "web", *endpoints, ports=[{"name": named, "port": 80, "protocol": "TCP"}])
    found = [each for rule in selection.RULES for each in rule(case(subject, made, missing=["Pod"]))]
    shown = [(each.effect, each.place.name, each.ports) for each in found]
    assert shown == ([told] if told else [])
    assert all(each.finding.code == "SVC018" for each in found)


def test_who_has_a_server_asks_for_the_right_and_who_has_files_captures_the_pods() -> None:
    assert data.fixes(finding(SERVICE, missing=["Pod"])) == ["kubectl -n shop auth can-i list pods"]
    assert data.fixes(finding(SERVICE, missing=["Pod"], live=False)) == ["kubectl -n shop get pods -o yaml"]


def test_a_number_that_answers_by_another_protocol_is_not_broken_as_a_whole() -> None:
    dns = service("web", WEB, {"name": "t", "port": 53}, {"name": "u", "port": 53, "protocol": "UDP"})
    made = endpoint_slice("web-1", "web", endpoint("10.1.0.1"), ports=[{"name": "t", "port": 53, "protocol": "TCP"}])
    (found,) = (each for rule in selection.RULES for each in rule(case(dns, made, missing=["Pod"])))
    assert (found.finding.code, found.effect) == ("SVC018", "degrades")
    assert data.message(found.finding.to_dict(), "en").startswith("no endpoint of Service web gets traffic (ports: 53)")


def test_files_that_hold_the_slices_of_others_alone_leave_it_open() -> None:
    seen = case(SERVICE, pod(), endpoint_slice("api-1", "api"), live=False)
    made = entry(seen)
    assert (made.verdict, made.predicted, made.findings[0].severity) == ("unknown", True, "info")
    assert [(each.what, each.why) for each in made.not_checked] == [("EndpointSlices", "not captured")]


def test_a_hash_that_still_matches_is_a_warning() -> None:
    matching = pod("a", WEB | {"pod-template-hash": "old"})
    assert judged(HASHED, matching) == [("SVC017", "warning", "degrades")]
    assert data.fixes(finding(HASHED, matching)) == [
        """kubectl -n shop patch service web -p '{"spec":{"selector":{"pod-template-hash":null}}}'"""
    ]


def test_a_selector_of_a_hash_alone_cannot_be_cured_by_dropping_it() -> None:
    only = service("web", {"controller-revision-hash": "1"})
    assert data.fixes(finding(only)) == []


def test_finished_pods_are_named_with_their_phase() -> None:
    found = finding(SERVICE, pod("job-1", WEB, phase="Succeeded"))
    assert data.message(found, "en") == (
        "only finished pods carry app=web (job-1: Succeeded); a finished pod is never an endpoint"
    )
    assert data.fixes(found) == ["kubectl -n shop get pods -l app=web"]


def test_where_pods_live_elsewhere_the_service_goes_there_or_becomes_an_alias() -> None:
    pods = [pod("x", WEB, namespace="test"), pod("y", WEB, namespace="prod")]
    subject = service("web", WEB, {"port": 80, "nodePort": 30080}, type="NodePort")
    found = finding(subject, *pods, **CLUSTER)
    assert found["details"]["namespaces"] == ["prod", "test"]
    assert json.loads(found["details"]["manifest"]) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "prod"},
        "spec": {"selector": WEB, "ports": [{"protocol": "TCP", "targetPort": 80, "port": 80}]},
    }
    assert json.loads(found["details"]["alias"])["spec"]["externalName"] == "web.prod.svc.cluster.local"


def test_a_headless_service_stays_headless_elsewhere() -> None:
    headless = service("web", WEB, clusterIP="None")
    found = finding(headless, pod("x", WEB, namespace="test"), **CLUSTER)
    assert json.loads(found["details"]["manifest"])["spec"]["clusterIP"] == "None"


def test_a_manifest_is_told_no_command_that_needs_a_server() -> None:
    manifest = {**SERVICE, "metadata": {"name": "web", "namespace": "shop"}}
    around = case(manifest, DATABASE, manifests=True, missing=["Pod"], slices=None)
    assert data.fixes(next(iter(selection.empty(around))).finding.to_dict()) == []
    elsewhere = finding(manifest, pod("x", WEB, namespace="test"), **CLUSTER)
    assert data.fixes(elsewhere) == []


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        pytest.param(
            {"app": "web"}, "; `kubectl create service` always writes app=NAME", id="written by create service"
        ),
        pytest.param({"app": "wab"}, "", id="another value was written by somebody"),
        pytest.param({"app": "web", "tier": "x"}, "", id="a second pair was written by somebody"),
    ],
)
def test_a_selector_that_kubectl_create_service_wrote_is_recognized(selector: dict[str, str], hint: str) -> None:
    message = data.message(finding(service("web", selector)), "en")
    assert ("`kubectl create service`" in message) is bool(hint)
    assert hint in message


def test_garbage_is_no_reason_to_fail() -> None:
    labels: Any = {"app": 7, 3: "web"}
    odd: Object = {"kind": "Pod", "metadata": {"namespace": "shop", "labels": labels}, "spec": [], "status": None}
    deploy = make.obj("Deployment", "x", "shop", spec={"template": 5, "replicas": "many", "selector": []})
    selector: Any = {"app": 5, 7: "zzz"}
    strange = service("web", selector)
    assert codes(strange, odd, deploy, slices=None) == ["SVC010"]
