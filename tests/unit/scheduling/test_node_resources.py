"""Room on a node: what kube-scheduler's NodeResourcesFit says of it, and the facts behind its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.catalogue import words
from kubectl_lab.domain.scheduling import node_resources
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.state import ClusterState
from kubectl_lab.errors import BadInput
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.model import Refusal

Object = dict[str, Any]
GPU = "example.com/gpu"
BIG = {"cpu": "4", "memory": "8Gi", "ephemeral-storage": "10Gi", "pods": "110"}


def asking(name: str = "web", *, node: str = "", status: Any = None, **asked: str) -> Object:
    resources = {"requests": {key.replace("_", "-"): value for key, value in asked.items()}}
    made = make.pod(name, node=node, spec={"containers": [{"name": "main", "resources": resources}]})
    return made | ({"status": {"phase": "Running", **status}} if status else {})


def node(allocatable: object, **status: object) -> Object:
    return make.node("n1") | {"status": {"allocatable": allocatable, **status}}


def refusal(
    pod: Object, allocatable: object = None, *others: Object, features: Features | None = None, **known: Any
) -> Refusal | None:
    made = allocatable if isinstance(allocatable, dict) and "kind" in allocatable else node(allocatable or BIG)
    found = {"DeviceClass": [], **known, "Node": [made], "Pod": list(others)}
    state = ClusterState(found, features or Features())
    return node_resources.prepare(pod, state).refusal(state.nodes[0])


def texts(found: Refusal | None) -> list[str]:
    return [reason.text for reason in found.reasons] if found else []


def said(found: Refusal | None, lang: str = "en") -> list[str]:
    return [words.reason(reason.message, lang) for reason in found.reasons] if found else []


def test_a_pod_that_fits_to_the_last_milli_is_not_refused() -> None:
    assert refusal(asking(cpu="3", memory="8Gi"), BIG, asking("a", node="n1", cpu="1")) is None
    assert texts(refusal(asking(cpu="3001m"), BIG, asking("a", node="n1", cpu="1"))) == ["Insufficient cpu"]


def test_all_that_is_short_is_told_in_the_scheduler_s_order() -> None:
    small = {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi", "pods": "1", "hugepages-2Mi": "2Mi"}
    pod = asking(**{GPU: "1", "hugepages-2Mi": "4Mi", "ephemeral-storage": "2Gi", "memory": "2Gi", "cpu": "2"})
    assert texts(refusal(pod, small, asking("a", node="n1"))) == [
        "Too many pods",
        "Insufficient cpu",
        "Insufficient memory",
        "Insufficient ephemeral-storage",
        "Insufficient example.com/gpu",
        "Insufficient hugepages-2Mi",
    ]


def test_a_pod_that_requests_nothing_needs_the_room_of_a_pod_only() -> None:
    full = {"cpu": "1", "pods": "1"}
    assert refusal(asking(), {"pods": "1"}) is None
    assert texts(refusal(asking(), full, asking("a", node="n1", cpu="5"))) == ["Too many pods"]
    assert refusal(asking(cpu="0", **{GPU: "0"}), {"pods": "2"}, asking("a", node="n1", cpu="5")) is None


def test_too_many_pods_can_be_cured_by_preemption() -> None:
    found = refusal(asking(), {"pods": "1"}, asking("a", node="n1"))
    assert found is not None
    assert found.preemption_may_help
    assert said(found) == ["pods on the node: 1, and it takes 1"]


def test_a_request_beyond_all_that_the_node_has_cannot_be_cured_by_preemption() -> None:
    found = refusal(asking(cpu="5", memory="5Gi"), BIG, asking("a", node="n1", memory="4Gi"))
    assert found is not None
    assert texts(found) == ["Insufficient cpu", "Insufficient memory"]
    assert not found.preemption_may_help


def test_a_request_that_pods_stand_in_the_way_of_can() -> None:
    found = refusal(asking(cpu="4"), BIG, asking("a", node="n1", cpu="1"))
    assert found is not None
    assert found.preemption_may_help


def test_a_node_without_a_status_takes_no_pod() -> None:
    assert texts(refusal(asking(), make.node("n1") | {"status": None})) == ["Too many pods"]


def test_capacity_stands_in_for_allocatable_that_is_absent_but_not_for_an_empty_one() -> None:
    assert refusal(asking(cpu="4"), node(None, capacity=BIG)) is None
    assert texts(refusal(asking(cpu="4"), node({}, capacity=BIG))) == ["Too many pods", "Insufficient cpu"]


def test_pods_that_finished_or_wait_take_nothing() -> None:
    done = asking("done", node="n1", cpu="4", status={"phase": "Succeeded"})
    assert refusal(asking(cpu="4"), BIG, done, asking("waits", cpu="4")) is None


def test_what_a_resize_has_taken_on_the_node_counts() -> None:
    state = {"name": "main", "resources": {"requests": {"cpu": "4"}}, "allocatedResources": {"cpu": "4"}}
    grown = asking("grown", node="n1", cpu="1", status={"containerStatuses": [state]})
    assert texts(refusal(asking(cpu="1"), BIG, grown)) == ["Insufficient cpu"]
    assert refusal(asking(cpu="1"), BIG, grown, features=Features((1, 32, 0))) is None


def test_a_resource_that_the_scheduler_does_not_count_refuses_nothing() -> None:
    assert refusal(asking(storage="1Gi", pods="500", **{"requests.example.com/x": "1"})) is None


def test_the_facts_behind_a_shortage_are_named_with_the_pods_that_take_most() -> None:
    others = [
        asking(name, node="n1", cpu=cpu) for name, cpu in (("a", "500m"), ("b", "1"), ("c", "0.2"), ("d", "1100m"))
    ]
    found = refusal(asking(cpu="3"), BIG, *others, asking("idle", node="n1"))
    assert said(found) == ["needs 3 CPU, 1.2 of 4 free (most used by default/d 1.1, default/b 1, default/a 0.5)"]
    assert said(found, "fr") == [
        "demande 3 CPU, 1.2 libre sur 4 (le plus gros est pris par default/d 1.1, default/b 1, default/a 0.5)"
    ]
    assert found is not None
    assert found.reasons[0].details == {
        "resource": "cpu",
        "requested": 3000,
        "allocatable": 4000,
        "used": 2800,
        "usedBy": [
            {"namespace": "default", "name": "d", "requested": 1100},
            {"namespace": "default", "name": "b", "requested": 1000},
            {"namespace": "default", "name": "a", "requested": 500},
        ],
    }


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        pytest.param({"cpu": "5"}, "needs 5 CPU, the whole node has 4", id="CPU"),
        pytest.param({"memory": "9Gi"}, "needs 9Gi of memory, the whole node has 8Gi", id="memory"),
        pytest.param(
            {"ephemeral-storage": "11Gi"}, "needs 11Gi of ephemeral storage, the whole node has 10Gi", id="storage"
        ),
        pytest.param({GPU: "2"}, "needs 2 example.com/gpu, the node has none", id="an extended resource"),
        pytest.param({"hugepages-2Mi": "4Mi"}, "needs 4Mi hugepages-2Mi, the node has none", id="huge pages"),
    ],
)
def test_a_node_that_is_too_small_says_what_it_has(asked: dict[str, str], message: str) -> None:
    assert said(refusal(asking(**asked))) == [message]


def test_more_used_than_there_is_reads_as_nothing_free() -> None:
    over = asking("a", node="n1", cpu="5")
    over["metadata"].pop("namespace")
    assert said(refusal(asking(cpu="1"), BIG, over)) == ["needs 1 CPU, 0 of 4 free (most used by a 5)"]


def device_class(name: str = "gpus", serves: str = "") -> Object:
    return make.obj("DeviceClass", name, api="resource.k8s.io/v1", spec={"extendedResourceName": serves})


def test_an_extended_resource_that_a_device_class_serves_is_not_counted_where_the_node_has_none() -> None:
    classes = [device_class(serves=GPU)]
    pod = asking(**{GPU: "1"})
    assert refusal(pod, BIG, DeviceClass=classes) is None
    assert texts(refusal(pod, BIG, DeviceClass=classes, features=Features((1, 35, 0)))) == [f"Insufficient {GPU}"]
    assert texts(refusal(asking(**{GPU: "2"}), BIG | {GPU: "1"}, DeviceClass=classes)) == [f"Insufficient {GPU}"]
    assert texts(refusal(pod, BIG, DeviceClass=[device_class(serves="example.com/other")])) == [f"Insufficient {GPU}"]


def test_it_refuses_nothing_either_where_nobody_could_look_at_device_classes() -> None:
    unseen = Missing("DeviceClass", "forbidden")
    assert refusal(asking(**{GPU: "1"}), BIG, DeviceClass=unseen) is None
    assert texts(refusal(asking(**{GPU: "1", "cpu": "9"}), BIG, DeviceClass=unseen)) == ["Insufficient cpu"]
    assert texts(refusal(asking(**{GPU: "2"}), BIG | {GPU: "1"}, DeviceClass=unseen)) == [f"Insufficient {GPU}"]


def test_pods_that_leave_the_node_give_their_room_back() -> None:
    other = asking("a", node="n1", cpu="4")
    state = ClusterState({"Node": [node(BIG)], "Pod": [other]}, Features())
    fit = node_resources.prepare(asking(cpu="4"), state)
    (full,) = state.nodes
    assert fit.refusal(full) is not None
    assert fit.refusal(full.with_pods(removed=[other])) is None
    assert fit.refusal(full.with_pods(removed=[other], added=[asking("b", cpu="1m")])) is not None


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        pytest.param(({"cpu": "1"}, {"cpu": "much"}, {}), "Pod default/web", id="of the pod"),
        pytest.param(({"cpu": "much"}, {"cpu": "1"}, {}), "Node n1", id="of the node"),
        pytest.param((BIG, {"cpu": "1"}, {"cpu": "much"}), "Pod default/other", id="of a pod on the node"),
    ],
)
def test_an_amount_that_is_no_quantity_names_the_object(made: tuple[Object, Object, Object], wrong: str) -> None:
    allocatable, asked, others = made
    with pytest.raises(BadInput) as refused:
        refusal(asking(**asked), allocatable, asking("other", node="n1", **others))
    assert refused.value.values == {"object": wrong, "value": "much"}
