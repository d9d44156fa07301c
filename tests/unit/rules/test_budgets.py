from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.rules import budgets
from make import budget, pod, terminating

Object = dict[str, Any]
HEALTHY = pod("p")
SICK = pod("p", ready=False)
ALWAYS = {"unhealthyPodEvictionPolicy": "AlwaysAllow"}


@pytest.mark.parametrize(
    ("subject", "numbers", "expected"),
    [
        pytest.param(HEALTHY, {"allowed": 1}, "allowed", id="one may go"),
        pytest.param(HEALTHY, {"allowed": 0}, "blocked", id="none may go now"),
        pytest.param(HEALTHY, {"allowed": 0, "desired": 3, "expected": 3}, "never", id="all are needed"),
        pytest.param(
            HEALTHY, {"allowed": 0, "desired": 4, "expected": 3}, "never", id="more are needed than there are"
        ),
        pytest.param(HEALTHY, {"allowed": 0, "desired": 0, "expected": 0}, "never", id="none is counted"),
        pytest.param(HEALTHY, {"allowed": 1, "status": {"observedGeneration": 0}}, "unprocessed", id="stale numbers"),
        pytest.param(HEALTHY, {"allowed": 1, "spec": ALWAYS}, "allowed", id="AlwaysAllow is for sick pods"),
        pytest.param(
            SICK, {"allowed": 0, "healthy": 2, "desired": 2}, "free", id="a sick pod while enough are healthy"
        ),
        pytest.param(SICK, {"allowed": 0, "healthy": 1, "desired": 2}, "blocked", id="a sick pod while too few are"),
        pytest.param(SICK, {"allowed": 0, "healthy": 0, "desired": 0}, "blocked", id="a sick pod where none is needed"),
        pytest.param(SICK, {"allowed": 0, "healthy": 0, "spec": ALWAYS}, "free", id="a sick pod with AlwaysAllow"),
        pytest.param(
            SICK,
            {"spec": ALWAYS, "status": {"observedGeneration": 0}},
            "free",
            id="AlwaysAllow is looked at before numbers",
        ),
    ],
)
def test_what_the_eviction_api_would_say(subject: Object, numbers: dict[str, Any], expected: str) -> None:
    assert budgets.answer(subject, budgets.budget(budget("b", **numbers))) == expected


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        pytest.param(HEALTHY, True, id="a running pod"),
        pytest.param(SICK, True, id="a sick pod"),
        pytest.param(pod("p", phase="Pending"), False, id="a pending pod"),
        pytest.param(pod("p", phase="Succeeded"), False, id="a finished pod"),
        pytest.param(terminating(HEALTHY), False, id="a terminating pod"),
    ],
)
def test_whose_eviction_asks_the_budgets(subject: Object, asked: bool) -> None:
    assert budgets.asked_for(subject) is asked


def test_only_budgets_of_the_pods_own_namespace_that_select_it_apply() -> None:
    web = pod("p", labels={"app": "web"})
    known = [
        budget("mine"),
        budget("all", selector={}),
        budget("other", "shop"),
        budget("db", selector={"matchLabels": {"app": "db"}}),
    ]
    assert [entry["metadata"]["name"] for entry in budgets.of_pod(web, known)] == ["mine", "all"]


def test_a_budget_without_status_allows_nothing() -> None:
    found = budgets.budget({"metadata": {"name": "b", "namespace": "n"}})
    assert (found.key, found.allowed, found.processed, found.field, found.value) == (("n", "b"), 0, True, "", "")
    assert found.disrupted == frozenset()


def test_the_field_that_was_set_is_the_one_to_change() -> None:
    made = budget("b", spec={"maxUnavailable": "10%", "minAvailable": None})
    assert (budgets.budget(made).field, budgets.budget(made).value) == ("maxUnavailable", "10%")


def test_numbers_of_an_odd_shape_count_as_zero() -> None:
    assert budgets.budget(budget("b", status={"disruptionsAllowed": "3"})).allowed == 0


def test_the_document_of_a_budget() -> None:
    assert budgets.budget(budget("b", status={"disruptedPods": {"p": "now"}})).to_dict() == {
        "namespace": "default",
        "name": "b",
        "disruptionsAllowed": 1,
        "currentHealthy": 3,
        "desiredHealthy": 2,
        "expectedPods": 3,
    }
