"""All plugins together against the real scheduler: the first reasons of every node, all reasons, and the event's text."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from oracle.scheduling import compare, whole, worlds

if TYPE_CHECKING:
    from oracle.scheduling.program import Oracle

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(900)]
SEED, SUBJECTS, MANY = 1, 2_000, 20_000


def test_the_events_text_is_the_schedulers_byte_for_byte(
    oracle: Oracle, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = compare.Tally()
    for number in itertools.count():
        for one in compare.judged(oracle, worlds.mixed(SEED, number)):
            whole.compare(one, tally)
        if tally.compared["messages"] >= (MANY if full else SUBJECTS):
            break
    tally.settle(compare.again(oracle, whole.compare))
    with capsys.disabled():
        print(f"\n{tally.line('messages and first reasons', SEED)}", end="")
    assert not tally.differences, f"{tally.differences[0]}\npython -m oracle.scheduling message shows it small"
    # every kind of text is common, or the agreement proves little
    assert tally.noted["texts"] > SUBJECTS / 4
    assert tally.noted["texts of preemption"] > SUBJECTS / 5
    assert tally.noted["texts before any node"] > SUBJECTS / 100
    assert tally.noted["texts where pods are preempted"] > SUBJECTS / 100
