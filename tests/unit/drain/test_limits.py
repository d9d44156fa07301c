"""Ends before the end: timeout, deadline, interruption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.drain.signals import Cordon, ListPods, Remove
from make import node
from unit.drain import responses
from unit.drain.cast import web, web_budget, webs
from unit.drain.world import Fault, World, codes, outcomes

if TYPE_CHECKING:
    from kubectl_lab.domain.drain.model import Drain


def node_outcomes(result: Drain) -> list[str]:
    return [each.outcome for each in result.nodes]


def blocked_world(nodes: tuple[str, ...] = ("n1",)) -> World:
    """Every pod is under a budget that never recovers."""
    pods = webs(2 * len(nodes), nodes=nodes)
    return World([node(name) for name in nodes], pods, [web_budget(minAvailable=len(pods))])


def writes_after(world: World, moment: float) -> list[object]:
    return [request for at, request in world.sent if at > moment and isinstance(request, Cordon | Remove)]


# --- timeout


def test_the_timeout_is_each_nodes_own_and_the_next_node_is_begun() -> None:
    world = blocked_world(("n1", "n2"))
    result = world.drain(timeout=30.0)
    assert (result.outcome, node_outcomes(result)) == ("timeout", ["timeout", "timeout"])
    assert 60 <= world.time < 61


def test_a_pod_that_a_budget_held_to_the_end_names_it_with_its_numbers() -> None:
    world = blocked_world()
    result = world.drain(timeout=30.0)
    assert outcomes(result) == {"web-0": "pending", "web-1": "pending"}
    assert sorted(codes(result, "web-0")) == ["DRN011", "DRN032"]
    assert result.nodes[0].pods[0].budgets[0].numbers()["desiredHealthy"] == 2


def test_a_node_whose_last_pod_leaves_at_the_very_moment_of_the_timeout_is_drained() -> None:
    world = World([node("n1")], webs(1), terminates=5.0)
    world.drain()
    gone = next(at for at, request in world.sent if isinstance(request, ListPods))
    opened = world.removals()[0]
    again = World([node("n1")], webs(1), terminates=5.0)
    assert again.drain(timeout=gone - opened).outcome == "drained"


def test_a_request_in_flight_at_the_timeout_gets_five_seconds_and_no_more() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(hangs=100.0, arrives=True)]
    result = world.drain(timeout=10.0)
    assert (result.outcome, outcomes(result)) == ("timeout", {"web-0": "pending"})
    assert 15 <= world.time < 16
    assert world.wakes < 20  # it waits, it does not spin


def test_an_answer_that_comes_after_its_node_was_given_up_frees_the_budget_for_the_next_node() -> None:
    world = World([node("n1"), node("n2")], [web(0), web(1, node="n2")], [web_budget(maxUnavailable=1)])
    world.faults["web-0"] = [Fault(responses.server_trouble(), hangs=30.0)]
    result = world.drain(timeout=10.0)
    assert node_outcomes(result) == ["timeout", "timeout"]
    world = World([node("n1"), node("n2")], [web(0), web(1, node="n2")], [web_budget(maxUnavailable=1)])
    world.faults["web-0"] = [Fault(responses.server_trouble(), hangs=30.0)]
    assert node_outcomes(world.drain(timeout=25.0)) == ["timeout", "drained"]


def test_an_eviction_accepted_after_its_node_was_given_up_is_reckoned_with() -> None:
    world = World([node("n1"), node("n2")], [web(0), web(1, node="n2")], [web_budget(maxUnavailable=1)])
    world.faults["web-0"] = [Fault(hangs=20.0, arrives=True)]
    result = world.drain(timeout=12.0)
    assert node_outcomes(result) == ["timeout", "drained"]
    assert world.server.broken == []


def test_a_timeout_does_not_shorten_the_last_look_at_an_emptied_node() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(arrives=True), Fault(hangs=60.0, arrives=True)]
    assert world.drain(timeout=10.0).outcome == "drained"


# --- deadline


def test_the_deadline_is_for_the_whole_run() -> None:
    world = blocked_world(("n1", "n2", "n3"))
    result = world.drain(timeout=30.0, deadline=45.0)
    assert (result.outcome, node_outcomes(result)) == ("timeout", ["timeout", "timeout", "untouched"])
    assert 45 <= world.time < 46
    assert result.nodes[1].pods[0].findings[-1].details["limit"] == "--deadline"
    assert result.nodes[2].cordoned == "by-us"


def test_a_deadline_while_cordoning_begins_no_node() -> None:
    world = World([node("n1"), node("n2")], webs(2, nodes=("n1", "n2")))
    world.faults["n2"] = [Fault(hangs=60.0)]
    result = world.drain(deadline=10.0)
    assert (result.outcome, node_outcomes(result)) == ("timeout", ["untouched", "untouched"])
    assert world.removals() == []
    assert 15 <= world.time < 16
    assert world.wakes < 20


def test_a_deadline_that_finds_every_pod_gone_has_nothing_to_end() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(arrives=True), Fault(hangs=60.0)]
    result = world.drain(deadline=20.0)
    assert (result.outcome, node_outcomes(result)) == ("drained", ["drained"])


# --- interruption


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        pytest.param(0.005, "untouched", id="while cordoning, no node is begun"),
        pytest.param(0.025, "interrupted", id="while requests are in flight, the node is begun"),
        pytest.param(2.0, "interrupted", id="while pods terminate, the node is begun"),
    ],
)
def test_an_interruption_sends_nothing_more(moment: float, outcome: str) -> None:
    world = World([node("n1"), node("n2")], webs(8, nodes=("n1", "n2")), [web_budget(maxUnavailable=2)])
    world.at(moment, world.interrupt)
    result = world.drain()
    assert result.outcome == "interrupted"
    assert node_outcomes(result) == [outcome, "untouched"]
    assert writes_after(world, moment) == []
    assert ("interrupted", None) in world.story()
    assert world.time < moment + 0.1


def test_after_an_interruption_accepted_pods_are_pending_and_those_never_tried_have_their_budget() -> None:
    world = World([node("n1")], webs(3), [web_budget(maxUnavailable=1)])
    world.at(2.0, world.interrupt)
    result = world.drain()
    assert outcomes(result) == {"web-0": "pending", "web-1": "pending", "web-2": "pending"}
    assert codes(result, "web-0") == []
    assert codes(result, "web-2") == ["DRN010"]


def test_an_interruption_waits_five_seconds_at_most_for_answers() -> None:
    world = World([node("n1")], webs(2))
    world.faults["web-0"] = [Fault(hangs=60.0, arrives=True)]
    world.at(1.0, world.interrupt)
    assert world.drain().outcome == "interrupted"
    assert 6 <= world.time < 6.1
    assert world.wakes < 20


def test_an_answer_within_those_five_seconds_counts() -> None:
    world = World([node("n1")], webs(1), terminates=0.5)
    world.faults["web-0"] = [Fault(hangs=3.0, arrives=True)]
    world.at(1.0, world.interrupt)
    result = world.drain()
    assert (result.outcome, outcomes(result)) == ("interrupted", {"web-0": "pending"})
    assert world.time < 4


def test_an_interruption_while_an_emptied_node_is_looked_at_leaves_it_drained() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(arrives=True), Fault(hangs=60.0)]
    world.at(10.0, world.interrupt)
    result = world.drain()
    assert (result.outcome, node_outcomes(result)) == ("interrupted", ["drained"])
    assert world.time == 10.0


def test_a_last_list_that_comes_after_the_interruption_changes_nothing() -> None:
    world = World([node("n1"), node("n2")], webs(2, nodes=("n1", "n2")))
    world.faults["n1"] = [Fault(arrives=True), Fault(hangs=1.0)]
    world.faults["n2"] = [Fault(hangs=2.0, arrives=True)]
    world.at(0.01, world.interrupt)
    assert node_outcomes(world.drain()) == ["untouched", "untouched"]


def test_a_cordon_that_was_in_flight_is_told_as_ours() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(hangs=2.0, arrives=True)]
    world.at(1.0, world.interrupt)
    result = world.drain()
    assert (node_outcomes(result), result.nodes[0].cordoned) == (["untouched"], "by-us")


def test_a_cordon_to_be_tried_again_is_not_after_an_interruption() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(responses.server_trouble(after=30.0))]
    world.at(5.0, world.interrupt)
    result = world.drain()
    assert node_outcomes(result) == ["untouched"]
    assert writes_after(world, 0.0) == []
    assert world.time < 5.1


def test_an_interruption_after_the_deadline_still_is_one() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(hangs=60.0)]
    world.at(12.0, world.interrupt)
    result = world.drain(deadline=10.0)
    assert (result.outcome, node_outcomes(result)) == ("interrupted", ["timeout"])


def test_a_second_interruption_changes_nothing_in_the_report() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(hangs=60.0)]
    world.at(1.0, world.interrupt)
    world.at(2.0, world.interrupt)
    world.drain()
    assert [event for event, _ in world.story()].count("interrupted") == 1


def test_an_answer_that_comes_after_a_node_was_closed_is_not_reported_as_an_event() -> None:
    world = World([node("n1"), node("n2")], webs(2, nodes=("n1", "n2")))
    world.faults["n1"] = [Fault(hangs=12.0, arrives=True)]
    world.faults["n2"] = [Fault(hangs=14.0, arrives=True)]
    world.at(8.0, world.interrupt)
    result = world.drain()
    assert node_outcomes(result) == ["untouched", "untouched"]
    assert [each.cordoned for each in result.nodes] == ["by-us", "by-us"]


def test_without_any_limit_a_blocked_run_waits_and_says_each_minute_for_what() -> None:
    world = blocked_world()
    world.at(3600.0, world.interrupt)
    world.drain()
    told = [event for event in world.events if event.event == "blocked"]
    assert 50 <= len(told) <= 61
    assert all(event.details["budget"] == "web-pdb" for event in told)
    assert all(event.details["waiting"] == 2 for event in told)
    assert world.wakes < 1000
    assert len(world.removals()) < 3600 / 24
