from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bench.server import Server
from oracle.drain import parity
from oracle.drain.draw import SHAPES, draw
from oracle.drain.programs import Kubectl, Lab

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.sandboxes import Sandbox

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(1200)]
SEED = 1
# LAB_DRAIN_CASE=seed:index runs one case again, LAB_DRAIN_SEED=n another set of them
ONE = os.environ.get("LAB_DRAIN_CASE", "")


def test_a_case_depends_on_its_seed_and_index_alone() -> None:
    assert draw(5, 17) == draw(5, 17)
    assert draw(5, 17) != draw(6, 17)
    assert {draw(SEED, index).shape for index in range(300)} == set(SHAPES)


def test_kubectl_lab_drain_does_what_kubectl_drain_does(
    sandbox_factory: Callable[..., Sandbox], full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = sandbox_factory(nodes=1)
    seed = int(ONE.partition(":")[0] or os.environ.get("LAB_DRAIN_SEED", f"{SEED}"))
    indices = [int(ONE.partition(":")[2])] if ONE else range(300 if full else 100)
    kubectl, environment = str(sandbox.bin / "kubectl"), sandbox.environment()
    programs = Kubectl(kubectl, environment), Lab(kubectl, environment)
    started = time.monotonic()
    with closing(Server(sandbox.kubeconfig)) as server:
        verdicts = parity.run(server, [draw(seed, index) for index in indices], *programs, tag=f"parity-{seed}")
    with capsys.disabled():
        print("\n" + parity.summary(verdicts, seed, time.monotonic() - started))
    wrong = [str(verdict) for verdict in verdicts if verdict.disagreements or ONE]
    print("\n".join(wrong))
    assert not any(verdict.disagreements for verdict in verdicts), f"{len(wrong)} cases differ; they are printed above"
