"""An API server that goes away in the middle of a drain, and comes back."""

from __future__ import annotations

import http.client
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.server import within
from sandbox.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from live.drain_ground import Ground

pytestmark = pytest.mark.live


@contextmanager
def restarted(ground: Ground, pause: float) -> Iterator[None]:
    """Kills the API server, starts it again after `pause` seconds with the same words, waits until it answers."""
    state = State(ground.sandbox.name)
    running = state.component("kube-apiserver")
    assert running is not None
    words = Path(f"/proc/{running.pid}/cmdline").read_text().rstrip("\0").split("\0")
    folder = Path(f"/proc/{running.pid}/cwd").resolve()
    subprocess.run(["kill", "-KILL", str(running.pid)], check=True)
    time.sleep(pause)
    with (state.folder / "restarted.log").open("wb") as log:
        again = subprocess.Popen(words, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        for _ in within(60, "the API server", every=0.3):
            if answers(ground):
                break
        yield
    finally:
        ground.clear()
        again.kill()
        again.wait()


def answers(ground: Ground) -> bool:
    try:
        return bool(ground.server.get("/api/v1/namespaces"))
    except (OSError, http.client.HTTPException):
        return False


def test_a_drain_outlives_a_restart_of_the_api_server(own_ground: Ground) -> None:
    node = own_ground.node("a")
    own_ground.pod("slow", node, "slow", seconds=3)
    own_ground.pod("web", node, "web")
    own_ground.budget("web-pdb", "web", minAvailable=1)
    started = time.monotonic()
    process = own_ground.start(node, "-o", "json")
    for _ in within(20, "the first eviction and the first refusal"):
        if {request.code for request in own_ground.written() if "eviction" in request.what} == {201, 429}:
            break
    with restarted(own_ground, pause=1):
        own_ground.server.delete(f"{own_ground.budgets}/web-pdb")
        done = own_ground.end(process, started, 90)
        assert (done.code, done.nodes) == (0, {node: "drained"}), done.err
        assert {pod["outcome"] for pod in done.pods.values()} == {"evicted"}
        assert own_ground.pods() == {}
