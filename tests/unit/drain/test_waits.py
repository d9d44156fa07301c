"""A drain that does not get on says each minute for what it waits; one whose credentials have expired ends."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.drain.signals import PodsListed, WatchLost
from kubectl_lab.errors import NotKubernetes, Unauthorized
from make import node
from unit.drain import responses
from unit.drain.cast import web, web_budget, webs
from unit.drain.server import START
from unit.drain.world import Fault, World, codes, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab.domain.drain.signals import Event
    from kubectl_lab.errors import LabError

EXPIRED = responses.answered(Unauthorized, 401, "Unauthorized")


def told(world: World) -> list[Event]:
    return [event for event in world.events if event.event == "waiting"]


def moments(world: World) -> list[float]:
    return [(event.time - START).total_seconds() for event in told(world)]


def lose(world: World, error: LabError, seconds: Iterable[float], kind: str = "Pod") -> None:
    for moment in seconds:
        world.at(moment, lambda: world._signals.append(WatchLost(kind, error)))


def hanging(*others: Any, **rest: Any) -> World:
    """A pod that never goes, with a finalizer."""
    held = web(0)
    held["metadata"]["finalizers"] = ["example.com/keep", "example.com/too"]
    held["spec"]["terminationGracePeriodSeconds"] = 45
    return World([node("n1")], [held, *others], terminates=None, **rest)


# --- pods


def test_a_pod_that_does_not_go_is_told_after_a_minute_and_then_each_minute() -> None:
    world = hanging()
    world.at(310.0, world.interrupt)
    world.drain()
    assert [round(at) for at in moments(world)] == [60, 120, 180, 240, 300]
    first = told(world)[0]
    assert first.pod is not None
    assert (first.node, first.pod.name) == ("n1", "web-0")
    assert first.details == {
        "cause": "termination",
        "seconds": 60,
        "finalizers": "example.com/keep, example.com/too",
        "grace": 45,
    }
    assert world.wakes < 20


def test_a_pod_that_goes_within_a_minute_is_not_told() -> None:
    world = World([node("n1")], webs(3), terminates=59.0)
    world.drain()
    assert told(world) == []


def test_a_pod_that_waits_after_throttling_is_told_with_the_reason() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(responses.throttled(after=150.0))]
    assert world.drain().outcome == "drained"
    assert [round(at) for at in moments(world)] == [60, 120]
    assert told(world)[0].details == {
        "cause": "request",
        "reason": "Too many requests, please try again later.",
        "seconds": 60,
    }


def test_a_wait_that_goes_on_over_several_failures_is_one_wait() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(responses.throttled(after=25.0))] * 4
    world.drain()
    assert [round(at) for at in moments(world)] == [60]
    assert told(world)[0].details["seconds"] == 60


def test_a_pod_whose_request_was_accepted_after_failures_begins_a_new_wait() -> None:
    world = hanging()
    world.faults["web-0"] = [Fault(responses.throttled(after=30.0))]
    world.at(100.0, world.interrupt)
    world.drain()
    assert [(round(at), event.details["cause"]) for at, event in zip(moments(world), told(world), strict=True)] == [
        (90, "termination")
    ]


def test_a_pod_that_a_budget_holds_after_a_failure_is_told_as_blocked_alone() -> None:
    world = World([node("n1")], webs(1), [web_budget(minAvailable=1)])
    world.faults["web-0"] = [Fault(responses.server_trouble())]
    world.at(200.0, world.interrupt)
    world.drain()
    assert told(world) == []
    assert len([event for event in world.events if event.event == "blocked"]) >= 3


def test_a_pod_of_a_terminating_namespace_that_stays_is_told() -> None:
    world = World([node("n1")], webs(1))
    world.server.terminating_namespaces.add("default")
    world.at(130.0, lambda: world.server.remove_pod(("default", "web-0")))
    world.drain()
    assert [round(at) for at in moments(world)] == [60, 120]
    assert told(world)[0].details["reason"] == "unable to create new content in namespace gone"


def test_many_pods_that_do_not_go_make_no_run_that_spins() -> None:
    world = hanging(*webs(30, first=1))
    world.at(3600.0, world.interrupt)
    world.drain(pod_parallel=4)
    assert len(told(world)) == 31 * 59
    assert world.wakes < 59 * 40


@pytest.mark.parametrize("after", [1e12, float("inf"), float("nan")], ids=str)
def test_a_retry_after_beyond_all_measure_is_cut_to_ten_minutes(after: float) -> None:
    world = World([node("n1")], webs(1))
    error = responses.throttled()
    error.retry_after = after
    world.faults["web-0"] = [Fault(error)]
    assert world.drain().outcome == "drained"
    assert world.time < 610


def test_a_cordon_that_the_server_puts_off_for_long_is_told() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(responses.throttled(after=90.0)), Fault(responses.throttled(after=5.0))]
    assert world.drain().outcome == "drained"
    (event,) = told(world)
    reason = "Too many requests, please try again later."
    assert (event.node, event.details) == ("n1", {"cause": "cordon", "reason": reason, "seconds": 90})


# --- watches


def test_a_lost_watch_is_told_at_once_and_then_each_minute_at_most() -> None:
    world = hanging()
    error = NotKubernetes("answer-not-a-list", path="/api/v1/pods")
    lose(world, error, range(2, 59, 2), "PodDisruptionBudget")
    lose(world, error, range(60, 130, 2), "PodDisruptionBudget")
    world.at(130.0, world.interrupt)
    assert world.drain().outcome == "interrupted"
    about = [event for event in told(world) if event.details["cause"] == "watch"]
    assert [(event.time - START).total_seconds() for event in about] == [2, 62, 122]
    assert (about[0].node, about[0].pod) == (None, None)
    reason = {"error": "answer-not-a-list", "values": {"path": "/api/v1/pods"}}
    assert about[0].details == {"cause": "watch", "kind": "PodDisruptionBudget", "reason": reason}


def test_credentials_refused_for_a_minute_end_the_run() -> None:
    world = World([node("n1"), node("n2")], webs(2, nodes=("n1", "n2")), terminates=None)
    lose(world, EXPIRED, range(10, 200, 2))
    result = world.drain()
    assert result.outcome == "failed"
    assert [each.outcome for each in result.nodes] == ["failed", "untouched"]
    assert (outcomes(result)["web-0"], codes(result, "web-0")) == ("failed", ["DRN031"])
    details = result.nodes[0].pods[0].findings[-1].details
    assert (details["status"], details["reason"]) == ("401", "Unauthorized")
    assert world.time == 70.0


def test_a_node_that_is_drained_when_credentials_expire_stays_drained() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(arrives=True), Fault(hangs=500.0)]
    lose(world, EXPIRED, range(10, 200, 2))
    result = world.drain()
    assert (result.outcome, result.nodes[0].outcome) == ("drained", "drained")


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(PodsListed(()), id="the watch worked"),
        pytest.param(WatchLost("Pod", NotKubernetes("answer-not-a-list", path="/")), id="another failure"),
    ],
)
def test_refusals_with_a_break_do_not_end_the_run(between: Any) -> None:
    world = hanging()
    if isinstance(between, PodsListed):
        between = PodsListed(tuple(world.server.pods.values()))
    lose(world, EXPIRED, [*range(10, 68, 2), *range(70, 128, 2)])
    world.at(69.0, lambda: world._signals.append(between))
    world.at(140.0, world.interrupt)
    assert world.drain().outcome == "interrupted"


def test_two_refusals_with_a_long_silence_between_do_not_end_the_run() -> None:
    world = hanging()
    lose(world, EXPIRED, [10, 100])
    world.at(110.0, world.interrupt)
    assert world.drain().outcome == "interrupted"


def test_other_failures_of_a_watch_are_borne_without_end() -> None:
    world = World([node("n1")], webs(1), terminates=1000.0)
    lose(world, NotKubernetes("answer-not-a-list", path="/"), range(2, 900, 2))
    assert world.drain().outcome == "drained"


def test_expired_credentials_after_an_interruption_change_nothing() -> None:
    world = World([node("n1")], webs(1))
    world.faults["web-0"] = [Fault(hangs=500.0)]
    lose(world, EXPIRED, range(10, 200, 2))
    world.at(69.0, world.interrupt)
    assert world.drain().outcome == "interrupted"


def test_the_moments_of_reminders_are_a_minute_apart_for_each_pod() -> None:
    world = hanging(*webs(3, first=1), counts=0.05)
    world.at(400.0, world.interrupt)
    world.drain(pod_parallel=1)
    for name in ("web-0", "web-1", "web-2", "web-3"):
        of_pod = [event.time for event in told(world) if event.pod and event.pod.name == name]
        assert len(of_pod) == 6
        assert all((later - earlier).total_seconds() == 60 for earlier, later in itertools.pairwise(of_pod))
