"""What removing pods of lower priority comes to, and the text of the event: each as kube-scheduler says it."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.evaluation import evaluate
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.message import scheduler_message
from kubectl_lab.domain.scheduling.preemption import preempt
from kubectl_lab.domain.scheduling.state import ClusterState
from unit.scheduling import asking

Object = dict[str, Any]
HEAD = "0/{} nodes are available: "
ENDS = " no new claims to deallocate, preemption: "
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"


def asks(cpu: str, name: str = "web", node: str = "", **spec: Any) -> Object:
    """A pod that asks for so much CPU; on a node, or waiting."""
    container = {"name": "main", "image": "main", "resources": {"requests": {"cpu": cpu}}}
    phase = "Running" if node else "Pending"
    return make.pod(name, node=node, phase=phase, spec={"containers": [container]} | spec)


def text(pod: Object, *nodes: Object, pods: tuple[Object, ...] = (), version: tuple[int, int, int] = (1, 36, 3)) -> str:
    """The event's text."""
    state = asking.state(*nodes, pods=pods, features=Features(version))
    found = evaluate(pod, state)
    said = scheduler_message(found, None if found.before else preempt(found, state), state.features)
    assert said is not None
    return said


def test_nothing_is_said_where_a_node_takes_the_pod() -> None:
    state = asking.state(asking.node("n1", cpu="4"))
    found = evaluate(asks("1"), state)
    assert scheduler_message(found, None, state.features) is None


def test_no_node_at_all_has_a_text_of_its_own() -> None:
    found = evaluate(asks("1"), ClusterState({"Node": [], "Pod": []}, Features()))
    assert scheduler_message(found, None, Features()) == "no nodes available to schedule pods"


def test_a_request_beyond_the_whole_node_is_not_helped() -> None:
    assert text(asks("8", priority=5), asking.node("n1"), pods=(asks("1", "old", "n1"),)) == (
        f"{HEAD.format(1)}1 Insufficient cpu.{ENDS}{HEAD.format(1)}1 {NOT_HELPFUL}."
    )


@pytest.mark.parametrize("priority", [0, 5])
def test_pods_that_are_no_less_important_are_no_victims(priority: int) -> None:
    placed = asks("3", "old", "n1", priority=priority)
    assert text(asks("2"), asking.node("n1"), pods=(placed,)) == (
        f"{HEAD.format(1)}1 Insufficient cpu.{ENDS}{HEAD.format(1)}1 {NO_VICTIMS}."
    )


def test_where_a_node_fits_once_pods_are_gone_nothing_follows() -> None:
    state = asking.state(asking.node("n1"), pods=(asks("3", "old", "n1"),))
    found = evaluate(asks("2", priority=1), state)
    preempted = preempt(found, state)
    assert preempted.nodes == ("n1",)
    assert scheduler_message(found, preempted, state.features) == f"{HEAD.format(1)}1 Insufficient cpu."


def test_where_it_is_still_refused_without_them_the_reasons_after_it_are_told() -> None:
    port = {"name": "main", "image": "main", "ports": [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]}
    holder = make.pod("holder", node="n1", spec={"containers": [port], "priority": 9})
    pod = make.pod("web", node="", phase="Pending", spec={"containers": [port], "priority": 1})
    pod["spec"]["containers"] = [port | {"resources": {"requests": {"cpu": "2"}}}]
    said = text(pod, asking.node("n1"), pods=(holder, asks("3", "old", "n1")))
    ports = "node(s) didn't have free ports for the requested pod ports"
    assert said == f"{HEAD.format(1)}1 {ports}.{ENDS}{HEAD.format(1)}1 {ports}."


def test_entries_are_sorted_as_strings() -> None:
    nodes = [asking.node(f"n{index}", asking.taint("team")) for index in range(10)]
    nodes += [asking.node(f"m{index}", unschedulable=True) for index in range(2)]
    assert text(asks("1"), *nodes).startswith(
        f"{HEAD.format(12)}10 node(s) had untolerated taint(s), 2 node(s) were unschedulable."
    )


def test_a_pod_may_be_forbidden_to_preempt() -> None:
    pod = asks("2", priority=5, preemptionPolicy="Never")
    said = text(pod, asking.node("n1"), pods=(asks("3", "old", "n1"),))
    assert said == f"{HEAD.format(1)}1 Insufficient cpu.{ENDS}not eligible due to preemptionPolicy=Never."


def leaving(pod: Object, reason: str = "PreemptionByScheduler") -> Object:
    """The pod while it is being deleted."""
    condition = {"type": "DisruptionTarget", "status": "True", "reason": reason}
    pod["status"]["conditions"].append(condition)
    return make.terminating(pod)


def test_a_pod_waits_for_the_victim_that_is_leaving_its_node() -> None:
    pod = asks("2", priority=5)
    pod["status"]["nominatedNodeName"] = "n1"
    said = text(pod, asking.node("n1"), pods=(leaving(asks("3", "old", "n1")),))
    assert (
        said == f"{HEAD.format(1)}1 Insufficient cpu.{ENDS}not eligible due to a terminating pod on the nominated node."
    )


def victims_of_another_cause() -> list[Object]:
    return [
        leaving(asks("3", "old", "n1"), "EvictionByEvictionAPI"),
        make.terminating(asks("3", "old", "n1")),
        leaving(asks("3", "old", "n1", priority=9)),
    ]


@pytest.mark.parametrize("placed", victims_of_another_cause(), ids=("evicted", "deleted", "more important"))
def test_it_does_not_wait_for_pods_that_leave_for_another_cause(placed: Object) -> None:
    pod = asks("2", priority=5)
    pod["status"]["nominatedNodeName"] = "n1"
    assert "not eligible" not in text(pod, asking.node("n1"), pods=(placed,))


@pytest.mark.parametrize("nominated", ["gone", "tainted"])
def test_it_looks_elsewhere_where_its_node_is_gone_or_will_never_take_it(nominated: str) -> None:
    pod = asks("2", priority=5)
    pod["status"]["nominatedNodeName"] = nominated
    tainted = asking.node("tainted", asking.taint("team"))
    said = text(pod, tainted, asking.node("n1", cpu="1"), pods=(leaving(asks("3", "old", "tainted")),))
    assert said.endswith(f"{HEAD.format(2)}2 {NOT_HELPFUL}.")


def test_older_schedulers_begin_with_preemption() -> None:
    said = text(asks("8"), asking.node("n1"), version=(1, 33, 0))
    assert said == f"{HEAD.format(1)}1 Insufficient cpu. preemption: {HEAD.format(1)}1 {NOT_HELPFUL}."


@pytest.mark.parametrize(
    ("version", "end"),
    [((1, 36, 3), "not found"), ((1, 33, 0), f"preemption: {HEAD.format(1)}1 {NOT_HELPFUL}.")],
)
def test_a_refusal_before_any_node_has_an_end_of_its_own(version: tuple[int, int, int], end: str) -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "nope"}}
    pod = asks("1", volumes=[volume])
    state = asking.state(asking.node("n1"), features=Features(version), PersistentVolumeClaim=[])
    found = evaluate(pod, state)
    said = scheduler_message(found, None, state.features)
    assert said == f'{HEAD.format(1)}persistentvolumeclaim "nope" not found. {end}'
