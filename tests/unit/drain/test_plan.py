from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.drain.model import Drain, DrainOptions, NodePlan, missing_flags, run_outcome
from kubectl_lab.domain.drain.plan import daemonsets_of, plan
from kubectl_lab.domain.rules.label_selectors import parse
from kubectl_lab.objects import Missing
from make import budget, node, owner, pod, terminating
from unit.drain.cast import web
from unit.drain.server import START

Object = dict[str, Any]
CORDON = "node.kubernetes.io/unschedulable"


def planned(*pods: Object, budgets: Any = (), nodes: tuple[Object, ...] = (node("n1"),), **flags: Any) -> Drain:
    return plan(nodes, pods, budgets, {}, DrainOptions(**flags), START)


def codes(drain: Drain) -> list[str]:
    return [found.code for each in drain.nodes for entry in each.pods for found in entry.findings]


def test_nodes_and_pods_keep_the_order_they_were_given_in() -> None:
    drain = planned(web(2), web(1), web(3, node="n2"), nodes=(node("n2"), node("n1")))
    assert [each.name for each in drain.nodes] == ["n2", "n1"]
    assert [entry.reference.name for entry in drain.nodes[1].pods] == ["web-2", "web-1"]


def test_pods_of_other_nodes_and_those_the_selector_leaves_out_are_not_in_the_plan() -> None:
    other = pod("db", owned_by=owner("StatefulSet", "db"), labels={"app": "db"})
    drain = planned(web(1), web(2, node="n9"), other, pod_selector=parse("app=web"))
    assert [entry.reference.name for entry in drain.nodes[0].pods] == ["web-1"]


def test_how_a_node_was_found_is_kept() -> None:
    drain = planned(nodes=(node("n1"), node("n2", unschedulable=True)))
    assert [(each.unschedulable, each.cordoned) for each in drain.nodes] == [(False, "no"), (True, "already")]


def test_a_node_that_is_not_ready_is_told_with_its_reason() -> None:
    silent = node("n1", ready="Unknown")
    silent["status"]["conditions"][0]["reason"] = "NodeStatusUnknown"
    (found,) = planned(nodes=(silent,)).findings
    assert (found.code, found.details["reason"]) == ("DRN024", "NodeStatusUnknown")
    assert planned(nodes=(node("n1", ready="False"),)).findings[0].details["reason"] == "False"


def test_a_node_without_conditions_is_not_called_unready() -> None:
    assert planned(nodes=({"metadata": {"name": "n1"}},)).findings == ()


def test_budgets_that_cannot_be_read_are_a_warning_and_block_nothing() -> None:
    drain = planned(web(1), budgets=Missing("PodDisruptionBudget", "forbidden"))
    assert (drain.outcome, [found.code for found in drain.findings]) == ("clear", ["DRN016"])


@pytest.mark.parametrize(
    ("subject", "budgets", "expected"),
    [
        pytest.param(web(1), [budget("b", allowed=1)], [], id="an open budget is no objection"),
        pytest.param(web(1), [budget("b", allowed=0)], ["DRN010"], id="an empty budget may recover"),
        pytest.param(web(1), [budget("b", allowed=0, desired=3)], ["DRN011"], id="as many needed as there are: never"),
        pytest.param(
            web(1), [budget("b", allowed=0, desired=0, expected=0)], ["DRN011"], id="a budget that counts none: never"
        ),
        pytest.param(web(1), [budget("b"), budget("c")], ["DRN012"], id="two budgets, whatever their numbers"),
        pytest.param(web(1), [budget("b", status={"observedGeneration": 0})], ["DRN015"], id="numbers not trusted yet"),
        pytest.param(web(1), [budget("b", "shop", allowed=0)], [], id="a budget of another namespace does not count"),
        pytest.param(web(1), [budget("b", selector={}, allowed=0)], ["DRN010"], id="{} selects every pod"),
        pytest.param(web(1), [budget("b", spec={"selector": None}, allowed=0)], [], id="null selects nothing"),
        pytest.param(web(1, phase="Pending"), [budget("b", allowed=0)], [], id="pending pods are not asked about"),
        pytest.param(web(1, phase="Failed"), [budget("b", allowed=0)], [], id="finished pods are not asked about"),
        pytest.param(terminating(web(1)), [budget("b"), budget("c")], [], id="terminating pods are not asked about"),
        pytest.param(web(1, ready=False), [budget("b", allowed=0)], [], id="a sick pod goes while enough are healthy"),
        pytest.param(
            web(1, ready=False),
            [budget("b", allowed=0, healthy=1)],
            ["DRN010"],
            id="a sick pod waits while too few are",
        ),
    ],
)
def test_what_budgets_say(subject: Object, budgets: list[Object], expected: list[str]) -> None:
    drain = planned(subject, budgets=budgets)
    assert codes(drain) == expected
    errors = {"DRN010", "DRN011", "DRN012"} & set(expected)
    assert drain.outcome == ("blocked" if errors else "clear")


def test_a_budget_is_shown_with_its_numbers_even_where_it_is_not_asked() -> None:
    (entry,) = planned(web(1, phase="Pending"), budgets=[budget("b", allowed=0)]).nodes[0].pods
    assert [each.name for each in entry.budgets] == ["b"]


def test_deletes_ask_no_budget() -> None:
    drain = planned(web(1), budgets=[budget("b", allowed=0)], disable_eviction=True)
    assert (codes(drain), drain.nodes[0].pods[0].action, drain.nodes[0].pods[0].budgets) == ([], "delete", ())


def test_a_blocking_budget_names_the_field_to_change() -> None:
    drain = planned(web(1), budgets=[budget("b", allowed=0, desired=3, spec={"minAvailable": "100%"})])
    details = drain.nodes[0].pods[0].findings[0].details
    assert (details["field"], details["value"], details["budget"]) == ("minAvailable", "100%", "b")


@pytest.mark.parametrize(
    ("toleration", "comes_back"),
    [
        pytest.param({"operator": "Exists"}, True, id="a bare Exists tolerates everything"),
        pytest.param({"key": CORDON, "operator": "Exists"}, True, id="the cordon's key, any effect"),
        pytest.param({"key": CORDON, "operator": "Exists", "effect": "NoSchedule"}, True, id="key and effect"),
        pytest.param({"key": CORDON, "effect": "NoSchedule"}, True, id="Equal with the empty value"),
        pytest.param({"key": CORDON, "value": "x"}, False, id="Equal with another value"),
        pytest.param({"key": CORDON, "operator": "Exists", "effect": "NoExecute"}, False, id="another effect"),
        pytest.param({"key": "dedicated", "operator": "Exists"}, False, id="another key"),
        pytest.param({"key": "dedicated"}, False, id="another key with Equal"),
        pytest.param("odd", False, id="what is no toleration"),
    ],
)
def test_a_replacement_that_tolerates_the_cordon_may_come_back(toleration: Any, comes_back: bool) -> None:
    drain = planned(web(1, spec={"tolerations": [toleration]}))
    assert codes(drain) == (["DRN022"] if comes_back else [])
    assert drain.outcome == "clear"


def test_a_bare_pod_does_not_come_back() -> None:
    bare = pod("bare", spec={"tolerations": [{"operator": "Exists"}]})
    assert codes(planned(bare, force=True)) == ["DRN007"]


def test_the_daemonsets_to_look_up_are_each_named_once_and_only_where_they_decide() -> None:
    pods = [
        pod("a", owned_by=owner("DaemonSet", "agent")),
        pod("b", owned_by=owner("DaemonSet", "agent")),
        pod("c", "shop", owned_by=owner("DaemonSet", "agent"), labels={"app": "x"}),
        pod("d", owned_by=owner("DaemonSet", "done"), phase="Succeeded"),
        web(1),
    ]
    assert daemonsets_of(pods, DrainOptions()) == (("default", "agent"), ("shop", "agent"))
    assert daemonsets_of(pods, DrainOptions(pod_selector=parse("app=x"))) == (("shop", "agent"),)


def test_the_flags_that_are_missing_are_named_each_once() -> None:
    drain = planned(pod("a"), pod("b"), pod("c", owned_by=owner("DaemonSet", "agent")))
    assert missing_flags(drain) == ("--ignore-daemonsets", "--force")


def test_a_pod_in_the_document_has_all_its_fields() -> None:
    (entry,) = planned(web(1), budgets=[budget("b")]).to_dict()["nodes"][0]["pods"]
    assert entry["controller"] == {"kind": "ReplicaSet", "namespace": "default", "name": "web"}
    assert (entry["action"], entry["outcome"], entry["fits"]) == ("evict", None, None)
    assert entry["budgets"][0] == {
        "namespace": "default",
        "name": "b",
        "disruptionsAllowed": 1,
        "currentHealthy": 3,
        "desiredHealthy": 2,
        "expectedPods": 3,
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        pytest.param(-1, None, id="the pod's own"),
        pytest.param(0, 0, id="at once"),
        pytest.param(7, 7, id="seconds"),
    ],
)
def test_grace_period(given: int, sent: int | None) -> None:
    assert DrainOptions(grace_period=given).grace_period_seconds == sent


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param([], "drained", id="no nodes"),
        pytest.param(["drained", "drained"], "drained", id="all drained"),
        pytest.param(["drained", "blocked"], "blocked", id="blocked before drained"),
        pytest.param(["failed", "blocked"], "failed", id="failed before blocked"),
        pytest.param(["failed", "timeout", "blocked"], "timeout", id="timeout before failed"),
        pytest.param(["timeout", "interrupted"], "interrupted", id="interrupted before all"),
        pytest.param(["clear", "blocked"], "blocked", id="a plan is blocked by one node"),
        pytest.param(["clear", "clear"], "clear", id="a plan without objections"),
    ],
)
def test_the_outcome_of_a_run_is_the_worst_of_its_nodes(outcomes: list[Any], expected: str) -> None:
    nodes = tuple(NodePlan(str(number), "", False, found, "no") for number, found in enumerate(outcomes))
    assert run_outcome(nodes) == expected
    assert run_outcome(nodes, "interrupted") == "interrupted"
