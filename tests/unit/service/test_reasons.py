"""The word for why a pod is not ready."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service.reasons import reason_of, with_reasons
from unit.service.cases import case, endpoint, endpoint_slice, pod, service

CRASHING = {"waiting": {"reason": "CrashLoopBackOff"}}


def waiting(reason: str) -> dict[str, Any]:
    return {"state": {"waiting": {"reason": reason}}}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        pytest.param({}, "", id="a pod that says nothing has none"),
        pytest.param({"containerStatuses": [waiting("ImagePullBackOff")]}, "ImagePullBackOff", id="what it waits for"),
        pytest.param(
            {"containerStatuses": [{"state": {"running": {}}}, waiting("CrashLoopBackOff")]},
            "CrashLoopBackOff",
            id="a container that runs is none",
        ),
        pytest.param(
            {"containerStatuses": [{"state": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}]},
            "OOMKilled",
            id="what it ended with",
        ),
        pytest.param(
            {"initContainerStatuses": [waiting("ErrImagePull")], "containerStatuses": [waiting("PodInitializing")]},
            "ErrImagePull",
            id="an init container comes before those that wait for it",
        ),
        pytest.param(
            {
                "initContainerStatuses": [{"state": {"terminated": {"reason": "Completed", "exitCode": 0}}}],
                "containerStatuses": [waiting("CrashLoopBackOff")],
            },
            "CrashLoopBackOff",
            id="an init container that did its work is none",
        ),
        pytest.param(
            {"initContainerStatuses": [{"ready": True, "state": {"running": {}}}], "reason": "NodeLost"},
            "NodeLost",
            id="else the pod's own",
        ),
        pytest.param({"containerStatuses": "no", "initContainerStatuses": [None, 3]}, "", id="garbage is none"),
    ],
)
def test_why(status: dict[str, Any], reason: str) -> None:
    assert reason_of({"status": status}) == reason


def test_only_an_endpoint_that_is_not_ready_has_a_reason() -> None:
    crashing = {"containerStatuses": [{"state": CRASHING}]}
    asked = case(
        service("web", {"app": "web"}),
        pod("web-1", status=crashing),
        pod("web-2", ready=False, status=crashing),
    )
    assert [each.reason for each in with_reasons(asked)] == ["", "CrashLoopBackOff"]


def test_an_endpoint_without_a_pod_has_none() -> None:
    by_hand = endpoint_slice("web-hand", "web", endpoint("10.9.9.9", ready=False))
    assert [each.reason for each in with_reasons(case(service("web"), by_hand))] == [""]


def test_where_all_containers_run_the_reason_is_what_else_keeps_it_from_being_ready() -> None:
    gated = pod("web-1", ready=False, spec={"readinessGates": [{"conditionType": "lb/target"}]})
    quiet, lost = pod("web-2", ready=False), pod("web-3", ready=False, node="n2")
    asked = case(service("web", {"app": "web"}), gated, quiet, lost, make.node("n1"), make.node("n2", ready="False"))
    assert [each.reason for each in with_reasons(asked)] == ["ReadinessGate", "", "NodeNotReady"]
