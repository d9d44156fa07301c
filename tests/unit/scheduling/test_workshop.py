"""The workshop's exercise: five nodes, each tainted with its own number, and a pod that tolerates the first."""

from __future__ import annotations

import pytest

from kubectl_lab.catalogue.words import reason
from unit.scheduling.asking import answer, codes, fixes, found, node, pending, taint, tolerating

NODES = [node(f"n{number}", taint("node", str(number))) for number in range(1, 6)]


def test_the_pod_lands_on_the_first_node_only() -> None:
    explained = answer(pending("web", tolerating("node", "1")), *NODES)
    assert explained.feasible == ("n1",)
    assert explained.message is None
    assert codes(explained) == []


@pytest.mark.parametrize("number", range(2, 6))
def test_each_other_node_says_which_taint_and_how_near_the_toleration_came(number: int) -> None:
    explained = answer(pending("web", tolerating("node", "1")), *NODES)
    told = explained.nodes[number - 1]
    assert [each.plugin for each in told.refusals] == ["TaintToleration"]
    assert f"node={number}:NoSchedule" in reason(told.refusals[0].refusal.reasons[0].message, "en")
    assert told.taints[0].toleration is None
    assert "node=1:NoSchedule" in reason(told.taints[0].near_miss, "en")


def test_without_any_toleration_each_node_could_be_opened_by_one() -> None:
    finding = found("SCH001", answer(pending("web"), *NODES))
    assert finding is not None
    assert [each["nodes"] for each in finding.details["repairs"]] == [1, 1, 1, 1, 1]
    assert fixes(finding)[0].startswith("kubectl -n default patch pod/web --type=json -p ")
    assert '"value":"1"' in fixes(finding)[0]


def test_a_toleration_of_the_key_alone_opens_all_five() -> None:
    assert answer(pending("web", tolerating("node")), *NODES).feasible == ("n1", "n2", "n3", "n4", "n5")


def test_the_scheduler_itself_does_not_name_the_taints() -> None:
    assert answer(pending("web"), *NODES).message == (
        "0/5 nodes are available: 5 node(s) had untolerated taint(s). no new claims to deallocate, preemption: "
        "0/5 nodes are available: 5 Preemption is not helpful for scheduling."
    )
