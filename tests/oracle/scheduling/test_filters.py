"""Every filter plugin of ours against kube-scheduler's own, on drawn clusters: the code and all reasons of every node."""

from __future__ import annotations

import copy
import functools
import itertools
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.scheduling.filters import FILTERS
from oracle.scheduling import compare, worlds

if TYPE_CHECKING:
    from oracle.scheduling.program import Oracle

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(900)]
SEED, PAIRS, MANY = 1, 5_000, 50_000
# claims of devices are not evaluated, and a pod without any has nothing to check there
NOT_EVALUATED = {"DynamicResources"}


def test_every_filter_is_compared() -> None:
    assert {plugin.name for plugin in FILTERS} - NOT_EVALUATED == set(worlds.THEMES)


@pytest.mark.parametrize("plugin", sorted(worlds.THEMES))
def test_a_filter_says_of_every_node_what_the_schedulers_own_says(
    plugin: str, oracle: Oracle, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = compare.Tally()
    for number in itertools.count():
        for one in compare.judged(oracle, worlds.one(plugin, SEED, number)):
            compare.plugin(plugin, one, tally)
        if tally.compared[compare.PAIRS] >= (MANY if full else PAIRS):
            break
    tally.settle(compare.again(oracle, functools.partial(compare.plugin, plugin)))
    with capsys.disabled():
        print(f"\n{tally.line(plugin, SEED)}", end="")
    assert not tally.differences, f"{tally.differences[0]}\npython -m oracle.scheduling {plugin} shows it small"
    assert tally.noted[compare.UNDECIDED] < tally.compared[compare.PAIRS] / 1000
    assert tally.noted["subjects not evaluated"] < tally.compared[compare.PAIRS] / 50
    # both verdicts are common, or the agreement proves little
    assert 0.1 < tally.noted["refused"] / tally.compared[compare.PAIRS] < 0.9


def test_one_other_reason_on_one_node_is_a_difference(oracle: Oracle) -> None:
    question = worlds.one("TaintToleration", SEED, 0)
    reply = oracle.ask(question)
    honest, told = compare.Tally(), compare.Tally()
    altered = copy.deepcopy(reply)
    refused = next(each["plugins"]["TaintToleration"]["nodes"] for each in altered["subjects"])
    next(iter(refused.values()))["reasons"] = ["node(s) had untolerated taint"]
    for answer, tally in ((reply, honest), (altered, told)):
        for one in compare.read(question, answer):
            compare.plugin("TaintToleration", one, tally)
    assert not honest.differences
    assert [each.theirs["reasons"] for each in told.differences] == [["node(s) had untolerated taint"]]
