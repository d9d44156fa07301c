"""A cordon whose answer was lost may have arrived: the report says how the node was found, or the safe thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.drain.signals import GetNode
from make import node
from unit.drain import responses
from unit.drain.cast import webs
from unit.drain.world import Fault, World, codes

if TYPE_CHECKING:
    from kubectl_lab.domain.drain.model import Drain
    from kubectl_lab.errors import LabError

PASSING = [
    pytest.param(responses.server_trouble(), id="5xx"),
    pytest.param(responses.no_answer(), id="no answer in time"),
    pytest.param(responses.connection_lost(), id="connection lost"),
]


def world_of(*faults: Fault) -> World:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = list(faults)
    return world


def asked(world: World) -> list[float]:
    return [at for at, request in world.sent if isinstance(request, GetNode)]


def ended(result: Drain) -> tuple[str, str]:
    (only,) = result.nodes
    return only.outcome, only.cordoned


@pytest.mark.parametrize("error", PASSING)
@pytest.mark.parametrize(("arrives", "cordoned"), [(True, "by-us"), (False, "no")])
def test_a_cordon_that_fails_in_passing_is_reported_as_the_node_is_found(
    error: LabError, arrives: bool, cordoned: str
) -> None:
    world = world_of(*[Fault(error, arrives=arrives)] * 5)
    result = world.drain()
    assert (ended(result), codes(result)) == (("failed", cordoned), ["DRN035"])
    assert len(asked(world)) == 1
    assert [event for event, _ in world.story()] == (["cordoned", "node"] if arrives else ["node"])


def test_a_refusal_after_a_lost_answer_does_not_make_the_lost_one_undone() -> None:
    world = world_of(Fault(responses.no_answer(), arrives=True), Fault(responses.denied_by_webhook()))
    assert ended(world.drain()) == ("failed", "by-us")


@pytest.mark.parametrize(
    "error", [pytest.param(responses.denied_by_webhook(), id="400"), pytest.param(responses.forbidden(), id="403")]
)
def test_a_clear_refusal_needs_no_second_look(error: LabError) -> None:
    world = world_of(Fault(error))
    assert ended(world.drain()) == ("failed", "no")
    assert asked(world) == []


def test_throttled_cordons_have_not_arrived() -> None:
    world = world_of(*[Fault(responses.throttled())] * 5)
    assert ended(world.drain()) == ("failed", "no")
    assert asked(world) == []


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(Fault(responses.no_answer()), id="an error"),
        pytest.param(Fault(hangs=60.0, arrives=True), id="no answer within five seconds"),
    ],
)
def test_a_node_that_cannot_be_looked_at_counts_as_cordoned(look: Fault) -> None:
    world = world_of(*[Fault(responses.no_answer())] * 5, look)
    assert ended(world.drain()) == ("failed", "by-us")
    assert asked(world)[0] <= world.time <= asked(world)[0] + 5.001
    assert world.wakes < 40


def test_a_node_that_is_gone_when_it_is_looked_at_is_not_cordoned() -> None:
    world = world_of(*[Fault(responses.no_answer())] * 5, Fault(responses.no_such("n1")))
    assert ended(world.drain()) == ("failed", "no")


def test_a_cordoned_node_of_the_same_name_with_another_uid_is_not_ours() -> None:
    world = world_of(*[Fault(responses.no_answer())] * 5)
    world.at(10.0, lambda: world.nodes.update(n1=node("n1", unschedulable=True, uid="another")))
    assert ended(world.drain()) == ("failed", "no")


def test_a_node_deleted_after_a_lost_cordon_is_drained_and_not_cordoned() -> None:
    world = world_of(Fault(responses.no_answer()), Fault(responses.no_such("n1")))
    assert ended(world.drain()) == ("drained", "no")
    assert asked(world) == []


@pytest.mark.parametrize("limit", ["interruption", "deadline"])
@pytest.mark.parametrize(("arrives", "cordoned"), [(True, "by-us"), (False, "no")])
def test_an_untouched_node_whose_cordon_was_lost_is_looked_at_before_the_run_ends(
    limit: str, arrives: bool, cordoned: str
) -> None:
    world = world_of(Fault(responses.server_trouble(after=30.0), arrives=arrives))
    flags: dict[str, Any] = {"deadline": 5.0} if limit == "deadline" else {}
    if not flags:
        world.at(5.0, world.interrupt)
    assert ended(world.drain(**flags)) == ("untouched", cordoned)
    assert 5.0 <= world.time < 5.1


def test_an_interruption_while_a_node_is_looked_at_does_not_change_how_it_ends() -> None:
    world = world_of(*[Fault(responses.no_answer())] * 5, Fault(hangs=2.0, arrives=True))
    world.at(16.0, world.interrupt)
    result = world.drain()
    assert (result.outcome, ended(result)) == ("interrupted", ("failed", "no"))


def test_a_cordon_without_any_answer_when_its_seconds_are_over_counts_as_arrived() -> None:
    world = world_of(Fault(hangs=60.0, arrives=True))
    world.at(1.0, world.interrupt)
    assert ended(world.drain()) == ("untouched", "by-us")
    assert asked(world) == []
    assert world.time <= 6.001


def test_other_nodes_are_emptied_while_one_is_looked_at() -> None:
    world = World([node("n1"), node("n2")], webs(2, nodes=("n1", "n2")))
    world.faults["n1"] = [*[Fault(responses.no_answer())] * 5, Fault(hangs=4.0)]
    result = world.drain()
    assert [each.outcome for each in result.nodes] == ["failed", "drained"]
    assert world.removals("web-1")[0] < asked(world)[0] + 0.1


def test_a_look_that_is_answered_too_late_changes_nothing() -> None:
    world = World([node("n1"), node("n2")], webs(2, nodes=("n1", "n2")), terminates=30.0)
    world.faults["n1"] = [*[Fault(responses.no_answer())] * 5, Fault(hangs=9.0, arrives=True)]
    result = world.drain()
    assert [(each.outcome, each.cordoned) for each in result.nodes] == [("failed", "by-us"), ("drained", "by-us")]
    assert world.story().count(("node", "n1")) == 1
    assert any(isinstance(answer.request, GetNode) for _, answer in world.answers)
