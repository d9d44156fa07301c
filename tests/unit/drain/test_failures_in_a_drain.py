"""What the answers of the server mean for a pod while a drain runs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.drain.signals import Remove
from kubectl_lab.objects import Missing
from make import node, pod
from unit.drain import responses
from unit.drain.cast import WEB, web, web_budget, webs
from unit.drain.world import Fault, World, codes, outcomes

if TYPE_CHECKING:
    from kubectl_lab.errors import LabError

FORBIDDEN = Missing("PodDisruptionBudget", "forbidden")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(responses.forbidden(), id="403 without the cause NamespaceTerminating"),
        pytest.param(responses.denied_by_webhook(), id="400"),
        pytest.param(responses.many_budgets(), id="500 about more budgets than the watch shows"),
    ],
)
def test_a_refusal_fails_its_pod_at_once_and_the_others_go_on(error: LabError) -> None:
    world = World([node("n1")], webs(3))
    world.faults["web-1"] = [Fault(error)] * 9
    result = world.drain()
    assert (result.outcome, result.nodes[0].outcome) == ("failed", "failed")
    assert outcomes(result) == {"web-0": "evicted", "web-1": "failed", "web-2": "evicted"}
    assert codes(result, "web-1") == ["DRN031"]
    assert len(world.removals("web-1")) == 1


def test_a_pod_under_two_budgets_fails_with_both_names_and_the_others_go() -> None:
    budgets = [web_budget("one", minAvailable=1), web_budget("two", minAvailable=1)]
    world = World([node("n1")], [*webs(1), pod("free", owned_by=WEB)], budgets)
    result = world.drain()
    assert outcomes(result) == {"web-0": "failed", "free": "evicted"}
    assert codes(result, "web-0") == ["DRN012", "DRN031"]
    assert result.nodes[0].pods[0].findings[0].details["budgets"] == "one, two"


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(responses.server_trouble(), id="5xx"),
        pytest.param(responses.throttled(), id="throttling"),
        pytest.param(responses.no_answer(), id="no answer in time"),
        pytest.param(responses.connection_lost(), id="connection lost"),
        pytest.param(responses.write_conflict(), id="a write that met another one"),
    ],
)
def test_a_passing_failure_is_tried_four_times_more_and_then_fails(error: LabError) -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(error)] * 4
    assert world.drain().outcome == "drained"
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(error)] * 5
    result = world.drain()
    assert (result.outcome, codes(result, "web-0")) == ("failed", ["DRN031"])
    assert len(world.removals()) == 5


def test_the_back_off_doubles_from_one_second() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(responses.server_trouble())] * 4
    world.drain()
    moments = world.removals()
    assert [round(later - earlier) for earlier, later in itertools.pairwise(moments)] == [1, 2, 4, 8]


def test_a_throttled_request_is_never_repeated_sooner_than_retry_after() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(responses.throttled(after=17.0))]
    world.drain()
    first, second = world.removals()
    assert 17 <= second - first < 18


def test_answers_of_a_budget_end_a_row_of_failures() -> None:
    world = World([node("n1")], webs(1))
    row = [Fault(responses.server_trouble())] * 4 + [Fault(responses.budget_empty("hidden"))]
    world.faults["web-0"] = row * 2
    assert world.drain(known=FORBIDDEN).outcome == "drained"


def test_many_answers_of_a_budget_that_cannot_be_read_are_no_failure() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(responses.budget_empty("hidden"))] * 9 + [Fault(responses.server_trouble())]
    result = world.drain(known=FORBIDDEN)
    assert (result.outcome, codes(result)) == ("drained", ["DRN016"])
    told = [event.details["budget"] for event in world.events if event.event == "blocked"]
    assert told
    assert set(told) == {"hidden"}


def test_a_lost_answer_whose_request_arrived_is_not_sent_again_once_the_watch_shows_it() -> None:
    world = World([node("n1")], webs(1), terminates=6.0)
    world.faults["web-0"] = [Fault(responses.no_answer(), arrives=True)]
    result = world.drain()
    assert outcomes(result) == {"web-0": "evicted"}
    assert len(world.removals()) == 1


def test_a_lost_answer_whose_pod_is_gone_by_the_next_try_is_ours() -> None:
    world = World([node("n1")], webs(1), terminates=0.0)
    world.faults["web-0"] = [Fault(responses.no_answer(), arrives=True)]
    world.at(0.02, lambda: world.close_watches(60.0))
    result = world.drain()
    assert outcomes(result) == {"web-0": "evicted"}
    assert codes(result, "web-0") == []


def test_a_request_that_may_have_arrived_is_reckoned_with_while_the_watch_is_closed() -> None:
    world = World([node("n1")], webs(2), [web_budget(maxUnavailable=1)])
    world.faults["web-0"] = [Fault(responses.no_answer(), arrives=True)]
    world.at(0.025, lambda: world.close_watches(60.0))
    assert world.drain().outcome == "drained"
    assert world.removals("web-1")[0] >= 2


def test_a_lost_request_that_never_arrived_does_not_make_a_later_end_ours() -> None:
    world = World([node("n1")], webs(2), [web_budget(minAvailable=2)])
    world.faults["web-0"] = [Fault(responses.no_answer())]
    world.at(30.0, lambda: world.server.remove_pod(("default", "web-0")))
    world.at(40.0, lambda: world.server.remove_budget(("default", "web-pdb")))
    assert outcomes(world.drain()) == {"web-0": "skipped", "web-1": "evicted"}


def test_the_end_of_a_pod_that_the_watch_shows_before_the_answer_counts() -> None:
    world = World([node("n1")], webs(1), terminates=0.1)
    world.faults["web-0"] = [Fault(arrives=True)]
    world.latency = 2.0
    assert outcomes(world.drain()) == {"web-0": "evicted"}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(responses.budget_empty("web-pdb"), "skipped", id="a budget said no, so it went by itself"),
        pytest.param(responses.throttled(), "skipped", id="a throttled request did not do it"),
        pytest.param(responses.no_answer(), "evicted", id="a request without answer may have done it"),
        pytest.param(responses.no_such("web-0"), "skipped", id="404"),
    ],
)
def test_a_pod_that_went_while_its_request_was_refused_is_not_asked_for_again(error: LabError, outcome: str) -> None:
    world = World([node("n1")], webs(1), [web_budget(minAvailable=0)])
    world.faults["web-0"] = [Fault(error, hangs=3.0)]
    world.at(1.0, lambda: world.server.remove_pod(("default", "web-0")))
    result = world.drain()
    assert (result.outcome, outcomes(result)) == ("drained", {"web-0": outcome})
    assert len(world.removals()) == 1


def test_a_wrong_uid_counts_as_gone() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(responses.wrong_uid("a", "b"))]
    result = world.drain()
    assert (result.outcome, outcomes(result), codes(result, "web-0")) == ("drained", {"web-0": "skipped"}, ["DRN033"])
    assert len(world.removals()) == 1


def test_every_request_carries_the_uid_of_the_plan() -> None:
    world = World([node("n1")], webs(2))
    world.drain()
    assert {request.uid for _, request in world.sent if isinstance(request, Remove)} == {
        "pod-default-web-0",
        "pod-default-web-1",
    }


def test_in_a_terminating_namespace_a_pod_that_terminates_is_waited_for() -> None:
    world = World([node("n1")], webs(1))
    world.server.terminating_namespaces.add("default")
    world.server.pace = world.server.pace.__class__(terminates=20.0)
    world.server.terminate(world.server.pods["default", "web-0"])
    result = world.drain()
    assert (result.outcome, outcomes(result)) == ("drained", {"web-0": "skipped"})
    assert codes(result, "web-0") == ["DRN036", "DRN033"]
    assert len(world.removals("web-0")) == 1


def test_in_a_terminating_namespace_a_pod_not_yet_deleted_is_asked_for_each_five_seconds() -> None:
    world = World([node("n1")], [web(0)])
    world.server.terminating_namespaces.add("default")
    world.at(18.0, lambda: world.server.remove_pod(("default", "web-0")))
    result = world.drain()
    assert outcomes(result) == {"web-0": "skipped"}
    assert [round(at) for at in world.removals()] == [0, 5, 10, 15]
    assert codes(result, "web-0") == ["DRN036", "DRN033"]
