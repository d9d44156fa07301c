"""The fake nodes of a new cluster, and the wait until a pod could be made and placed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sandbox.failure import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.api import Api

READY_SECONDS = 60.0
CREATED = 201
ROOM = {"cpu": "32", "memory": "256Gi", "pods": "110", "ephemeral-storage": "1Ti"}


def node(number: int) -> dict[str, Any]:
    """`node-1`, `node-2`, …: room for 110 pods, as a kubelet has by default."""
    name = f"node-{number}"
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "type": "kwok",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "status": {"allocatable": ROOM, "capacity": ROOM},
    }


def wait_until_usable(api: Api, count: int, alive: Callable[[], None]) -> None:
    """Makes `count` nodes as soon as the server takes them; returns when the cluster takes pods.

    That is: the default service account is there, and no node carries the taint of one that is not Ready.
    """
    end = time.monotonic() + READY_SECONDS
    made = 0
    while True:
        alive()
        while made < count and api.ask("POST", "/api/v1/nodes", node(made + 1))[0] == CREATED:
            made += 1
        lacking = missing(api, count)
        if not lacking:
            return
        if time.monotonic() > end:
            raise SandboxError(f"after {READY_SECONDS:.0f} s: {lacking}")
        time.sleep(0.1)


def missing(api: Api, count: int) -> str:
    """What a pod would still want, in words; "" when nothing."""
    if api.get("/readyz") is None:
        return "the API server is not ready"
    if api.get("/api/v1/namespaces/default/serviceaccounts/default") is None:
        return "no default service account"
    found = api.get("/api/v1/nodes")
    items = found["items"] if found else []
    if len(items) < count:
        return f"{len(items)} of {count} nodes made"
    waiting = [item["metadata"]["name"] for item in items if not ready(item)]
    return f"nodes not Ready: {', '.join(waiting[:5])}" if waiting else ""


def ready(item: dict[str, Any]) -> bool:
    conditions = {entry["type"]: entry["status"] for entry in item["status"].get("conditions", [])}
    return conditions.get("Ready") == "True" and not item["spec"].get("taints")
