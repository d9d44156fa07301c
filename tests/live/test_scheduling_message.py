"""Our text of the scheduler's message against the real scheduler's own, byte for byte, on drawn clusters."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING

import pytest

from live import placement_draw, placement_storage
from live.placement_draw import Draw
from live.placement_ground import EVENT_LENGTH, cut, said_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.server import Json
    from live.placement_ground import Ground, Judged

pytestmark = pytest.mark.live
CASES, FULL_CASES, SEED = 204, 1500, 1
VICTIMS = "No preemption victims found"
PARTLY = re.compile("preemption: 0/.*, ")  # reasons that are left when all victims are gone
A_LAYOUT = 34  # pods judged on one layout
FEASIBLE = 0.1  # how many of those that would fit are tried: they prove that we say so, but no message


def lay(ground: Ground, draw: Draw, number: int) -> list[Json]:
    """The nodes of a new layout."""
    ground.clear()
    nodes = placement_draw.nodes(draw, f"l{number}")
    ground.lay([*nodes, *placement_storage.csi_nodes(draw, nodes)], placement_draw.placed(draw, f"l{number}", nodes))
    return nodes


def drawn(ground: Ground, draw: Draw, nodes: list[Json], prefix: str) -> Iterator[Json]:
    """Pods that the server takes and that, as we see it, have something new to complain of; a few of the others too."""
    seen: set[str | None] = set()
    for number in itertools.count():
        pod = placement_draw.pending(draw, f"{prefix}-c{number}", nodes)
        admitted = ground.would_be(pod)
        expected = said_of(admitted, ground.seen)[0] if admitted else None
        # a pod that fits may wait for its volumes as long as it likes
        fits = expected is None and draw.chance(FEASIBLE) and "volumes" not in pod["spec"]
        if admitted and (fits or expected not in seen):
            seen |= {None, expected}
            yield pod


def judged(ground: Ground, draw: Draw, wanted: int) -> Iterator[Judged]:
    """So many pods that the scheduler has a message for, and those that fit in between."""
    for layout in range(-(-wanted // A_LAYOUT)):
        nodes = lay(ground, draw, layout)
        pods, told = drawn(ground, draw, nodes, f"l{layout}"), 0
        while told < min(A_LAYOUT, wanted - layout * A_LAYOUT):
            found = ground.judge(next(pods))
            told += found.theirs is not None
            yield found


def shown(found: Judged) -> str:
    """For a failure: both texts and what the pod wants."""
    return f"{found.pod['metadata']['name']}\n  ours   {found.ours}\n  theirs {found.theirs}\n  {found.pod['spec']}"


def summary(found: list[Judged], agreed: int, seconds: float) -> str:
    """What the run was about."""
    texts = [each.theirs for each in found if each.theirs is not None]
    vain = sum(VICTIMS in each or bool(PARTLY.search(each)) for each in texts)
    return (
        f"\nscheduler messages: agree {agreed}/{len(texts)} (seed {SEED}), {seconds:.0f} s\n"
        f"  different texts: {len(set(texts))}; preempts: {sum(bool(each.preempted) for each in found)}, in vain: {vain}, "
        f"never: {sum('=Never' in each for each in texts)}; before all nodes: {sum('. not found' in each for each in texts)}; "
        f"fits: {len(found) - len(texts)}"
    )


@pytest.mark.timeout(900)
def test_the_message_is_the_scheduler_s_own(placement: Ground, full: bool, capsys: pytest.CaptureFixture[str]) -> None:
    wanted, begun = FULL_CASES if full else CASES, time.monotonic()
    found = list(judged(placement, Draw(SEED), wanted))
    messages = [each for each in found if each.theirs is not None]
    with capsys.disabled():
        print(summary(found, sum(each.agrees for each in messages), time.monotonic() - begun))
    assert [shown(each) for each in found if not each.agrees] == []
    assert len(messages) == wanted
    events = placement.events()
    silent = [each for each in messages if cut(each.theirs or "") not in events.get(each.pod["metadata"]["uid"], ())]
    assert [(shown(each), events.get(each.pod["metadata"]["uid"])) for each in silent] == []
    assert any(len((each.theirs or "").encode()) > EVENT_LENGTH for each in messages), "no event was cut"
