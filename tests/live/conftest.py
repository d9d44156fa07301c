from __future__ import annotations

import itertools
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from bench.server import Server, within
from live import placement_draw, placement_ground, placement_storage, service_ground
from live.drain_ground import Ground
from sandbox.sandboxes import SLOW_PODS, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.sandboxes import Sandbox

grounds = itertools.count(1)


@contextmanager
def ground_on(sandbox: Sandbox) -> Iterator[Ground]:
    """A namespace for one drain test; its nodes go with it."""
    ground = Ground(sandbox, Server(sandbox.kubeconfig), f"g{next(grounds)}")
    ground.server.create("/api/v1/namespaces", {"metadata": {"name": ground.name}})
    for _ in within(30, "the service account"):
        if ground.server.items(f"/api/v1/namespaces/{ground.name}/serviceaccounts"):
            break
    try:
        yield ground
    finally:
        with suppress(ConnectionError):  # a test may have ended its API server
            ground.clear()
        ground.server.close()


@pytest.fixture
def ground(sandbox_factory: Callable[..., Sandbox]) -> Iterator[Ground]:
    """Ground on the session's cluster with slow pods and an audit log."""
    with ground_on(sandbox_factory(nodes=1, stages=SLOW_PODS, audit=True)) as ground:
        yield ground


@pytest.fixture
def own_ground(new_sandbox: Callable[..., Sandbox]) -> Iterator[Ground]:
    """The same on a cluster of the test's own, which it may break."""
    with ground_on(new_sandbox(nodes=1, stages=SLOW_PODS, audit=True)) as ground:
        yield ground


@pytest.fixture(scope="module")
def services(sandbox: Sandbox) -> Iterator[service_ground.Ground]:
    """Ground for the Services of a module, on the session's plain cluster."""
    ground = service_ground.Ground(sandbox, Server(sandbox.kubeconfig))
    try:
        yield ground
    finally:
        ground.clear()
        ground.server.close()


@pytest.fixture(scope="module")  # a server ends a watch after half an hour
def placement(sandbox_programs: object, worker: str) -> Iterator[placement_ground.Ground]:
    """A cluster without nodes, with priority classes, labelled namespaces and storage: for the scheduler's word on pods."""
    with running(f"placement-{worker}", nodes=0) as sandbox:
        ground = placement_ground.Ground(Server(sandbox.kubeconfig))
        ground.add(*placement_draw.priority_classes(), *placement_draw.namespaces())
        ground.wait_for_accounts(placement_draw.NAMESPACES)
        placement_storage.lay(ground)
        with ground.server.watch("/api/v1/pods?watch=1", ground.see):
            yield ground
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
