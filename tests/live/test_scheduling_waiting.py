"""Pods that the scheduler is not asked about, or that it answers in a word of its own: what it does, and what we say of it."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bench.server import within
from kubectl_lab_plugins.main import lab
from live.placement_ground import scheduled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.server import Json
    from live.placement_ground import Ground

pytestmark = pytest.mark.live
PODS = "/api/v1/namespaces/default/pods"
TAINT = {"key": "team", "value": "blue", "effect": "NoSchedule"}
GATED = "Scheduling is blocked due to non-empty scheduling gates"
numbers = itertools.count(1)


def node(name: str, *taints: Json) -> Json:
    room = {"cpu": "2", "memory": "8Gi", "pods": "110"}
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": name, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "spec": {"taints": list(taints)},
        "status": {"allocatable": room, "capacity": room},
    }


class Asking:
    """Two nodes, the second tainted, and nothing on them."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.open, self.tainted = (f"w{next(numbers)}" for _ in range(2))

    def lay(self) -> None:
        self.ground.clear()
        self.ground.lay([node(self.open), node(self.tainted, TAINT)], [])

    def pod(self, name: str, *, cpu: str = "1", metadata: Json | None = None, **spec: Any) -> Json:
        container = {"name": "main", "image": "registry.invalid/main", "resources": {"requests": {"cpu": cpu}}}
        body = {"containers": [container], "terminationGracePeriodSeconds": 0, **spec}
        return self.ground.server.create(PODS, {"metadata": {"name": name, **(metadata or {})}, "spec": body})

    def get(self, name: str) -> Json:
        return self.ground.server.get(f"{PODS}/{name}")

    def until(self, name: str, text: str) -> None:
        """The condition says this."""
        for _ in within(30, f"{text!r} of {name}: {scheduled(self.get(name))}"):
            if scheduled(self.get(name)).get("message") == text:
                return

    def told_after(self) -> None:
        """The scheduler has told what it has to tell of the pods that were there before."""
        self.ground.verdict(self.pod(f"control-{next(numbers)}", cpu="50"))

    def silent(self, name: str) -> bool:
        """Neither a condition nor an event, though a later pod was judged."""
        self.told_after()
        found = self.get(name)
        return not scheduled(found) and found["metadata"]["uid"] not in self.ground.events()

    def entry(self, *names: str) -> Json:
        """What `kubectl lab explain-tolerations` says of a pod."""
        settings = {"KUBECONFIG": str(self.ground.server.kubeconfig), "LC_ALL": "C", "NO_COLOR": "1"}
        done = CliRunner().invoke(lab, ["explain-tolerations", *names, "-n", "default", "-o", "json"], env=settings)
        assert done.exit_code == 0, done.stderr
        found: Json = json.loads(done.stdout)["pods"][0]
        return found


@pytest.fixture
def asking(placement: Ground) -> Iterator[Asking]:
    made = Asking(placement)
    made.lay()
    yield made
    for each in placement.server.items(PODS):
        if each["metadata"].get("finalizers"):
            placement.server.patch(f"{PODS}/{each['metadata']['name']}", {"metadata": {"finalizers": None}})
    placement.clear()


def codes(entry: Json) -> Sequence[str]:
    return [each["code"] for each in entry["findings"]]


def test_a_gated_pod_is_never_tried_until_its_gates_are_gone(asking: Asking) -> None:
    created = asking.pod("gated", schedulingGates=[{"name": "example.com/wait"}])
    asking.told_after()
    found = asking.get("gated")
    assert (scheduled(found)["reason"], scheduled(found)["message"]) == ("SchedulingGated", GATED)
    assert created["metadata"]["uid"] not in asking.ground.events()
    entry = asking.entry("gated")
    assert (entry["schedulerMessage"], entry["gates"]) == (None, ["example.com/wait"])
    assert entry["feasible"] == [asking.open], "the nodes are judged all the same"
    assert "SCH004" in codes(entry)
    asking.ground.server.patch(f"{PODS}/gated", {"spec": {"schedulingGates": None}})
    for _ in within(20, "the pod to land"):
        if asking.get("gated")["spec"].get("nodeName") == asking.open:
            break


def test_of_a_pod_of_another_scheduler_nobody_says_a_word(asking: Asking) -> None:
    asking.pod("foreign", schedulerName="nobody")
    assert asking.silent("foreign")
    entry = asking.entry("foreign")
    assert (entry["schedulerMessage"], entry["feasible"]) == (None, [asking.open])
    assert "SCH005" in codes(entry)


def test_a_pod_whose_resource_claim_does_not_exist_waits_without_a_word(asking: Asking) -> None:
    asking.pod("claiming", resourceClaims=[{"name": "gpu", "resourceClaimName": "absent"}])
    assert asking.silent("claiming")
    entry = asking.entry("claiming")
    assert "SCH006" in codes(entry)
    assert entry["schedulerMessage"] is None
    assert [each["plugin"] for each in entry["notEvaluated"]] == ["DynamicResources"]


def test_a_pod_bound_by_hand_passes_by_taint_and_cordon_and_the_scheduler_is_not_asked(asking: Asking) -> None:
    asking.pod("bound", nodeName=asking.tainted)
    for _ in within(20, "the pod to run"):
        if asking.get("bound")["status"]["phase"] == "Running":
            break
    entry = asking.entry("bound")
    assert (entry["boundTo"], entry["schedulerMessage"], entry["feasible"]) == (asking.tainted, None, [asking.open])
    assert "SCH011" in codes(entry), "its own node would refuse it"


def test_a_node_name_that_names_no_node_leaves_the_pod_pending(asking: Asking) -> None:
    asking.pod("lost", nodeName="no-such-node")
    asking.told_after()
    found = asking.get("lost")
    assert found["status"]["phase"] == "Pending"
    assert found["metadata"]["uid"] not in asking.ground.events()
    entry = asking.entry("lost")
    assert entry["schedulerMessage"] is None
    assert "SCH013" in codes(entry)


def test_without_any_node_the_message_is_a_sentence_of_its_own(placement: Ground) -> None:
    placement.clear()
    asking = Asking(placement)
    asking.pod("nowhere")
    asking.until("nowhere", "no nodes available to schedule pods")
    entry = asking.entry("nowhere")
    assert entry["schedulerMessage"] == "no nodes available to schedule pods"
    assert "SCH003" in codes(entry)
    placement.clear()


def test_a_pod_that_preempted_waits_for_its_victim_that_cannot_go(asking: Asking) -> None:
    victim = asking.pod("victim", cpu="2", priorityClassName="low", metadata={"finalizers": ["example.com/hold"]})
    assert asking.ground.verdict(victim) is None
    asking.pod("important", cpu="2", priorityClassName="high")
    first = "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s)."
    asking.until("important", first)
    for _ in within(20, "the victim to be on its way out"):
        if asking.get("victim")["metadata"].get("deletionTimestamp"):
            break
    assert asking.get("important")["status"]["nominatedNodeName"] == asking.open
    # whatever frees room for such a pod makes the scheduler try it again
    asking.ground.server.patch(f"/api/v1/nodes/{asking.tainted}", {"spec": {"taints": [TAINT | {"value": "red"}]}})
    again = "no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node."
    asking.until("important", f"{first} {again}")
    entry = asking.entry("important")
    assert entry["schedulerMessage"] == f"{first} {again}"
    assert "SCH008" not in codes(entry)
