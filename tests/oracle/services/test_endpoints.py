"""The endpoints that are predicted, against the EndpointSlices of the real controller."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.server import Server
from oracle.services.field import Field, summary, traits
from oracle.services.setups import SHAPES, draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.sandboxes import Sandbox

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(900)]
SEED = 1
STILL_PODS = Path(__file__).with_name("still-pods.yaml")
# LAB_ENDPOINTS_CASE=seed:index lays one set-up again, LAB_ENDPOINTS_SEED=n another set of them
ONE = os.environ.get("LAB_ENDPOINTS_CASE", "")


def test_a_set_up_depends_on_its_seed_and_index_alone() -> None:
    assert draw(5, 17) == draw(5, 17)
    assert draw(5, 17) != draw(6, 17)
    assert {draw(SEED, index).shape for index in range(120)} == {*SHAPES, "crowd"}


def test_predicted_endpoints_are_those_of_the_controller(
    sandbox_factory: Callable[..., Sandbox], full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = sandbox_factory(nodes=3, stages=STILL_PODS, dual_stack=True)
    seed = int(ONE.partition(":")[0] or os.environ.get("LAB_ENDPOINTS_SEED", f"{SEED}"))
    indices = [int(ONE.partition(":")[2])] if ONE else range(600 if full else 120)
    started = time.monotonic()
    with closing(Server(sandbox.kubeconfig)) as server:
        verdicts = Field(server, f"endpoints-{seed}").judge([draw(seed, index) for index in indices])
    with capsys.disabled():
        print("\n" + summary(verdicts, seed, time.monotonic() - started))
    wrong = [each for each in verdicts if not each.agrees]
    print("\n".join(map(str, wrong or (verdicts if ONE else ()))))
    assert not wrong, f"{len(wrong)} set-ups differ; they are printed above"
    if not ONE:
        assert not [trait for trait, count in traits(verdicts).items() if count < 5], "too few to prove anything"
