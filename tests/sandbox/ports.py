"""Six free ports of 127.0.0.1, found under a lock that is held until they are bound.

kwokctl's own search for a port races: of several clusters that start at once, two pick the same one.
"""

from __future__ import annotations

import random
import socket
from typing import TYPE_CHECKING

from sandbox.failure import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCAL = "127.0.0.1"
# below the range the system itself hands out (32768 and up on Linux), above the well-known ones
RANGE = range(20000, 32000)
# kwokctl's option -> the component that listens; etcd listens twice
OPTIONS = {
    "kubeApiserverPort": "kube-apiserver",
    "etcdPort": "etcd",
    "etcdPeerPort": "etcd",
    "kubeControllerManagerPort": "kube-controller-manager",
    "kubeSchedulerPort": "kube-scheduler",
    "kwokControllerPort": "kwok-controller",
}


def free(port: int) -> bool:
    """Nobody listens there, on this address or on all of them."""
    with socket.socket() as probe:
        try:
            probe.bind((LOCAL, port))
        except OSError:
            return False
        return True


def bound(ports: Iterable[int]) -> bool:
    """Somebody listens on every one of them."""
    for port in ports:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((LOCAL, port)):
                return False
    return True


def pick() -> dict[str, int]:
    """A free port for each option. The caller holds the lock."""
    chosen: list[int] = []
    for port in random.sample(RANGE, len(RANGE)):
        if free(port):
            chosen.append(port)
        if len(chosen) == len(OPTIONS):
            return dict(zip(OPTIONS, chosen, strict=True))
    raise SandboxError(f"no {len(OPTIONS)} free ports between {RANGE.start} and {RANGE.stop}", "scripts/sandbox list")
