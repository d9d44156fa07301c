"""Which pods a live drain touches while the cluster goes on under its hands: those of its plan, by their UID, no others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bench.server import within
from oracle.drain.corner import HOLD

if TYPE_CHECKING:
    from live.drain_ground import Done, Ground

pytestmark = pytest.mark.live


def until_refused(ground: Ground) -> None:
    """Waits until a budget has refused an eviction."""
    for _ in within(20, "the first refusal"):
        if any(request.code == 429 for request in ground.written()):
            return


def until_evicted(ground: Ground, count: int = 1) -> None:
    """Waits until so many evictions were accepted."""
    for _ in within(20, f"{count} evictions"):
        if len(ground.evictions()) >= count:
            return


def test_a_pod_of_the_same_name_elsewhere_is_never_touched(ground: Ground) -> None:
    """kubectl adopts it, and evicts the healthy replacement as soon as the budget allows."""
    node, other = ground.node("a"), ground.node("b")
    ground.pod("db-0", node, "db")
    ground.budget("db-pdb", "db", minAvailable=1)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    until_refused(ground)
    ground.server.delete(f"{ground.path}/db-0", gracePeriodSeconds=0)
    uid = ground.pod("db-0", other, "db")
    ground.server.delete(f"{ground.budgets}/db-pdb")
    done = ground.end(process, started, 30)
    assert done.code == 0, done.err
    assert done.pods["db-0"]["outcome"] == "skipped"
    assert "DRN033" in done.codes("db-0")
    time.sleep(1)
    now = ground.pods()["db-0"]
    assert (now["metadata"]["uid"], now["metadata"].get("deletionTimestamp")) == (uid, None)
    assert ground.evictions() == []


def test_a_pod_that_comes_back_to_the_same_node_under_its_name_stays(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("db-0", node, "db")
    ground.pod("slow", node, seconds=4)  # the node is not done before the other is there
    ground.budget("db-pdb", "db", minAvailable=1)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    until_refused(ground)
    ground.server.delete(f"{ground.path}/db-0", gracePeriodSeconds=0)
    uid = ground.pod("db-0", node, "db")
    done = ground.end(process, started, 30)
    assert done.code == 0, done.err
    assert done.pods["db-0"]["outcome"] == "skipped"
    assert ground.pods()["db-0"]["metadata"]["uid"] == uid
    assert "DRN042" in {finding["code"] for finding in done.all_findings()}


def test_a_pod_deleted_by_others_counts_as_gone(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node, "web")
    ground.budget("web-pdb", "web", minAvailable=1)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    until_refused(ground)
    ground.server.delete(f"{ground.path}/web", gracePeriodSeconds=0)
    done = ground.end(process, started, 10)
    assert (done.code, done.pods["web"]["outcome"]) == (0, "skipped")


def test_a_pod_that_comes_meanwhile_is_named_and_left(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("slow", node, seconds=3)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    until_evicted(ground)
    ground.pod("late", node)
    done = ground.end(process, started)
    assert done.code == 0
    found = [finding for finding in done.all_findings() if finding["code"] == "DRN042"]
    assert [finding["severity"] for finding in found] == ["warning"]
    assert "late" in found[0]["message"]
    assert set(ground.pods()) == {"late"}


def test_a_node_deleted_meanwhile_counts_as_drained_when_its_pods_are_gone(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("held", node, held=True)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    until_evicted(ground)
    ground.server.delete(f"/api/v1/nodes/{node}")
    time.sleep(1)
    assert process.poll() is None
    ground.server.patch(f"{ground.path}/held", {"metadata": {"finalizers": None}})
    ground.server.delete(f"{ground.path}/held", gracePeriodSeconds=0)  # no kubelet is left to confirm it
    done = ground.end(process, started)
    assert (done.code, done.nodes) == (0, {node: "drained"}), done.err


def test_a_terminating_namespace_takes_a_blocked_pod_along(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node, "web")
    ground.budget("web-pdb", "web", minAvailable=1)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    until_refused(ground)
    ground.server.delete(f"/api/v1/namespaces/{ground.name}")
    done = ground.end(process, started, 40)
    assert (done.code, done.nodes) == (0, {node: "drained"}), done.err


def test_a_pod_held_by_a_finalizer_names_it_when_time_is_up(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("held", node, held=True)
    done = ground.drain(node, "--timeout=2s", "-o", "json")
    assert (done.code, done.pods["held"]["outcome"]) == (1, "pending")
    late = [finding for finding in done.pods["held"]["findings"] if finding["code"] == "DRN032"]
    assert HOLD[0] in late[0]["message"]


def test_a_node_without_pods_is_cordoned_and_drained(ground: Ground) -> None:
    node = ground.node("a")
    done = ground.drain(node)
    assert done.code == 0
    assert done.out.splitlines()[:2] == [f"node/{node} cordoned", f"node/{node} drained"]
    assert ground.is_cordoned(node)


def test_a_pod_selector_that_matches_nothing_still_drains(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("bare", node, bare=True)
    done = ground.drain(node, "--pod-selector=app=absent", "-o", "json")
    assert (done.code, done.nodes) == (0, {node: "drained"})
    assert ground.is_cordoned(node)
    assert set(ground.pods()) == {"bare"}


def test_two_drains_of_one_node_at_once_both_end_well(ground: Ground) -> None:
    node = ground.node("a")
    for number in range(4):
        ground.pod(f"p{number}", node, seconds=1)
    started = time.monotonic()
    both = [ground.start(node, "-o", "json") for _ in range(2)]
    ended: list[Done] = [ground.end(process, started) for process in both]
    assert [done.code for done in ended] == [0, 0], [done.err for done in ended]
    assert ground.pods() == {}


def test_a_hundred_pods_in_pages_of_one_are_all_evicted_once(ground: Ground) -> None:
    node = ground.node("a")
    for number in range(99):
        body = {
            "metadata": {"name": f"p{number}"},
            "spec": {"nodeName": node, "containers": [{"name": "c", "image": "i"}]},
        }
        ground.server.create(ground.path, body)
    ground.pod("last", node)
    done = ground.drain(node, "--force", "--chunk-size=1", "-o", "json")
    assert done.code == 0, done.err
    assert len(ground.evictions()) == len(set(ground.evictions())) == 100


def test_no_grace_at_all_is_sent_as_such(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("slow", node, seconds=20)
    done = ground.drain(node, "--grace-period=0", "-o", "json")
    assert done.code == 0
    assert done.seconds < 18
