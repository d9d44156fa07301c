"""Whom a selector meant: six ways to be near, the surest first, and the patch that selects exactly those."""

from __future__ import annotations

import json
from typing import Any

import pytest

import make
from kubectl_lab.domain.service import near_pods, selection
from kubectl_lab.render import data
from unit.service.cases import Object, case, pod, service, workload

HTTP = {"name": "http", "containerPort": 8080}


def deployment(name: str, labels: dict[str, str], *ports: Object, **rest: Any) -> Object:
    return workload("Deployment", name, labels, *ports, replicas=1, **rest)


def owned(name: str, deployment: str, labels: dict[str, str], **rest: Any) -> Object:
    """A pod of a Deployment's ReplicaSet."""
    carried = labels | {"pod-template-hash": "5d4"}
    return pod(name, carried, owned_by=make.owner("ReplicaSet", f"{deployment}-5d4"), **rest)


def rows(subject: Object, *around: Object, **rest: Any) -> list[str]:
    """`name labels (controller)` of each candidate."""
    found = [each.to_dict() for each in near_pods.nearest(case(subject, *around, **rest))]
    return [f"{each['name']} {each['labels']} ({each['controller']})" for each in found]


def finding(subject: Object, *around: Object, **rest: Any) -> dict[str, Any]:
    found = next(iter(selection.empty(case(subject, *around, **rest)))).finding.to_dict()
    assert found["code"] == "SVC011"
    return found


def patch(subject: Object, *around: Object) -> dict[str, str | None] | None:
    written = finding(subject, *around)["details"]["patch"]
    if written is None:
        return None
    selector: dict[str, str | None] = json.loads(written)["spec"]["selector"]
    return selector


TWO = {"app": "web-server", "tier": "frontend"}


@pytest.mark.parametrize(
    ("selector", "labels", "row", "said"),
    [
        pytest.param({"app": "wbe"}, {"app": "web"}, "app=web", "app=web instead of app=wbe on pod x", id="a slip"),
        pytest.param({"app": "Web"}, {"app": "web"}, "app=web", "app=web instead of app=Web on pod x", id="case"),
        pytest.param({"app": "a_b"}, {"app": "a-b"}, "app=a-b", "app=a-b instead of app=a_b on pod x", id="underscore"),
        pytest.param({"app": "pods"}, {"app": "pod"}, "app=pod", "app=pod instead of app=pods on pod x", id="plural"),
        pytest.param({"app": "web"}, {"ap": "web"}, "ap=web", "ap=web instead of app=web on pod x", id="a slip in a key"),
        pytest.param(
            TWO,
            {"app": "api", "tier": "frontend"},
            "app=api",
            "app=api instead of app=web-server on pod x",
            id="all pairs but one, which differs",
        ),
        pytest.param(
            TWO, {"tier": "frontend"}, "tier=frontend", "the label app is missing on pod x", id="all pairs but one, absent"
        ),
        pytest.param(
            {"run": "x"}, {"name": "web"}, "name=web", "pod/x (name=web) has a name like it", id="a value is its name"
        ),
        pytest.param(
            {"app": "front"}, {"a": "b"}, "a=b", "pod/x (a=b) alone declares port 8080", id="it alone declares the port"
        ),
        pytest.param({"app": "api", "x": "y"}, {"app": "web", "x": "z"}, None, None, id="two pairs that differ are far"),
        pytest.param({"app": "api"}, {"app": "web"}, None, None, id="another value of the only key is far"),
        pytest.param({"app": "web"}, {"appppp": "web"}, None, None, id="a key three slips away is far"),
        pytest.param(
            {"a": "1", "ap": "1"}, {"a": "1"}, "a=1", "the label ap is missing on pod x", id="a key of the selector is not another"
        ),
    ],
)  # fmt: skip
def test_ways_to_be_near(selector: dict[str, str], labels: dict[str, str], row: str | None, said: str | None) -> None:
    declared = [HTTP] if selector == {"app": "front"} else []
    subject = service("s-of-test", selector, (80, 8080))
    around = [pod("x", labels, ports=declared)]
    assert rows(subject, *around) == ([f"x {row} ()"] if row else [])
    if said:
        assert data.message(finding(subject, *around), "en").endswith(f": {said}")


def test_the_surest_way_that_finds_somebody_is_the_answer() -> None:
    around = [
        pod("slip", {"app": "wbe"}),
        pod("key", {"ap": "web"}),
        pod("web", {"run": "x"}),
        pod("port", {"x": "y"}, ports=[HTTP]),
    ]
    subject = service("shop", {"app": "web"}, (80, 8080))
    found = [rows(subject, *around[at:]) for at in range(4)]
    assert found == [["slip app=wbe ()"], ["key ap=web ()"], ["web run=x ()"], ["port x=y ()"]]


def test_at_most_three_are_named_the_nearest_first_and_then_those_with_most_pods() -> None:
    far = [pod(f"far-{number}", {"app": f"frontxx{number % 2}"[:7]}) for number in range(3)]
    many = [owned(f"many-{number}", "many", {"app": "frontx"}) for number in range(2)]
    found = rows(service("s", {"app": "front"}), *far, *many)
    assert len(found) == 3
    assert found[0] == "many-0 app=frontx (deployment/many)"


def test_pods_of_one_controller_are_one_candidate_named_by_its_first_pod() -> None:
    around = [owned("web-b", "web", {"app": "web"}), owned("web-a", "web", {"app": "web"})]
    assert rows(service("s", {"app": "wbe"}), *around) == ["web-a app=web (deployment/web)"]
    message = data.message(finding(service("s", {"app": "wbe"}), *around), "en")
    assert message.endswith("app=web instead of app=wbe on the pods of deployment/web (2)")


def test_a_template_without_pods_stands_for_itself() -> None:
    assert rows(service("s", {"app": "wbe"}), deployment("web", {"app": "web"})) == ["deployment/web app=web ()"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pod("x", {"app": "web"}, phase="Succeeded"), id="a finished pod"),
        pytest.param(pod("x", {"app": "web"}, namespace="test"), id="a pod of another namespace"),
        pytest.param(workload("CronJob", "x", {"app": "web"}), id="a CronJob between two runs"),
        pytest.param(
            {
                **workload("Job", "x", {"app": "web"}),
                "status": {"conditions": [{"type": "Complete", "status": "True"}]},
            },
            id="a Job that has ended",
        ),
    ],
)
def test_what_never_answers_is_not_near(other: Object) -> None:
    assert rows(service("s", {"app": "wbe"}), other) == []


def test_a_workload_that_another_service_has_is_not_offered_for_its_port() -> None:
    subject = service("front", {"app": "front"}, (80, 8080))
    taken = [deployment("api", {"a": "b"}, HTTP), service("api", {"a": "b"})]
    assert rows(subject, taken[0]) == ["deployment/api a=b ()"]
    assert rows(subject, *taken) == []


def test_two_that_declare_the_port_are_both_as_likely() -> None:
    around = [deployment("a", {"x": "a"}, HTTP), deployment("b", {"x": "b"}, HTTP)]
    assert rows(service("front", {"app": "front"}, (80, "http")), *around[:1]) == ["deployment/a x=a ()"]
    assert rows(service("front", {"app": "front"}, (80, "http")), *around) == []


def test_the_course_service_asks_for_a_label_that_the_deployment_does_not_give() -> None:
    subject = service("web-service", TWO, (8080, 80))
    around = [deployment("front", {"tier": "frontend"}), owned("front-1", "front", {"tier": "frontend"})]
    found = finding(subject, *around)
    assert "the label app is missing on the pods of deployment/front (1)" in data.message(found, "en")
    assert "le label app manque sur les pods de deployment/front (1)" in data.message(found, "fr")
    assert data.fixes(found) == [
        """kubectl -n shop patch service web-service -p '{"spec":{"selector":{"app":null}}}'""",
        """kubectl -n shop patch deployment/front -p '{"spec":{"template":{"metadata":{"labels":{"app":"web-server"}}}}}'""",
    ]


def test_where_create_service_wrote_the_selector_expose_is_offered() -> None:
    subject = service("shop", {"app": "shop"}, (80, 8080), type="NodePort")
    found = finding(subject, deployment("boutique", {"app": "boutique"}))
    exposed = "deployment/boutique --name shop --type NodePort --port 80 --target-port 8080"
    assert "`kubectl create service` always writes app=NAME" in data.message(found, "en")
    assert data.fixes(found) == [
        """kubectl -n shop patch service shop -p '{"spec":{"selector":{"app":"boutique"}}}'""",
        f"kubectl -n shop delete service shop && kubectl -n shop expose {exposed}",
    ]


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(service("web", {"app": "web"}, 80, 81), id="two ports"),
        pytest.param(service("web", {"app": "web"}, {"port": 53, "protocol": "UDP"}), id="another protocol"),
        pytest.param(service("web", {"app": "web"}, 80, clusterIP="None"), id="headless"),
    ],
)
def test_expose_is_not_offered_for_what_it_would_make_otherwise(subject: Object) -> None:
    assert not any("expose" in command for command in data.fixes(finding(subject, pod("x", {"app": "wbe"}))))


def test_the_only_workload_is_meant_only_where_create_service_wrote_the_selector() -> None:
    lonely = deployment("boutique", {"x": "y"})
    assert rows(service("shop", {"app": "shop"}), lonely) == ["deployment/boutique x=y ()"]
    assert rows(service("shop", {"app": "shops"}), lonely) == []
    assert rows(service("shop", {"app": "shop"}), lonely, deployment("other", {"x": "z"})) == []


# --- the patch


@pytest.mark.parametrize(
    ("selector", "around", "expected"),
    [
        pytest.param({"app": "wbe"}, [deployment("a", {"app": "web"})], {"app": "web"}, id="the slip alone is mended"),
        pytest.param({"app": "web"}, [deployment("a", {"ap": "web"})], {"app": None, "ap": "web"}, id="a key is renamed"),
        pytest.param(TWO, [pod("x", {"tier": "frontend"})], {"app": None}, id="what is missing is dropped"),
        pytest.param(
            TWO,
            [deployment("a", {"tier": "frontend", "x": "a"}), deployment("c", {"tier": "frontend", "app": "q", "z": "1"})],
            {"app": None, "x": "a"},
            id="where that takes others too, the workload's own selector",
        ),
        pytest.param(
            {"app": "wbe"},
            [pod("x", {"app": "web", "v": "1"}), deployment("b", {"app": "web"})],
            {"app": "web", "v": "1"},
            id="else all labels of the pods",
        ),
        pytest.param(
            {"app": "wbe"}, [pod("x", {"app": "web"}), pod("y", {"app": "web"})], None, id="equal pods cannot be told apart"
        ),
        pytest.param(
            {"name": "a"}, [owned("a-1", "a", {"app": "q"})], {"name": None, "app": "q"}, id="labels of controllers are left out"
        ),
        pytest.param({"app": "x"}, [pod("x", {})], None, id="a pod without labels cannot be selected"),
    ],
)  # fmt: skip
def test_the_patch_selects_exactly_the_nearest(
    selector: dict[str, str], around: list[Object], expected: dict[str, str | None] | None
) -> None:
    assert patch(service("web-s", selector), *around) == expected


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        pytest.param(
            [pod("x", {"tier": "frontend"})], "kubectl -n shop label pod x app=web-server", id="of a bare pod"
        ),
        pytest.param(
            [workload("Job", "x", {"tier": "frontend"})], None, id="not of a Job, whose template cannot change"
        ),
        pytest.param([owned("x-1", "x", {"tier": "frontend"})], None, id="not where the controller is not known"),
    ],
)
def test_the_missing_label_can_also_be_given(around: list[Object], expected: str | None) -> None:
    made = data.fixes(finding(service("s", TWO), *around))
    assert made[1:] == ([expected] if expected else [])


def test_a_manifest_is_told_whom_it_misses_and_no_command() -> None:
    def written(obj: Object) -> Object:
        return {**obj, "metadata": {key: obj["metadata"][key] for key in ("name", "namespace")}}

    subject, made = written(service("web", TWO)), written(deployment("x", {"tier": "frontend"}))
    found = finding(subject, made, manifests=True, missing=["Pod"], slices=None)
    assert found["details"]["near"][0]["labels"] == "tier=frontend"
    assert data.fixes(found) == []
