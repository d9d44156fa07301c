"""What holds for every run, whatever the cluster, the server's moods and the moment it is stopped."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_lab.domain.drain.signals import Cordon, Remove
from make import node
from unit.drain import responses
from unit.drain.cast import web, web_budget
from unit.drain.server import Pace
from unit.drain.world import Fault, Killed, World, outcomes

several = settings(max_examples=60)  # a whole drain each
PASSING = (
    Fault(responses.server_trouble()),
    Fault(responses.no_answer(), arrives=True),
    Fault(responses.connection_lost()),
    Fault(responses.throttled(after=2.0)),
    Fault(responses.budget_empty("web-pdb")),
    Fault(responses.budget_unprocessed("web-pdb")),
    Fault(arrives=True, hangs=4.0),
)
FINAL = (Fault(responses.forbidden()), Fault(responses.no_such("it")), Fault(responses.wrong_uid("a", "b")))


@st.composite
def worlds(draw: st.DrawFn, *, can_end: bool = True) -> World:
    """One to three nodes, some pods of one application, perhaps under a budget; a server that has its moods.

    `can_end`: every pod can go in the end, because replacements become ready and failures pass.
    """
    nodes = [f"n{number}" for number in range(draw(st.integers(1, 3)))]
    pods = [
        web(number, node=draw(st.sampled_from(nodes)), ready=draw(st.integers(0, 5)) > 0)
        for number in range(draw(st.integers(0, 8)))
    ]
    healthy = sum(pod["status"]["conditions"][0]["status"] == "True" for pod in pods)
    most = healthy - 1 if can_end else len(pods)
    # `minAvailable: 0` never lets a sick pod go while none is healthy
    budgets = [web_budget(minAvailable=draw(st.integers(1, most)))] if most > 0 and draw(st.booleans()) else []
    world = World([node(name) for name in nodes], pods, budgets, terminates=draw(st.sampled_from((0.0, 0.5, 3.0))))
    for pod in pods:
        name = pod["metadata"]["name"]
        moods = st.sampled_from(PASSING if can_end else (*PASSING, *FINAL))
        # a budget says nothing any more about a pod whose eviction has arrived
        world.faults[name] = sorted(draw(st.lists(moods, max_size=3)), key=lambda fault: fault.arrives)
        world.server.paces[name] = Pace(terminates=draw(st.sampled_from((0.0, 1.0, 7.0))))
    world.faults["n0"] = draw(st.lists(st.sampled_from(PASSING[:4]), max_size=2))
    world.latency = draw(st.sampled_from((0.0, 0.02, 0.7)))
    world.delay = draw(st.sampled_from((0.0, 0.01, 0.9)))
    for moment in draw(st.lists(st.floats(0.1, 20.0), max_size=2)):
        world.at(moment, lambda: world.close_watches(1.5))
    return world


def planned_uids(world: World) -> list[str]:
    return sorted(pod["metadata"]["uid"] for pod in world.server.pods.values())


@several
@given(worlds(), st.integers(1, 5))
def test_a_run_ends_when_everything_can_go_and_evicts_each_pod_once(world: World, slots: int) -> None:
    wanted = planned_uids(world)
    result = world.drain(pod_parallel=slots)
    assert result.outcome == "drained"
    assert sorted(world.server.accepted) == wanted
    assert set(outcomes(result).values()) <= {"evicted"}


@several
@given(worlds(), st.integers(1, 5))
def test_no_more_is_in_flight_than_the_slots_and_the_budget_allow(world: World, slots: int) -> None:
    world.drain(pod_parallel=slots)
    assert world.most_in_flight <= slots
    assert world.most_under_a_budget <= 0
    assert world.server.broken == []


@several
@given(worlds(can_end=False), st.floats(0.0, 60.0), st.data())
def test_a_run_with_a_limit_ends_in_time_and_names_every_pod_once(world: World, seconds: float, data: Any) -> None:
    flag = data.draw(st.sampled_from(("timeout", "deadline")))
    wanted = planned_uids(world)
    limits: dict[str, Any] = {flag: seconds + 0.1}
    result = world.drain(**limits)
    assert sorted(pod.uid for each in result.nodes for pod in each.pods) == wanted
    nodes = len(result.nodes) if flag == "timeout" else 1
    cordons = 20.0  # a node's timeout does not begin before the cordons are done
    assert world.time <= nodes * (seconds + 6) + cordons
    if result.outcome == "drained":
        assert set(outcomes(result).values()) <= {"evicted", "skipped"}


@several
@given(worlds(can_end=False), st.floats(0.0, 30.0))
def test_after_an_interruption_nothing_is_sent_and_the_run_ends_within_five_seconds(
    world: World, moment: float
) -> None:
    world.at(moment, world.interrupt)
    result = world.drain(deadline=500.0)
    if result.outcome != "interrupted":
        assert world.time <= moment or result.outcome in {"drained", "failed", "timeout"}
        return
    assert [at for at, request in world.sent if at > moment and isinstance(request, Cordon | Remove)] == []
    assert world.time <= moment + 5.001
    assert len(outcomes(result)) == sum(len(each.pods) for each in result.nodes)


@several
@given(worlds(), st.floats(0.0, 30.0))
def test_killing_it_at_any_moment_and_running_again_completes_it_without_an_eviction_too_many(
    world: World, moment: float
) -> None:
    wanted = planned_uids(world)
    world.at(moment, world.kill)
    try:
        result = world.drain()
    except Killed:
        result = world.restarted().drain()
    assert result.outcome == "drained"
    assert sorted(world.server.accepted) == wanted
    assert world.server.broken == []


@several
@given(
    worlds(can_end=False),
    st.lists(st.sampled_from((*PASSING[:4], Fault(responses.no_answer()), FINAL[0])), max_size=7),
    st.floats(0.0, 40.0),
)
def test_a_node_found_unschedulable_at_the_end_is_never_reported_as_not_cordoned(
    world: World, moods: list[Fault], moment: float
) -> None:
    world.faults["n0"] = moods
    world.at(moment, world.interrupt)
    for each in world.drain().nodes:
        assert not (world.nodes[each.name]["spec"].get("unschedulable") and each.cordoned == "no")


@several
@given(worlds(can_end=False))
def test_a_rehearsal_ends_within_a_minute_and_changes_nothing(world: World) -> None:
    for faults in world.faults.values():
        faults[:] = [Fault(fault.error, hangs=fault.hangs) for fault in faults]
        faults.extend([Fault()] * 9)
    before = dict(world.server.pods)
    result = world.rehearse()
    assert world.time < 60
    assert world.server.pods == before
    assert (result.mode, set(outcomes(result).values()) <= {None}) == ("server", True)


@several
@given(worlds())
def test_events_of_a_pod_come_in_order_and_each_node_ends_once(world: World) -> None:
    result = world.drain()
    story = world.story()
    for name in outcomes(result):
        ends = [event for event, what in story if what == name and event in {"evicted", "deleted", "skipped", "failed"}]
        assert len(ends) == 1
        assert story.index(("evicting", name)) < story.index((ends[0], name))
    for each in result.nodes:
        assert [event for event, what in story if what == each.name].count("node") == 1
    assert [event.time for event in world.events] == sorted(event.time for event in world.events)


@pytest.mark.parametrize("seed", range(3))
def test_a_large_drain_asks_little_more_than_once_a_pod(seed: int) -> None:
    draw = random.Random(seed)
    nodes = [f"n{number}" for number in range(8)]
    world = World(
        [node(name) for name in nodes],
        [web(number, node=draw.choice(nodes)) for number in range(80)],
        [web_budget(maxUnavailable=4)],
    )
    for number in range(80):
        world.server.paces[f"web-{number}"] = Pace(terminates=draw.uniform(2, 5))
    assert world.drain().outcome == "drained"
    assert len(world.removals()) <= 80 * 1.25
