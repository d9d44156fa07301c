"""What was not captured is told, and never counted: no refusal by guess, no fit by guess."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.scheduling.state import ClusterState
from kubectl_lab.objects import Missing
from oracle.scheduling import compare, ours, whole, worlds

if TYPE_CHECKING:
    from oracle.scheduling.compare import Judged
    from oracle.scheduling.program import Oracle

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(900)]
SEED, WORLDS, MANY = 1, 150, 2_000
OPTIONAL = sorted(set(ours.KINDS) - {"Node", "Pod"})


def without(one: Judged, *kinds: str) -> ClusterState:
    """The same cluster, where nobody may read some kinds."""
    found = {kind: Missing(kind, "forbidden") if kind in kinds else one.state.read(kind) for kind in ours.KINDS}
    return ClusterState(found, one.state.features)


def refused(one: Judged) -> set[str]:
    """The nodes that the real scheduler refuses, knowing everything."""
    every = {node.name for node in one.state.nodes}
    return every if one.theirs["before"] else every - set(one.theirs["feasible"] or ())


def test_without_some_kinds_no_node_is_refused_or_taken_by_guess(
    oracle: Oracle, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: Counter[str] = Counter()
    for number in range(MANY if full else WORLDS):
        draw = random.Random(number)
        for one in compare.judged(oracle, worlds.mixed(SEED, number)):
            if whole.fails(one):
                continue
            kinds = draw.sample(OPTIONAL, draw.randint(1, 4))
            mine = ours.of_all(one.pod, without(one, *kinds))
            guessed = set(mine["first"]) - refused(one)
            unnoticed = refused(one) - set(mine["first"])
            assert not guessed, (one.theirs["pod"], number, kinds, guessed)
            assert not unnoticed or mine["unknown"], (one.theirs["pod"], number, kinds, unnoticed)
            counts["nodes"] += len(one.state.nodes)
            counts["left open"] += len(unnoticed)
    with capsys.disabled():
        print(f"\nwithout some kinds: {counts['nodes']:,} nodes, no guess, {counts['left open']:,} left open", end="")
    assert counts["left open"] > counts["nodes"] / 100
