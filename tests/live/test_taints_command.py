"""The command end to end: rehearsals against the real `kubectl taint`, cordons, pending pods, and that nothing is written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bench import audit
from bench.server import within
from live.drain_ground import ENGLISH
from live.taints_ground import codes, deletions, evicted, explain, pod, taint, tolerates

if TYPE_CHECKING:
    from bench.server import Json
    from live.drain_ground import Ground

pytestmark = pytest.mark.live
READS = {"get", "list"}


def taints(document: Json) -> list[tuple[str, str, str]]:
    """Those of the first node."""
    return [(each["key"], each["value"], each["effect"]) for each in document["nodes"][0]["taints"]]


def real_taints(ground: Ground, node: str) -> list[tuple[str, str, str]]:
    found = ground.server.get(f"/api/v1/nodes/{node}")["spec"].get("taints") or []
    return [(each["key"], each.get("value", ""), each["effect"]) for each in found]


@pytest.mark.parametrize(
    ("first", "rehearsed", "typed"),
    [
        pytest.param((), ("--add-taint", "a=b:NoExecute"), ("a=b:NoExecute",), id="one more"),
        pytest.param(("x=1:NoSchedule",), ("--add-taint", "a:NoSchedule"), ("a:NoSchedule",), id="one before others"),
        pytest.param(
            ("x=1:NoSchedule",),
            ("--add-taint", "x=2:NoSchedule"),
            ("x=2:NoSchedule", "--overwrite"),
            id="another value takes the place of the first",
        ),
        pytest.param(
            ("x=1:NoSchedule", "x=1:NoExecute"), ("--remove-taint", "x"), ("x-",), id="a key alone takes both effects"
        ),
    ],
)
def test_a_rehearsal_ends_where_kubectl_taint_does(
    ground: Ground, first: tuple[str, ...], rehearsed: tuple[str, ...], typed: tuple[str, ...]
) -> None:
    node = ground.node("a")
    if first:
        ground.sandbox.kubectl("taint", "nodes", node, *first)
    pod(ground, "web", node, tolerates("x"))
    said = explain(ground, node, *rehearsed)
    with deletions(ground) as seen:
        ground.sandbox.kubectl("taint", "nodes", node, *typed)
        for _ in within(20, "the pod to go") if evicted(said) else ():
            if "web" in seen:
                break
    assert taints(said) == real_taints(ground, node)
    assert ("web" in seen) == ("web" in evicted(said))


def test_kubectl_refuses_what_the_rehearsal_says_is_replaced(ground: Ground) -> None:
    node = ground.node("a")
    ground.sandbox.kubectl("taint", "nodes", node, "x=1:NoSchedule")
    assert "TNT010" in codes(explain(ground, node, "--add-taint", "x=2:NoSchedule"))
    done = ground.sandbox.kubectl("taint", "nodes", node, "x=2:NoSchedule", check=False)
    assert "--overwrite is false" in done.stderr


def test_a_cordon_is_a_field_and_a_taint_that_comes_back(ground: Ground) -> None:
    node = ground.node("a")
    ground.sandbox.kubectl("cordon", node)
    for _ in within(20, "the taint"):
        if real_taints(ground, node):
            break
    found = explain(ground, node)
    assert (taints(found), codes(found)) == (real_taints(ground, node), {"TNT003"})
    key = "node.kubernetes.io/unschedulable"
    assert codes(explain(ground, node, "--remove-taint", key)) == {"TNT005"}
    ground.sandbox.kubectl("taint", "nodes", node, f"{key}-")
    for _ in within(20, "the taint again"):
        if real_taints(ground, node):
            break


def test_a_pending_pod_lands_where_only_a_taint_kept_it_out(ground: Ground) -> None:
    node, other = ground.node("a"), ground.node("b")
    taint(ground, node, "team:NoSchedule", timed=False)
    taint(ground, other, "team:NoSchedule", "more:NoSchedule", timed=False)
    pod(ground, "web", "", nodeSelector={"ground": ground.name})
    for _ in within(20, "the scheduler's word"):
        if ground.pods()["web"]["status"].get("conditions"):
            break
    found = explain(ground, node, other)
    assert [[each["blocks"] for each in entry["taints"]] for entry in found["nodes"]] == [[1], [0, 0]]
    ground.sandbox.kubectl("taint", "nodes", node, "team-")
    assert ground.until("web", lambda seen: seen["spec"].get("nodeName"))["spec"]["nodeName"] == node


def test_nothing_is_ever_written(ground: Ground) -> None:
    node = ground.node("a")
    pod(ground, "web", node)
    since = time.time_ns() / 1e9
    explain(ground, node, "--add-taint", "maint:NoExecute", "--add-taint", "x:NoSchedule")
    explain(ground, "-l", f"ground={ground.name}", "--server-version", "1.34")
    asked = audit.requests(ground.sandbox.audit_log, "kubectl-lab", since, time.time_ns() / 1e9)
    assert {each.what.partition(" ")[0] for each in asked} <= READS
    assert len(asked) > 2
    assert len(asked) == len({(each.what, each.namespace, each.name, each.received) for each in asked})
    assert real_taints(ground, node) == []


def test_nodes_that_are_not_there_are_all_named(ground: Ground) -> None:
    ground.node("a")
    done = ground.sandbox.kubectl("lab", "explain-taints", "nope", f"{ground.name}-b", check=False, env=ENGLISH)
    assert done.returncode == 1
    assert 'nodes "nope" not found' in done.stderr
    assert f'nodes "{ground.name}-b" not found' in done.stderr
    assert f"{ground.name}-a" in done.stderr


def test_the_text_reads_without_a_colour_on_a_pipe(ground: Ground) -> None:
    node = ground.node("a")
    pod(ground, "web", node)
    done = ground.sandbox.kubectl("lab", "explain-taints", node, "--add-taint", "maint:NoExecute", env=ENGLISH)
    lines = done.stdout.splitlines()
    assert lines[0] == node
    assert f"{ground.name}/web  at once" in done.stdout
    assert "\x1b" not in done.stdout
