"""`scripts/demo`, as a newcomer runs it: the drain happens, and nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from contract.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.builds import Built

pytestmark = pytest.mark.live
NAME = re.compile(r"lab-demo-\d+")


def demo(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [ROOT / "scripts" / "demo", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def clusters() -> set[str]:
    listed = subprocess.run([ROOT / "scripts" / "sandbox", "list"], capture_output=True, text=True, check=True)
    return set(NAME.findall(listed.stdout))


@pytest.fixture(autouse=True)
def no_demo_is_left(sandbox_programs: tuple[Built, ...]) -> Iterator[None]:
    before = clusters()
    yield
    left = clusters() - before
    for name in left:
        subprocess.run([ROOT / "scripts" / "sandbox", "down", name], check=True)
    assert not left


def test_the_two_nodes_are_drained_and_nothing_is_left() -> None:
    process = demo()
    shown, _ = process.communicate(timeout=240)
    assert process.returncode == 0, shown
    before, after = shown.split("## After")
    assert "node/node-1 drained\n" in before
    assert "nodes drained: 2 of 2" in before
    assert after.count("SchedulingDisabled") == 2
    pods_there = re.findall(r"^(\S+) +(\S+) .* node-[12] ", after, re.MULTILINE)
    assert pods_there
    assert {namespace for namespace, _ in pods_there} == {"kube-system"}


def test_it_speaks_french() -> None:
    shown, _ = demo("--lang", "fr").communicate(timeout=240)
    assert "## On vide les nœuds" in shown
    assert "nœuds vidés : 2 sur 2" in shown


def test_keep_says_how_to_reach_and_how_to_stop() -> None:
    shown, _ = demo("--keep").communicate(timeout=240)
    (name,) = {found for found in NAME.findall(shown) if f"sandbox down {found}" in shown}
    reached = subprocess.run(
        ["bash", "-c", f'eval "$(./scripts/sandbox env {name})"; kubectl get nodes -o name'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert reached.stdout.split() == ["node/node-1", "node/node-2", "node/node-3", "node/node-4"]
    subprocess.run([ROOT / "scripts" / "sandbox", "down", name], check=True)


def test_stopped_half_way_it_leaves_nothing() -> None:
    process = demo()
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("$ kubectl lab drain"):
            break
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode != 0


def test_an_unknown_word_is_refused_with_the_usage() -> None:
    process = demo("--bogus")
    shown, _ = process.communicate(timeout=60)
    assert (process.returncode, shown.splitlines()[1].strip()) == (2, "scripts/demo [--keep] [--lang en|fr]")
