"""A corner of the cluster for one side: four nodes and a namespace, laid out for a case and cleared after it.

Everything stands still: no controller may replace, release or collect a pod while two programs are compared. So every
owner that does something is a known object held in deletion by a finalizer (its controller leaves it alone), and
imaginary owners are kept from the garbage collector by a second owner of an API group that the server does not have: it
cannot tell whether that one exists, and deletes nothing while in doubt.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.server import within
from oracle.drain.cases import NODES

if TYPE_CHECKING:
    from bench.server import Json, Server
    from oracle.drain.cases import BudgetCase, Case, Owner, PodCase, State, Volume

HOLD = ["lab.test/hold"]
ANCHOR = {
    "apiVersion": "anchor.invalid/v1",
    "kind": "Anchor",
    "name": "anchor",
    "uid": "0f0f0f0f-1111-4111-8111-0f0f0f0f0f0f",
}
IMAGINARY = "0f0f0f0f-2222-4222-8222-0f0f0f0f0f0f"
OWNER_KINDS: dict[Owner, tuple[str, str, str]] = {
    "replicaset": ("apps/v1", "ReplicaSet", "imaginary"),
    "replicaset-known": ("apps/v1", "ReplicaSet", "known"),
    "statefulset": ("apps/v1", "StatefulSet", "imaginary"),
    "job": ("batch/v1", "Job", "imaginary"),
    "owned-not-controlled": ("apps/v1", "ReplicaSet", "imaginary"),
    "daemonset": ("apps/v1", "DaemonSet", "agent"),
    "daemonset-other-uid": ("apps/v1", "DaemonSet", "agent"),
    "daemonset-gone": ("apps/v1", "DaemonSet", "gone"),
    "daemonset-old-group": ("extensions/v1beta1", "DaemonSet", "agent"),
    "daemonset-foreign": ("apps.kruise.io/v1alpha1", "DaemonSet", "agent"),
}
VOLUMES: dict[Volume, Json] = {
    "emptyDir": {"emptyDir": {}},
    "memory": {"emptyDir": {"medium": "Memory"}},
    "hostPath": {"hostPath": {"path": "/var/tmp"}},
    "claim": {"persistentVolumeClaim": {"claimName": "absent"}},
}
STATUSES: dict[State, Json] = {
    "ready": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    "not-ready": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]},
    # kwok starts what is Pending and not Ready: this pod says Ready to be left alone, and no budget reads it while Pending
    "pending": {"phase": "Pending", "conditions": [{"type": "Ready", "status": "True"}]},
    "succeeded": {"phase": "Succeeded"},
    "failed": {"phase": "Failed"},
}
CONTAINERS = [{"name": "main", "image": "registry.invalid/main"}]
KNOWN_REPLICAS = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood after a drain: per pod of the case `left` or `gone` (also: going), and the nodes that are cordoned."""

    pods: dict[str, str]
    cordoned: frozenset[int]


class Corner:
    """Nodes `NAME-0`…`NAME-3` with the label `pool=NAME`, and the namespace NAME."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.nodes = [f"{name}-{number}" for number in range(NODES)]
        self._pods = f"/api/v1/namespaces/{name}/pods"
        self._budgets = f"/apis/policy/v1/namespaces/{name}/poddisruptionbudgets"
        self._uids: dict[str, str] = {}
        self._before: dict[str, str] = {}

    def build(self) -> None:
        """Nodes, namespace and the two owners that exist; once."""
        self.server.create("/api/v1/namespaces", {"metadata": {"name": self.name}})
        for node in self.nodes:
            self.server.create("/api/v1/nodes", fake_node(node, {"pool": self.name}))
        self._uids["daemonset"] = self._owner(
            "daemonsets", "agent", {"template": {"spec": {"nodeSelector": {"no": "node"}}}}
        )
        self._uids["replicaset-known"] = self._owner("replicasets", "known", {"replicas": 0})
        path = f"/apis/apps/v1/namespaces/{self.name}/replicasets/known"
        self.server.patch(path, {"spec": {"replicas": KNOWN_REPLICAS}})  # in deletion by now: counted, never filled
        for _ in within(30, f"the service account of {self.name}"):
            if self.server.items(f"/api/v1/namespaces/{self.name}/serviceaccounts"):
                return

    def _owner(self, resource: str, name: str, spec: Json) -> str:
        template: dict[str, Any] = {"metadata": {"labels": {"owner": name}}, "spec": {"containers": CONTAINERS}}
        template["spec"].update(spec.get("template", {}).get("spec", {}))
        body = {
            "metadata": {"name": name, "finalizers": HOLD},
            "spec": {**spec, "selector": {"matchLabels": {"owner": name}}, "template": template},
        }
        path = f"/apis/apps/v1/namespaces/{self.name}/{resource}"
        uid: str = self.server.create(path, body)["metadata"]["uid"]
        self.server.delete(f"{path}/{name}", propagationPolicy="Background")
        return uid

    def lay(self, case: Case) -> None:
        """Puts the case there and waits until kwok and the disruption controller have seen it."""
        for number, node in enumerate(self.nodes):
            wanted = {"metadata": {"labels": {"drain": "yes" if number in case.targets else None}}}
            self.server.patch(
                f"/api/v1/nodes/{node}", {**wanted, "spec": {"unschedulable": number in case.cordoned or None}}
            )
        for pod in case.pods:
            self._create(pod)
        for budget in case.budgets:
            self.server.create(self._budgets, budget_object(budget))
        self._settle(case)

    def _create(self, pod: PodCase) -> None:
        body = pod_object(pod, self._uids.get(pod.owner, IMAGINARY))
        node = self.nodes[pod.node]
        # kwok makes a pod Ready as soon as it has a node (and finishes a Job's): any other state is written before that
        if pod.state == "ready" and pod.owner != "job":
            body["spec"]["nodeName"] = node
            self.server.create(self._pods, body)
        else:
            body["spec"]["schedulerName"] = "nobody"
            self.server.create(self._pods, body)
            self.server.patch(f"{self._pods}/{pod.name}/status", {"status": STATUSES[pod.state]})
            binding = {"metadata": {"name": pod.name}, "target": {"kind": "Node", "name": node}}
            self.server.create(f"{self._pods}/{pod.name}/binding", binding)
        if pod.terminating:
            self.server.delete(f"{self._pods}/{pod.name}", gracePeriodSeconds=0)

    def _settle(self, case: Case) -> None:
        last: list[Json] | None = None
        for turn, _ in enumerate(within(60, f"{self.name} to settle for {case.replay}", 0.3 if case.budgets else 0.1)):
            pods = self.server.items(self._pods)
            budgets = self.server.items(self._budgets) if case.budgets else []
            late = [budget for budget in budgets if not is_counted(budget, pods)]
            if settled(case, pods) and not late and last == budgets:
                break
            last = budgets
            if turn % 10 == 9:
                self._recount(late)
        if any(pod.terminating for pod in case.pods):
            time.sleep(3.2)  # older than the 1 s of --skip-wait-for-delete-timeout, whose clock counts whole seconds
        self._before = {name: pod["metadata"]["uid"] for name, pod in self._now().items()}

    def _recount(self, budgets: list[Json]) -> None:
        """A pod's change is told to one of its budgets only: what another one has missed, it counts when itself is changed."""
        for budget in budgets:
            touch = {"metadata": {"annotations": {"lab.test/touched": str(time.monotonic())}}}
            self.server.patch(f"{self._budgets}/{budget['metadata']['name']}", touch)

    def _now(self) -> dict[str, Json]:
        return {pod["metadata"]["name"]: pod for pod in self.server.items(self._pods)}

    def budgets(self) -> list[tuple[int, ...]]:
        """The budgets' numbers, in the order of their names: both sides must start from the same."""
        found = sorted(self.server.items(self._budgets), key=lambda budget: str(budget["metadata"]["name"]))
        keys = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
        return [tuple(budget["status"].get(key, 0) for key in keys) for budget in found]

    def look(self) -> Seen:
        """What the drain left; a pod on its way counts as gone, but not one that was on its way before."""
        now = self._now()
        pods = {name: _fate(now.get(name), uid) for name, uid in self._before.items()}
        nodes = self.server.items("/api/v1/nodes", labelSelector=f"pool={self.name}")
        cordoned = [self.nodes.index(n["metadata"]["name"]) for n in nodes if n["spec"].get("unschedulable")]
        return Seen(pods, frozenset(cordoned))

    def clear(self) -> None:
        """Takes pods and budgets away, whatever holds them."""
        self.server.delete(self._budgets)
        for pod in self.server.items(self._pods):
            if pod["metadata"].get("finalizers"):
                self.server.patch(f"{self._pods}/{pod['metadata']['name']}", {"metadata": {"finalizers": None}})
        self.server.delete(self._pods, gracePeriodSeconds=0)
        for _ in within(30, f"{self.name} to get empty"):
            if not self.server.items(self._pods):
                return


def fake_node(name: str, labels: dict[str, str]) -> Json:
    """A node that kwok plays."""
    room = {"cpu": "64", "memory": "256Gi", "pods": "500"}
    return {
        "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "status": {"capacity": room, "allocatable": room},
    }


def pod_object(pod: PodCase, owner_uid: str) -> Json:
    """The pod without its node."""
    metadata: dict[str, Any] = {"name": pod.name, "labels": {} if pod.tier == "unlabelled" else {"tier": pod.tier}}
    if pod.mirror:
        metadata["annotations"] = {"kubernetes.io/config.mirror": "mirrored"}
    if pod.terminating:
        metadata["finalizers"] = HOLD
    if pod.owner != "bare":
        version, kind, name = OWNER_KINDS[pod.owner]
        owner = {"apiVersion": version, "kind": kind, "name": name, "uid": owner_uid}
        metadata["ownerReferences"] = [{**owner, "controller": pod.owner != "owned-not-controlled"}, ANCHOR]
    volumes = [{"name": f"v{number}", **VOLUMES[volume]} for number, volume in enumerate(pod.volumes)]
    return {"metadata": metadata, "spec": {"containers": CONTAINERS, "volumes": volumes}}


def budget_object(budget: BudgetCase) -> Json:
    """The PodDisruptionBudget."""
    spec: dict[str, Any] = {"selector": {"matchLabels": {"tier": budget.tier}}, budget.field: budget.value}
    if budget.policy:
        spec["unhealthyPodEvictionPolicy"] = budget.policy
    return {"metadata": {"name": budget.name}, "spec": spec}


def settled(case: Case, pods: list[Json]) -> bool:
    """Whether every pod is in the state that the case wants."""
    now = {pod["metadata"]["name"]: pod for pod in pods}
    return all(pod.name in now and (pod.terminating or _is(now[pod.name], pod)) for pod in case.pods)


def _is(seen: Json, wanted: PodCase) -> bool:
    status = STATUSES[wanted.state]
    ready = [one["status"] for one in seen["status"].get("conditions", []) if one["type"] == "Ready"]
    same = ready == [one["status"] for one in status.get("conditions", [])] or wanted.state in ("succeeded", "failed")
    return seen["status"]["phase"] == status["phase"] and same and bool(seen["spec"].get("nodeName"))


def is_counted(budget: Json, pods: list[Json]) -> bool:
    """Whether the disruption controller has seen the budget and all of its pods as they are now."""
    status, wanted = budget.get("status", {}), budget["spec"]["selector"]["matchLabels"]
    mine = [pod for pod in pods if pod["metadata"].get("labels", {}).items() >= wanted.items()]
    healthy = sum(_is_healthy(pod) for pod in mine)
    seen = status.get("observedGeneration") == budget["metadata"]["generation"]
    return bool(seen and status["currentHealthy"] == healthy)


def _is_healthy(pod: Json) -> bool:
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))
    return ready and not pod["metadata"].get("deletionTimestamp")


def _fate(pod: Json | None, uid: str) -> str:
    if pod is None or pod["metadata"]["uid"] != uid:
        return "gone"
    held = bool(pod["metadata"].get("finalizers"))
    return "gone" if pod["metadata"].get("deletionTimestamp") and not held else "left"
