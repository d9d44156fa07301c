"""The ground a live drain test stands on: nodes and a namespace of its own on the shared sandbox, and ways to drain."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench import audit
from bench.server import Json, Server, within
from oracle.drain.corner import ANCHOR, HOLD, IMAGINARY

if TYPE_CHECKING:
    from sandbox.sandboxes import Sandbox

CONTAINERS = [{"name": "main", "image": "registry.invalid/main"}]
# what a drain may write, as the audit log names it
WRITES = ("create pods/eviction", "delete pods", "patch nodes", "update nodes", "delete poddisruptionbudgets")
ENGLISH = {"LANG": "C", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Done:
    """How a drain ended; `document` is empty where stdout holds none."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def document(self) -> Json:
        """The JSON document on stdout."""
        found: Json = json.loads(self.out)
        return found

    @property
    def pods(self) -> dict[str, Json]:
        """The document's pods by name."""
        return {pod["name"]: pod for node in self.document["nodes"] for pod in node["pods"]}

    @property
    def nodes(self) -> dict[str, str]:
        """The outcome of each node."""
        return {node["name"]: node["outcome"] for node in self.document["nodes"]}

    def codes(self, pod: str) -> set[str]:
        """The codes of a pod's findings."""
        return {finding["code"] for finding in self.pods[pod]["findings"]}

    def all_findings(self) -> list[Json]:
        """Those of the run and of every pod."""
        return [*self.document["findings"]] + [one for pod in self.pods.values() for one in pod["findings"]]


@dataclass(slots=True)
class Ground:
    """`name` is the namespace and the first part of every node's name."""

    sandbox: Sandbox
    server: Server
    name: str
    made: list[str] = field(default_factory=list)
    began: float = field(default_factory=lambda: time.time_ns() / 1e9)

    @property
    def path(self) -> str:
        """The path of the pods."""
        return f"/api/v1/namespaces/{self.name}/pods"

    @property
    def budgets(self) -> str:
        """The path of the budgets."""
        return f"/apis/policy/v1/namespaces/{self.name}/poddisruptionbudgets"

    def node(self, which: str, **labels: str) -> str:
        """A Ready node; its full name."""
        name = f"{self.name}-{which}"
        metadata = {
            "name": name,
            "labels": {"ground": self.name, **labels},
            "annotations": {"kwok.x-k8s.io/node": "fake"},
        }
        room = {"cpu": "64", "memory": "256Gi", "pods": "500"}
        self.server.create("/api/v1/nodes", {"metadata": metadata, "status": {"capacity": room, "allocatable": room}})
        self.made.append(name)
        for _ in within(30, f"node {name} to be usable"):
            seen = self.server.get(f"/api/v1/nodes/{name}")
            ready = [one for one in seen["status"].get("conditions", []) if one["type"] == "Ready"]
            if ready and ready[0]["status"] == "True" and not seen["spec"].get("taints"):
                break
        return name

    def pod(
        self, name: str, node: str, app: str = "app", *, seconds: float = 0, held: bool = False, bare: bool = False
    ) -> str:
        """A Ready pod that takes `seconds` to go; `held` by a finalizer; its uid. Its ReplicaSet is imaginary."""
        annotations = {"lab.test/termination-seconds": f"{seconds}"} if seconds else {}
        metadata: Json = {"name": name, "labels": {"app": app}, "annotations": annotations}
        if held:
            metadata["finalizers"] = HOLD
        if not bare:
            owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "imaginary", "uid": IMAGINARY}
            metadata["ownerReferences"] = [{**owner, "controller": True}, ANCHOR]
        made = self.server.create(
            self.path, {"metadata": metadata, "spec": {"nodeName": node, "containers": CONTAINERS}}
        )
        self.until(name, lambda pod: pod["status"]["phase"] == "Running")
        return str(made["metadata"]["uid"])

    def until(self, name: str, holds: Any, seconds: float = 30) -> Json:
        """Waits until the pod is as wanted."""
        for _ in within(seconds, f"pod {name}", every=0.05):
            seen = self.pods().get(name)
            if seen and holds(seen):
                return seen
        raise AssertionError(name)

    def pods(self) -> dict[str, Json]:
        """The pods of the namespace."""
        return {pod["metadata"]["name"]: pod for pod in self.server.items(self.path)}

    def deployment(self, app: str, replicas: int, seconds: float = 1, ready: float = 1) -> None:
        """A Deployment whose pods go to this ground's nodes; waits until all are Ready."""
        annotations = {"lab.test/termination-seconds": f"{seconds}", "lab.test/ready-seconds": f"{ready}"}
        template = {
            "metadata": {"labels": {"app": app}, "annotations": annotations},
            "spec": {"containers": CONTAINERS, "nodeSelector": {"ground": self.name}},
        }
        spec = {"replicas": replicas, "selector": {"matchLabels": {"app": app}}, "template": template}
        path = f"/apis/apps/v1/namespaces/{self.name}/deployments"
        self.server.create(path, {"metadata": {"name": app}, "spec": spec})
        for _ in within(60, f"deployment {app}"):
            if self.server.get(f"{path}/{app}")["status"].get("readyReplicas") == replicas:
                return

    def budget(self, name: str, app: str = "app", **rule: int | str) -> None:
        """A PodDisruptionBudget over an application; waits until it is counted."""
        spec = {"selector": {"matchLabels": {"app": app}}, **rule}
        self.server.create(self.budgets, {"metadata": {"name": name}, "spec": spec})
        for _ in within(30, f"budget {name}"):
            seen = self.server.get(f"{self.budgets}/{name}")
            if seen.get("status", {}).get("conditions"):
                return

    def cordon(self, node: str, cordoned: bool = True) -> None:
        """Makes a node unschedulable, or schedulable again."""
        self.server.patch(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": cordoned or None}})

    def is_cordoned(self, node: str) -> bool:
        """Whether new pods are kept off the node."""
        return bool(self.server.get(f"/api/v1/nodes/{node}")["spec"].get("unschedulable"))

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """`kubectl lab drain …` through the real kubectl, not waited for."""
        command = [str(self.sandbox.bin / "kubectl"), "lab", "drain", *words]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        environment = {**self.sandbox.environment(), **ENGLISH}
        return subprocess.Popen(command, text=True, **{"env": environment, **streams, **options})

    def end(self, process: subprocess.Popen[str], started: float, seconds: float = 60) -> Done:
        """Waits for a drain that was started."""
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"still running after {seconds} s\n{out}\n{err}") from None
        return Done(process.returncode, out, err, time.monotonic() - started)

    def drain(self, *words: str, seconds: float = 60) -> Done:
        """The same, to its end."""
        started = time.monotonic()
        return self.end(self.start(*words), started, seconds)

    def written(self) -> list[audit.Request]:
        """What our program wrote to this ground's nodes and pods, refused requests too."""
        found = audit.requests(self.sandbox.audit_log, "kubectl-lab", self.began, time.time_ns() / 1e9)
        mine = [request for request in found if request.namespace == self.name or request.name in self.made]
        return [request for request in mine if request.what in WRITES]

    def evictions(self) -> list[str]:
        """The pods whose eviction the server accepted, one entry each time."""
        return [one.name for one in self.written() if one.what == "create pods/eviction" and one.code == 201]

    def clear(self) -> None:
        """Takes everything away."""
        self.server.delete(f"/apis/apps/v1/namespaces/{self.name}/deployments", propagationPolicy="Background")
        self.server.delete(self.budgets)
        for name, pod in self.pods().items():
            if pod["metadata"].get("finalizers"):
                self.server.patch(f"{self.path}/{name}", {"metadata": {"finalizers": None}})
        self.server.delete(self.path, gracePeriodSeconds=0)
        self.server.delete(f"/api/v1/namespaces/{self.name}")
        for node in self.made:
            self.server.delete(f"/api/v1/nodes/{node}")
