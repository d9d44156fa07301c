"""What is said to be deleted, and when, against the real taint eviction controller."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import within
from live.drain_ground import CONTAINERS
from live.taints_ground import AT_ONCE, at, codes, deletions, evicted, explain, pod, taint, tolerates

if TYPE_CHECKING:
    from live.drain_ground import Ground

pytestmark = pytest.mark.live


def wait_for(seen: dict[str, Any], *names: str, seconds: float = 30) -> None:
    """Until all of them are on their way."""
    for _ in within(seconds, f"the deletion of {names}"):
        if set(names) <= set(seen):
            return


def test_those_go_that_were_said_to_and_when(ground: Ground) -> None:
    node = ground.node("a")
    pod(ground, "untolerating", node)
    for name, seconds in {"zero": 0, "two": 2, "nine": 9, "ever": None}.items():
        pod(ground, name, node, tolerates("maint", seconds))
    rehearsed = explain(ground, node, "--add-taint", "maint:NoExecute")
    assert evicted(rehearsed) == {"untolerating": 0, "zero": 0, "two": 2, "nine": 9}
    with deletions(ground) as seen:
        came = taint(ground, node, "maint:NoExecute").timestamp()
        real = explain(ground, node)
        wait_for(seen, "untolerating", "zero", "two", "nine")
    assert "ever" not in seen
    assert at(real, "nine") == came + 9
    for name, seconds in evicted(rehearsed).items():
        assert -1 < seen[name] - came - seconds < AT_ONCE, name
        assert seen[f"{name}/reason"] == "DeletionByTaintManager"
    assert set(ground.pods()) >= {"ever"}


def test_budgets_do_not_protect_and_it_is_said_so(ground: Ground) -> None:
    node = ground.node("a")
    pod(ground, "web", node)
    ground.budget("web-pdb", "web", minAvailable=1)
    found = explain(ground, node, "--add-taint", "maint:NoExecute")
    assert "TNT006" in codes(found)
    assert f"{ground.name}/web-pdb" in str(found["nodes"][0]["findings"])
    with deletions(ground) as seen:
        taint(ground, node, "maint:NoExecute")
        wait_for(seen, "web")


def test_a_taint_that_is_gone_in_time_deletes_nothing(ground: Ground) -> None:
    node = ground.node("a")
    seconds = 10  # enough for an answer and for kubectl on a slow machine
    pod(ground, "web", node, tolerates("maint", seconds))
    with deletions(ground) as seen:
        taint(ground, node, "maint:NoExecute")
        assert evicted(explain(ground, node)) == {"web": seconds}
        ground.sandbox.kubectl("taint", "nodes", node, "maint:NoExecute-")
        assert evicted(explain(ground, node)) == {}
        time.sleep(seconds)
    assert seen == {}


def test_the_clock_is_set_once(ground: Ground) -> None:
    """A later taint with a shorter toleration changes nothing, as the source of the controller has it."""
    node = ground.node("a")
    pod(ground, "web", node, tolerates("first", 10), tolerates("second", 1))
    with deletions(ground) as seen:
        came = taint(ground, node, "first:NoExecute").timestamp()
        time.sleep(2)
        taint(ground, node, "first:NoExecute", "second:NoExecute")
        said = explain(ground, node)
        wait_for(seen, "web")
    assert at(said, "web") == came + 10
    assert -1 < seen["web"] - came - 10 < AT_ONCE


def test_a_later_taint_that_is_not_tolerated_ends_it_at_once(ground: Ground) -> None:
    node = ground.node("a")
    pod(ground, "web", node, tolerates("first", 60))
    with deletions(ground) as seen:
        taint(ground, node, "first:NoExecute")
        came = taint(ground, node, "first:NoExecute", "second:NoExecute").timestamp()
        wait_for(seen, "web")
    assert seen["web"] - came < AT_ONCE


def test_kubectl_writes_no_time_and_only_the_seconds_are_told(ground: Ground) -> None:
    node = ground.node("a")
    pod(ground, "web", node, tolerates("maint", 60))
    ground.sandbox.kubectl("taint", "nodes", node, "maint:NoExecute")
    (found,) = explain(ground, node)["nodes"]
    assert found["taints"][0]["timeAdded"] is None
    assert (found["evicts"][0]["seconds"], found["evicts"][0]["at"]) == (60, None)
    assert found["taints"][0]["setBy"].endswith("kubectl-taint")


def test_a_pod_that_has_finished_is_deleted_too(ground: Ground) -> None:
    node = ground.node("a")
    pod(ground, "job", node)
    ground.server.request(
        "PATCH", f"{ground.path}/job/status", {"status": {"phase": "Succeeded"}}, "application/merge-patch+json"
    )
    (found,) = explain(ground, node, "--add-taint", "maint:NoExecute")["nodes"]
    assert [(each["pod"]["name"], each["finished"]) for each in found["evicts"]] == [("job", True)]
    assert found["findings"] == []
    with deletions(ground) as seen:
        taint(ground, node, "maint:NoExecute")
        wait_for(seen, "job")


def test_a_daemons_pod_dies_again_and_again(ground: Ground) -> None:
    node = ground.node("a")
    template = {
        "metadata": {"labels": {"app": "agent"}},
        "spec": {
            "containers": CONTAINERS,
            "nodeSelector": {"ground": ground.name},
            "tolerations": [tolerates("maint", 4)],
        },
    }
    path = f"/apis/apps/v1/namespaces/{ground.name}/daemonsets"
    spec = {"selector": {"matchLabels": {"app": "agent"}}, "template": template}
    ground.server.create(path, {"metadata": {"name": "agent"}, "spec": spec})
    for _ in within(30, "the daemon's pod"):
        if [each for each in ground.pods().values() if each["status"]["phase"] == "Running"]:
            break
    taint(ground, node, "maint:NoExecute")
    found = explain(ground, node)
    assert "TNT002" in codes(found)
    names: set[str] = set()
    for _ in within(60, "the third pod"):
        names |= set(ground.pods())
        if len(names) > 2:
            break
    ground.server.delete(f"{path}/agent", propagationPolicy="Foreground")
