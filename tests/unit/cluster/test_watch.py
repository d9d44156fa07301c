"""A watch goes on: over ends, breaks and expired versions; it loses no event and knows when to give up."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab import errors
from kubectl_lab.cluster import Listing
from kubectl_lab.cluster.watch import Watch, WatchEvent

if TYPE_CHECKING:
    from collections.abc import Iterator


def event(kind: str, version: int, name: str = "a") -> dict[str, Any]:
    return {"type": kind, "object": {"metadata": {"name": name, "resourceVersion": str(version)}}}


def forbidden() -> errors.Forbidden:
    return errors.Forbidden("api-forbidden", status=403)


LOST = errors.Unreachable("connection-lost")
GONE = errors.Gone("api-gone", status=410)
EXPIRED = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}
LISTING = Listing(({"metadata": {"name": "listed"}},), "50")


class Stop:
    """Ends the watch after as many pauses as the test allows; `pauses` are what was asked for."""

    def __init__(self, most: int) -> None:
        self.most, self.pauses = most, list[float]()

    def is_set(self) -> bool:
        return len(self.pauses) >= self.most

    def wait(self, timeout: float) -> bool:
        self.pauses.append(timeout)
        return self.is_set()


class Run:
    """A watch over connections that each are a list of documents, with an error at its end or not."""

    def __init__(self, *connections: list[Any], version: str = "1", relists: list[Any] | None = None) -> None:
        self.connections = iter(connections)
        self.relists = iter(relists if relists is not None else itertools.repeat(LISTING))
        self.versions: list[str] = []
        self.stop = Stop(len(connections))
        self.watch = Watch(self._open, self._relist, version, self.stop)
        self.events: list[WatchEvent] = []

    def _open(self, version: str) -> Iterator[dict[str, Any]]:
        self.versions.append(version)
        for step in next(self.connections):
            if isinstance(step, Exception):
                raise step
            yield step

    def _relist(self) -> Listing:
        found = next(self.relists)
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, Listing)
        return found

    def all(self) -> list[tuple[str, str]]:
        for found in self.watch.events():
            self.events.append(found)
        return [(each.type, each.object.get("metadata", {}).get("name", "")) for each in self.events]


def test_a_connection_that_ends_is_taken_up_from_the_last_event() -> None:
    run = Run([event("ADDED", 5), event("MODIFIED", 7)], [event("DELETED", 9)], [])
    assert run.all() == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    assert run.versions == ["1", "7", "9"]


def test_a_bookmark_moves_the_version_on_and_is_no_event() -> None:
    run = Run([event("BOOKMARK", 40)], [])
    assert run.all() == []
    assert run.versions == ["1", "40"]


def test_a_connection_that_breaks_is_taken_up_from_the_last_event() -> None:
    run = Run([event("ADDED", 5), LOST], [event("ADDED", 6, "b")])
    assert run.all() == [("ADDED", "a"), ("ADDED", "b")]
    assert run.versions == ["1", "5"]


@pytest.mark.parametrize(
    "end", [pytest.param(GONE, id="410 as an answer"), pytest.param(EXPIRED, id="410 as an event")]
)
def test_an_expired_version_brings_the_whole_list_and_goes_on_from_it(end: Any) -> None:
    run = Run([event("ADDED", 5), end], [event("ADDED", 51, "b")])
    assert run.all() == [("ADDED", "a"), ("RELIST", ""), ("ADDED", "b")]
    assert run.events[1].listing is LISTING
    assert run.versions == ["1", "50"]


def test_any_error_event_lists_again() -> None:
    run = Run([{"type": "ERROR", "object": {"kind": "Status", "code": 500}}], [])
    assert run.all() == [("RELIST", "")]


def test_without_a_version_the_list_comes_first() -> None:
    run = Run([event("ADDED", 51)], version="")
    assert run.all() == [("RELIST", ""), ("ADDED", "a")]
    assert run.versions == ["50"]


def test_pauses_double_to_eight_seconds_while_nothing_comes() -> None:
    run = Run(*[[]] * 7)
    run.all()
    assert run.stop.pauses == [0.5, 1, 2, 4, 8, 8, 8]


def test_an_event_makes_the_next_pause_short_again() -> None:
    run = Run([], [], [event("ADDED", 5)], [])
    run.all()
    assert run.stop.pauses == [0.5, 1, 0.5, 1]


def test_lists_that_expire_at_once_are_not_asked_for_without_pause() -> None:
    run = Run(*[[EXPIRED]] * 5)
    run.all()
    assert run.stop.pauses == [0.5, 1, 2, 4, 8]


@pytest.mark.parametrize(
    "end", [pytest.param(GONE, id="410 as an answer"), pytest.param(EXPIRED, id="410 as an event")]
)
def test_after_a_long_silence_an_expired_version_is_listed_again_soon(end: Any) -> None:
    run = Run(*[[]] * 5, [end], [end], [], [end])
    run.all()
    assert run.stop.pauses == [0.5, 1, 2, 4, 8, 0.5, 1, 2, 0.5]


@pytest.mark.parametrize(
    "error",
    [
        LOST,
        errors.TimedOut("timed-out"),
        errors.ServerError("api-server-error", status=503),
        errors.TooManyRequests("api-throttled", status=429),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_that_passes_is_waited_for_as_long_as_it_takes(error: errors.LabError) -> None:
    run = Run(*[[error]] * 30, [event("ADDED", 2)])
    assert run.all() == [("ADDED", "a")]


def test_a_list_that_fails_for_a_while_is_tried_again() -> None:
    run = Run([EXPIRED], [], [event("ADDED", 51)], relists=[LOST, LISTING])
    assert run.all() == [("RELIST", "")]


def test_what_is_not_allowed_ends_a_watch_at_once() -> None:
    run = Run([forbidden()], [])
    with pytest.raises(errors.Forbidden):
        run.all()
    assert run.stop.pauses == []


def test_a_watch_that_has_worked_bears_four_refusals_and_not_a_fifth() -> None:
    run = Run([event("ADDED", 5)], *[[forbidden()]] * 4, [event("ADDED", 6, "b")], *[[forbidden()]] * 6)
    with pytest.raises(errors.Forbidden):
        run.all()
    assert len(run.events) == 2
    assert len(run.stop.pauses) == 10


def test_a_watch_that_is_stopped_before_it_begins_asks_for_nothing() -> None:
    run = Run()
    assert run.all() == []
    assert run.versions == []


def test_an_object_without_a_version_leaves_it_where_it_was() -> None:
    run = Run([{"type": "ADDED", "object": None}, {"type": "ADDED"}], [])
    run.all()
    assert run.versions == ["1", "1"]
