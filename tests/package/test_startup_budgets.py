"""The frozen program begins fast: ratios to kubectl's own times, measured by turns; no time in milliseconds is promised."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bench import startup

if TYPE_CHECKING:
    from pathlib import Path

    from package.conftest import Built
    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.package
PAUSE = 10.0  # seconds, for what else the machine has to do


def best_of_two(sandbox: Sandbox, programs: dict[str, Path]) -> startup.Medians:
    """The smaller median of each command, of two measurements that a pause parts."""
    taken = []
    for _ in range(2):
        time.sleep(PAUSE)
        taken.append(startup.measure(sandbox, programs))
    return {key: min(medians[key] for medians in taken) for key in taken[0]}


def test_the_frozen_program_keeps_every_budget(sandbox: Sandbox, bundle: Built) -> None:
    """A machine that is busy with something else slows one side more than the other: then it is measured twice more.

    Between the two, and before them, there is a pause; of its two medians each command keeps the better, kubectl's
    too. What is slow by itself is so each time.
    """
    programs = {"frozen": bundle.program()}
    medians = startup.measure(sandbox, programs)
    if startup.over(medians, "frozen"):
        medians = best_of_two(sandbox, programs)
    assert startup.over(medians, "frozen") == {}, "\n" + startup.table(medians, programs)
