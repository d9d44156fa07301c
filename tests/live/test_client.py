"""The client library against a real API server: what it reads, changes, watches, and how it is refused."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab import errors, objects
from kubectl_lab.cluster import config, live
from kubectl_lab.cluster.write import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.watch import WatchEvent
    from sandbox import Sandbox

pytestmark = pytest.mark.live
WRONG = "00000000-0000-0000-0000-000000000000"


def connect(sandbox: Sandbox, **flags: Any) -> LiveCluster:
    return live.connect(config.resolve(config.Flags(kubeconfig=str(sandbox.kubeconfig), **flags), {}))


@pytest.fixture
def cluster(sandbox: Sandbox, namespace: str) -> Iterator[LiveCluster]:
    made = connect(sandbox, namespace=namespace)
    yield made
    made.transport.close()


@pytest.fixture
def node(sandbox: Sandbox) -> Iterator[str]:
    """A node of this test alone."""
    name = f"client-{threading.get_ident()}-{time.monotonic_ns()}"
    known = {"name": name, "annotations": {"kwok.x-k8s.io/node": "fake"}}
    wanted = {"apiVersion": "v1", "kind": "Node", "metadata": known}
    sandbox.kubectl("create", "-f", "-", input=json.dumps(wanted))
    yield name
    sandbox.kubectl("delete", "node", name, "--wait=false")


def make_pods(sandbox: Sandbox, namespace: str, node: str, *names: str, budget: int | None = None) -> None:
    """Pods that run on the node, under a budget that wants `budget` of them."""
    spec = {"nodeName": node, "containers": [{"name": "c", "image": "i"}]}
    made: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": "web"}}, "spec": spec}
        for name in names
    ]
    if budget is not None:
        wanted = {"minAvailable": budget, "selector": {"matchLabels": {"app": "web"}}}
        made.append(
            {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": wanted}
        )
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": made})
    sandbox.kubectl("create", "-n", namespace, "-f", "-", input=text)
    sandbox.kubectl("wait", "-n", namespace, "pod", "--all", "--for=condition=Ready", "--timeout=60s")
    if budget is not None:
        sandbox.kubectl("wait", "-n", namespace, "pdb/web", f"--for=jsonpath={{.status.currentHealthy}}={len(names)}")


def uid(cluster: LiveCluster, kind: str, name: str) -> str:
    return objects.uid(cluster.get(kind, name))


def test_version_and_identity(sandbox: Sandbox, cluster: LiveCluster) -> None:
    theirs = json.loads(sandbox.kubectl("version", "-o", "json").stdout)["serverVersion"]["gitVersion"]
    assert cluster.server_version() == theirs


def test_an_object_is_what_kubectl_gets(sandbox: Sandbox, cluster: LiveCluster, namespace: str, node: str) -> None:
    make_pods(sandbox, namespace, node, "a")
    theirs = json.loads(
        sandbox.kubectl("get", "pod", "a", "-n", namespace, "-o", "json", "--show-managed-fields").stdout
    )
    assert cluster.get("Pod", "a") == theirs


def test_a_list_in_pages_is_what_kubectl_lists(
    sandbox: Sandbox, cluster: LiveCluster, namespace: str, node: str
) -> None:
    make_pods(sandbox, namespace, node, *"abcde")
    found = cluster.list(
        "Pod", namespace, limit=2, label_selector="app in (web)", field_selector=f"spec.nodeName={node}"
    )
    assert [objects.name(item) for item in found.items] == list("abcde")
    assert found.resource_version.isdecimal()
    assert cluster.list("Pod", namespace, label_selector="app=other").items == ()


def test_a_cordon_keeps_to_its_node_and_its_field(sandbox: Sandbox, cluster: LiveCluster, node: str) -> None:
    writer, before = Writer(cluster.transport), cluster.get("Node", node)
    answered = writer.set_unschedulable(node, objects.uid(before), True, dry_run=True)
    assert objects.spec(answered)["unschedulable"] is True
    assert "unschedulable" not in objects.spec(cluster.get("Node", node))
    writer.set_unschedulable(node, objects.uid(before), True)
    after = cluster.get("Node", node)
    assert objects.spec(after)["unschedulable"] is True
    assert objects.labels(after) == objects.labels(before)
    managers = [entry["manager"] for entry in objects.metadata(after)["managedFields"]]
    assert "kubectl-lab" in managers
    with pytest.raises(errors.Conflict):
        writer.set_unschedulable(node, WRONG, False)
    assert objects.spec(cluster.get("Node", node))["unschedulable"] is True
    writer.set_unschedulable(node, objects.uid(before), False)
    assert "unschedulable" not in objects.spec(cluster.get("Node", node))


def test_an_eviction_takes_this_very_pod(sandbox: Sandbox, cluster: LiveCluster, namespace: str, node: str) -> None:
    make_pods(sandbox, namespace, node, "a")
    writer, known = Writer(cluster.transport), uid(cluster, "Pod", "a")
    with pytest.raises(errors.Conflict):
        writer.evict(namespace, "a", WRONG, grace_period_seconds=None)
    writer.evict(namespace, "a", known, grace_period_seconds=0, dry_run=True)
    assert uid(cluster, "Pod", "a") == known
    writer.evict(namespace, "a", known, grace_period_seconds=0)
    sandbox.kubectl("wait", "-n", namespace, "pod/a", "--for=delete", "--timeout=30s")
    with pytest.raises(errors.NotFound):
        writer.evict(namespace, "a", known, grace_period_seconds=0)


def test_a_deletion_takes_this_very_pod(sandbox: Sandbox, cluster: LiveCluster, namespace: str, node: str) -> None:
    make_pods(sandbox, namespace, node, "a", budget=1)
    writer, known = Writer(cluster.transport), uid(cluster, "Pod", "a")
    with pytest.raises(errors.Conflict):
        writer.delete_pod(namespace, "a", WRONG, grace_period_seconds=0)
    writer.delete_pod(namespace, "a", known, grace_period_seconds=0, dry_run=True)
    writer.delete_pod(namespace, "a", known, grace_period_seconds=0)
    sandbox.kubectl("wait", "-n", namespace, "pod/a", "--for=delete", "--timeout=30s")


def test_a_budget_says_no_with_its_cause(sandbox: Sandbox, cluster: LiveCluster, namespace: str, node: str) -> None:
    make_pods(sandbox, namespace, node, "a", "b", budget=2)
    with pytest.raises(errors.TooManyRequests) as caught:
        Writer(cluster.transport).evict(namespace, "a", uid(cluster, "Pod", "a"), grace_period_seconds=None)
    (cause,) = caught.value.body["details"]["causes"]
    assert cause["reason"] == "DisruptionBudget"
    assert "budget web needs 2 healthy pods and has 2 currently" in caught.value.values["message"]


@pytest.mark.parametrize(
    ("ask", "key", "names"),
    [
        (lambda made: made.get("Pod", "x"), "api-not-found", {"resource": "pods", "name": "x"}),
        (lambda made: made.get("Node", "x"), "api-not-found-cluster-wide", {"resource": "nodes", "name": "x"}),
        (
            lambda made: made.transport.request("GET", "/apis/policy/v9/widgets"),
            "api-missing",
            {"api": "policy/v9"},
        ),
        (
            lambda made: made.transport.request("GET", "/apis/none.example.com/v1/widgets"),
            "api-missing",
            {"api": "none.example.com/v1"},
        ),
    ],
)
def test_what_is_not_there(cluster: LiveCluster, namespace: str, ask: Any, key: str, names: dict[str, str]) -> None:
    with pytest.raises(errors.NotFound) as caught:
        ask(cluster)
    assert caught.value.key == key
    assert caught.value.values.items() >= names.items()
    assert caught.value.values.get("namespace", namespace) == namespace


@pytest.mark.parametrize(
    ("ask", "command"),
    [
        (lambda made, _: made.list("Pod"), "kubectl auth can-i list pods -A --as nobody"),
        (lambda made, ns: made.get("Pod", "x", ns), "kubectl auth can-i get pods -n {namespace} --as nobody"),
        (lambda made, _: made.get("Node", "x"), "kubectl auth can-i get nodes --as nobody"),
        (
            lambda made, _: Writer(made.transport).set_unschedulable("x", WRONG, True),
            "kubectl auth can-i patch nodes --as nobody",
        ),
        (
            lambda made, ns: Writer(made.transport).evict(ns, "x", WRONG, grace_period_seconds=None),
            "kubectl auth can-i create pods/eviction -n {namespace} --as nobody",
        ),
        (
            lambda made, ns: Writer(made.transport).delete_pod(ns, "x", WRONG, grace_period_seconds=None),
            "kubectl auth can-i delete pods -n {namespace} --as nobody",
        ),
        (
            lambda made, ns: list(made.watch("DaemonSet", ns, resource_version="1", stop=threading.Event())),
            "kubectl auth can-i watch daemonsets.apps -n {namespace} --as nobody",
        ),
    ],
)
def test_what_is_not_allowed_gives_a_line_that_kubectl_takes(
    sandbox: Sandbox, namespace: str, ask: Any, command: str
) -> None:
    with pytest.raises(errors.Forbidden) as caught:
        ask(connect(sandbox, as_user="nobody"), namespace)
    line = caught.value.values["command"]
    assert line == command.format(namespace=namespace)
    assert sandbox.kubectl(*line.split()[1:], check=False).stdout == "no\n"


def test_a_review_agrees_with_kubectl(sandbox: Sandbox, namespace: str) -> None:
    ours, nobody = (Writer(connect(sandbox, **flags).transport) for flags in ({}, {"as_user": "nobody"}))
    assert ours.review("patch", "nodes")
    assert ours.review("create", "pods", subresource="eviction", namespace=namespace)
    assert not nobody.review("patch", "nodes")
    sandbox.kubectl("create", "role", "r", "-n", namespace, "--verb=get", "--resource=daemonsets.apps")
    sandbox.kubectl("create", "rolebinding", "r", "-n", namespace, "--role=r", "--user=nobody")
    deadline = time.monotonic() + 10
    while not nobody.review("get", "daemonsets", group="apps", namespace=namespace) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert nobody.review("get", "daemonsets", group="apps", namespace=namespace)
    assert not nobody.review("get", "daemonsets", group="apps")
    assert not nobody.review("get", "daemonsets", namespace=namespace)


class Follower(threading.Thread):
    """Watches the pods of a namespace and keeps what it saw."""

    def __init__(self, cluster: LiveCluster, namespace: str, version: str) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.seen: list[WatchEvent] = []
        self._watch = cluster.watch("Pod", namespace, resource_version=version, stop=self.stop)

    def run(self) -> None:
        for event in self._watch:
            self.seen.append(event)

    def wait_for(self, kind: str, name: str) -> bool:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if any((event.type, objects.name(event.object)) == (kind, name) for event in list(self.seen)):
                return True
            time.sleep(0.02)
        return False

    def end(self) -> float:
        began = time.monotonic()
        self.stop.set()
        self.join(10)
        return time.monotonic() - began


def test_a_watch_sees_what_happens_after_the_list(
    sandbox: Sandbox, cluster: LiveCluster, namespace: str, node: str
) -> None:
    follower = Follower(cluster, namespace, cluster.list("Pod", namespace).resource_version)
    follower.start()
    make_pods(sandbox, namespace, node, "a")
    Writer(cluster.transport).delete_pod(namespace, "a", uid(cluster, "Pod", "a"), grace_period_seconds=0)
    assert follower.wait_for("ADDED", "a")
    assert follower.wait_for("DELETED", "a")
    assert follower.end() < 1
    assert not follower.is_alive()
