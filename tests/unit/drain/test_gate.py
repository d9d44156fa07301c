"""How many evictions a budget is asked for at once, and when again. Times in seconds."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kubectl_lab.domain.drain.gate import BudgetGate, backoff
from make import budget, pod

KEY = ("default", "b")


def shown(allowed: int, *, disrupted: tuple[str, ...] = (), generation: int = 1, **rest: Any) -> dict[str, Any]:
    made = budget("b", allowed=allowed, status={"disruptedPods": dict.fromkeys(disrupted, "now"), **rest})
    return {**made, "metadata": {**made["metadata"], "generation": generation}}


def gate(allowed: int = 1, **rest: Any) -> BudgetGate:
    return BudgetGate([shown(allowed, **rest)], 0.0, lambda: 0.5)


@pytest.mark.parametrize(
    ("attempt", "jitter", "seconds"),
    [
        pytest.param(0, 0.5, 1.0, id="one second first"),
        pytest.param(3, 0.5, 8.0, id="doubling"),
        pytest.param(5, 0.5, 30.0, id="to thirty"),
        pytest.param(10_000, 0.5, 30.0, id="and never more"),
        pytest.param(0, 0.0, 0.8, id="a fifth less"),
        pytest.param(0, 0.999999, 1.2, id="a fifth more"),
    ],
)
def test_back_off(attempt: int, jitter: float, seconds: float) -> None:
    assert backoff(attempt, lambda: jitter) == pytest.approx(seconds, abs=1e-5)


def test_an_unknown_budget_holds_nobody_back() -> None:
    assert BudgetGate([], 0.0, lambda: 0.5).may_send(KEY, 0.0)
    assert BudgetGate([], 0.0, lambda: 0.5).wake_at(KEY, 3.0) == 3.0


def test_one_eviction_for_each_that_is_allowed() -> None:
    known = gate(2)
    known.sent(KEY, "p1", 0.0)
    assert known.may_send(KEY, 0.0)
    known.sent(KEY, "p2", 0.0)
    assert not known.may_send(KEY, 0.0)
    assert known.wake_at(KEY, 0.0) == math.inf


def test_numbers_that_are_not_processed_allow_nothing() -> None:
    assert not gate(5, observedGeneration=0).may_send(KEY, 0.0)


def test_an_eviction_that_the_budget_shows_is_reckoned_no_more() -> None:
    known = gate(1)
    known.sent(KEY, "p1", 0.0)
    known.accepted(KEY, "p1", 0.1)
    known.seen(shown(1), 0.2)  # something else: it does not show p1 yet
    assert not known.may_send(KEY, 0.2)
    known.seen(shown(1, disrupted=("p1",)), 0.3)
    assert known.may_send(KEY, 0.3)


def test_an_accepted_eviction_that_is_never_shown_stops_one_at_a_time_for_two_seconds() -> None:
    known = gate(1)
    known.sent(KEY, "p1", 0.0)
    known.accepted(KEY, "p1", 0.5)
    assert known.wake_at(KEY, 0.5) == 2.5
    assert not known.may_send(KEY, 2.4)
    assert known.may_send(KEY, 2.5)  # tried once
    known.sent(KEY, "p2", 2.5)
    assert not known.may_send(KEY, 2.5)


def test_numbers_shown_long_after_an_eviction_include_it() -> None:
    known = gate(1)
    known.sent(KEY, "p1", 0.0)
    known.accepted(KEY, "p1", 0.5)
    known.seen(shown(1), 3.0)
    known.sent(KEY, "p2", 3.0)
    assert not known.may_send(KEY, 3.0)


def test_a_refusal_shows_that_the_numbers_were_wrong() -> None:
    known = gate(3)
    known.sent(KEY, "p1", 0.0)
    known.refused(KEY, "p1", 0.1, 0.0)
    assert not known.may_send(KEY, 0.1)
    assert known.wake_at(KEY, 0.1) == pytest.approx(1.1)
    assert known.may_send(KEY, 1.1)


def test_a_refusal_older_than_the_numbers_does_not() -> None:
    known = gate(3)
    known.sent(KEY, "p1", 0.0)
    known.seen(shown(2), 0.05)
    known.refused(KEY, "p1", 0.1, 0.0)
    assert known.may_send(KEY, 0.1)


def test_retry_after_holds_whatever_is_shown_and_a_later_shorter_one_does_not_undo_it() -> None:
    known = gate(2)
    known.sent(KEY, "p1", 0.0)
    known.sent(KEY, "p2", 0.0)
    known.refused(KEY, "p1", 0.1, 10.0)
    known.refused(KEY, "p2", 0.1, 0.0)
    known.seen(shown(2), 1.0)
    assert not known.may_send(KEY, 10.0)
    assert known.wake_at(KEY, 1.0) == 10.1
    assert known.may_send(KEY, 10.1)


def test_a_recovery_shown_before_retry_after_is_over_is_used_at_that_very_moment() -> None:
    known = gate(1)
    known.sent(KEY, "p1", 0.0)
    known.refused(KEY, "p1", 0.1, 10.0)
    known.seen(shown(1), 1.0)
    known.seen(shown(1), 9.8)
    assert known.wake_at(KEY, 9.8) == 10.1


def test_what_may_be_sent_now_is_due_now() -> None:
    assert gate(1).wake_at(KEY, 0.3) == 0.3


def test_an_eviction_that_came_to_nothing_gives_its_place_back() -> None:
    known = gate(1)
    known.sent(KEY, "p1", 0.0)
    known.released(KEY, "p1")
    assert known.may_send(KEY, 0.0)


def test_an_empty_budget_is_probed_once_and_ever_later() -> None:
    known = gate(0)
    moments = []
    now = 0.0
    for _ in range(4):
        now = known.wake_at(KEY, now)
        assert known.may_send(KEY, now)
        moments.append(now)
        known.sent(KEY, "p", now)
        known.refused(KEY, "p", now, 0.0)
        known.seen(shown(0), now + 0.1)  # no news
    assert moments == pytest.approx([1.0, 2.0, 4.0, 8.0])


def test_a_new_spec_is_tried_within_a_second() -> None:
    known = gate(0)
    for moment in (1.0, 2.0, 4.0, 8.0):
        known.sent(KEY, "p", moment)
        known.refused(KEY, "p", moment, 0.0)
    known.seen(shown(0, generation=2, observedGeneration=1), 9.0)
    assert known.wake_at(KEY, 9.0) == pytest.approx(10.0)


def test_a_probe_that_passes_begins_the_back_off_anew() -> None:
    known = gate(0)
    for moment in (1.0, 2.0, 4.0):
        known.sent(KEY, "p", moment)
        known.refused(KEY, "p", moment, 0.0)
    known.sent(KEY, "p", 8.0)
    known.accepted(KEY, "p", 8.1)
    known.seen(shown(0, disrupted=("p",)), 8.2)
    assert known.wake_at(KEY, 8.2) == pytest.approx(9.2)


def test_answers_about_a_budget_that_was_deleted_meanwhile_are_harmless() -> None:
    known = gate(1)
    known.sent(KEY, "p1", 0.0)
    known.gone(KEY)
    known.accepted(KEY, "p1", 0.1)
    known.released(KEY, "p1")
    known.refused(KEY, "p1", 0.1, 5.0)
    assert known.may_send(KEY, 0.1)
    assert known.numbers([KEY]) == ()


def test_which_budgets_select_a_pod_follows_the_pods_labels_and_the_budgets_selectors() -> None:
    web = pod("web-1", labels={"app": "web"})
    known = gate(1)
    assert known.of_pod(web) == (KEY,)
    assert known.of_pod({**web, "metadata": {**web["metadata"], "labels": {"app": "db"}}}) == ()
    assert known.of_pod(web) == (KEY,)
    known.seen({**shown(1), "spec": {"selector": {"matchLabels": {"app": "db"}}}}, 1.0)
    assert known.of_pod(web) == ()
    known.seen(budget("c"), 2.0)
    assert known.of_pod(web) == (("default", "c"),)
    known.gone(("default", "c"))
    assert known.of_pod(web) == ()


def test_a_list_replaces_all() -> None:
    known = gate(1)
    known.replace([{**budget("c", allowed=4)}], 1.0)
    assert [each.name for each in known.numbers([KEY, ("default", "c")])] == ["c"]
