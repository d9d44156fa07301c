"""Why a pod is not ready: the first cause, in the words of who knows it."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.catalogue.words import reason as words
from kubectl_lab.domain.service.unready import reason, why_not_ready
from unit.service.cases import Object, case, pod, service

SERVICE = service("web", {"app": "web"})
UNSCHEDULABLE = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes fit."}
CRASH: Any = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}}
CREATING: Any = {"waiting": {"reason": "ContainerCreating"}}
INITIALIZING: Any = {"waiting": {"reason": "PodInitializing"}}
RUNNING: Any = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def ended(code: int, why: str = "Error") -> Any:
    return {"terminated": {"exitCode": code, "reason": why}}


def container(name: str = "main", *, restarts: int = 0, last: Object | None = None, **state: Any) -> Object:
    made: Object = {"name": name, "restartCount": restarts, "ready": False, "state": state}
    return made | ({"lastState": last} if last else {})


def unready(
    *containers: Object, init: tuple[Object, ...] = (), conditions: tuple[Object, ...] = (), **rest: Any
) -> Object:
    fields: Object = {"containerStatuses": list(containers), "initContainerStatuses": list(init)}
    made = pod(ready=False, status=fields, **rest)
    made["status"]["conditions"] += conditions
    return made


def event(why: str, text: str, at: str = "2026-01-01T00:00:00Z") -> Object:
    about = {"kind": "Pod", "namespace": "shop", "name": "web-1"}
    made = make.obj("Event", f"{why}-{at}", "shop")
    return {**made, "involvedObject": about, "reason": why, "message": text, "lastTimestamp": at}


def told(subject: Object, *around: Object) -> tuple[str, str]:
    """The word and the sentence."""
    found = reason(subject, case(SERVICE, subject, *around))
    return (found.word, words(found.words, "en")) if found else ("", "")


@pytest.mark.parametrize(
    ("subject", "around", "expected"),
    [
        pytest.param(pod(), [], ("", ""), id="a ready pod that stays has no reason"),
        pytest.param(
            unready(node="", conditions=(UNSCHEDULABLE,)),
            [],
            ("Unschedulable", "Unschedulable: 0/3 nodes fit."),
            id="no node takes it",
        ),
        pytest.param(
            unready(node="", conditions=({"type": "PodScheduled", "status": "False"},)),
            [],
            ("Unschedulable", "Unschedulable: "),
            id="no node takes it and nobody says why",
        ),
        pytest.param(
            unready(container(**CRASH), conditions=(UNSCHEDULABLE,)),
            [],
            ("CrashLoopBackOff", "container main: CrashLoopBackOff (restarts: 0)"),
            id="an old condition of a pod that has a node says nothing",
        ),
        pytest.param(
            unready(container(restarts=6, last=ended(3), **CRASH)),
            [],
            ("CrashLoopBackOff", "container main: CrashLoopBackOff (restarts: 6, last exit code: 3)"),
            id="a crash loop with restarts and exit code",
        ),
        pytest.param(
            unready(container(restarts=2, last=ended(137, "OOMKilled"), **CRASH)),
            [],
            (
                "CrashLoopBackOff",
                "container main: CrashLoopBackOff, killed because its memory limit was reached (OOMKilled, restarts: 2)",
            ),
            id="a crash loop for want of memory",
        ),
        pytest.param(
            unready(container(restarts=1, **ended(2))),
            [],
            ("Error", "container main: Error (restarts: 1, last exit code: 2)"),
            id="ended, and not begun again yet",
        ),
        pytest.param(
            unready(container(terminated={"exitCode": 1})),
            [],
            ("Terminated", "container main: Terminated (restarts: 0, last exit code: 1)"),
            id="ended without a reason",
        ),
        pytest.param(
            unready(container(waiting={"reason": "ImagePullBackOff", "message": "Back-off pulling image"})),
            [],
            ("ImagePullBackOff", "container main: ImagePullBackOff: Back-off pulling image"),
            id="no image, with the kubelet's text",
        ),
        pytest.param(
            unready(container("a", **RUNNING), container("b", waiting={"reason": "CreateContainerConfigError"})),
            [],
            ("CreateContainerConfigError", "container b: CreateContainerConfigError"),
            id="the container that waits is named, also without a text",
        ),
        pytest.param(
            unready(container(**CREATING)),
            [event("FailedMount", "no secret"), event("Pulled", "later", "2026-01-02T00:00:00Z")],
            ("FailedMount", "FailedMount: no secret"),
            id="what keeps a container from being created",
        ),
        pytest.param(
            unready(container(**CREATING)), [], ("ContainerCreating", "ContainerCreating"), id="merely being created"
        ),
        pytest.param(
            unready(container(**RUNNING)),
            [
                event("FailedMount", "once"),
                event("Unhealthy", "first"),
                event("Unhealthy", "last ", "2026-01-02T00:00:00Z"),
            ],
            ("Unhealthy", "runs, but last"),
            id="the last text of the probe, without what was before the start",
        ),
        pytest.param(
            unready(container(**INITIALIZING), init=(container("setup", restarts=4, last=ended(1), **CRASH),)),
            [],
            ("CrashLoopBackOff", "init container setup: CrashLoopBackOff (restarts: 4, last exit code: 1)"),
            id="an init container that crashes",
        ),
        pytest.param(
            unready(
                container(**INITIALIZING), init=(container("one", **ended(0, "Completed")), container("two", **RUNNING))
            ),
            [],
            ("Init", "init container two has not ended yet"),
            id="an init container that is at work, after one that is done",
        ),
        pytest.param(
            unready(container(**RUNNING), init=({**container("proxy", **RUNNING), "started": True},)),
            [],
            ("NotReady", "its condition Ready is not True, and nothing says why"),
            id="a sidecar that runs is not at work on the start",
        ),
        pytest.param(
            unready(spec={"readinessGates": [{"conditionType": "lb/target"}, {}]}),
            [],
            ("ReadinessGate", "waits for the readiness gate lb/target"),
            id="a gate that nobody has opened",
        ),
        pytest.param(make.terminating(pod()), [], ("Terminating", "is being deleted"), id="being deleted"),
        pytest.param(
            unready(node="n2"),
            [make.node("n2", ready="Unknown")],
            ("NodeNotReady", "its node n2 is NotReady"),
            id="its node is silent",
        ),
        pytest.param(pod(ready=False, phase="Pending"), [], ("Pending", "Pending"), id="pending, and nobody says why"),
        pytest.param(
            pod(status={"conditions": [{"type": "Ready", "status": "False", "reason": "X", "message": "y"}]}),
            [],
            ("X", "X: y"),
            id="the server's own words where there is nothing else",
        ),
        pytest.param(
            pod(status={"conditions": [{"type": "Ready", "status": "False", "reason": "X"}]}),
            [],
            ("X", "X"),
            id="the server's own word alone",
        ),
        pytest.param(
            pod(status={"conditions": 5, "containerStatuses": [7, {"state": []}]}),
            [],
            ("NotReady", "its condition Ready is not True, and nothing says why"),
            id="garbage is not ready either",
        ),
    ],
)
def test_the_first_cause_that_applies(subject: Object, around: list[Object], expected: tuple[str, str]) -> None:
    assert told(subject, *around) == expected


def test_the_phrase_alone_for_whoever_wants_only_that() -> None:
    gone, well = unready(container(**CRASH)), pod()
    assert (
        words(why_not_ready(gone, case(SERVICE, gone)), "fr") == "conteneur main : CrashLoopBackOff (redémarrages : 0)"
    )
    assert why_not_ready(well, case(SERVICE, well)) is None


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(
            unready(container(**CRASH)), {"crashed": "web-1", "container": "main"}, id="a crash: its last words"
        ),
        pytest.param(unready(node="", conditions=(UNSCHEDULABLE,)), {}, id="no node: its events say why"),
        pytest.param(unready(container(waiting={"reason": "ErrImagePull"})), {}, id="else nothing but its description"),
    ],
)
def test_the_command_follows_the_cause(subject: Object, expected: dict[str, str]) -> None:
    found = reason(subject, case(SERVICE, subject))
    assert found is not None
    assert found.fix == expected
