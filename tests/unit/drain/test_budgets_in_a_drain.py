"""Waiting for budgets: who is asked, when, and how often."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kubectl_lab.domain.drain.signals import BudgetSeen
from make import node
from unit.drain import responses
from unit.drain.cast import web, web_budget, webs
from unit.drain.world import Fault, World, codes, outcomes

KEY = ("default", "web-pdb")


def changed(world: World, **spec: Any) -> dict[str, Any]:
    """The budget after `kubectl patch`: a new generation, not yet counted."""
    old = world.server.budgets[KEY]
    metadata = {**old["metadata"], "generation": old["metadata"]["generation"] + 1}
    return {**old, "metadata": metadata, "spec": {"selector": old["spec"]["selector"], **spec}}


def test_under_a_budget_a_drain_goes_on_as_replacements_become_ready() -> None:
    world = World([node("n1")], webs(20), [web_budget(maxUnavailable=2)])
    result = world.drain()
    assert result.outcome == "drained"
    assert world.server.broken == []
    assert world.time < 20
    assert len(world.removals()) <= 2 * 20


def test_a_watch_that_keeps_up_makes_refused_requests_rare() -> None:
    world = World([node("n1")], webs(60), [web_budget(maxUnavailable=2)], ready=3.0)
    assert world.drain().outcome == "drained"
    assert len(world.removals()) <= 60 * 1.25


def test_no_more_evictions_are_in_flight_than_the_budget_allows() -> None:
    world = World([node("n1")], webs(12), [web_budget(maxUnavailable=3)])
    world.latency = 0.5
    world.drain()
    assert world.most_under_a_budget == 0


def test_blocked_pods_hold_no_slot() -> None:
    others = webs(4)
    free = [{**web(number), "metadata": {**web(number)["metadata"], "labels": {}}} for number in range(10, 20)]
    world = World([node("n1")], [*others, *free], [web_budget(minAvailable=9)])
    world.at(30.0, world.interrupt)
    result = world.drain(pod_parallel=2)
    assert [outcomes(result)[f"web-{number}"] for number in range(10, 20)] == ["evicted"] * 10
    assert world.most_in_flight == 2


def test_a_budget_that_recovers_is_asked_at_once() -> None:
    world = World([node("n1")], [web(0), web(1, node="n2", ready=False)], [web_budget(minAvailable=1)])
    recovers = web(1, node="n2")
    world.at(100.0, lambda: world.server.put_pod(recovers))
    assert world.drain().outcome == "drained"
    assert 100 <= world.removals("web-0")[-1] < 100.2


def test_a_budget_deleted_meanwhile_frees_its_pods_at_once() -> None:
    world = World([node("n1")], webs(2), [web_budget(minAvailable=2)])
    world.at(100.0, lambda: world.server.remove_budget(KEY))
    assert world.drain().outcome == "drained"
    assert 100 <= world.removals("web-1")[-1] < 100.2


def test_a_budget_changed_meanwhile_frees_its_pods_as_soon_as_it_is_processed() -> None:
    world = World([node("n1")], webs(2), [web_budget(minAvailable=2)])
    world.at(100.0, lambda: world.server.put_budget(changed(world, minAvailable=0)))
    assert world.drain().outcome == "drained"
    assert 100 <= world.removals("web-1")[-1] < 100.2


def test_a_budget_whose_selector_leaves_the_pod_does_not_hold_it_any_more() -> None:
    world = World([node("n1")], webs(1), [web_budget(minAvailable=1)])
    other = {"spec": {"selector": {"matchLabels": {"app": "other"}}, "minAvailable": 1}}
    world.at(50.0, lambda: world.server.put_budget({**changed(world), **other}))
    assert world.drain().outcome == "drained"
    assert 50 <= world.removals("web-0")[-1] < 50.2


def test_a_budget_created_meanwhile_is_respected() -> None:
    world = World([node("n1"), node("n2")], webs(4, nodes=("n1", "n2")), terminates=5.0)
    world.at(1.0, lambda: world.server.put_budget(web_budget(minAvailable=9)))
    world.at(100.0, world.interrupt)
    result = world.drain()
    assert outcomes(result) == {"web-0": "evicted", "web-2": "evicted", "web-1": "pending", "web-3": "pending"}
    assert [each.name for each in result.nodes[1].pods[0].budgets] == ["web-pdb"]


def test_a_budget_that_only_the_server_sees_yet_is_named_and_asked_again() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(responses.budget_empty("fresh"))]
    assert world.drain().outcome == "drained"
    assert [event.details["budget"] for event in world.events if event.event == "blocked"] == ["fresh"]
    first, second = world.removals()
    assert 0.8 <= second - first < 1.3


def test_a_budget_that_is_being_processed_is_asked_again_after_ten_seconds() -> None:
    world = World([node("n1")], webs(1), [web_budget(maxUnavailable=1)])
    world.server.budgets[KEY] = changed(world, maxUnavailable=1, syncFails=True)
    world.at(100.0, world.interrupt)
    result = world.drain()
    moments = world.removals()
    assert all(later - earlier >= 10 for earlier, later in itertools.pairwise(moments))
    assert 4 <= len(moments) <= 9
    assert codes(result, "web-0") == ["DRN015"]


def test_a_budget_that_is_being_processed_is_told_although_its_old_numbers_allow_something() -> None:
    world = World([node("n1")], webs(1), [web_budget(maxUnavailable=1)])
    world.server.budgets[KEY] = changed(world, maxUnavailable=1, syncFails=True)
    world.at(130.0, world.interrupt)
    world.drain()
    told = [event for event in world.events if event.event == "blocked"]
    assert [event.details for event in told] == [{"budget": "web-pdb", "waiting": 1}] * len(told)
    assert 2 <= len(told) <= 3


def test_retry_after_is_honoured_although_the_watch_shows_a_recovery() -> None:
    world = World([node("n1")], webs(1), [web_budget(maxUnavailable=1)])
    world.faults["web-0"] = [Fault(responses.budget_unprocessed("web-pdb"))]
    world.at(2.0, lambda: world.server.put_budget(changed(world, maxUnavailable=1)))
    world.drain()
    first, second = world.removals()
    assert 10 <= second - first < 10.2


def test_a_watch_that_is_late_is_made_up_for_by_asking_all_the_same() -> None:
    world = World([node("n1")], webs(2), [web_budget(maxUnavailable=1)])
    shown = world.server.shown
    world.server.shown = lambda obj, gone: None if obj["kind"] == "PodDisruptionBudget" else shown(obj, gone)
    assert world.drain().outcome == "drained"
    assert world.time < 40


def test_an_empty_budget_is_asked_ever_more_rarely() -> None:
    world = World([node("n1")], webs(30), [web_budget(minAvailable=30)])
    world.at(600.0, world.interrupt)
    world.drain()
    assert 20 <= len(world.removals()) <= 30
    gaps = [later - earlier for earlier, later in zip(world.removals(), world.removals()[1:], strict=False)]
    assert max(gaps) <= 30 * 1.2 + 1


def test_events_of_a_budget_that_bring_nothing_new_bring_no_requests() -> None:
    world = World([node("n1")], webs(3), [web_budget(minAvailable=3)])
    for number in range(1000):
        show = world.server.budgets[KEY]
        world.at(100 + number / 10, lambda show=show: world._signals.append(BudgetSeen(show)))  # type: ignore[misc]
    world.at(201.0, world.interrupt)
    world.drain()
    assert len([at for at in world.removals() if at > 100]) < 6


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        pytest.param({"unhealthyPodEvictionPolicy": "AlwaysAllow"}, "evicted", id="AlwaysAllow lets a sick pod go"),
        pytest.param({}, "pending", id="by default a sick pod waits while the application is disrupted"),
    ],
)
def test_a_sick_pod_under_an_empty_budget(policy: dict[str, str], outcome: str) -> None:
    world = World([node("n1")], [web(0, ready=False)], [web_budget(minAvailable=1, **policy)])
    world.at(50.0, world.interrupt)
    assert outcomes(world.drain()) == {"web-0": outcome}


def test_a_sick_pod_goes_by_default_when_the_others_suffice() -> None:
    pods = [web(0, ready=False), web(1, node="n2")]
    world = World([node("n1")], pods, [web_budget(minAvailable=1)])
    world.at(50.0, world.interrupt)
    assert outcomes(world.drain("n1")) == {"web-0": "evicted"}


def test_the_first_block_names_the_budget_its_numbers_and_how_many_wait() -> None:
    world = World([node("n1")], webs(3), [web_budget(minAvailable=3)])
    world.at(10.0, world.interrupt)
    world.drain()
    first = next(event for event in world.events if event.event == "blocked")
    assert first.details == {
        "budget": "web-pdb",
        "disruptionsAllowed": 0,
        "currentHealthy": 3,
        "desiredHealthy": 3,
        "expectedPods": 3,
        "waiting": 3,
    }
    assert first.pod is not None
