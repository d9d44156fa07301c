"""What a verdict about landing reads of a server: how many requests, which, and what a refusal leaves unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.cluster import scheduling as reading
from kubectl_lab.domain.rules.asks import Ask
from kubectl_lab.domain.scheduling.question import Question
from kubectl_lab.domain.scheduling.subjects import subjects
from kubectl_lab.errors import Forbidden, LabError, NotFound, ServerError, Unauthorized
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference
from unit.cluster.shop_server import Shop, shop

if TYPE_CHECKING:
    from kubectl_lab.cluster.scheduling import Reading

Object = dict[str, Any]
NODES, PODS = "nodes *", "pods * status.phase!=Succeeded,status.phase!=Failed"
BASIS = ["/version", NODES, PODS]
NODE = make.node("n1")
DEPLOYMENT = make.deployment("web", "shop")
REPLICA_SET = make.replicaset("web-1", "shop", ownerReferences=[make.owner("Deployment", "web")])


def pending(name: str, **rest: Any) -> Object:
    return make.pod(name, "shop", node="", phase="Pending", **rest)


def read(of: Shop, *names: str, namespace: str | None = "shop", **rest: Any) -> Reading:
    parts = (name.rpartition("/") for name in names)
    question = Question(tuple(Reference(kind or "Pod", namespace, name) for kind, _, name in parts), namespace)
    return reading.read(of.cluster, question, **rest)


def test_a_pod_that_runs_costs_the_nodes_and_the_pods() -> None:
    with shop(NODE, make.pod("web", "shop"), make.pod("other", "ops")) as held:
        found = read(held, "web")
        assert held.asked == BASIS
    assert len(found.known.known("Pod")) == 2


def test_the_owners_of_a_pod_are_asked_for_one_after_the_other_and_once() -> None:
    pod = make.pod("web-1-x", "shop", owned_by=make.owner("ReplicaSet", "web-1"))
    with shop(NODE, pod, REPLICA_SET, DEPLOYMENT) as held:
        found = read(held, "web-1-x")
        assert held.asked == sorted([*BASIS, "replicasets shop web-1", "deployments shop web"])
    assert found.known.get("Deployment", "shop", "web") is not None


def test_a_finished_pod_is_asked_for_by_its_name() -> None:
    with shop(NODE, make.pod("done", "shop", phase="Succeeded")) as held:
        found = read(held, "done")
        assert held.asked == sorted([*BASIS, "pods shop done"])
    assert found.known.get("Pod", "shop", "done") is not None


def test_a_pod_that_is_not_there_at_all_is_asked_for_once() -> None:
    with shop(NODE, pending("web")) as held:
        found = read(held, "wbe")
        assert held.asked == sorted([*BASIS, "pods shop wbe"])
    with pytest.raises(NotFound) as raised:
        subjects(found.known, Question((Reference("Pod", "shop", "wbe"),), "shop"), found.features)
    assert raised.value.values["near"] == "web"


def test_a_workload_that_is_not_there_is_looked_for_elsewhere() -> None:
    with shop(NODE, make.deployment("api", "ops"), DEPLOYMENT) as held:
        found = read(held, "Deployment/api")
        assert held.asked == sorted(
            [*BASIS, "deployments shop api", "deployments shop", "deployments * metadata.name=api"]
        )
    assert found.known.get("Deployment", "ops", "api") is not None


def test_a_template_costs_the_classes_and_limits_it_will_meet() -> None:
    limits = make.obj("LimitRange", "limits", "shop")
    with shop(NODE, DEPLOYMENT, limits, make.obj("Namespace", "shop")) as held:
        found = read(held, "Deployment/web")
        assert held.asked == sorted(
            [*BASIS, "deployments shop web", "limitranges shop", "namespaces * shop", "priorityclasses *"]
        )
    assert found.known.known("LimitRange") == (limits,)


@pytest.mark.parametrize(
    ("told", "given", "version", "asks"),
    [
        pytest.param("v1.34.1", None, (1, 34, 1), True, id="the server tells its version"),
        pytest.param("v1.34.1", (1, 33, 0), (1, 33, 0), False, id="a version that was given is not asked for"),
        pytest.param("", None, (1, 36, 3), True, id="a server that does not tell is taken for the newest"),
        pytest.param("whatever", None, (1, 36, 3), True, id="so is one that tells what is no version"),
    ],
)
def test_whose_rules_count(told: str, given: Any, version: tuple[int, int, int], asks: bool) -> None:
    with shop(NODE) as held:
        held.version = told
        found = read(held, version=given, gates={"SomeGate": True})
        assert ("/version" in held.asked) is asks
    assert (found.features.version, found.features.gates, found.repeated) == (version, {"SomeGate": True}, ())


@pytest.mark.parametrize("plural", ["nodes", "pods@*"])
def test_nodes_and_pods_are_required(plural: str) -> None:
    with shop(NODE, make.pod("web", "shop"), refused={plural: 403}) as held, pytest.raises(Forbidden):
        read(held, "web")


def test_what_was_asked_about_is_required() -> None:
    with shop(NODE, DEPLOYMENT, refused={"deployments": 403}) as held, pytest.raises(Forbidden):
        read(held, "Deployment/web")


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        pytest.param({"priorityclasses": 403}, "forbidden: cannot list priorityclasses in the cluster", id="forbidden"),
        pytest.param({"priorityclasses": 404}, "not served: scheduling.k8s.io/v1", id="not served"),
        pytest.param({"priorityclasses": 500}, "failed: 500", id="failed"),
    ],
)
def test_any_other_kind_that_does_not_come_is_missing_with_its_reason(refused: dict[str, int], why: str) -> None:
    with shop(NODE, DEPLOYMENT, refused=refused) as held:
        found = read(held, "Deployment/web")
    assert found.known.read("PriorityClass") == Missing("PriorityClass", why)
    assert found.known.can_see("LimitRange")


def test_what_is_denied_in_part_is_missing_as_a_whole() -> None:
    spec = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
    claim = make.obj("PersistentVolumeClaim", "data", "shop")
    with shop(NODE, pending("web", spec=spec), claim, refused={"persistentvolumeclaims@*": 403}) as held:
        found = read(held, "web", also=lambda _: [Ask("PersistentVolumeClaim", "shop")])
    assert not found.known.can_see("PersistentVolumeClaim")


def test_owners_and_events_that_may_not_be_read_are_done_without() -> None:
    pod = pending("web-1-x", owned_by=make.owner("ReplicaSet", "web-1"))
    with shop(NODE, pod, refused={"replicasets": 403, "events": 403}) as held:
        found = read(held, "web-1-x")
    assert found.known.missing() == []
    assert not found.known.can_see("ReplicaSet")


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        pytest.param({"nodes": 500}, ServerError, id="a server that fails over what decides"),
        pytest.param({"priorityclasses": 401}, Unauthorized, id="credentials that end meanwhile"),
    ],
)
def test_what_ends_every_request_ends_the_reading(refused: dict[str, int], error: type[LabError]) -> None:
    with shop(NODE, DEPLOYMENT, refused=refused) as held, pytest.raises(error):
        read(held, "Deployment/web")


def test_what_a_command_needs_besides_is_asked_with_the_rest_and_once() -> None:
    budget = make.budget("web", "shop")
    with shop(NODE, budget) as held:
        found = read(held, namespace=None, also=lambda _: [Ask("PodDisruptionBudget", None)])
        assert held.asked == sorted([*BASIS, "poddisruptionbudgets *"])
    assert found.known.known("PodDisruptionBudget") == (budget,)


def test_a_named_pod_that_the_list_has_is_no_second_request_and_one_object() -> None:
    with shop(NODE, pending("web"), make.pod("done", "shop", phase="Failed")) as held:
        found = read(held, "web", "done")
    assert sorted(each["metadata"]["name"] for each in found.known.known("Pod")) == ["done", "web"]
