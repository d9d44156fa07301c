"""The world of a drain on a live cluster: worker threads send requests, two watches bring facts, one queue gathers all.

Everything that a worker or watch learns becomes a signal; only the thread that runs the drain decides anything.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from kubectl_lab.domain.drain.signals import (
    Answer,
    BudgetSeen,
    BudgetsListed,
    Cordon,
    GetNode,
    Interrupt,
    ListPods,
    PodSeen,
    PodsListed,
    Remove,
    WatchLost,
)
from kubectl_lab.errors import Forbidden, LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kubectl_lab.cluster import Listing
    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.write import Writer
    from kubectl_lab.domain.drain.model import DrainOptions
    from kubectl_lab.domain.drain.signals import Event, Progress, Request, Signal
    from kubectl_lab.objects import Object

POLL_SECONDS = 2.0  # between lists where watching is not allowed
CLOSE_SECONDS = 1.0
LONGEST_WAIT = 3600.0  # seconds; a queue cannot wait for centuries, and waking once an hour costs nothing


@dataclass(frozen=True, slots=True)
class Watched:
    """A kind to follow, and how its facts are told. `field_selector` narrows it, `polled` are the lists that replace it."""

    kind: str
    listing: Listing
    seen: Callable[[Object, bool], Signal]
    listed: Callable[[Sequence[Object]], Signal]
    field_selector: str = ""
    polled: tuple[str, ...] = ("",)
    limit: int = 500


def watched_pods(listing: Listing, nodes: Sequence[str], limit: int) -> Watched:
    """The pods of the nodes; where watching is not allowed, one list a node and round."""
    selectors = tuple(on_node(node) for node in nodes)
    narrow = selectors[0] if len(selectors) == 1 else ""
    return Watched("Pod", listing, PodSeen, PodsListed, narrow, selectors, limit)


def watched_budgets(listing: Listing) -> Watched:
    """All PodDisruptionBudgets."""
    return Watched("PodDisruptionBudget", listing, BudgetSeen, BudgetsListed)


def on_node(node: str) -> str:
    """The field selector of the pods bound to a node."""
    return f"spec.nodeName={node}"


@dataclass(frozen=True, slots=True)
class _Crash:
    """A bug of ours in a thread: to be raised where the run is driven, or it would wait for ever."""

    error: BaseException


class LiveReactor:
    """Implements `domain.drain.signals.Reactor`. Use as a context manager: leaving it stops the threads."""

    def __init__(
        self,
        cluster: LiveCluster,
        writer: Writer,
        options: DrainOptions,
        emit: Callable[[Sequence[Event], Progress], None],
        watched: Sequence[Watched] = (),
    ) -> None:
        self._cluster = cluster
        self._writer = writer
        self._options = options
        self.emit = emit
        self._signals: queue.SimpleQueue[Signal | _Crash] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._guard, args=(self._work,), daemon=True) for _ in range(options.pod_parallel)
        ]
        self._threads += [
            threading.Thread(target=self._guard, args=(self._follow, each), daemon=True) for each in watched
        ]

    def __enter__(self) -> Self:
        """Start the threads."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop them; one that hangs in a request is left behind (they are daemons)."""
        self._stop.set()
        for _thread in self._threads:
            self._requests.put(None)
        limit = time.monotonic() + CLOSE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))

    def interrupt(self) -> None:
        """Stop the run; safe to call from a signal handler."""
        self._signals.put(Interrupt())

    def now(self) -> float:
        """The monotonic clock, in seconds."""
        return time.monotonic()

    def wall(self) -> datetime:
        """The time of day."""
        return datetime.now(UTC)  # noqa: TID251 - the clock of the run

    def send(self, request: Request) -> None:
        """Hand the request to a worker."""
        self._requests.put(request)

    def wait(self, until: float | None) -> Sequence[Signal]:
        """What has come, or comes before `until`."""
        seconds = None if until is None else min(max(0.0, until - time.monotonic()), LONGEST_WAIT)
        try:
            found = [self._signals.get(timeout=seconds)]
        except queue.Empty:
            return ()
        while not self._signals.empty():
            found.append(self._signals.get())
        for each in found:
            if isinstance(each, _Crash):
                raise each.error
        return [each for each in found if not isinstance(each, _Crash)]

    def _guard(self, run: Callable[..., None], *arguments: object) -> None:
        try:
            run(*arguments)
        except BaseException as error:  # noqa: BLE001 - raised again by `wait`
            self._signals.put(_Crash(error))

    # --- workers

    def _work(self) -> None:
        while (request := self._requests.get()) is not None:
            self._signals.put(self._answer(request))

    def _answer(self, request: Request) -> Answer:
        dry_run = self._options.mode == "server"
        try:
            match request:
                case Cordon(node, uid):
                    self._writer.set_unschedulable(node, uid, True, dry_run=dry_run)  # noqa: FBT003 - the value itself
                case Remove(namespace, pod, uid, evict):
                    remove = self._writer.evict if evict else self._writer.delete_pod
                    grace = self._options.grace_period_seconds
                    remove(namespace, pod, uid, grace_period_seconds=grace, dry_run=dry_run)
                case ListPods(node):
                    return Answer(request, pods=self._cluster.list("Pod", field_selector=on_node(node)).items)
                case GetNode(node):
                    return Answer(request, node=self._cluster.get("Node", node))
        except LabError as error:
            return Answer(request, error)
        return Answer(request)

    # --- watches

    def _follow(self, watched: Watched) -> None:
        version = watched.listing.resource_version
        while not self._stop.is_set():
            try:
                self._watch(watched, version)
            except Forbidden:
                self._poll(watched)
            except LabError as error:
                self._signals.put(WatchLost(watched.kind, error))
                version = ""  # begins with a whole list, so that nothing is lost
                self._stop.wait(POLL_SECONDS)

    def _watch(self, watched: Watched, version: str) -> None:
        events = self._cluster.watch(
            watched.kind, resource_version=version, field_selector=watched.field_selector, stop=self._stop
        )
        for event in events:
            if event.listing is not None:
                self._signals.put(watched.listed(event.listing.items))
            else:
                self._signals.put(watched.seen(event.object, event.type == "DELETED"))

    def _poll(self, watched: Watched) -> None:
        """A list each two seconds; one that fails is skipped, never taken for an empty one."""
        while not self._stop.wait(POLL_SECONDS):
            found: list[Object] = []
            try:
                for selector in watched.polled:
                    found += self._cluster.list(watched.kind, field_selector=selector, limit=watched.limit).items
            except LabError as error:
                self._signals.put(WatchLost(watched.kind, error))
                continue
            self._signals.put(watched.listed(found))
