"""The ground of the scheduler's messages: layouts of nodes and placed pods on a cluster of its own, pods judged one by one.

A pod is judged twice on the same objects: by our rules, on what the API gives, and by the real scheduler, whose word is the
condition PodScheduled. It is deleted before the next one comes, and what preemption took is put back.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.server import Json, RefusedError, Server, within
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.scheduling.evaluation import evaluate
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.message import scheduler_message
from kubectl_lab.domain.scheduling.preemption import Preemption, preempt
from kubectl_lab.domain.scheduling.state import ClusterState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHANGING = ("Node", "Pod")
LASTING = (
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Namespace",
    "StorageClass",
    "CSINode",
    "CSIDriver",
    "CSIStorageCapacity",
    "VolumeAttachment",
    "PodDisruptionBudget",
    "ResourceClaim",
    "DeviceClass",
)
EVENT_LENGTH, CUT = 1024, " ..."  # bytes; what the scheduler's events are cut to
SETTLED = 0.4  # seconds for what the API has to come to the scheduler too
WAIT = 60  # seconds, at most, on a slow machine


@dataclass(frozen=True, slots=True)
class Judged:
    """One pod: what we say, and what the scheduler said; None where it found a node."""

    pod: Json
    ours: str | None
    theirs: str | None
    preempted: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs


@dataclass(slots=True)
class Ground:
    """A cluster of the test's own."""

    server: Server
    placed: dict[tuple[str, str], Json] = field(default_factory=dict)
    lasting: dict[str, list[Json]] = field(default_factory=dict)
    said: dict[str, str | None] = field(default_factory=dict)
    _seen: ClusterState | None = None

    # --- laying out

    def add(self, *objects: Json) -> None:
        """Creates objects of built-in kinds."""
        for each in objects:
            self.server.create(KINDS[each["kind"]].path(each["metadata"].get("namespace")), each)

    def wait_for_accounts(self, namespaces: Iterable[str]) -> None:
        """Without its service account a namespace takes no pods."""
        for namespace in namespaces:
            for _ in within(WAIT, f"the service account of {namespace}"):
                if self.server.items(f"/api/v1/namespaces/{namespace}/serviceaccounts"):
                    break

    def lay(self, nodes: Sequence[Json], pods: Sequence[Json]) -> None:
        """Nodes, then pods that stand on them, until all controllers have had their say."""
        self.add(*nodes)
        for _ in within(WAIT, "the nodes to be as they are meant"):
            if all(map(_is_settled, self.server.items("/api/v1/nodes"))):
                break
        self.placed = {(each["metadata"]["namespace"], each["metadata"]["name"]): each for each in pods}
        self.restore()
        self.lasting = {kind: self._items(kind) for kind in LASTING}
        self._seen = None

    def restore(self) -> None:
        """Puts back the placed pods that are gone, and waits until all of them run."""
        for _ in within(WAIT, "the placed pods to run"):
            there = {_key(each): each for each in self.server.items("/api/v1/pods")}
            leaving = [key for key, each in there.items() if each["metadata"].get("deletionTimestamp")]
            absent = [each for key, each in self.placed.items() if key not in there]
            self.add(*absent)
            running = [key for key in self.placed if there.get(key, {}).get("status", {}).get("phase") == "Running"]
            if not absent and not leaving and len(running) == len(self.placed):
                break
        time.sleep(SETTLED)

    def clear(self) -> None:
        """Nodes and pods go; storage and namespaces stay."""
        for namespace in self.server.items("/api/v1/namespaces"):
            path = f"/api/v1/namespaces/{namespace['metadata']['name']}/pods"
            self.server.delete(path, gracePeriodSeconds=0)
        for path in ("/apis/storage.k8s.io/v1/csinodes", "/api/v1/nodes"):
            self.server.delete(path)
        for _ in within(WAIT, "nodes and pods to go"):
            if not self.server.items("/api/v1/nodes") and not self.server.items("/api/v1/pods"):
                break
        time.sleep(SETTLED)

    # --- reading

    def _items(self, kind: str) -> list[Json]:
        return self.server.items(KINDS[kind].path())

    @property
    def seen(self) -> ClusterState:
        """What the API gave last."""
        return self._seen or self.state()

    def state(self) -> ClusterState:
        """What the API gives now."""
        self._seen = ClusterState({**self.lasting, **{kind: self._items(kind) for kind in CHANGING}}, Features())
        return self._seen

    def would_be(self, pod: Json) -> Json | None:
        """The pod as the server would take it, None where it refuses it."""
        try:
            return self.server.create(f"{KINDS['Pod'].path(pod['metadata']['namespace'])}?dryRun=All", pod)
        except RefusedError as refused:
            if refused.status != 422:
                raise
            return None

    # --- judging

    def judge(self, pod: Json) -> Judged:
        """Ours first, then the scheduler's; the pod is gone afterwards, and all else is as it was."""
        state = self.state()
        created = self.server.create(KINDS["Pod"].path(pod["metadata"]["namespace"]), pod)
        ours, preempted = said_of(created, state)
        theirs = self.verdict(created)
        if preempted.nodes:
            self._until_preempted()
        self.remove(created)
        if theirs is None or preempted.nodes:
            self.restore()
        return Judged(created, ours, theirs, preempted.nodes)

    def see(self, event: Json) -> None:
        """An event of the watch on pods: what the scheduler says first counts, it may find room right after."""
        pod = event["object"]
        condition = scheduled(pod)
        if condition.get("status") == "False":
            self.said.setdefault(pod["metadata"]["uid"], condition["message"])
        elif condition:
            self.said.setdefault(pod["metadata"]["uid"], None)

    def verdict(self, pod: Json) -> str | None:
        """The message of the condition PodScheduled, None once there is a node."""
        uid = pod["metadata"]["uid"]
        for _ in within(WAIT, f"a verdict on {pod['metadata']['name']}: {pod['spec']}", 0.005):
            if uid in self.said:
                break
        return self.said[uid]

    def remove(self, pod: Json) -> None:
        """At once."""
        path = f"{KINDS['Pod'].path(pod['metadata']['namespace'])}/{pod['metadata']['name']}"
        self.server.delete(path, gracePeriodSeconds=0)

    def _until_preempted(self) -> None:
        for _ in within(WAIT, "the scheduler to preempt", 0.02):
            there = {_key(each) for each in self.server.items("/api/v1/pods") if not _is_leaving(each)}
            if not there.issuperset(self.placed):
                return

    def events(self) -> dict[str, list[str]]:
        """The messages of FailedScheduling by the UID of the pod."""
        made: dict[str, list[str]] = {}
        for each in self.server.items("/api/v1/events", fieldSelector="reason=FailedScheduling"):
            made.setdefault(each["involvedObject"]["uid"], []).append(each["message"])
        return made


def said_of(pod: Json, state: ClusterState) -> tuple[str | None, Preemption]:
    """Our message for a pod, and what preemption comes to."""
    found = evaluate(pod, state)
    assert not found.not_evaluated, found.not_evaluated
    preempted = None
    if not found.feasible and not found.before and found.nodes:
        preempted = preempt(found, state)
    return scheduler_message(found, preempted, state.features), preempted or Preemption((), "")


def cut(message: str) -> str:
    """As the event has it."""
    whole = message.encode()
    return message if len(whole) <= EVENT_LENGTH else whole[: EVENT_LENGTH - len(CUT)].decode() + CUT


def scheduled(pod: Json) -> Json:
    """Its condition PodScheduled, empty without one."""
    conditions: Iterable[Json] = pod.get("status", {}).get("conditions") or ()
    return next((each for each in conditions if each["type"] == "PodScheduled"), {})


def _key(pod: Json) -> tuple[str, str]:
    return pod["metadata"]["namespace"], pod["metadata"]["name"]


def _is_leaving(pod: Json) -> bool:
    return "deletionTimestamp" in pod["metadata"]


def _is_settled(node: Json) -> bool:
    """Ready, without the taint of one that is not, and with that of a cordon exactly where it is cordoned."""
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"].get("conditions", ()))
    keys = {each["key"] for each in node["spec"].get("taints", ())}
    cordoned = "node.kubernetes.io/unschedulable" in keys
    return ready and "node.kubernetes.io/not-ready" not in keys and cordoned == node["spec"].get("unschedulable", False)
