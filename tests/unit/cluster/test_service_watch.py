"""A cluster that is followed: what the watches know costs no request, what else was asked is kept for half a minute."""

from __future__ import annotations

import queue
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_lab.cluster import Listing
from kubectl_lab.cluster.service_watch import FRESH, FollowedCluster, KeptAnswers
from kubectl_lab.cluster.watch import WatchEvent
from kubectl_lab.errors import Forbidden, NotFound, ServerError, Unauthorized, Unreachable
from make import pod

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.transport import Transport

FORBIDDEN = Forbidden("api-forbidden", status=403)
SOON = 5.0


class FakeTransport:
    """Notes each GET; `answers` by path, an error is raised."""

    where = SimpleNamespace(values=dict)

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def request(self, _method: str, path: str, **_options: Any) -> dict[str, Any]:
        self.asked.append(path)
        answer = self.answers.get(path.rpartition("/")[2], {"kind": "List", "items": []})
        if isinstance(answer, Exception):
            raise answer
        return cast("dict[str, Any]", answer)


class FakeCluster:
    """At the seam Cluster: lists by kind, and watches that give what the test puts into `events`."""

    target = None

    def __init__(self, **lists: Any) -> None:
        self.transport = FakeTransport()
        self.lists = lists
        self.events: dict[str, queue.SimpleQueue[Any]] = {
            kind: queue.SimpleQueue() for kind in ("Service", "EndpointSlice", "Pod")
        }
        self.versions: list[tuple[str, str]] = []
        self.listed: list[str] = []

    def list(self, kind: str, _namespace: str | None) -> Listing:
        self.listed.append(kind)
        answer = self.lists.get(kind, ())
        if isinstance(answer, Exception):
            raise answer
        return Listing(tuple(answer), "7")

    def watch(
        self, kind: str, _namespace: str | None, *, resource_version: str, stop: threading.Event
    ) -> Iterator[WatchEvent]:
        self.versions.append((kind, resource_version))
        while not stop.is_set():
            try:
                event = self.events[kind].get(timeout=0.05)
            except queue.Empty:
                continue
            if isinstance(event, BaseException):
                raise event
            yield event


def web(name: str = "web-1", version: str = "1", namespace: str = "shop", **labels: str) -> dict[str, Any]:
    return pod(name, namespace, labels={"app": "web", **labels}, resourceVersion=version)


def followed(fake: FakeCluster, namespace: str | None = "shop", **options: Any) -> FollowedCluster:
    return FollowedCluster(cast("LiveCluster", fake), namespace, **options)


def names(listing: Listing) -> list[str]:
    return [str(each["metadata"]["name"]) for each in listing.items]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_lab.cluster.service_watch.SETTLE", 0.1)
    monkeypatch.setattr("kubectl_lab.cluster.service_watch.POLL_SECONDS", 0.05)


def test_what_was_listed_is_read_without_asking_again() -> None:
    fake = FakeCluster(Pod=[web("web-1"), web("web-2", tier="front")])
    with followed(fake) as cluster:
        assert names(cluster.list("Pod", "shop")) == ["web-1", "web-2"]
        assert names(cluster.list("Pod", "shop", label_selector="tier in (front, back)")) == ["web-2"]
    assert (sorted(fake.listed), fake.transport.asked) == (["EndpointSlice", "Pod", "Service"], [])


def test_the_watches_begin_where_the_lists_ended() -> None:
    fake = FakeCluster()
    with followed(fake) as cluster:
        cluster.wait(0.1)
    assert sorted(fake.versions) == [("EndpointSlice", "7"), ("Pod", "7"), ("Service", "7")]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(WatchEvent("ADDED", web("web-2")), ["web-1", "web-2"], id="a new one is there"),
        pytest.param(WatchEvent("MODIFIED", web("web-1", "2")), ["web-1"], id="a changed one replaces the old one"),
        pytest.param(WatchEvent("DELETED", web("web-1")), [], id="a deleted one is gone"),
        pytest.param(WatchEvent("DELETED", web("web-9")), ["web-1"], id="one that was never known does no harm"),
        pytest.param(
            WatchEvent("RELIST", {}, Listing((web("web-3"),), "9")), ["web-3"], id="a whole list replaces all"
        ),
    ],
)
def test_events_are_taken_in_turn(event: WatchEvent, expected: list[str]) -> None:
    fake = FakeCluster(Pod=[web("web-1")])
    with followed(fake) as cluster:
        fake.events["Pod"].put(event)
        assert cluster.wait(SOON)
        assert names(cluster.list("Pod", "shop")) == expected


def test_many_events_in_a_row_are_one_change() -> None:
    fake = FakeCluster()
    with followed(fake) as cluster:
        for number in range(20):
            fake.events["Pod"].put(WatchEvent("ADDED", web(f"web-{number}")))
        assert cluster.wait(SOON)
        assert len(cluster.list("Pod", "shop").items) == 20
        assert not cluster.wait(0.1)


def test_a_stream_that_never_pauses_does_not_hold_the_answer_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_lab.cluster.service_watch.LONGEST_SETTLE", 0.0)
    fake = FakeCluster()
    with followed(fake) as cluster:
        for number in range(2):
            fake.events["Pod"].put(WatchEvent("ADDED", web(f"web-{number}")))
        assert cluster.wait(SOON)
        assert cluster.wait(SOON)


def test_another_namespace_is_asked_of_the_server() -> None:
    fake = FakeCluster(Pod=[web("web-1")])
    with followed(fake) as cluster:
        assert names(cluster.list("Pod", "other")) == []
        assert names(cluster.list("Pod", None)) == []
    assert fake.transport.asked == ["/api/v1/namespaces/other/pods", "/api/v1/pods"]


def test_of_all_namespaces_one_is_picked_from_what_is_known() -> None:
    fake = FakeCluster(Pod=[web("web-1"), web("db-1", namespace="data")])
    with followed(fake, None) as cluster:
        assert names(cluster.list("Pod", "data")) == ["db-1"]
        assert len(cluster.list("Pod").items) == 2
    assert fake.transport.asked == []


def test_pods_that_may_not_be_listed_are_asked_for_and_refused_like_ever() -> None:
    fake = FakeCluster(Pod=FORBIDDEN)
    fake.transport.answers["pods"] = FORBIDDEN
    with followed(fake) as cluster:
        for _ in range(2):
            with pytest.raises(Forbidden):
                cluster.list("Pod", "shop")
    assert fake.transport.asked == ["/api/v1/namespaces/shop/pods"]


def test_without_services_there_is_nothing_to_follow() -> None:
    with pytest.raises(Forbidden), followed(FakeCluster(Service=FORBIDDEN)):
        pass


def test_where_watching_is_not_allowed_lists_take_its_place_and_the_same_again_is_no_event() -> None:
    fake = FakeCluster(Pod=[web("web-1")])
    with followed(fake) as cluster:
        fake.events["Pod"].put(FORBIDDEN)
        assert cluster.wait(SOON)  # the first list
        fake.lists["Pod"] = [web("web-1"), web("web-2")]
        assert cluster.wait(SOON)
        assert names(cluster.list("Pod", "shop")) == ["web-1", "web-2"]
        assert not cluster.wait(0.4)


@pytest.mark.parametrize("error", [Unreachable("refused"), ServerError("api-failed", status=500)])
def test_lists_that_take_a_watch_s_place_outlast_a_failure_too(error: Exception) -> None:
    told: list[Any] = []
    fake = FakeCluster(Pod=[web("web-1")])
    with followed(fake, lost=told.append) as cluster:
        fake.events["Pod"].put(FORBIDDEN)
        assert cluster.wait(SOON)
        fake.lists["Pod"] = error
        assert cluster.wait(SOON)
        fake.lists["Pod"] = [web("web-2")]
        assert cluster.wait(SOON)
        assert names(cluster.list("Pod", "shop")) == ["web-2"]
    assert error in told


def test_a_watch_that_breaks_is_told_of_and_begins_with_a_whole_list() -> None:
    told: list[Any] = []
    fake = FakeCluster()
    with followed(fake, lost=told.append) as cluster:
        fake.events["Pod"].put(Unreachable("refused"))
        assert cluster.wait(SOON)
        fake.events["Pod"].put(WatchEvent("ADDED", web("web-2")))
        assert cluster.wait(SOON)
    assert [error.key for error in told] == ["refused"]
    assert ("Pod", "") in fake.versions


@pytest.mark.parametrize("error", [Unauthorized("api-unauthorized", status=401), ZeroDivisionError("a bug"), FORBIDDEN])
def test_what_no_wait_can_mend_ends_the_run(error: Exception) -> None:
    fake = FakeCluster()
    with followed(fake) as cluster:
        fake.lists["Pod"] = error
        fake.events["Pod"].put(error)
        with pytest.raises(type(error)):
            cluster.wait(SOON)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        pytest.param({"kind": "NodeList"}, None, id="an answer"),
        pytest.param(FORBIDDEN, Forbidden, id="a refusal"),
        pytest.param(NotFound("api-missing", status=404), NotFound, id="an absent API"),
    ],
)
def test_an_answer_holds_for_half_a_minute(answer: Any, raised: type[Exception] | None) -> None:
    transport, clock = FakeTransport(nodes=answer), Clock()
    kept = KeptAnswers(cast("Transport", transport), clock)

    def ask() -> None:
        if raised:
            with pytest.raises(raised):
                kept.request("GET", "/api/v1/nodes")
        else:
            assert kept.request("GET", "/api/v1/nodes") == answer

    ask()
    clock.now += FRESH - 1
    ask()
    assert len(transport.asked) == 1
    clock.now += 1
    ask()
    assert len(transport.asked) == 2
    kept.forget()
    ask()
    assert len(transport.asked) == 3


def test_another_query_is_another_question() -> None:
    transport = FakeTransport()
    kept = KeptAnswers(cast("Transport", transport))
    for query in ((("limit", "1"),), (("limit", "2"),), (("limit", "1"),)):
        kept.request("GET", "/api/v1/nodes", query=query)
    assert len(transport.asked) == 2


def test_a_failure_that_passes_is_not_kept() -> None:
    transport = FakeTransport(nodes=ServerError("api-server-error", status=500))
    kept = KeptAnswers(cast("Transport", transport))
    for _ in range(2):
        with pytest.raises(ServerError):
            kept.request("GET", "/api/v1/nodes")
    assert len(transport.asked) == 2


def test_a_change_of_the_whole_makes_everything_be_asked_anew() -> None:
    fake = FakeCluster()
    with followed(fake) as cluster:
        cluster.list("Node")
        cluster.list("Node")
        assert len(fake.transport.asked) == 1
        fake.events["Pod"].put(WatchEvent("RELIST", {}, Listing((), "9")))
        cluster.wait(SOON)
        cluster.list("Node")
        assert len(fake.transport.asked) == 2
