"""The judge itself: what it reads off kubectl's words, and that it does not let through what it should not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oracle.drain.cases import BudgetCase, Case, PodCase
from oracle.drain.compare import Facts, Side, disagreements, expected
from oracle.drain.corner import Seen
from oracle.drain.programs import REFUSALS, Answer, said_of

WORDS = (
    'error: unable to drain node "n1" due to error: [cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to '
    "ignore): a/agent-1, a/agent-2, cannot delete Pods that declare no controller (use --force to override): a/bare, "
    'cannot delete daemonsets.apps "gone" not found: a/orphan], continuing command...'
)
FORBIDDEN = (
    'cannot delete daemonsets.apps "agent" is forbidden: User "x" cannot get resource "daemonsets" in API group "apps" in '
    'the namespace "a": a/held'
)
CASE = Case(seed=1, index=0, shape="plain", arguments=("{0}",), targets=(0,), pods=(PodCase("web", 0, tier="a"),))
BEFORE = Seen({"web": "left"}, frozenset())
DRAINED = Seen({"web": "gone"}, frozenset({0}))
EVICTED = Answer(0, "", "", 1.0, tried=frozenset({"web"}))


def document(run: str, **pod: Any) -> dict[str, Any]:
    shown = {"name": "web", "action": "evict", "outcome": "evicted", "budgets": [], "findings": [], **pod}
    return {"outcome": run, "nodes": [{"pods": [shown]}], "findings": []}


def judged(case: Case, kubectl: Side, ours: Side, *numbers: tuple[int, ...]) -> list[str]:
    facts = Facts(case, numbers, kubectl.answer, BEFORE)
    wanted, _ = expected(facts, kubectl)
    return disagreements(facts, wanted, ours)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param(
            WORDS,
            {("agent-1", "DRN001"), ("agent-2", "DRN001"), ("bare", "DRN003"), ("orphan", "DRN004")},
            id="each refused pod has its reason",
        ),
        pytest.param(FORBIDDEN, {("held", "DRN004")}, id="the server's sentence stands before the pod"),
        pytest.param("node/n1 drained", set(), id="a drained node refuses nothing"),
    ],
)
def test_refusals_are_read_off_kubectls_words(words: str, found: set[tuple[str, str]]) -> None:
    assert said_of(words, REFUSALS) == found


def test_the_same_on_both_sides_is_agreement() -> None:
    ours = Side(replace(EVICTED, document=document("drained")), DRAINED)
    assert judged(CASE, Side(EVICTED, DRAINED), ours) == []


@pytest.mark.parametrize(
    "ours",
    [
        pytest.param(Side(replace(EVICTED, document=document("drained")), BEFORE), id="a pod left there"),
        pytest.param(Side(replace(EVICTED, code=1, document=document("drained")), DRAINED), id="another exit code"),
        pytest.param(Side(EVICTED, DRAINED), id="no document"),
        pytest.param(
            Side(replace(EVICTED, document=document("drained", outcome="pending")), DRAINED),
            id="a report that is not true",
        ),
        pytest.param(
            Side(replace(EVICTED, document=document("drained")), replace(DRAINED, cordoned=frozenset())), id="no cordon"
        ),
        pytest.param(
            Side(replace(EVICTED, document=document("drained"), refused=frozenset({("web", "DRN003")})), DRAINED),
            id="a refusal of its own",
        ),
    ],
)
def test_a_disagreement_is_seen(ours: Side) -> None:
    assert judged(CASE, Side(EVICTED, DRAINED), ours)


def test_a_refused_node_must_not_stay_cordoned() -> None:
    refused = Answer(1, "", "", 1.0, refused=frozenset({("web", "DRN003")}))
    kubectl = Side(refused, Seen({"web": "left"}, frozenset({0})))
    shown = replace(refused, document=document("blocked", action="refuse", outcome=None))
    assert judged(CASE, kubectl, Side(shown, BEFORE)) == []
    assert judged(CASE, kubectl, Side(shown, kubectl.seen)) == ["cordoned [0], not []"]


def test_a_dry_run_that_a_budget_blocks_must_fail_and_name_it() -> None:
    case = replace(CASE, dry_run="client", budgets=(BudgetCase("pdb", "a", "minAvailable", 1),))
    kubectl = Side(EVICTED, BEFORE)
    blocked = document("blocked", outcome=None, budgets=[{"name": "pdb"}])
    named = replace(EVICTED, code=1, document=blocked, warned=frozenset({("web", "DRN011")}))
    silent = replace(EVICTED, document=document("clear", outcome=None))
    assert judged(case, kubectl, Side(named, BEFORE), (0, 1, 1, 1)) == []
    assert judged(case, kubectl, Side(silent, BEFORE), (0, 1, 1, 1)) == [
        "exit 0, not [1]",
        "the budget of web is not named",
    ]
