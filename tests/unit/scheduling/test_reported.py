"""What the scheduler itself said, where it is not what is said here."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.answer import explain_subject
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.question import TaintChange, WhatIf
from kubectl_lab.domain.scheduling.state import ClusterState
from unit.scheduling.asking import NOW, answer, fixes, found, node, of_workload, pending, said, state, subject, taint

TEAM = taint("team", "blue")
OURS = (
    "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: "
    "0/1 nodes are available: 1 Preemption is not helpful for scheduling."
)
THEIRS = "0/1 nodes are available: 1 Insufficient cpu. preemption: none."


def refused(message: str, at: str = "2026-01-01T11:00:00Z", **more: Any) -> dict[str, Any]:
    """The pod with the scheduler's condition."""
    pod = pending(**more)
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    pod["status"]["conditions"].append(condition | {"lastTransitionTime": at})
    return pod


def event(message: str, name: str = "web", **more: Any) -> dict[str, Any]:
    about = {"kind": "Pod", "namespace": "default", "name": name, "uid": make.uid("Pod", name, "default")}
    made = make.obj("Event", "e1", "default")
    return made | {"reason": "FailedScheduling", "message": message, "involvedObject": about} | more


def test_another_condition_is_shown_with_its_age_beside_ours() -> None:
    finding = found("SCH008", answer(refused(THEIRS), node("n1", TEAM)))
    assert finding is not None
    assert (finding.details["live"], finding.details["ours"]) == (THEIRS, OURS)
    assert finding.details["condition"] == {"text": THEIRS, "age": 3600}
    assert finding.details["event"] is None
    assert said(finding).startswith("1h ago the scheduler said something else about pod/web")
    assert fixes(finding) == ["kubectl -n default describe pod/web"]


def test_the_same_text_is_no_news() -> None:
    assert found("SCH008", answer(refused(OURS), node("n1", TEAM))) is None


def test_a_pod_of_which_nothing_was_said_is_no_news() -> None:
    other = event(THEIRS, name="api")
    assert (
        found("SCH008", answer(pending(), node("n1", TEAM), Event=[other, event(THEIRS) | {"reason": "Pulled"}]))
        is None
    )


def test_where_a_node_takes_the_pod_now_the_refusal_is_old() -> None:
    finding = found("SCH008", answer(refused(OURS), node("n1")))
    assert "nodes without a known refusal: 1" in said(finding)


@pytest.mark.parametrize(
    ("seen", "age"),
    [
        pytest.param({"series": {"lastObservedTime": "2026-01-01T11:59:15.123456Z"}}, "44s", id="the end of a series"),
        pytest.param({"lastTimestamp": "2026-01-01T11:56:40Z"}, "3m20s", id="of the older API"),
        pytest.param({"eventTime": "2025-12-30T10:00:00Z"}, "2d2h", id="of the newer API"),
        pytest.param({"firstTimestamp": "2025-12-17T10:00:00Z"}, "15d", id="days alone from ten on"),
        pytest.param({}, "?", id="without any time"),
    ],
)
def test_without_a_condition_the_event_speaks_with_its_age(seen: dict[str, Any], age: str) -> None:
    finding = found("SCH008", answer(pending(), node("n1", TEAM), Event=[event(THEIRS, **seen)]))
    assert finding is not None
    assert finding.details["age"] == age
    assert finding.details["event"]["text"] == THEIRS


def test_of_several_events_the_newest_counts() -> None:
    old = event(THEIRS, lastTimestamp="2026-01-01T10:00:00Z")
    new = event(OURS, lastTimestamp="2026-01-01T11:00:00Z")
    assert found("SCH008", answer(pending(), node("n1", TEAM), Event=[new, old])) is None


def test_an_event_is_cut_and_still_the_same() -> None:
    nodes = [node(f"n{number}", cpu="0") for number in range(3)]
    names = [f"example.com/{letter * 60}" for letter in "abcdefghijklmnopq"]
    asking = dict.fromkeys(names, "1")
    pod = pending(spec={"containers": [{"name": "main", "resources": {"requests": asking, "limits": asking}}]})
    before_devices = Features((1, 33, 0))
    whole = answer(pod, *nodes, features=before_devices).message
    assert whole is not None
    cut = whole.encode()[:1020].decode() + " ..."
    explained = answer(pod, *nodes, features=before_devices, Event=[event(cut)])
    assert explained.message == whole
    assert found("SCH008", explained) is None


def test_the_event_tells_when_a_condition_was_last_true() -> None:
    seen = event(THEIRS, lastTimestamp="2026-01-01T11:59:00Z")
    finding = found("SCH008", answer(refused(THEIRS), node("n1", TEAM), Event=[seen]))
    assert finding is not None
    assert finding.details["age"] == "1m"


def test_under_a_what_if_the_scheduler_cannot_have_said_the_same() -> None:
    changes = WhatIf(add_taints=(TaintChange("team", "blue", "NoSchedule"),))
    explained = explain_subject(subject(refused(THEIRS)), state(node("n1", TEAM)), NOW, what_if=changes)
    assert found("SCH008", explained) is None


def test_rules_of_another_version_than_the_servers_are_no_measure_either() -> None:
    known = state(refused(THEIRS), node("n1", TEAM))
    other = ClusterState(known.found, Features((1, 33, 0), is_pretended=True))
    assert found("SCH008", explain_subject(subject(refused(THEIRS)), other, NOW)) is None
    same = ClusterState(known.found, Features((1, 33, 0)))
    assert found("SCH008", explain_subject(subject(refused(THEIRS)), same, NOW)) is not None


def test_gates_came_after_the_refusal() -> None:
    gated = refused(THEIRS, spec={"schedulingGates": [{"name": "quota"}]})
    assert found("SCH008", answer(gated, node("n1", TEAM))) is None


def test_of_a_workload_nothing_is_said_by_the_scheduler() -> None:
    assert found("SCH008", answer(of_workload(make.deployment("web"), refused(THEIRS)), node("n1", TEAM))) is None
