"""`kubectl lab explain-tolerations` as it is typed, on a real cluster: the workshop's exercise, and what operators rely on."""

from __future__ import annotations

import json
import shlex
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bench import audit
from bench.server import Json, Server, within
from kubectl_lab_plugins.main import lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
ENGLISH = {"LC_ALL": "C.UTF-8", "COLUMNS": "100", "NO_COLOR": "1"}
WORKSHOP = """
apiVersion: v1
kind: Pod
metadata:
  name: pod-1
  labels: {security: s1}
spec:
  containers: [{name: main, image: registry.invalid/main}]
  tolerations: [{key: node, operator: Equal, value: "1", effect: NoSchedule}]
"""


class Room:
    """A namespace on a cluster of five nodes, `node-0` to `node-4`, each with the taint `node=N:NoSchedule`."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self.sandbox, self.name = sandbox, name
        self.server = Server(sandbox.kubeconfig)
        self.server.create("/api/v1/namespaces", {"metadata": {"name": name}})
        for _ in within(30, "the service account", 0.05):
            if self.server.items(f"/api/v1/namespaces/{name}/serviceaccounts"):
                break

    def pod(self, name: str, **spec: Any) -> Json:
        body = {"containers": [{"name": "main", "image": "registry.invalid/main"}], **spec}
        return self.server.create(f"/api/v1/namespaces/{self.name}/pods", {"metadata": {"name": name}, "spec": body})

    def told(self, name: str) -> str:
        """What the scheduler says of a pod that no node takes."""
        for _ in within(30, f"the scheduler's word on {name}", 0.05):
            conditions = self.server.get(f"/api/v1/namespaces/{self.name}/pods/{name}")["status"].get("conditions", ())
            for each in conditions:
                if each["type"] == "PodScheduled" and each["status"] == "False":
                    return str(each["message"])
        raise AssertionError

    def landed(self, name: str) -> str:
        """The node that the scheduler chose."""
        for _ in within(30, f"a node for {name}", 0.05):
            found = self.server.get(f"/api/v1/namespaces/{self.name}/pods/{name}")["spec"].get("nodeName")
            if found:
                return str(found)
        raise AssertionError

    def run(self, *words: str, user: str = "") -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        settings = {**ENGLISH, "KUBECONFIG": str(self.sandbox.kubeconfig)}
        asked = ["explain-tolerations", *words, "-n", self.name, *(["--as", user] if user else [])]
        done = CliRunner().invoke(lab, asked, env=settings)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    def entry(self, *words: str) -> Json:
        """The first pod of the document."""
        code, out, err = self.run(*words, "-o", "json")
        assert code == 0, err
        found: Json = json.loads(out)["pods"][0]
        return found


@pytest.fixture(scope="module")
def cluster(sandbox_factory: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    found = sandbox_factory(nodes=5, audit=True)
    server = Server(found.kubeconfig)
    names = sorted(each["metadata"]["name"] for each in server.items("/api/v1/nodes"))
    for number, name in enumerate(names, 1):
        taint = {"key": "node", "value": f"{number}", "effect": "NoSchedule"}
        server.patch(f"/api/v1/nodes/{name}", {"spec": {"taints": [taint]}})
    yield found
    for name in names:
        server.patch(f"/api/v1/nodes/{name}", {"spec": {"taints": None}})
    server.close()


@pytest.fixture
def room(cluster: Sandbox, request: pytest.FixtureRequest) -> Iterator[Room]:
    name = f"sched-{abs(hash(request.node.name)) % 10**8}"
    made = Room(cluster, name)
    yield made
    made.server.delete(f"/api/v1/namespaces/{name}")
    made.server.close()


def test_the_workshop_pod_lands_on_the_first_of_five_tainted_nodes_and_each_other_says_why(
    room: Room, tmp_path: Path
) -> None:
    manifest = tmp_path / "pod-1.yaml"
    manifest.write_text(WORKSHOP)
    nodes = sorted(each["metadata"]["name"] for each in room.server.items("/api/v1/nodes"))
    room.sandbox.kubectl("apply", "-n", room.name, "-f", str(manifest))
    found = room.entry("pod-1")
    assert found["feasible"] == [nodes[0]] == [room.landed("pod-1")]
    for number, each in enumerate(found["nodes"][1:], 2):
        (reason,) = each["reasons"]
        assert (reason["plugin"], reason["first"]) == ("TaintToleration", True)
        assert f"node={number}:NoSchedule" in reason["message"]
        assert f"its value is 1, the taint's is {number}" in each["taints"][0]["nearMiss"]


def test_the_real_kubectl_finds_it_and_its_text_is_the_schedulers_own(room: Room) -> None:
    room.pod("stuck")
    said = room.told("stuck")
    done = room.sandbox.kubectl("lab", "explain-tolerations", "stuck", "-n", room.name, "-o", "json", env=ENGLISH)
    assert json.loads(done.stdout)["pods"][0]["schedulerMessage"] == said
    assert "5 node(s) had untolerated taint(s)" in said


def test_the_first_command_that_it_offers_lets_the_pod_land(room: Room) -> None:
    room.pod("stuck")
    room.told("stuck")
    found = room.entry("stuck")
    (cause,) = (each for each in found["findings"] if each["code"] == "SCH001")
    room.sandbox.kubectl(*shlex.split(cause["fix"][0])[1:])
    assert room.landed("stuck") in room.entry("stuck")["feasible"]


def test_a_what_if_says_what_would_be_and_writes_nothing(room: Room) -> None:
    room.pod("stuck")
    room.told("stuck")
    began = time.time_ns() / 1e9
    node = room.server.items("/api/v1/nodes")[0]["metadata"]["name"]
    would = room.entry("stuck", "--remove-taint", f"node@{node}")
    assert would["feasible"] == [node]
    assert {each["name"]: each["was"] for each in would["nodes"]}[node] is False
    log = room.sandbox.audit_log
    asked: list[audit.Request] = []
    for _ in within(10, "the audit log", 0.1):
        asked = audit.requests(log, "kubectl-lab", began, time.time_ns() / 1e9)
        if any(each.what == "list pods" for each in asked):
            break
    assert {each.what.partition(" ")[0] for each in asked} <= {"get", "list"}


def test_without_a_name_every_pending_pod_of_the_namespace_is_answered_and_none_that_runs(room: Room) -> None:
    for name in ("a", "b"):
        room.pod(name)
        room.told(name)
    room.pod("runs", tolerations=[{"operator": "Exists"}])
    room.landed("runs")
    code, out, _ = room.run("-o", "json")
    assert (code, [each["pod"]["name"] for each in json.loads(out)["pods"]]) == (0, ["a", "b"])
    assert room.run("--exit-code")[0] == 3


def test_a_pod_that_runs_is_judged_as_if_it_were_created_now(room: Room) -> None:
    room.pod("runs", tolerations=[{"operator": "Exists"}])
    where = room.landed("runs")
    found = room.entry("runs")
    assert (found["boundTo"], len(found["feasible"]), found["schedulerMessage"]) == (where, 5, None)


def test_an_unknown_pod_is_told_in_kubectls_words_with_what_is_near(room: Room) -> None:
    room.pod("stuck")
    code, out, err = room.run("stukc", "nothing")
    assert (code, out) == (1, "")
    assert 'pods "stukc" not found' in err
    assert 'pods "nothing" not found' in err
    assert "stuck" in err.replace("stukc", "")


def test_who_may_not_list_nodes_is_told_how_to_check(room: Room) -> None:
    room.pod("stuck")
    code, out, err = room.run("stuck", user="nobody")
    assert (code, out) == (1, "")
    assert "kubectl auth can-i list" in err
    assert len(err.splitlines()) == 2
