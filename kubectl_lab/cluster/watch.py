"""The life of a watch: reconnect, resume, list again. Events are never lost: what a gap may hide comes as a whole list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from kubectl_lab import objects
from kubectl_lab.errors import Gone, LabError, ServerError, TimedOut, TooManyRequests, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_lab.cluster import Listing
    from kubectl_lab.objects import Object

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
MOST_REFUSALS = 5
PASSING = (Unreachable, TimedOut, ServerError, TooManyRequests)


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """`object` is what was added, modified or (its last state) deleted.

    RELIST: the thread of events was lost; `listing` is all there is now, and what is not in it is gone. `object` is then {}.
    """

    type: Literal["ADDED", "MODIFIED", "DELETED", "RELIST"]
    object: Object
    listing: Listing | None = None


class Stop(Protocol):
    """A `threading.Event`."""

    def is_set(self) -> bool:
        """Is it over?"""
        ...

    def wait(self, timeout: float) -> bool:
        """Sleep, no longer than it takes to be over."""
        ...


class Watch:
    """Follows one collection from a resource version on; `version` is where it stands.

    `open_stream(version)` gives the documents of one connection, `relist()` the whole collection. A connection that ends or
    breaks is taken up again from the last version after 0.5 s, doubling to 8 s while nothing comes (client-go's reflector).
    410 and ERROR events list again, the first of them soon, however long the silence before had made the pause. Anything but a passing failure ends it: at once before the first connection has worked,
    afterwards when it comes five times in a row (an API server that starts up refuses for a moment what it will allow).
    """

    def __init__(
        self,
        open_stream: Callable[[str], Iterator[dict[str, Any]]],
        relist: Callable[[], Listing],
        version: str,
        stop: Stop,
    ) -> None:
        self.version = version
        self._open_stream, self._relist, self._stop = open_stream, relist, stop
        self._pause = FIRST_PAUSE
        self._worked = False
        self._refusals = 0
        self._expired = False

    def events(self) -> Iterator[WatchEvent]:
        """All events until `stop`. Without a version to begin at the first one is a RELIST."""
        while not self._stop.is_set():
            try:
                if not self.version:
                    yield self._whole()
                yield from self._connection()
            except Gone:
                self._lists_again()
            except LabError as error:
                self._judge(error)
            if self._stop.wait(self._pause):
                return
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _whole(self) -> WatchEvent:
        listing = self._relist()
        self.version = listing.resource_version
        self._worked, self._refusals = True, 0
        return WatchEvent("RELIST", {}, listing)

    def _connection(self) -> Iterator[WatchEvent]:
        for document in self._open_stream(self.version):
            kind, obj = document.get("type"), objects.mapping(document.get("object"))
            if kind == "ERROR":
                self._lists_again()  # whatever its code, the server cannot go on from here
                return
            self._progress()
            self.version = objects.resource_version(obj) or self.version
            if kind in ("ADDED", "MODIFIED", "DELETED"):
                yield WatchEvent(kind, obj)
        self._expired = False

    def _lists_again(self) -> None:
        """News of a live server, so listed soon; where one list after another expires the pauses grow as ever."""
        if not self._expired:
            self._pause = FIRST_PAUSE
        self.version, self._expired = "", True

    def _progress(self) -> None:
        self._worked, self._refusals, self._pause, self._expired = True, 0, FIRST_PAUSE, False

    def _judge(self, error: LabError) -> None:
        if isinstance(error, PASSING):
            return
        self._refusals += 1
        if not self._worked or self._refusals >= MOST_REFUSALS:
            raise error
