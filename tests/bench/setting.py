"""The setting of drain's performance contract: fake nodes full of pods that take 2-5 s to go, and room elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.server import within

if TYPE_CHECKING:
    from bench.server import Json, Server

PODS_A_NODE = 20
GROUP = 4  # an application has its twenty pods on four nodes, five each
SHARE = 5
ALLOWED = 2  # maxUnavailable of each application's budget
CONTAINERS = [{"name": "main", "image": "registry.invalid/main"}]
READY = {"lab.test/ready-seconds": "1"}


def termination(number: int) -> float:
    """Seconds that the node's pod of this number takes to go: evenly from 2 to 5."""
    return round(2 + 3 * number / (PODS_A_NODE - 1), 2)


@dataclass(frozen=True, slots=True)
class Setting:
    """`nodes` full nodes named `NAME-…` with the label `bench=NAME`, as many empty ones, all pods in namespace NAME."""

    server: Server
    name: str
    nodes: int
    budgets: bool

    @property
    def full(self) -> list[str]:
        """The nodes to be drained."""
        return [f"{self.name}-{number:02}" for number in range(self.nodes)]

    @property
    def spare(self) -> list[str]:
        """The nodes with room for the replacements."""
        return [f"{self.name}-spare-{number:02}" for number in range(self.nodes)]

    @property
    def pods(self) -> str:
        """The path of the pods."""
        return f"/api/v1/namespaces/{self.name}/pods"

    def lay(self) -> None:
        """Creates everything and waits until each pod is Ready and each budget is counted."""
        self.server.create("/api/v1/namespaces", {"metadata": {"name": self.name}})
        for node in self.full:
            self.server.create("/api/v1/nodes", fake_node(node, {"bench": self.name}))
        for node in self.spare:
            self.server.create("/api/v1/nodes", fake_node(node, {"spare": self.name}))
        for _ in within(30, "the service account"):
            if self.server.items(f"/api/v1/namespaces/{self.name}/serviceaccounts"):
                break
        apps = [self._pods_of(group, app) for group in range(0, self.nodes, GROUP) for app in range(GROUP)]
        for app, count in apps:
            self._owner(app, count)
        self._wait()

    def _pods_of(self, group: int, app: int) -> tuple[str, int]:
        name, count = f"app-{group // GROUP}-{app}", 0
        for node in self.full[group : group + GROUP]:
            for number in range(app * SHARE, (app + 1) * SHARE):
                annotations = {**READY, "lab.test/termination-seconds": f"{termination(number)}"}
                metadata = {"name": f"{node}-{number:02}", "labels": {"app": name}, "annotations": annotations}
                self.server.create(
                    self.pods, {"metadata": metadata, "spec": {"nodeName": node, "containers": CONTAINERS}}
                )
                count += 1
        return name, count

    def _owner(self, app: str, count: int) -> None:
        """A ReplicaSet that adopts the application's pods, which stand where it would never have put them."""
        annotations = {**READY, "lab.test/termination-seconds": "2"}
        template = {
            "metadata": {"labels": {"app": app}, "annotations": annotations},
            "spec": {"containers": CONTAINERS, "nodeSelector": {"spare": self.name}},
        }
        selector = {"matchLabels": {"app": app}}
        spec = {"replicas": count, "selector": selector, "template": template}
        self.server.create(
            f"/apis/apps/v1/namespaces/{self.name}/replicasets", {"metadata": {"name": app}, "spec": spec}
        )
        if self.budgets:
            body = {"metadata": {"name": app}, "spec": {"selector": selector, "maxUnavailable": ALLOWED}}
            self.server.create(f"/apis/policy/v1/namespaces/{self.name}/poddisruptionbudgets", body)

    def _wait(self) -> None:
        for _ in within(180, "the pods to be Ready and the budgets to be counted", every=0.5):
            pods = self.server.items(self.pods)
            mine = [pod for pod in pods if is_ready(pod) and pod["metadata"].get("ownerReferences")]
            if len(pods) == len(mine) == self.nodes * PODS_A_NODE and all(map(_is_roomy, self.all_budgets())):
                return

    def all_budgets(self) -> list[Json]:
        """The budgets, none in the setting without."""
        return self.server.items(f"/apis/policy/v1/namespaces/{self.name}/poddisruptionbudgets")

    def clear(self) -> None:
        """Takes everything away; the namespace goes in its own time."""
        self.server.delete(f"/apis/apps/v1/namespaces/{self.name}/replicasets", propagationPolicy="Orphan")
        self.server.delete(self.pods, gracePeriodSeconds=0)
        self.server.delete(f"/api/v1/namespaces/{self.name}")
        for node in self.full + self.spare:
            self.server.delete(f"/api/v1/nodes/{node}")


def fake_node(name: str, labels: dict[str, str]) -> Json:
    """A node that kwok plays, with room for a hundred pods."""
    room = {"cpu": "64", "memory": "256Gi", "pods": "110"}
    metadata = {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}}
    return {"metadata": metadata, "status": {"capacity": room, "allocatable": room}}


def is_ready(pod: Json) -> bool:
    """Whether the pod counts as healthy for a budget: Ready and not on its way out."""
    conditions = pod.get("status", {}).get("conditions", [])
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    return ready and not pod["metadata"].get("deletionTimestamp")


def _is_roomy(budget: Json) -> bool:
    return bool(budget.get("status", {}).get("disruptionsAllowed") == ALLOWED)
