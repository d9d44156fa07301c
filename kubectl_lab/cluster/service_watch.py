"""A cluster that is followed: Services, EndpointSlices and pods come from watches, everything else is asked and kept for a while.

`cluster.service.read` reads it like any other, as often as something changes, and costs requests only for what is new or old.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from kubectl_lab import objects
from kubectl_lab.cluster import Listing
from kubectl_lab.cluster.at_once import at_once
from kubectl_lab.cluster.live import LiveCluster
from kubectl_lab.cluster.watch import WatchEvent
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.errors import ApiError, BadCredentials, Forbidden, LabError, NotFound, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from kubectl_lab.cluster.transport import Transport
    from kubectl_lab.objects import Object

    Key = tuple[str | None, str]

FOLLOWED = ("Service", "EndpointSlice", "Pod")
SETTLE, LONGEST_SETTLE = 0.3, 2.0  # seconds without an event, and how long a stream of them is waited for
FRESH = 30.0  # seconds that an answer about another kind holds
POLL_SECONDS = 2.0  # between lists where watching is not allowed, and before a broken watch is begun anew


@dataclass(frozen=True, slots=True)
class _Ended:
    """What ended a thread for good: to be raised where the events are waited for."""

    error: BaseException


class KeptAnswers:
    """A transport whose GETs are answered from memory while they are fresh; refusals are kept like answers."""

    def __init__(self, transport: Transport, clock: Callable[[], float] = time.monotonic) -> None:
        self._transport = transport
        self._clock = clock
        self._kept: dict[Any, tuple[float, Any]] = {}
        self.where = transport.where

    def forget(self) -> None:
        """Ask everything anew."""
        self._kept.clear()

    def request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """As `Transport.request`; only GETs are ever sent this way."""
        key = (method, path, tuple(options.get("query", ())))
        at, answer = self._kept.get(key, (0.0, None))
        if answer is None or self._clock() - at >= FRESH:
            answer = self._ask(method, path, options)
            self._kept[key] = (self._clock(), answer)
        if isinstance(answer, ApiError):
            raise answer
        return cast("dict[str, Any]", answer)

    def _ask(self, method: str, path: str, options: dict[str, Any]) -> dict[str, Any] | ApiError:
        try:
            return self._transport.request(method, path, **options)
        except (Forbidden, NotFound) as error:
            return error

    def stream(self, *arguments: Any, **options: Any) -> Generator[dict[str, Any]]:
        """As `Transport.stream`."""
        return self._transport.stream(*arguments, **options)


class FollowedCluster(LiveCluster):
    """Use as a context manager: entering lists and begins to watch, leaving ends the threads.

    `lost` hears of a watch that fails and is begun anew. All but the threads' own work is done by who calls `wait`.
    """

    def __init__(
        self,
        cluster: LiveCluster,
        namespace: str | None,
        *,
        lost: Callable[[LabError], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept = KeptAnswers(cluster.transport, clock)
        super().__init__(cast("Transport", self._kept), cluster.target)
        self._cluster, self._namespace = cluster, namespace
        self._lost, self._clock = lost, clock
        self._held: dict[str, dict[Key, Object]] = {}
        self._seen: queue.SimpleQueue[tuple[str, WatchEvent | LabError | _Ended]] = queue.SimpleQueue()
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        """Raises what a list of Services raises; slices or pods that may not be listed are not followed."""
        calls = [lambda kind=kind: self._first(kind) for kind in FOLLOWED]
        for kind, listing in zip(FOLLOWED, at_once(calls, len(FOLLOWED)), strict=True):
            if listing is not None:
                self._held[kind] = _by_key(listing)
                work = (kind, listing.resource_version)
                threading.Thread(target=self._guard, args=work, name=f"watch-{kind}", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()  # the threads are daemons and end within a second

    def _first(self, kind: str) -> Listing | None:
        try:
            return self._cluster.list(kind, self._namespace)
        except Forbidden:
            if kind == "Service":
                raise
            return None

    # --- reading

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
    ) -> Listing:
        """What the watches know, where they know it all; else as `LiveCluster.list`."""
        held = self._held.get(kind)
        if held is None or field_selector or (self._namespace is not None and namespace != self._namespace):
            return super().list(
                kind, namespace, label_selector=label_selector, field_selector=field_selector, limit=limit
            )
        wanted = label_selectors.parse(label_selector)
        return Listing(
            tuple(
                each
                for (where, _), each in held.items()
                if namespace in (None, where) and label_selectors.matches(wanted, objects.labels(each))
            ),
            "",
        )

    # --- following

    def wait(self, seconds: float) -> bool:
        """Until something changed and then was quiet for 300 ms, at most `seconds`; whether anything changed.

        Raises what ended a watch for good.
        """
        if not self._take(seconds):
            return False
        end = self._clock() + LONGEST_SETTLE
        while self._clock() < end and self._take(SETTLE):
            pass
        return True

    def _take(self, seconds: float) -> bool:
        """One event, if it comes in time."""
        try:
            kind, seen = self._seen.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return False
        if isinstance(seen, _Ended):
            raise seen.error
        if isinstance(seen, LabError):
            self._lost(seen)
        elif seen.listing is not None:
            self._held[kind] = _by_key(seen.listing)
            self._kept.forget()
        elif seen.type == "DELETED":
            self._held[kind].pop(_key(seen.object), None)
        else:
            self._held[kind][_key(seen.object)] = seen.object
        return True

    def _guard(self, kind: str, version: str) -> None:
        try:
            self._follow(kind, version)
        except BaseException as error:  # noqa: BLE001 - raised again by `wait`
            self._seen.put((kind, _Ended(error)))

    def _follow(self, kind: str, version: str) -> None:
        may_watch = True
        while not self._stop.is_set():
            try:
                if may_watch:
                    self._watch(kind, version)
                else:
                    self._poll(kind)
            except Forbidden:
                if not may_watch:
                    raise
                may_watch = False
            except (Unauthorized, BadCredentials):
                raise
            except LabError as error:
                self._seen.put((kind, error))
                version = ""  # begins with a whole list, so that nothing is lost
                self._stop.wait(POLL_SECONDS)

    def _watch(self, kind: str, version: str) -> None:
        for event in self._cluster.watch(kind, self._namespace, resource_version=version, stop=self._stop):
            self._seen.put((kind, event))

    def _poll(self, kind: str) -> None:
        """Lists instead of watching; one that shows nothing new is no event."""
        known: dict[Key, str] = {}
        while not self._stop.wait(POLL_SECONDS):
            listing = self._cluster.list(kind, self._namespace)
            versions = {_key(each): objects.resource_version(each) for each in listing.items}
            if versions != known:
                known = versions
                self._seen.put((kind, WatchEvent("RELIST", {}, listing)))


def _key(obj: Object) -> Key:
    return objects.namespace(obj), objects.name(obj)


def _by_key(listing: Listing) -> dict[Key, Object]:
    return {_key(each): each for each in listing.items}
