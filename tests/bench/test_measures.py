"""The figures of the bench are counted right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bench import audit, drain
from bench.setting import PODS_A_NODE, is_ready, termination
from bench.witness import Witness

if TYPE_CHECKING:
    from pathlib import Path


def entry(number: int, verb: str = "create", code: int = 201, agent: str = "kubectl/v1.36.3 (linux)") -> dict[str, Any]:
    return {
        "auditID": f"{number}",
        "verb": verb,
        "userAgent": agent,
        "objectRef": {"resource": "pods", "subresource": "eviction", "namespace": "shop", "name": f"n-{number}"},
        "responseStatus": {"code": code},
        "requestReceivedTimestamp": f"2026-01-01T00:00:{number:02}.500000Z",
        "stageTimestamp": f"2026-01-01T00:00:{number:02}.750000Z",
    }


def counted(tmp_path: Path, *entries: dict[str, Any]) -> list[audit.Request]:
    log = tmp_path / "audit.log"
    log.write_text("".join(json.dumps(one) + "\n" for one in entries))
    start = audit.seconds("2026-01-01T00:00:00Z")
    return audit.requests(log, "kubectl", start, start + 30)


def test_a_line_that_the_server_is_still_writing_is_not_there_yet(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text(json.dumps(entry(1)) + "\n" + json.dumps(entry(2))[:100])
    start = audit.seconds("2026-01-01T00:00:00Z")
    assert [each.name for each in audit.requests(log, "kubectl", start, start + 30)] == ["n-1"]


def pod(name: str, ready: bool = True, **metadata: str) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {"metadata": {"name": name, "labels": {"app": "web"}, **metadata}, "status": {"conditions": conditions}}


def test_only_the_programs_own_requests_in_its_time_count(tmp_path: Path) -> None:
    found = counted(tmp_path, entry(1), entry(2, agent="kubectl-lab/1 (x)"), entry(3, agent="kubelet/v1"), entry(40))
    assert [request.name for request in found] == ["n-1"]
    assert (found[0].code, found[0].answered - found[0].received) == (201, 0.25)


def test_a_watch_that_started_and_ended_counts_once(tmp_path: Path) -> None:
    assert len(counted(tmp_path, entry(5, "watch", 200), entry(5, "watch", 200))) == 1


def test_refused_evictions_count_apart(tmp_path: Path) -> None:
    kinds = audit.kinds(counted(tmp_path, entry(1), entry(2, code=429), entry(3, code=429)))
    measured = drain.Measured(1.0, kinds, None, None, ())
    assert (measured.requests, measured.evictions, measured.blocked) == (3, 3, 2)


def test_the_bounds_are_the_contracts() -> None:
    assert (drain.bounds(20, budgets=False), drain.bounds(8, budgets=True)) == (760, 460)


def test_the_pods_of_a_node_take_two_to_five_seconds() -> None:
    assert (termination(0), termination(PODS_A_NODE - 1)) == (2, 5)


@pytest.mark.parametrize(
    ("state", "healthy"),
    [
        pytest.param(pod("a"), True, id="a Ready pod is healthy"),
        pytest.param(pod("a", ready=False), False, id="a pod that is not Ready is not"),
        pytest.param(pod("a", deletionTimestamp="2026-01-01T00:00:00Z"), False, id="nor is one on its way out"),
    ],
)
def test_healthy_is_what_a_budget_counts(state: dict[str, Any], healthy: bool) -> None:
    assert is_ready(state) is healthy


def test_the_witness_remembers_the_worst_moment() -> None:
    witness = Witness()
    for name in ("a", "b"):
        witness.see("LISTED", pod(name))
    witness.see("MODIFIED", pod("a", deletionTimestamp="2026-01-01T00:00:00Z"))
    witness.see("DELETED", pod("b"))
    witness.see("ADDED", pod("c"))
    witness.see("MODIFIED", pod("c"))
    assert witness.lowest == {"web": 0}
    assert set(witness.gone) == {"b"}
