"""All refusals of a node, and which of them the scheduler reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.scheduling.evaluation import evaluate, is_same
from kubectl_lab.domain.scheduling.message import scheduler_message
from kubectl_lab.domain.scheduling.preemption import preempt
from unit.scheduling import asking

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.evaluation import Evaluation

Object = dict[str, Any]
NARROWED = "node(s) didn't satisfy plugin(s) [{}]"


def firsts(found: Evaluation) -> dict[str, list[str]]:
    """The scheduler's own reasons, by node."""
    return {each.node.name: [reason.text for reason in each.first.reasons] for each in found.nodes if each.first}


def plugins(found: Evaluation, node: str) -> list[tuple[str, bool]]:
    """Who refuses a node, and whether it is the scheduler's answer."""
    verdict = next(each for each in found.nodes if each.node.name == node)
    return [(each.plugin, each.first) for each in verdict.refusals]


def like_a_daemonset(node: str, **spec: Any) -> Object:
    """A pod whose affinity names one node by its field."""
    fields = [{"key": "metadata.name", "operator": "In", "values": [node]}]
    required = {"nodeSelectorTerms": [{"matchFields": fields}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    return asking.pending(spec={"affinity": affinity} | spec)


def nominated(pod: Object, node: str, priority: int = 0) -> Object:
    """Preemption makes room for it on the node."""
    pod["spec"]["priority"] = priority
    pod["status"]["nominatedNodeName"] = node
    return pod


def holding_port(name: str, priority: int = 0) -> Object:
    """A pod that wants the host's port 80."""
    port = {"containerPort": 80, "hostPort": 80, "protocol": "TCP"}
    container = {"name": "main", "image": "main", "ports": [port]}
    return asking.pending(name, spec={"containers": [container], "priority": priority})


def test_a_named_node_is_the_only_one() -> None:
    state = asking.state(asking.node("n1"), asking.node("n2"))
    pod = make.pod("web", node="n2")
    found = evaluate(pod, state)
    assert found.feasible == ("n2",)


def test_all_that_refuses_a_node_is_there_and_the_first_in_order_is_the_schedulers() -> None:
    node = asking.node("n1", asking.taint("team"), cpu="0")
    pod = asking.pending(spec={"nodeSelector": {"disk": "ssd"}})
    found = evaluate(pod, asking.state(node))
    assert plugins(found, "n1") == [("TaintToleration", True), ("NodeAffinity", False)]


def test_nodes_that_affinity_leaves_out_by_name_are_not_looked_at() -> None:
    state = asking.state(asking.node("n1"), asking.node("n2", asking.taint("team")))
    found = evaluate(like_a_daemonset("n1"), state)
    assert found.feasible == ("n1",)
    assert firsts(found) == {"n2": [NARROWED.format("NodeAffinity")]}
    assert plugins(found, "n2") == [("TaintToleration", False), ("NodeAffinity", True)]


def test_the_nominated_node_is_looked_at_though_affinity_leaves_it_out() -> None:
    state = asking.state(asking.node("n1"), asking.node("n2"))
    found = evaluate(nominated(like_a_daemonset("gone"), "n2"), state)
    assert firsts(found) == {
        "n1": [NARROWED.format("NodeAffinity")],
        "n2": ["node(s) didn't match Pod's node affinity/selector"],
    }


def test_what_refuses_the_nominated_node_is_named_of_the_nodes_left_out() -> None:
    state = asking.state(asking.node("n1"), asking.node("n2", asking.taint("team")))
    found = evaluate(nominated(like_a_daemonset("gone"), "n2"), state)
    assert firsts(found)["n1"] == [NARROWED.format("NodeAffinity TaintToleration")]


def test_a_nominated_node_that_takes_the_pod_adds_no_name() -> None:
    state = asking.state(asking.node("n1"), asking.node("n2"))
    found = evaluate(nominated(like_a_daemonset("n2"), "n2"), state)
    assert found.feasible == ("n2",)
    assert firsts(found) == {"n1": [NARROWED.format("NodeAffinity")]}


def test_terms_that_leave_no_node_refuse_before_any_is_looked_at() -> None:
    pod = like_a_daemonset("n1")
    term = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][
        "nodeSelectorTerms"
    ]
    term[0]["matchFields"].append({"key": "metadata.name", "operator": "In", "values": ["n2"]})
    found = evaluate(pod, asking.state(asking.node("n1", asking.taint("team"))))
    assert plugins(found, "n1") == [("TaintToleration", False), ("NodeAffinity", True)]
    assert [plugin for plugin, _ in found.before] == ["NodeAffinity"]


@pytest.mark.parametrize(("priority", "fits"), [(0, False), (5, False), (-1, True)])
def test_nominated_pods_count_unless_they_are_less_important(priority: int, fits: bool) -> None:
    waiting = nominated(holding_port("waiting"), "n1", priority)
    found = evaluate(holding_port("web"), asking.state(asking.node("n1"), pods=(waiting,)))
    assert bool(found.feasible) is fits


def test_a_pod_does_not_stand_in_its_own_way() -> None:
    pod = nominated(holding_port("web"), "n1")
    assert evaluate(pod, asking.state(asking.node("n1"), pods=(pod,))).feasible == ("n1",)


def test_a_node_must_take_the_pod_without_the_nominated_ones_too() -> None:
    wanted = {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [wanted]}}
    waiting = nominated(asking.pending("db"), "n1")
    waiting["metadata"]["labels"] = {"app": "db"}
    node = asking.node("n1", labels={"kubernetes.io/hostname": "n1"})
    found = evaluate(asking.pending(spec={"affinity": affinity}), asking.state(node, pods=(waiting,)))
    assert firsts(found) == {"n1": ["node(s) didn't match pod affinity rules"]}


def test_manifests_are_the_same_only_as_the_same_object() -> None:
    one, other = asking.pending(uid=""), asking.pending(uid="")
    assert is_same(one, one)
    assert not is_same(one, other)
    assert is_same(asking.pending("web"), asking.pending("web"))


def test_what_was_not_read_is_told_once() -> None:
    claims = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in ("a", "b")]
    found = evaluate(asking.pending(spec={"volumes": claims}), asking.state(asking.node("n1")))
    assert found.feasible == ("n1",)
    assert len(set(found.not_evaluated)) == len(found.not_evaluated) > 0


def test_preemption_is_told_behind_the_reasons() -> None:
    state = asking.state(asking.node("n1"), asking.node("n3"))
    found = evaluate(make.pod("web", node="n2"), state)
    assert scheduler_message(found, preempt(found, state), state.features) == (
        "0/2 nodes are available: 2 node(s) didn't match the requested node name. no new claims to deallocate, preemption: "
        "0/2 nodes are available: 2 Preemption is not helpful for scheduling."
    )
