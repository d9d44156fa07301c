"""All refusals of a node, and which of them the scheduler reports."""

from __future__ import annotations

import make
from kubectl_lab.domain.scheduling.evaluation import evaluate
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.message import scheduler_message
from kubectl_lab.domain.scheduling.preemption import preempt
from kubectl_lab.domain.scheduling.state import ClusterState


def test_a_named_node_is_the_only_one() -> None:
    pod = make.pod("web", node="n2")
    state = ClusterState({"Node": [make.node("n1"), make.node("n2")], "Pod": []}, Features())
    found = evaluate(pod, state)
    assert found.feasible == ("n2",)
    assert scheduler_message(found, None, Features()) is None


def test_no_node_at_all_has_a_text_of_its_own() -> None:
    found = evaluate(make.pod("web", node=""), ClusterState({"Node": [], "Pod": []}, Features()))
    assert scheduler_message(found, None, Features()) == "no nodes available to schedule pods"


def test_preemption_is_told_behind_the_reasons() -> None:
    state = ClusterState({"Node": [make.node("n1"), make.node("n3")], "Pod": []}, Features())
    found = evaluate(make.pod("web", node="n2"), state)
    assert scheduler_message(found, preempt(found, state), Features()) == (
        "0/2 nodes are available: 2 node(s) didn't match the requested node name. no new claims to deallocate, preemption: "
        "0/2 nodes are available: 2 Preemption is not helpful for scheduling."
    )
