"""The server dry run: it always ends, adds to the plan and never replaces it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.drain.model import DrainOptions
from kubectl_lab.domain.drain.rehearsal import Rehearsal
from kubectl_lab.domain.drain.signals import BudgetSeen, Cordon, Remove
from make import node, pod
from unit.drain import responses
from unit.drain.cast import web, web_budget, webs
from unit.drain.world import Fault, World, codes, outcomes

if TYPE_CHECKING:
    from kubectl_lab.errors import LabError


def world_that_says(error: LabError, times: int, *, budgets: tuple[str, ...] = ("web-pdb",)) -> World:
    world = World([node("n1")], webs(2), [web_budget(name, minAvailable=1) for name in budgets])
    world.faults["web-0"] = [Fault(error)] * times
    world.faults["web-1"] = [Fault() for _ in range(times)]
    world.faults["n1"] = [Fault()]
    return world


def test_each_request_of_the_plan_is_sent_once() -> None:
    world = World([node("n1"), node("n2", unschedulable=True)], webs(3, nodes=("n1", "n2")))
    world.faults = {f"web-{number}": [Fault()] for number in range(3)}
    result = world.rehearse()
    assert (result.mode, result.outcome) == ("server", "clear")
    assert sorted(request.pod for _, request in world.sent if isinstance(request, Remove)) == [
        "web-0",
        "web-1",
        "web-2",
    ]
    assert [request.node for _, request in world.sent if isinstance(request, Cordon)] == ["n1"]
    assert set(outcomes(result).values()) == {None}


def test_a_refused_node_is_left_alone() -> None:
    world = World([node("n1")], [pod("bare"), *webs(1)])
    result = world.rehearse()
    assert (result.outcome, codes(result, "bare"), world.sent) == ("blocked", ["DRN003"], [])


def test_requests_are_deletes_when_eviction_is_disabled() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault()]
    world.rehearse(disable_eviction=True)
    assert [request.evict for _, request in world.sent if isinstance(request, Remove)] == [False]


def test_many_requests_are_sent_a_few_at_once_without_waking_in_vain() -> None:
    world = World([node("n1")], webs(40))
    world.faults = {f"web-{number}": [Fault()] for number in range(40)}
    assert world.rehearse(pod_parallel=4).outcome == "clear"
    assert world.most_in_flight == 4
    assert world.wakes <= 45
    assert world.progress[-1].pods_done == world.progress[-1].pods == 40


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(responses.budget_empty("web-pdb"), ["DRN010"], id="a budget that the plan held for open"),
        pytest.param(responses.budget_empty("hidden"), ["DRN010"], id="a budget by its one name in the plan"),
        pytest.param(responses.denied_by_webhook(), ["DRN031"], id="an admission webhook"),
        pytest.param(responses.forbidden(), ["DRN031"], id="a missing right"),
        pytest.param(responses.many_budgets(), ["DRN031"], id="several budgets where the plan saw one"),
        pytest.param(responses.server_trouble(), ["DRN031"], id="the server's own trouble, which is not repeated"),
        pytest.param(responses.no_answer(), ["DRN031"], id="no answer"),
    ],
)
def test_an_objection_blocks_and_is_asked_once(error: LabError, code: list[str]) -> None:
    world = world_that_says(error, 1)
    result = world.rehearse()
    assert (result.outcome, result.nodes[0].outcome) == ("blocked", "blocked")
    assert codes(result, "web-0") == code
    assert len(world.removals("web-0")) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(responses.no_such("web-0"), "DRN033", id="a pod that is gone"),
        pytest.param(responses.wrong_uid("a", "b"), "DRN033", id="a pod replaced by another of its name"),
        pytest.param(responses.namespace_terminates(), "DRN036", id="a namespace that terminates anyway"),
    ],
)
def test_what_a_run_would_pass_does_not_block(error: LabError, code: str) -> None:
    result = world_that_says(error, 1).rehearse()
    assert (result.outcome, codes(result, "web-0")) == ("clear", [code])


def test_what_the_plan_says_with_numbers_is_not_said_twice() -> None:
    world = World([node("n1")], webs(1), [web_budget(minAvailable=1)])
    world.faults["web-0"] = [Fault(responses.budget_empty("web-pdb"))]
    assert codes(world.rehearse(), "web-0") == ["DRN011"]
    two = World([node("n1")], webs(1), [web_budget("one", minAvailable=0), web_budget("two", minAvailable=0)])
    two.faults["web-0"] = [Fault(responses.many_budgets())]
    assert codes(two.rehearse(), "web-0") == ["DRN012"]


def test_the_servers_yes_does_not_undo_what_the_plan_says() -> None:
    world = World([node("n1")], webs(1), [web_budget(minAvailable=1)])
    world.faults["web-0"] = [Fault()]
    assert world.rehearse().outcome == "blocked"


@pytest.mark.parametrize(
    ("error", "apart"),
    [
        pytest.param(responses.budget_unprocessed("web-pdb"), 10.0, id="a budget being processed, after ten seconds"),
        pytest.param(responses.throttled(3.0), 3.0, id="throttling, after what the server says"),
        pytest.param(responses.throttled(), 1.0, id="throttling, after a second"),
    ],
)
def test_what_asks_to_come_back_is_tried_three_times_more(error: LabError, apart: float) -> None:
    world = world_that_says(error, 9)
    result = world.rehearse()
    assert (result.outcome, codes(result, "web-0")) == ("blocked", ["DRN031"])
    moments = world.removals("web-0")
    assert len(moments) == 4
    assert all(abs(b - a - apart) < 0.1 for a, b in itertools.pairwise(moments))


def test_an_answer_at_the_third_time_is_taken() -> None:
    world = world_that_says(responses.throttled(), 2)
    world.faults["web-0"].append(Fault())
    assert world.rehearse().outcome == "clear"


def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    world = world_that_says(responses.throttled(3600.0), 1)
    assert world.rehearse().outcome == "blocked"
    assert world.time < 1


def test_a_refused_cordon_is_a_finding_of_the_run() -> None:
    world = world_that_says(responses.no_such("x"), 1)
    world.faults["n1"] = [Fault(responses.denied_by_webhook())]
    result = world.rehearse()
    assert (result.outcome, codes(result)) == ("blocked", ["DRN035"])


def test_an_interruption_ends_it_with_what_is_known() -> None:
    world = world_that_says(responses.throttled(9.0), 9)
    world.at(2.0, world.interrupt)
    result = world.rehearse()
    assert result.outcome == "interrupted"
    assert world.time == 2.0
    assert world.events == []


def test_facts_of_a_watch_are_not_its_concern() -> None:
    world = World([node("n1")], [web(0)])
    options = DrainOptions(mode="server")
    rehearsal = Rehearsal(world.plan(options), options)
    rehearsal.on(BudgetSeen({}), 0.0)
    assert not rehearsal.is_finished
    assert rehearsal.wake_at(3.0) == 3.0
