"""Which pods count where: on their node, on the one they are nominated to, or nowhere."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.state import ClusterState, priority

Object = dict[str, Any]


def state(*pods: Object, nodes: tuple[Object, ...] = (), without: tuple[Object, ...] = ()) -> ClusterState:
    return ClusterState({"Node": [make.node("n1"), *nodes], "Pod": list(pods)}, Features(), without=without)


def counted(*pods: Object, **rest: Any) -> list[str]:
    return [pod["metadata"]["name"] for pod in state(*pods, **rest).node_by_name["n1"].pods]


def test_pods_count_on_their_node_even_while_they_end() -> None:
    assert counted(make.pod("a"), make.terminating(make.pod("b")), make.pod("c", phase="Pending")) == ["a", "b", "c"]


def test_pods_that_have_finished_and_those_of_other_nodes_do_not_count() -> None:
    assert counted(make.pod("a", phase="Failed"), make.pod("b", phase="Succeeded"), make.pod("c", node="gone")) == []


def test_the_pod_that_is_judged_anew_takes_no_room_itself() -> None:
    judged = make.pod("a")
    assert counted(judged, make.pod("b"), without=(judged,)) == ["b"]


def test_of_two_nodes_of_one_name_the_last_counts() -> None:
    made = state(nodes=(make.node("n1", labels={"last": "yes"}),))
    assert [node.labels for node in made.nodes] == [{"last": "yes"}]


def test_leaving_a_pod_out_shares_all_other_nodes_and_what_is_known_of_each() -> None:
    judged, other = make.pod("a"), make.pod("b")
    whole = state(judged, other, nominated(), nodes=(make.node("n2"),))
    left = whole.leaving_out((judged,))
    assert left.node_by_name["n1"].pods == [other]
    assert left.node_by_name["n2"] is whole.node_by_name["n2"]
    assert left.left_out == {"n1": [judged]}
    assert left.nominated == whole.nominated != {}
    assert left.singly is whole.singly
    assert whole.node_by_name["n1"].pods == [judged, other]


def test_a_pod_that_is_left_out_is_still_known_by_its_name() -> None:
    judged = make.pod("a")
    whole = state(judged)
    assert whole.leaving_out((judged,)).get("Pod", "default", "a") is judged


def nominated(**spec: Any) -> Object:
    made = make.pod("a", node="", phase="Pending", spec=spec)
    made["status"]["nominatedNodeName"] = "n1"
    return made


def test_a_pending_pod_counts_on_the_node_it_is_nominated_to() -> None:
    pod = nominated(schedulerName="default-scheduler", schedulingGates=[])
    assert state(pod).nominated == {"n1": [pod]}


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param(nominated(nodeName="n1"), id="it is bound already"),
        pytest.param(nominated(schedulingGates=[{"name": "wait"}]), id="it is gated"),
        pytest.param(nominated(schedulerName="another"), id="another scheduler serves it"),
        pytest.param(nominated() | {"status": {"phase": "Failed", "nominatedNodeName": "n1"}}, id="it has finished"),
        pytest.param(make.pod("a", node=""), id="it is nominated to none"),
    ],
)
def test_a_nomination_counts_for_nothing_where(pod: Object) -> None:
    assert state(pod).nominated == {}


def test_a_node_without_some_pods_and_with_others_is_another_one() -> None:
    first, second, third = (make.pod(name) for name in "abc")
    (node,) = state(first, second).nodes
    assert node.with_pods(removed=[first], added=[third]).pods == [second, third]
    assert node.pods == [first, second]


def test_what_is_derived_of_a_node_is_worked_out_once_but_anew_for_other_pods() -> None:
    asked: list[int] = []
    (node,) = state(make.pod("a")).nodes

    def count(node: Any) -> int:
        asked.append(len(node.pods))
        return len(node.pods)

    assert [node.derived(count), node.derived(count)] == [1, 1]
    assert node.with_pods(added=[make.pod("b")]).derived(count) == 2
    assert asked == [1, 2]


@pytest.mark.parametrize(("spec", "number"), [({"priority": -5}, -5), ({}, 0), ({"priority": "high"}, 0)])
def test_a_pod_without_a_priority_has_that_of_nothing(spec: Object, number: int) -> None:
    assert priority(make.pod("a", spec=spec)) == number
