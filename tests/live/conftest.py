from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest

from bench.server import Server, within
from live.drain_ground import Ground
from sandbox.sandboxes import SLOW_PODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.sandboxes import Sandbox

grounds = itertools.count(1)


@pytest.fixture
def ground(sandbox_factory: Callable[..., Sandbox]) -> Iterator[Ground]:
    """A namespace for one drain test on a cluster with slow pods and an audit log; its nodes go with it."""
    sandbox = sandbox_factory(nodes=1, stages=SLOW_PODS, audit=True)
    ground = Ground(sandbox, Server(sandbox.kubeconfig), f"g{next(grounds)}")
    ground.server.create("/api/v1/namespaces", {"metadata": {"name": ground.name}})
    for _ in within(30, "the service account"):
        if ground.server.items(f"/api/v1/namespaces/{ground.name}/serviceaccounts"):
            break
    yield ground
    ground.clear()
    ground.server.close()


@pytest.fixture
def full_pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe with no room for another byte."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"." * 1024)
    except BlockingIOError:
        os.set_blocking(write, True)
    yield read, write
    os.close(read)
    os.close(write)


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """The writing end of a pipe that nobody reads any more."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)
