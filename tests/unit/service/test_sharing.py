"""SVC015: pods of several controllers behind one Service, by accident or as a canary."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import sharing
from kubectl_lab.render import data
from unit.service.cases import Object, case, pod, service, workload

SHARED = {"app": "shop"}
SERVICE = service("web", SHARED, (80, 8080))
HTTP = {"name": "http", "containerPort": 8080}
NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"


def of(deployment: str, number: int = 1, *ports: Object, labels: dict[str, str] | None = None, **rest: Any) -> Object:
    carried = SHARED | {"pod-template-hash": "5d4"} | (labels or {})
    owner = make.owner("ReplicaSet", f"{deployment}-5d4")
    return pod(f"{deployment}-{number}", carried, owned_by=owner, ports=ports, **rest)


def found(*around: Object, subject: Object = SERVICE, **rest: Any) -> list[dict[str, Any]]:
    judged = list(sharing.shared(case(subject, *around, **rest)))
    assert {each.effect for each in judged} <= {"none"}
    return [each.finding.to_dict() for each in judged]


@pytest.mark.parametrize(
    ("around", "severities"),
    [
        pytest.param([of("web"), of("web", 2)], [], id="two pods of one Deployment"),
        pytest.param([of("web"), pod("bare", SHARED)], [], id="a bare pod has no controller"),
        pytest.param([of("web"), of("old", phase="Succeeded")], [], id="a finished pod gets no traffic"),
        pytest.param([of("web"), make.terminating(of("old"))], [], id="a pod that ends is about to go"),
        pytest.param([of("web", 1, HTTP), of("canary", 1, HTTP)], ["info"], id="all declare the port: a canary"),
        pytest.param([of("web"), of("canary")], ["info"], id="none declares the port: nobody can tell"),
        pytest.param([of("web", 1, HTTP), of("cache")], ["warning"], id="some declare the port"),
        pytest.param(
            [of("web", labels={NAME: "web"}), of("db", labels={NAME: "db"})], ["warning"], id="different names"
        ),
        pytest.param(
            [of("web", labels={COMPONENT: "web"}), of("db", labels={COMPONENT: "db"})], ["warning"], id="other components"
        ),
        pytest.param([of("web", labels={NAME: "web"}), of("canary")], ["info"], id="a label that only one has"),
    ],
)  # fmt: skip
def test_severity_follows_how_different_they_are(around: list[Object], severities: list[str]) -> None:
    assert [each["severity"] for each in found(*around)] == severities


def test_the_others_are_named_and_counted_and_a_label_tells_them_apart() -> None:
    around = [
        of("web", 1, HTTP, labels={"component": "web", "track": "a"}),
        of("web", 2, HTTP, labels={"component": "web", "track": "a"}),
        of("cache", 1, labels={"component": "cache"}),
    ]
    (told,) = found(*around)
    assert data.message(told, "en") == (
        "the selector app=shop also takes pods of deployment/cache: 1 of 3 pods, beside those of deployment/web"
    )
    assert data.fixes(told) == ["""kubectl -n shop patch service web -p '{"spec":{"selector":{"component":"web"}}}'"""]


def test_the_service_is_for_the_workload_that_serves_its_port_then_for_its_namesake() -> None:
    assert found(of("web"), of("cache", 1, HTTP))[0]["details"]["main"] == "deployment/cache"
    assert found(of("web"), of("abc"), of("abc", 2))[0]["details"]["main"] == "deployment/web"


def test_without_a_label_that_tells_them_apart_there_is_no_patch() -> None:
    assert data.fixes(found(of("web", 1, HTTP), of("cache"))[0]) == []


def test_a_canary_needs_no_cure() -> None:
    told = found(of("web", labels={"x": "1"}), of("canary", labels={"x": "2"}))
    assert data.fixes(told[0]) == []


def test_of_manifests_the_templates_that_want_pods_are_counted() -> None:
    around = [
        workload("Deployment", "web", SHARED, HTTP, replicas=2),
        workload("Deployment", "cache", SHARED, replicas=3),
        workload("Deployment", "off", SHARED, replicas=0),
    ]
    rest: dict[str, Any] = {"manifests": True, "missing": ["Pod"], "slices": None}
    (told,) = found(*around, **rest)
    assert (told["severity"], told["details"]["count"], told["details"]["total"]) == ("warning", 3, 5)
    assert told["details"]["controllers"] == ["deployment/cache"]
    assert found(around[0], around[2], **rest) == []
