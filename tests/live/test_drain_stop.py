"""How a live drain ends before its time, and that running it again finishes the job."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bench.server import within

if TYPE_CHECKING:
    from live.drain_ground import Ground

pytestmark = pytest.mark.live


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_with_a_report_and_a_second_run_finishes(ground: Ground, by: signal.Signals) -> None:
    node, later = ground.node("a"), ground.node("b")
    ground.pod("held", node, held=True)
    ground.pod("free", node)
    ground.pod("next", later)
    started = time.monotonic()
    process = ground.start(node, later, "-o", "json")
    for _ in within(20, "the evictions"):
        if len(ground.evictions()) >= 2:
            break
    process.send_signal(by)
    signalled = time.monotonic()
    done = ground.end(process, started)
    assert done.code == 130
    assert time.monotonic() - signalled < 12
    assert (done.document["outcome"], done.nodes) == ("interrupted", {node: "interrupted", later: "untouched"})
    assert done.pods["held"]["outcome"] == "pending"
    assert "Traceback" not in done.err
    assert "next" not in ground.evictions()

    ground.server.patch(f"{ground.path}/held", {"metadata": {"finalizers": None}})
    again = ground.drain(node, later, "-o", "json")
    assert (again.code, again.nodes) == (0, {node: "drained", later: "drained"})
    assert [one["cordoned"] for one in again.document["nodes"]] == ["already", "already"]


def test_killed_half_way_a_second_run_evicts_only_what_is_left(ground: Ground) -> None:
    spare = ground.node("spare")
    ground.cordon(spare)
    node = ground.node("a")
    ground.deployment("web", 6)
    ground.cordon(spare, cordoned=False)
    ground.budget("web-pdb", "web", maxUnavailable=1)
    process = ground.start(node, "-o", "json")
    for _ in within(30, "two evictions"):
        if len(ground.evictions()) >= 2:
            break
    process.kill()
    process.communicate()
    leaving = {name for name, pod in ground.pods().items() if pod["metadata"].get("deletionTimestamp")}
    done = ground.drain(node, "-o", "json")
    assert done.code == 0, done.err
    twice = {name for name, count in Counter(ground.evictions()).items() if count > 1}
    assert twice <= leaving
    assert len(set(ground.evictions())) == 6


def test_the_timeout_is_each_nodes_own(ground: Ground) -> None:
    nodes = ground.node("a"), ground.node("b")
    ground.pod("held-a", nodes[0], held=True)
    ground.pod("held-b", nodes[1], held=True)
    done = ground.drain(*nodes, "--timeout=2s", "-o", "json")
    assert (done.code, done.nodes) == (1, dict.fromkeys(nodes, "timeout"))
    assert 4 <= done.seconds < 20


def test_the_deadline_is_the_whole_runs(ground: Ground) -> None:
    nodes = ground.node("a"), ground.node("b")
    ground.pod("held-a", nodes[0], held=True)
    ground.pod("free-b", nodes[1])
    done = ground.drain(*nodes, "--deadline=2s", "-o", "json")
    assert (done.code, done.document["outcome"]) == (1, "timeout")
    assert done.nodes == {nodes[0]: "timeout", nodes[1]: "untouched"}
    assert 2 <= done.seconds < 15
    assert set(ground.pods()) == {"held-a", "free-b"}


def test_nothing_is_written_while_the_plan_has_not_been_taken(ground: Ground, full_pipe: tuple[int, int]) -> None:
    """Standard error is a pipe with no room left: the plan cannot leave, so the cordon must wait for it."""
    node = ground.node("a")
    ground.pod("web", node)
    read, write = full_pipe
    process = ground.start(node, "-o", "json", stderr=write)
    time.sleep(3)
    assert process.poll() is None
    assert ground.written() == []
    assert not ground.is_cordoned(node)
    with subprocess.Popen(["cat"], stdin=read, stdout=subprocess.PIPE) as reader:
        done = ground.end(process, time.monotonic())
        reader.terminate()
    assert done.code == 0
    assert ground.evictions() == ["web"]


@pytest.mark.parametrize("output", ["text", "json", "jsonl"])
def test_a_closed_standard_output_brings_no_traceback(ground: Ground, closed_pipe: int, output: str) -> None:
    node = ground.node("a")
    ground.pod("web", node)
    process = ground.start(node, "-o", output, stdout=closed_pipe)
    done = ground.end(process, time.monotonic(), 30)
    assert "Traceback" not in done.err
    assert "Errno" not in done.err
