"""Pods that take their time, nodes that are not ready, and the log of requests: what the drain is tested with."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from sandbox.sandboxes import SLOW_PODS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox

pytestmark = pytest.mark.live


def pod(name: str, grace: int = 30, **annotations: str) -> str:
    metadata = {"name": name, "annotations": {f"lab.test/{key}-seconds": value for key, value in annotations.items()}}
    spec = {"terminationGracePeriodSeconds": grace, "containers": [{"name": "c", "image": "i"}]}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


@pytest.fixture(scope="module")
def slow(sandbox_factory: Callable[..., Sandbox]) -> Sandbox:
    return sandbox_factory(stages=SLOW_PODS, audit=True, rbac=False)


def seconds_of(action: Callable[[], object]) -> float:
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


def test_a_pod_is_ready_when_its_annotation_says_and_running_before(slow: Sandbox) -> None:
    def wait() -> None:
        slow.kubectl("wait", "--for=condition=Ready", "pod/late", "--timeout=60s")

    slow.kubectl("apply", "-f", "-", input=pod("late", ready="3"))
    slow.kubectl("wait", "--for=jsonpath={.status.phase}=Running", "pod/late", "--timeout=30s")
    assert 1.5 < seconds_of(wait) < 8


@pytest.mark.parametrize(("name", "grace"), [("patient", 30), ("beyond-its-grace", 1)])
def test_a_pod_goes_when_its_annotation_says_whatever_the_grace(slow: Sandbox, name: str, grace: int) -> None:
    slow.kubectl("apply", "-f", "-", input=pod(name, grace, termination="3"))
    slow.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=30s")
    assert 2.5 < seconds_of(lambda: slow.kubectl("delete", "pod", name)) < 8


def test_a_pod_without_annotations_is_ready_and_gone_at_once(slow: Sandbox) -> None:
    slow.kubectl("apply", "-f", "-", input=pod("quick"))
    slow.kubectl("wait", "--for=condition=Ready", "pod/quick", "--timeout=30s")
    assert seconds_of(lambda: slow.kubectl("delete", "pod", "quick")) < 5


def test_a_job_completes(slow: Sandbox) -> None:
    slow.kubectl("create", "job", "once", "--image=i")
    slow.kubectl("wait", "--for=condition=Complete", "job/once", "--timeout=30s")


def test_an_unready_node_stays_so(slow: Sandbox) -> None:
    condition = {"type": "Ready", "status": "False", "reason": "Test"}
    patch = json.dumps({"status": {"conditions": [condition]}})
    slow.kubectl("annotate", "node/node-3", "lab.test/unready=")
    slow.kubectl("patch", "node/node-3", "--subresource=status", "-p", patch)
    slow.kubectl("wait", "--for=jsonpath={.spec.taints[*].effect}", "node/node-3", "--timeout=30s")
    assert "NotReady" in slow.kubectl("get", "node/node-3").stdout


def test_without_rbac_nobody_may_everything_that_admission_lets_pass(slow: Sandbox) -> None:
    assert slow.kubectl("get", "nodes", "-o", "name", "--as", "nobody").stdout.count("node/") == 3
    refused = slow.kubectl("create", "configmap", "x", "-n", "no-such", "--as", "nobody", check=False)
    assert 'namespaces "no-such" not found' in refused.stderr


def test_the_audit_log_counts_requests_by_verb_resource_status_and_agent(slow: Sandbox) -> None:
    before = slow.audit_log.read_text().count("\n")
    slow.kubectl("get", "pod/no-such", "--as=counted", check=False)
    lines = slow.audit_log.read_text().splitlines()[before:]
    events = [json.loads(line) for line in lines if '"counted"' in line]
    seen = Counter(
        (
            event["verb"],
            event["objectRef"]["resource"],
            event["responseStatus"]["code"],
            event["userAgent"].split("/")[0],
        )
        for event in events
    )
    assert seen == {("get", "pods", 404, "kubectl"): 1}
    assert "requestObject" not in events[0]
