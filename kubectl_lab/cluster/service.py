"""What `explain-service` reads of a cluster, as an `Inventory`."""

from __future__ import annotations

import queue
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.errors import Forbidden, NotFound
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from kubectl_lab.cluster import Cluster
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

T = TypeVar("T")
WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")
NAMESPACED = ("Service", "EndpointSlice", "Pod", *WORKLOADS, "Event", "NetworkPolicy", "Ingress")
CLUSTER_WIDE = ("Node", "IngressClass", "Namespace")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reading is for. `subjects` empty: all Services of `namespace` (None: of all)."""

    subjects: tuple[Reference, ...]
    namespace: str | None


def read(cluster: Cluster, wanted: Wanted, now: datetime) -> Inventory:
    """Raises Forbidden where Services may not be listed, and whatever else ends a request."""
    asked = [(kind, wanted.namespace) for kind in NAMESPACED] + [(kind, None) for kind in CLUSTER_WIDE]
    found = at_once([lambda kind=kind, where=where: listed(cluster, kind, where) for kind, where in asked])  # type: ignore[misc]
    extent = "namespace" if wanted.namespace else "cluster"
    return Inventory(
        {kind: each for (kind, _), each in zip(asked, found, strict=True)},
        now=now,
        extents=dict.fromkeys(NAMESPACED, extent),  # type: ignore[arg-type]
    )


def listed(cluster: Cluster, kind: str, namespace: str | None) -> Sequence[Object] | Missing:
    """The objects, or why they may not be seen. Services decide all: without them it raises Forbidden."""
    resource = KINDS[kind]
    try:
        return cluster.list(kind, namespace).items
    except Forbidden:
        if kind == "Service":
            raise
        where = f"namespace {namespace}" if namespace else "the cluster"
        return Missing(kind, f"forbidden: cannot list {resource.plural} in {where}")
    except NotFound:
        return Missing(kind, f"not served: {resource.group_version}")


def at_once(calls: Sequence[Callable[[], T]], workers: int = 4) -> list[T]:
    """The results in the order of the calls, which run in threads; the first failure in that order is raised.

    The threads are daemons: Ctrl-C waits for no answer.
    """
    done: queue.SimpleQueue[int] = queue.SimpleQueue()
    todo = deque(enumerate(calls))
    results: dict[int, T] = {}
    failed: dict[int, BaseException] = {}

    def work() -> None:
        while todo:
            try:
                index, call = todo.popleft()
            except IndexError:
                return
            try:
                results[index] = call()
            except BaseException as error:  # noqa: BLE001 - it is raised again, where it is waited for
                failed[index] = error
            done.put(index)

    for _ in range(min(workers, len(calls))):
        threading.Thread(target=work, daemon=True).start()
    for _ in calls:
        done.get()
    if failed:
        raise failed[min(failed)]
    return [results[index] for index in range(len(calls))]
