"""The commands that a pod without a node prints, run as they stand: each lets it land, on as many nodes as was said."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import Server, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
BLUE = {"key": "team", "value": "blue", "effect": "NoSchedule"}
CONTAINER: dict[str, Any] = {"name": "main", "image": "registry.invalid/main"}
LARGE = [CONTAINER | {"resources": {"requests": {"cpu": "1000"}}}]


class Ground:
    """A namespace, and the three nodes of the session's cluster, which are given back as they were."""

    def __init__(self, sandbox: Sandbox, namespace: str) -> None:
        self.sandbox, self.namespace = sandbox, namespace
        self.server = Server(sandbox.kubeconfig)
        self.nodes = sorted(each["metadata"]["name"] for each in self.server.items("/api/v1/nodes"))

    def close_all(self, **spec: Any) -> None:
        for name in self.nodes:
            self.server.patch(f"/api/v1/nodes/{name}", {"spec": spec})

    def open_all(self) -> None:
        self.close_all(taints=None, unschedulable=None)
        for name in self.nodes:
            self.server.patch(f"/api/v1/nodes/{name}", {"metadata": {"labels": {"disk": None}}})

    def apply(self, kind: str, **spec: Any) -> str:
        """A pod, or a workload that makes one."""
        pod = {"containers": [CONTAINER], **spec}
        body: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": pod}
        if kind != "pod":
            template: dict[str, Any] = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
            made: dict[str, Any] = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
            made |= {"serviceName": "web"} if kind == "StatefulSet" else {}
            body |= {"apiVersion": "apps/v1", "kind": kind, "spec": made}
        self.sandbox.kubectl("apply", "-n", self.namespace, "-f", "-", input=json.dumps(body))
        return f"{kind.lower()}/web"

    def repairs(self, subject: str) -> Any:
        asked = ("lab", "explain-tolerations", subject, "-n", self.namespace, "-o", "json")
        (pod,) = json.loads(self.sandbox.kubectl(*asked).stdout)["pods"]
        (found,) = [each for each in pod["findings"] if each["code"] == "SCH001"]
        return found["details"]["repairs"]

    def feasible(self, subject: str) -> Any:
        asked = ("lab", "explain-tolerations", subject, "-n", self.namespace, "-o", "json")
        return json.loads(self.sandbox.kubectl(*asked).stdout)["pods"][0]["feasible"]

    def paste(self, command: str) -> None:
        shell = ["bash", "-o", "pipefail", "-c", command]
        environment = self.sandbox.environment()
        done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{command}\n{done.stderr}"

    def wait_for_a_node(self) -> None:
        for _ in within(30, "a pod on a node"):
            pods = self.server.items(f"/api/v1/namespaces/{self.namespace}/pods")
            if any(each["spec"].get("nodeName") and not each["metadata"].get("deletionTimestamp") for each in pods):
                break


@pytest.fixture
def ground(sandbox: Sandbox, namespace: str) -> Iterator[Ground]:
    made = Ground(sandbox, namespace)
    yield made
    made.open_all()
    made.server.close()


@pytest.mark.parametrize(
    ("kind", "closed", "spec", "changes"),
    [
        pytest.param("pod", {"taints": [BLUE]}, {}, ["tolerate"], id="a live pod takes one more toleration"),
        pytest.param("Deployment", {"taints": [BLUE]}, {}, ["tolerate"], id="a Deployment makes other pods"),
        pytest.param("StatefulSet", {"taints": [BLUE]}, {}, ["tolerate"], id="a StatefulSet's pod is made anew"),
        pytest.param("pod", {"taints": [BLUE]}, {}, ["untaint"], id="the taint goes"),
        pytest.param("pod", {"unschedulable": True}, {}, ["uncordon"], id="the cordon ends"),
        pytest.param("pod", {}, {"nodeSelector": {"disk": "ssd"}}, ["label"], id="the label comes"),
        pytest.param("pod", {}, {"containers": LARGE}, ["lower"], id="a pod that asks for less is made anew"),
        pytest.param("Deployment", {}, {"containers": LARGE}, ["lower"], id="a Deployment asks for less"),
        pytest.param(
            "pod",
            {"unschedulable": True, "taints": [BLUE]},
            {"nodeSelector": {"disk": "ssd"}},
            ["uncordon", "untaint", "label"],
            id="three changes of one node",
        ),
    ],
)
def test_the_printed_command_lets_the_pod_land(
    ground: Ground, kind: str, closed: dict[str, Any], spec: dict[str, Any], changes: list[str]
) -> None:
    ground.close_all(**closed)
    subject = ground.apply(kind, **spec)
    (repair, *_) = [each for each in ground.repairs(subject) if each["changes"] == changes]
    ground.paste(repair["command"])
    ground.wait_for_a_node()
    if changes != ["lower"]:  # the pod itself now takes the room that the next one would need
        assert len(ground.feasible(subject)) == repair["nodes"]
