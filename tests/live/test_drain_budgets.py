"""Budgets through a live drain: kept at every moment, named when they block, followed when they change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bench.server import within
from bench.witness import watching

if TYPE_CHECKING:
    from collections.abc import Callable

    from live.drain_ground import Ground

pytestmark = pytest.mark.live


def deployed(ground: Ground, replicas: int) -> tuple[str, str]:
    """Two nodes that hold a Deployment's pods, and a third, empty one that has just opened."""
    spare = ground.node("spare")
    ground.cordon(spare)
    nodes = ground.node("a"), ground.node("b")
    ground.deployment("web", replicas)
    ground.cordon(spare, cordoned=False)
    return nodes


def test_no_budget_is_exceeded_at_any_moment_of_a_drain(ground: Ground) -> None:
    nodes = deployed(ground, 6)
    ground.budget("web-pdb", "web", maxUnavailable=1)
    with watching(ground.server, ground.path) as witness:
        done = ground.drain(*nodes, "-o", "json")
    assert done.code == 0, done.err
    assert witness.lowest["web"] == 5
    assert len(ground.evictions()) == 6
    assert set(ground.evictions()) == {name for name, pod in done.pods.items() if pod["outcome"] == "evicted"}


def test_a_blocked_pod_names_its_budget_and_the_budgets_numbers(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node, "web")
    ground.budget("web-pdb", "web", minAvailable=1)
    done = ground.drain(node, "--timeout=2s", "-o", "json")
    assert done.code == 1
    assert 2 <= done.seconds < 12
    assert done.document["outcome"] == "timeout"
    assert done.pods["web"]["budgets"] == [
        {
            "namespace": ground.name,
            "name": "web-pdb",
            "disruptionsAllowed": 0,
            "currentHealthy": 1,
            "desiredHealthy": 1,
            "expectedPods": 1,
        }
    ]
    assert done.codes("web") & {"DRN010", "DRN011"}
    assert "web-pdb" in done.err
    assert "web" in ground.pods()


def test_what_a_budget_blocks_keeps_no_other_pod(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node, "web")
    ground.pod("free", node, "free")
    ground.budget("web-pdb", "web", minAvailable=1)
    done = ground.drain(node, "--timeout=2s", "-o", "json")
    assert {name: pod["outcome"] for name, pod in done.pods.items()} == {"web": "pending", "free": "evicted"}
    assert set(ground.pods()) == {"web"}


@pytest.mark.parametrize(
    "relent",
    [
        pytest.param(lambda g: g.server.delete(f"{g.budgets}/web-pdb"), id="its budget is deleted"),
        pytest.param(
            lambda g: g.server.patch(f"{g.budgets}/web-pdb", {"spec": {"minAvailable": 0}}), id="its budget is changed"
        ),
        pytest.param(lambda g: g.pod("other", f"{g.name}-b", "web"), id="another pod makes the budget whole"),
    ],
)
def test_a_blocked_pod_goes_as_soon_as(ground: Ground, relent: Callable[[Ground], None]) -> None:
    node = ground.node("a")
    ground.node("b")
    ground.pod("web", node, "web")
    ground.budget("web-pdb", "web", minAvailable=1)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    # after the fourth the back-off is at 8 s less a fifth: who goes before that has heard of the change
    for _ in within(40, "four refusals"):
        if sum(request.code == 429 for request in ground.written()) >= 4:
            break
    relented = time.monotonic()
    relent(ground)
    done = ground.end(process, started, 30)
    assert done.code == 0, done.err
    assert time.monotonic() - relented < 5
    assert done.pods["web"]["outcome"] == "evicted"


def test_a_second_budget_that_comes_meanwhile_ends_the_wait(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node, "web")
    ground.budget("one", "web", minAvailable=1)
    started = time.monotonic()
    process = ground.start(node, "-o", "json")
    for _ in within(20, "the first refusal"):
        if any(request.code == 429 for request in ground.written()):
            break
    ground.budget("two", "web", minAvailable=0)
    done = ground.end(process, started, 60)
    assert (done.code, done.pods["web"]["outcome"]) == (1, "failed")
    assert "DRN031" in done.codes("web")
    assert "more than one PodDisruptionBudget" in done.err


def test_a_budget_the_server_cannot_count_does_not_outlast_the_timeout(ground: Ground) -> None:
    """The server asks for 10 s before each retry, which kubectl's client obeys ten times without a look at --timeout."""
    node = ground.node("a")
    ground.pod("web", node, "web")
    ground.budget("web-pdb", "web", maxUnavailable=1)  # a share of an owner that is not to be found
    done = ground.drain(node, "--timeout=3s", "-o", "json")
    assert done.code == 1
    assert 3 <= done.seconds < 20  # kubectl: beyond 100 s
    assert "web-pdb" in done.err
    assert "DRN015" in done.codes("web")
    assert len([request for request in ground.written() if request.code == 429]) <= 2
