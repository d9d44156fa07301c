"""Workloads that make no pod, or none on some nodes."""

from __future__ import annotations

from typing import Any

import pytest

import make
from unit.scheduling.asking import answer, fixes, found, node, of_workload, pending, said, taint

TEAM = taint("team", "blue")


def test_a_daemonset_has_no_pod_at_all_where_a_taint_refuses_it() -> None:
    daemons = make.daemonset("agent")
    nodes = [node(f"n{number}", TEAM) for number in range(7)]
    finding = found("SCH009", answer(of_workload(daemons, pending()), *nodes, node("free")))
    assert finding is not None
    assert finding.details["count"] == len(finding.details["nodes"]) == 7
    assert "nodes that get no pod of daemonset/agent at all because of their taints: 7 (" in said(finding)
    assert "n4, …" in said(finding)


@pytest.mark.parametrize(
    ("workload", "nodes"),
    [
        pytest.param(make.deployment("web"), [node("n1", TEAM)], id="a Deployment's pod would be Pending"),
        pytest.param(make.daemonset("agent"), [node("n1", cpu="0")], id="room is another matter"),
    ],
)
def test_other_refusals_are_no_such_finding(workload: dict[str, Any], nodes: list[Any]) -> None:
    asking = {"containers": [{"name": "main", "resources": {"requests": {"cpu": "1"}}}]}
    assert found("SCH009", answer(of_workload(workload, pending(spec=asking)), *nodes)) is None


def job(kind: str = "Job", **spec: Any) -> dict[str, Any]:
    return make.obj(kind, "report", "default", api="batch/v1", spec=spec)


@pytest.mark.parametrize(
    ("workload", "why", "cure"),
    [
        pytest.param(
            make.deployment("web", replicas=0),
            "0 replicas",
            ["kubectl -n default scale deployment/web --replicas=1"],
            id="no replicas",
        ),
        pytest.param(
            job(parallelism=0),
            "parallelism 0",
            ["""kubectl -n default patch job/report -p '{"spec":{"parallelism":1}}'"""],
            id="no parallelism",
        ),
        pytest.param(
            job("CronJob", suspend=True),
            "suspended",
            ["""kubectl -n default patch cronjob/report -p '{"spec":{"suspend":false}}'"""],
            id="suspended",
        ),
        pytest.param(
            make.deployment("web", replicas=0, uid=None) | {"metadata": {"name": "web", "namespace": "default"}},
            "0 replicas",
            [],
            id="a manifest is edited, not patched",
        ),
    ],
)
def test_a_workload_that_wants_no_pod_says_why(workload: dict[str, Any], why: str, cure: list[str]) -> None:
    finding = found("SCH010", answer(of_workload(workload, pending()), node("n1")))
    assert why in said(finding)
    assert fixes(finding) == cure


@pytest.mark.parametrize(
    "workload",
    [
        pytest.param(make.deployment("web", replicas=1), id="one replica"),
        pytest.param(job(parallelism=1, suspend=False), id="a Job that runs"),
        pytest.param(job("CronJob"), id="a CronJob that runs"),
    ],
)
def test_one_that_wants_pods_says_nothing(workload: dict[str, Any]) -> None:
    assert found("SCH010", answer(of_workload(workload, pending()), node("n1"))) is None
