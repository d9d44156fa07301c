from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_lab.cluster import Listing
from kubectl_lab.cluster.reactor import LiveReactor, watched_budgets, watched_pods
from kubectl_lab.cluster.watch import WatchEvent
from kubectl_lab.domain.drain import signals
from kubectl_lab.domain.drain.model import DrainOptions, Mode
from kubectl_lab.errors import Conflict, Forbidden, Unauthorized, Unreachable
from make import budget, node, pod

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.write import Writer

PODS = Listing((pod("web"),), "7")
SOON = 5.0  # seconds within which a signal must come


class FakeCluster:
    """At the seam Cluster: `watching` gives the events of a watch, `lists` the answers to lists."""

    def __init__(self, watching: Callable[[str], Iterator[WatchEvent]], *lists: Listing | Exception) -> None:
        self._watching, self._lists = watching, list(lists)
        self.asked: list[tuple[str, str, int]] = []
        self.versions: list[str] = []

    def list(self, kind: str, *, field_selector: str = "", limit: int = 500) -> Listing:
        self.asked.append((kind, field_selector, limit))
        answer = self._lists.pop(0) if len(self._lists) > 1 else self._lists[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get(self, kind: str, name: str) -> dict[str, Any]:
        return node(name) if kind == "Node" else {}

    def watch(
        self, kind: str, *, resource_version: str, field_selector: str, stop: threading.Event
    ) -> Iterator[WatchEvent]:
        self.versions.append(resource_version)
        self.asked.append((kind, field_selector, 0))
        yield from self._watching(resource_version)
        stop.wait(SOON)


class FakeWriter:
    """At the seam Writer: notes what is asked, fails as told."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self._failure = failure

    def _note(self, *words: Any) -> None:
        self.asked.append(words)
        if self._failure:
            raise self._failure

    def set_unschedulable(self, node: str, uid: str, value: bool, *, dry_run: bool) -> None:
        self._note("cordon", node, uid, value, dry_run)

    def evict(self, namespace: str, name: str, uid: str, *, grace_period_seconds: int | None, dry_run: bool) -> None:
        self._note("evict", namespace, name, uid, grace_period_seconds, dry_run)

    def delete_pod(
        self, namespace: str, name: str, uid: str, *, grace_period_seconds: int | None, dry_run: bool
    ) -> None:
        self._note("delete", namespace, name, uid, grace_period_seconds, dry_run)


def silent(_version: str) -> Iterator[WatchEvent]:
    yield from ()


def reactor(
    cluster: FakeCluster, writer: FakeWriter | None = None, *watched: Any, mode: Mode = "apply", grace: int = -1
) -> LiveReactor:
    options = DrainOptions(mode=mode, pod_parallel=2, grace_period=grace)
    return LiveReactor(
        cast("LiveCluster", cluster), cast("Writer", writer or FakeWriter()), options, lambda *_: None, watched
    )


def first(world: LiveReactor) -> signals.Signal:
    (found, *_) = world.wait(world.now() + SOON)
    return found


@pytest.mark.parametrize(
    ("mode", "grace", "sent"),
    [
        pytest.param("apply", -1, (None, False), id="the pod's own grace period is left to the pod"),
        pytest.param("apply", 0, (0, False), id="at once is said"),
        pytest.param("server", 5, (5, True), id="a server dry run says so in every request"),
    ],
)
def test_a_request_reaches_the_server_as_it_was_meant(mode: Mode, grace: int, sent: tuple[int | None, bool]) -> None:
    writer = FakeWriter()
    with reactor(FakeCluster(silent, PODS), writer, mode=mode, grace=grace) as world:
        for request in (signals.Remove("ns", "p", "u", evict=True), signals.Remove("ns", "p", "u", evict=False)):
            world.send(request)
            assert first(world) == signals.Answer(request)
        world.send(signals.Cordon("n1", "nu"))
        first(world)
    assert writer.asked == [
        ("evict", "ns", "p", "u", *sent),
        ("delete", "ns", "p", "u", *sent),
        ("cordon", "n1", "nu", True, sent[1]),
    ]


def test_a_refusal_is_an_answer() -> None:
    error = Conflict("conflict", status=409)
    request = signals.Cordon("n1", "u")
    with reactor(FakeCluster(silent, PODS), FakeWriter(error)) as world:
        world.send(request)
        assert first(world) == signals.Answer(request, error)


@pytest.mark.parametrize("failure", [KeyError("a bug"), SystemExit("a bug")], ids=lambda error: type(error).__name__)
def test_a_bug_in_a_thread_ends_the_run_instead_of_letting_it_wait_for_ever(failure: BaseException) -> None:
    with reactor(FakeCluster(silent, PODS), FakeWriter(failure)) as world:
        world.send(signals.Cordon("n1", "u"))
        with pytest.raises(type(failure), match="a bug"):
            world.wait(world.now() + SOON)


def test_a_moment_centuries_away_can_be_waited_for() -> None:
    with reactor(FakeCluster(silent, PODS)) as world:
        threading.Timer(0.01, world.interrupt).start()
        assert world.wait(world.now() + 1e12) == [signals.Interrupt()]


def test_the_last_look_lists_the_pods_of_that_node_alone() -> None:
    cluster = FakeCluster(silent, PODS)
    with reactor(cluster) as world:
        world.send(signals.ListPods("n1"))
        assert first(world) == signals.Answer(signals.ListPods("n1"), pods=PODS.items)
    assert cluster.asked == [("Pod", "spec.nodeName=n1", 500)]


def test_a_node_that_is_asked_for_comes_with_the_answer() -> None:
    with reactor(FakeCluster(silent, PODS)) as world:
        world.send(signals.GetNode("n1"))
        assert first(world) == signals.Answer(signals.GetNode("n1"), node=node("n1"))


def test_a_watch_begins_where_the_list_ended_and_tells_what_it_sees() -> None:
    seen = pod("web")

    def watching(_version: str) -> Iterator[WatchEvent]:
        yield WatchEvent("MODIFIED", seen)
        yield WatchEvent("DELETED", seen)
        yield WatchEvent("RELIST", {}, Listing((), "9"))

    cluster = FakeCluster(watching, PODS)
    with reactor(cluster, None, watched_pods(PODS, ["n1", "n2"], 500)) as world:
        found: list[signals.Signal] = []
        while len(found) < 3:
            found += world.wait(world.now() + SOON)
    assert found == [signals.PodSeen(seen), signals.PodSeen(seen, gone=True), signals.PodsListed(())]
    assert cluster.versions == ["7"]


def test_budgets_are_told_as_budgets() -> None:
    cluster = FakeCluster(lambda _: iter([WatchEvent("ADDED", budget("b"))]), PODS)
    with reactor(cluster, None, watched_budgets(Listing((), "3"))) as world:
        assert first(world) == signals.BudgetSeen(budget("b"))
    assert cluster.asked == [("PodDisruptionBudget", "", 0)]


def test_one_node_is_watched_alone_and_several_through_all_pods() -> None:
    assert watched_pods(PODS, ["n1"], 500).field_selector == "spec.nodeName=n1"
    assert watched_pods(PODS, ["n1", "n2"], 500).field_selector == ""
    assert watched_pods(PODS, ["n1", "n2"], 500).polled == ("spec.nodeName=n1", "spec.nodeName=n2")


def test_where_watching_is_forbidden_every_node_is_listed_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_lab.cluster.reactor.POLL_SECONDS", 0.01)

    def forbidden(_version: str) -> Iterator[WatchEvent]:
        raise Forbidden("forbidden", status=403)

    broken = Unreachable("connection-lost")
    cluster = FakeCluster(forbidden, PODS, broken, PODS)  # the first round fails half way: it is no answer
    with reactor(cluster, None, watched_pods(PODS, ["n1", "n2"], 50)) as world:
        assert first(world) == signals.WatchLost("Pod", broken)
        assert first(world) == signals.PodsListed([*PODS.items, *PODS.items])
    lists = [entry for entry in cluster.asked if entry[2]]
    assert lists[:4] == [("Pod", f"spec.nodeName={name}", 50) for name in ("n1", "n2", "n1", "n2")]


def test_a_watch_that_fails_for_good_begins_again_with_a_whole_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_lab.cluster.reactor.POLL_SECONDS", 0.01)

    lost = Unauthorized("api-unauthorized", status=401)

    def once(version: str) -> Iterator[WatchEvent]:
        if version:
            raise lost
        yield WatchEvent("RELIST", {}, PODS)

    cluster = FakeCluster(once, PODS)
    with reactor(cluster, None, watched_pods(PODS, ["n1"], 500)) as world:
        assert first(world) == signals.WatchLost("Pod", lost)
        assert first(world) == signals.PodsListed(PODS.items)
    assert cluster.versions == ["7", ""]


def test_waiting_ends_when_its_time_is_over_and_an_interrupt_ends_it_at_once() -> None:
    with reactor(FakeCluster(silent, PODS)) as world:
        assert world.wait(world.now() + 0.01) == ()
        threading.Timer(0.01, world.interrupt).start()
        assert world.wait(None) == [signals.Interrupt()]


def test_leaving_it_stops_its_threads() -> None:
    before = set(threading.enumerate())
    with reactor(FakeCluster(silent, PODS), None, watched_pods(PODS, ["n1"], 500)):
        assert len(set(threading.enumerate()) - before) == 3
    end = time.monotonic() + SOON
    while set(threading.enumerate()) - before and time.monotonic() < end:
        time.sleep(0.01)
    assert set(threading.enumerate()) - before == set()
