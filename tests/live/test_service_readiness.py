"""Pods behind a Service that are not ready, on real controllers: why, and that it is over when they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench.server import Server, within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import CONTAINERS, Ground, deployment, fresh_address, service
from sandbox.sandboxes import SLOW_PODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.server import Json
    from sandbox.sandboxes import Sandbox

    Layout = Callable[[Ground, str], None]

pytestmark = pytest.mark.live

APP = {"app": "web"}
SERVICE = service("web", APP, (80, 8080))
READY = {"type": "Ready", "status": "True"}
UNREADY = {"type": "Ready", "status": "False"}
LOST = "svc-readiness-lost"
PUBLISHED: Any = {"publishNotReadyAddresses": True}


def waits(why: str, text: str = "", **rest: Any) -> Json:
    """The status of a pod whose container waits."""
    state = {"waiting": {"reason": why, "message": text}}
    each = {"name": "main", "image": "x", "imageID": "", "ready": False, "restartCount": 0, "state": state, **rest}
    return {"containerStatuses": [each]}


def died(code: int, why: str) -> Json:
    return {"restartCount": 6, "lastState": {"terminated": {"exitCode": code, "reason": why}}}


def runs() -> Json:
    state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    each = {"name": "main", "image": "x", "imageID": "", "ready": False, "restartCount": 0, "state": state}
    return {"containerStatuses": [each]}


def crash(ground: Ground, where: str) -> None:
    ground.pod(where, "web-1", APP, ready=False, status=waits("CrashLoopBackOff", "back-off", **died(3, "Error")))


def memory(ground: Ground, where: str) -> None:
    ground.pod(where, "web-1", APP, ready=False, status=waits("CrashLoopBackOff", **died(137, "OOMKilled")))


def image(ground: Ground, where: str) -> None:
    ground.pod(where, "web-1", APP, ready=False, status=waits("ImagePullBackOff", 'Back-off pulling image "x"'))


def probe(ground: Ground, where: str) -> None:
    ground.pod(where, "web-1", APP, ready=False, status=runs())
    ground.event(where, "Pod", "web-1", "Unhealthy", "Readiness probe failed: connection refused")


def some(ground: Ground, where: str) -> None:
    crash(ground, where)
    ground.pod(where, "web-2", APP)


def unscheduled(ground: Ground, where: str) -> None:
    """The real scheduler says that no node has so much room."""
    greedy = [{**CONTAINERS[0], "resources": {"requests": {"cpu": "100000"}}}]
    ground.add(where, deployment("web", containers=greedy, replicas=1))
    for _ in within(30, "the scheduler's verdict"):
        pods = ground.server.items(KINDS["Pod"].path(where))
        if pods and any(each["type"] == "PodScheduled" for each in pods[0]["status"].get("conditions", [])):
            break


def mount(ground: Ground, where: str) -> None:
    status = {"phase": "Pending", **waits("ContainerCreating")}
    ground.pod(where, "web-1", APP, ready=False, ip=None, node="not-there", status=status)
    ground.pod(where, "web-2", APP)
    ground.event(where, "Pod", "web-1", "FailedMount", 'secret "gone" not found')


def gate(ground: Ground, where: str) -> None:
    conditions = [UNREADY, {"type": "ContainersReady", "status": "True"}]
    gates = [{"conditionType": "balancer.example/target"}]
    ground.pod(where, "web-1", APP, status={"conditions": conditions}, readinessGates=gates)


def other_port(ground: Ground, where: str) -> None:
    probed = {"ports": [{"containerPort": 8080}], "readinessProbe": {"httpGet": {"port": 8081}}}
    ground.add(where, deployment("web", containers=[{**CONTAINERS[0], **probed}], replicas=1))
    ground.available(where, "web")
    (made,) = ground.server.items(KINDS["Pod"].path(where))
    ground.status("Pod", where, made["metadata"]["name"], {"conditions": [UNREADY]})


def published(ground: Ground, where: str) -> None:
    ground.pod(where, "web-1", APP, ready=False, status=runs())
    ground.server.patch(f"{KINDS['Service'].path(where)}/web", {"spec": PUBLISHED})


LAYOUTS: dict[str, Layout] = {
    each.__name__: each
    for each in (crash, memory, image, probe, some, unscheduled, mount, gate, other_port, published)
}  # fmt: skip
ENDPOINTS = {"some": 2, "unscheduled": 0}


@pytest.fixture(scope="module")
def laid(services: Ground) -> dict[str, str]:
    where = {name: services.namespace(name.replace("_", "-")) for name in LAYOUTS}
    for name, layout in LAYOUTS.items():
        services.add(where[name], SERVICE)
        layout(services, where[name])
    for name in LAYOUTS:
        services.endpoints(where[name], "web", ENDPOINTS.get(name, 1))
    return where


CASES = [
    pytest.param(
        "crash", ["SVC020"], "broken", "web-1: container main: CrashLoopBackOff (restarts: 6, last exit code: 3)", id="crash"
    ),
    pytest.param("memory", ["SVC020"], "broken", "(OOMKilled, restarts: 6)", id="out of memory"),
    pytest.param("image", ["SVC020"], "broken", "ImagePullBackOff: Back-off pulling image", id="no image"),
    pytest.param("probe", ["SVC020"], "broken", "web-1: runs, but Readiness probe failed: connection refused", id="probe"),
    pytest.param("some", ["SVC021"], "degraded", "not ready (1 of 2); web-1: container main", id="some not ready"),
    pytest.param("unscheduled", ["SVC022"], "broken", "Unschedulable: 0/", id="no node"),
    pytest.param("mount", ["SVC022"], "degraded", 'web-1 has no address yet (pods without one: 1 of 2): FailedMount: secret "gone"', id="no volume"),
    pytest.param("gate", ["SVC028"], "broken", "web-1 waits for the readiness gate balancer.example/target", id="a gate"),
    pytest.param("other_port", ["SVC020", "SVC026"], "broken", "no pod behind Service web is ready", id="the probe asks another port"),
    pytest.param("published", ["SVC023"], "degraded", "clients are sent to web-1, which is not ready", id="published"),
]  # fmt: skip


def told(entry: Json) -> list[str]:
    """The codes of errors and warnings."""
    return [each["code"] for each in entry["findings"] if each["severity"] != "info"]


@pytest.mark.parametrize(("name", "codes", "verdict", "said"), CASES)
def test_what_a_pod_waits_for(
    services: Ground, laid: dict[str, str], name: str, codes: list[str], verdict: str, said: str
) -> None:
    entry = services.entry(laid[name], "web")
    assert told(entry) == codes
    assert said in entry["findings"][0]["message"]
    assert entry["verdict"] == verdict
    assert codes[0] in {hop["finding"] for hop in entry["hops"]}


@pytest.mark.parametrize("name", ["crash", "memory", "image", "probe", "some", "mount", "gate", "published"])
def test_it_is_over_once_the_pod_is_ready(services: Ground, laid: dict[str, str], name: str) -> None:
    where = laid[name]
    conditions = [READY, {"type": "balancer.example/target", "status": "True"}]
    address = services.server.get(f"{KINDS['Pod'].path(where)}/web-1")["status"].get("podIP") or fresh_address()
    well = {"phase": "Running", "conditions": conditions, "containerStatuses": None, "podIP": address}
    services.status("Pod", where, "web-1", {**well, "podIPs": [{"ip": address}]})
    for _ in within(30, "a healthy Service"):
        entry = services.entry(where, "web")
        if entry["verdict"] == "healthy":
            break
    assert told(services.entry(where, "web")) == []


def test_the_printed_patch_lets_the_probe_ask_the_right_port(services: Ground, laid: dict[str, str]) -> None:
    found = services.findings(laid["other_port"], "web")["SVC026"]
    assert "asks port 8081, the Service sends to 8080" in found["message"]
    services.paste(found["fix"][0])
    for _ in within(30, "a healthy Service"):
        entry = services.entry(laid["other_port"], "web")
        if entry["verdict"] == "healthy":
            break
    (made,) = services.server.items(KINDS["Deployment"].path(laid["other_port"]))
    (container,) = made["spec"]["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"]["port"] == 8080


def test_members_of_a_statefulset_may_find_each_other_before_they_are_ready(services: Ground) -> None:
    where = services.namespace("members")
    labels = {"app": "db"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": CONTAINERS}}
    body = {"replicas": 1, "serviceName": "db", "selector": {"matchLabels": labels}, "template": template}
    services.add(where, {"kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": {"name": "db"}, "spec": body})
    services.add(where, service("db", labels, clusterIP="None", **PUBLISHED))
    services.endpoints(where, "db", 1, ready=1)
    assert "SVC023" not in services.findings(where, "db")
    services.status("Pod", where, "db-0", {"conditions": [UNREADY]})
    for _ in within(30, "SVC023"):
        entry = services.entry(where, "db")
        if any(each["code"] == "SVC023" for each in entry["findings"]):
            break
    entry = services.entry(where, "db")
    assert (told(entry), entry["verdict"]) == ([], "healthy")
    assert {each["code"]: each["severity"] for each in entry["findings"]}["SVC023"] == "info"


# --- pods that end, nodes that are lost


@pytest.fixture(scope="module")
def slow(sandbox_factory: Callable[..., Sandbox]) -> Iterator[Ground]:
    """Ground where pods that are told to go stay, and a node may be lost."""
    sandbox = sandbox_factory(nodes=1, stages=SLOW_PODS, audit=True)
    ground = Ground(sandbox, Server(sandbox.kubeconfig))
    metadata = {"name": LOST, "annotations": {"lab.test/unready": ""}}
    ground.server.create("/api/v1/nodes", {"metadata": metadata})
    ground.status("Node", None, LOST, {"conditions": [{"type": "Ready", "status": "False", "reason": "Test"}]})
    yield ground
    ground.server.delete(f"/api/v1/nodes/{LOST}")
    ground.clear()
    ground.server.close()


def test_only_a_pod_that_ends_still_answers(slow: Ground) -> None:
    where = slow.namespace("ending")
    slow.add(where, SERVICE)
    slow.pod(where, "web-1", APP, metadata={"annotations": {"lab.test/termination-seconds": "600"}})
    slow.endpoints(where, "web", 1, ready=1)
    slow.server.delete(f"{KINDS['Pod'].path(where)}/web-1", gracePeriodSeconds=600)
    slow.endpoints(where, "web", 1, ready=0)
    entry = slow.entry(where, "web")
    assert (told(entry), entry["verdict"]) == (["SVC024"], "degraded")
    assert "(web-1)" in entry["findings"][0]["message"]
    slow.pod(where, "web-2", APP)
    slow.pod(where, "web-3", APP, ready=False, status={"phase": "Succeeded"})
    slow.endpoints(where, "web", 2, ready=1)
    entry = slow.entry(where, "web")
    assert (told(entry), entry["verdict"]) == ([], "healthy")


def test_a_pod_on_a_lost_node(slow: Ground) -> None:
    where = slow.namespace("lost")
    slow.add(where, SERVICE)
    slow.pod(where, "web-1", APP, node=LOST)
    slow.pod(where, "web-2", APP)
    slow.endpoints(where, "web", 2)
    entry = slow.entry(where, "web")
    assert (told(entry), entry["verdict"]) == (["SVC029"], "degraded")
    assert f"web-1 runs on node {LOST}, which is NotReady" in entry["findings"][0]["message"]
    assert entry["findings"][0]["fix"] == [f"kubectl describe node {LOST}"]


def test_one_point_and_no_probe(services: Ground) -> None:
    where = services.namespace("point")
    first, second, _ = services.nodes()
    services.add(where, SERVICE, service("spread", {"tier": "x"}, (80, 8080)))
    probed = {"readinessProbe": {"httpGet": {"port": 8080}}, "ports": [{"containerPort": 8080}]}
    services.pod(where, "a", APP, node=first)
    for node, name in ((first, "b"), (second, "c")):
        services.pod(where, name, {"tier": "x"}, node=node, containers=[{**CONTAINERS[0], **probed}])
    services.endpoints(where, "web", 1, ready=1)
    services.endpoints(where, "spread", 2, ready=2)
    assert "a single pod answers (a)" in services.findings(where, "web")["SVC025"]["message"]
    assert "SVC027" not in services.findings(where, "web")
    assert "pod/a" in services.findings(where, "web", "-v")["SVC027"]["message"]
    assert not {"SVC025", "SVC027"} & set(services.findings(where, "spread", "-v"))
    services.pod(where, "d", APP, node=first)
    services.endpoints(where, "web", 2, ready=2)
    found = services.findings(where, "web")["SVC025"]
    assert f"all pods that answer (2) run on node {first}" in found["message"]
    assert services.entry(where, "web")["verdict"] == "healthy"
