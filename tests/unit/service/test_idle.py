"""SVC013 and SVC016: the right template, and no pods of it."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import selection
from kubectl_lab.render import data
from unit.service.cases import Object, case, pod, service, workload

WEB = {"app": "web"}
SERVICE = service("web", WEB)
QUOTA = 'pods "web-1" is forbidden: exceeded quota: small'
SECURITY = 'pods "web-1" is forbidden: violates PodSecurity "restricted:latest"'


def told(*around: Object, **rest: Any) -> tuple[str, str, list[str]]:
    """Code, sentence, commands."""
    found = next(iter(selection.empty(case(SERVICE, *around, **rest)))).finding.to_dict()
    return found["code"], data.message(found, "en"), data.fixes(found)


def having(obj: Object, status: Object, **metadata: Any) -> Object:
    return {**obj, "metadata": obj["metadata"] | metadata, "status": status}


def failed(obj: Object, text: str) -> Object:
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": text}
    return having(obj, {"conditions": [condition]})


def event(kind: str, name: str, text: str, reason: str = "FailedCreate", at: str = "2026-01-01T00:00:00Z") -> Object:
    about = {"kind": kind, "namespace": "shop", "name": name}
    made = make.obj("Event", f"{name}-{at}", "shop")
    return {**made, "involvedObject": about, "reason": reason, "message": text, "lastTimestamp": at}


def replicaset(name: str, made: str, **rest: Any) -> Object:
    body = workload("ReplicaSet", name, WEB, replicas=1)
    owner = [{**make.owner("Deployment", "web"), "uid": "x"}]
    metadata = {"ownerReferences": owner, "creationTimestamp": made}
    return {**body, "metadata": body["metadata"] | metadata, **rest}


def web(kind: str, **spec: Any) -> Object:
    return workload(kind, "web", WEB, **spec)


@pytest.mark.parametrize(
    ("made", "why", "fix"),
    [
        pytest.param(
            web("Deployment", replicas=0), "is scaled to 0", "scale deployment/web --replicas=1", id="a Deployment"
        ),
        pytest.param(
            web("StatefulSet", replicas=0), "is scaled to 0", "scale statefulset/web --replicas=1", id="a StatefulSet"
        ),
        pytest.param(
            web("ReplicaSet", replicas=0), "is scaled to 0", "scale replicaset/web --replicas=1", id="a ReplicaSet"
        ),
        pytest.param(
            web("Job", suspend=True),
            "is suspended",
            """patch job/web -p '{"spec":{"suspend":false}}'""",
            id="a suspended Job",
        ),
        pytest.param(
            having(web("DaemonSet"), {"desiredNumberScheduled": 0, "observedGeneration": 1}, generation=1),
            "finds no node to run on",
            "describe daemonset/web",
            id="a DaemonSet without a node",
        ),
    ],
)
def test_a_template_that_wants_no_pods(made: Object, why: str, fix: str) -> None:
    assert told(made) == (
        "SVC013",
        f"{made['kind'].lower()}/web has the right labels and {why}",
        [f"kubectl -n shop {fix}"],
    )


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(web("CronJob"), id="a CronJob between two runs"),
        pytest.param(
            having(web("Job"), {"conditions": [{"type": "Failed", "status": "True"}]}), id="a Job that has ended"
        ),
    ],
)
def test_work_that_has_ended_neither_rests_nor_waits(made: Object) -> None:
    assert told(made)[0] == "SVC010"


@pytest.mark.parametrize(
    ("around", "text"),
    [
        pytest.param([failed(web("Deployment"), QUOTA)], QUOTA, id="the Deployment's condition"),
        pytest.param(
            [web("Deployment"), failed(replicaset("web-1", "2026-01-01T00:00:00Z"), QUOTA)],
            QUOTA,
            id="its ReplicaSet's condition",
        ),
        pytest.param(
            [web("Deployment"), replicaset("web-1", "2026"), event("ReplicaSet", "web-1", QUOTA)],
            QUOTA,
            id="its ReplicaSet's event",
        ),
        pytest.param([web("StatefulSet"), event("StatefulSet", "web", QUOTA)], QUOTA, id="a StatefulSet's own event"),
        pytest.param(
            [
                web("Deployment"),
                event("Deployment", "web", QUOTA),
                event("Deployment", "web", "newer", at="2026-01-02T00:00:00Z"),
                event("Deployment", "web", "other", "ScalingReplicaSet", "2026-01-03T00:00:00Z"),
            ],
            "newer",
            id="the last of the events that say so",
        ),
        pytest.param(
            [
                web("Deployment"),
                replicaset("old", "2026-01-01T00:00:00Z"),
                replicaset("new", "2026-01-02T00:00:00Z"),
                event("ReplicaSet", "old", "older"),
                event("ReplicaSet", "new", "newer"),
            ],
            "newer",
            id="the newest ReplicaSet",
        ),
        pytest.param(
            [web("Deployment"), event("ReplicaSet", "another-1", QUOTA)],
            "its controller has not made any yet",
            id="not what the server says of others",
        ),
        pytest.param(
            [having(web("DaemonSet"), {"desiredNumberScheduled": 0}, generation=1)],
            "its controller has not made any yet",
            id="a DaemonSet that was not counted yet is not one without nodes",
        ),
        pytest.param(
            [failed(web("Deployment"), QUOTA), pod(phase="Failed")], QUOTA, id="a refusal beside finished pods"
        ),
        pytest.param(
            [
                {**failed(web("Deployment"), QUOTA), "status": {"conditions": [{"type": "ReplicaFailure", "status": "False"}]}}
            ],
            "its controller has not made any yet",
            id="a condition that is False says nothing",
        ),
    ],
)  # fmt: skip
def test_a_template_that_gets_no_pods(around: list[Object], text: str) -> None:
    kind = around[0]["kind"].lower()
    assert told(*around)[:2] == ("SVC016", f"{kind}/web has the right labels and no pod: {text}")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param(QUOTA, "kubectl -n shop describe quota", id="a quota"),
        pytest.param(SECURITY, "kubectl get namespace shop --show-labels", id="pod security"),
        pytest.param("no such account", "kubectl -n shop describe deployment/web", id="anything else"),
    ],
)
def test_the_command_follows_the_refusal(text: str, first: str) -> None:
    assert told(failed(web("Deployment"), text))[2][0] == first


def test_where_workloads_may_not_be_read_the_pods_alone_are_judged() -> None:
    assert told(missing=["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob"])[0] == "SVC010"
