"""`scripts/bench services`: our overview of many Services beside `kubectl describe service` of the same, in one run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import audit
from bench.server import Server, within
from bench.setting import fake_node, is_ready

if TYPE_CHECKING:
    from bench.server import Json
    from sandbox.sandboxes import Sandbox


@dataclass(frozen=True, slots=True)
class Program:
    """How it is started, its user agent, how often; `one_by_one`: a process a Service, as a person would ask."""

    command: tuple[str, ...]
    agent: str
    runs: int = 1
    one_by_one: bool = False


DESCRIBE = ("kubectl", "describe", "service")
PROGRAMS = {
    "kubectl": Program(DESCRIBE, "kubectl"),
    "one by one": Program(DESCRIBE, "kubectl", one_by_one=True),
    "ours": Program(("kubectl", "lab", "explain-service"), "kubectl-lab", runs=3),
}
NAMESPACE = "bench"
CIDRS, ADDRESSES = "/apis/networking.k8s.io/v1/servicecidrs", "10.96.0.0/16"
PODS_A_NODE = 1000
LOST = 50  # one Service of so many selects nobody
WORKERS = 8
# the contract: seconds and MiB for as many pods as Services, how many times faster with ten pods each
MOST_SECONDS, MOST_MEBIBYTES, MOST_REQUESTS, FASTER = 5.0, 300.0, 25, 20.0


class BrokenError(Exception):
    """A program that failed: its figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`wall` in seconds, the median of the runs; `memory` in MiB, the most of any; `kinds`: the requests of one run."""

    wall: float
    memory: float
    kinds: Counter[str]
    lines: int

    @property
    def requests(self) -> int:
        """All of them."""
        return self.kinds.total()


@dataclass(slots=True)
class Setting:
    """Services `svc-0000` …, each with its own pods; pods are added until each Service has as many as wanted."""

    server: Server
    services: int
    pods: int = 0
    owners: list[str] = field(default_factory=list)

    def lay(self) -> None:
        """The namespace and the Services; the cluster's own range has 254 addresses, so there is a second one."""
        self.server.create(CIDRS, {"metadata": {"name": NAMESPACE}, "spec": {"cidrs": [ADDRESSES]}})
        for _ in within(30, "the range of addresses"):
            status = self.server.get(f"{CIDRS}/{NAMESPACE}").get("status", {})
            if any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions", [])):
                break
        self.server.create("/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
        for _ in within(30, "the service account"):
            if self.server.items(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"):
                break
        self._each([service_of(number) for number in range(self.services)], "services")
        owners = self._each([owner_of(number) for number in range(self.services)], "configmaps")
        self.owners = [str(each["metadata"]["uid"]) for each in owners]

    def grow(self, pods: int) -> None:
        """So many pods a Service, all Ready and in the slices."""
        self._nodes(self.services * pods)
        numbers = [(number, index) for index in range(self.pods, pods) for number in range(self.services)]
        with ThreadPoolExecutor(WORKERS) as threads:
            list(threads.map(lambda each: self._pod(*each), numbers))
        self.pods = pods
        self._wait()

    def _nodes(self, pods: int) -> None:
        have = len(self.server.items("/api/v1/nodes", labelSelector="bench"))
        for number in range(have, -(-pods // PODS_A_NODE)):
            node = fake_node(f"bench-{number:02}", {"bench": "services"})
            room = {**node["status"]["capacity"], "pods": str(PODS_A_NODE)}
            self.server.create("/api/v1/nodes", {**node, "status": {"capacity": room, "allocatable": room}})

    def _pod(self, number: int, index: int) -> None:
        """Running and Ready before it has a node: kwok leaves alone what has begun, and would need minutes for thousands."""
        path, body = f"/api/v1/namespaces/{NAMESPACE}/pods", pod_of(number, index, self.owners[number])
        name, place = body["metadata"]["name"], index * self.services + number
        self.server.create(path, body)
        self.server.patch(f"{path}/{name}/status", {"status": status_of(place)})
        target = {"kind": "Node", "name": f"bench-{place // PODS_A_NODE:02}"}
        self.server.create(f"{path}/{name}/binding", {"metadata": {"name": name}, "target": target})

    def _each(self, bodies: list[Json], plural: str) -> list[Json]:
        path = f"/api/v1/namespaces/{NAMESPACE}/{plural}"
        with ThreadPoolExecutor(WORKERS) as threads:
            return list(threads.map(lambda body: self.server.create(path, body), bodies))

    def _wait(self) -> None:
        wanted, path = self.services * self.pods, f"/apis/discovery.k8s.io/v1/namespaces/{NAMESPACE}/endpointslices"
        for _ in within(600, f"{wanted} pods to be Ready", every=2):
            if sum(map(is_ready, self.server.items(f"/api/v1/namespaces/{NAMESPACE}/pods"))) == wanted:
                break
        found = wanted - sum(is_lost(number) for number in range(self.services)) * self.pods
        for _ in within(600, f"{found} endpoints", every=2):
            slices = self.server.items(path)
            if sum(is_up(each) for one in slices for each in one.get("endpoints") or []) == found:
                break


def is_up(endpoint: Json) -> bool:
    """Ready, as a slice says it."""
    return bool(endpoint["conditions"].get("ready"))


def is_lost(number: int) -> bool:
    """Whether the Service of this number has a selector that no pod fits."""
    return number % LOST == LOST - 1


def service_of(number: int) -> Json:
    """A ClusterIP Service that sends 80 to 8080."""
    app = f"svc-{number:04}"
    selector = {"app": f"{app}-typo" if is_lost(number) else app}
    return {"metadata": {"name": app}, "spec": {"selector": selector, "ports": [{"port": 80, "targetPort": 8080}]}}


def owner_of(number: int) -> Json:
    """What stands in for the controller of a Service's pods: it must be there, and leave them alone."""
    return {"metadata": {"name": f"svc-{number:04}"}}


def pod_of(number: int, index: int, owner: str) -> Json:
    """A pod of that Service, named as a ReplicaSet would; nobody schedules it. `owner`: the UID of its controller."""
    app = f"svc-{number:04}"
    container = {"name": "main", "image": "registry.invalid/main", "ports": [{"containerPort": 8080}]}
    labels = {"app": app, "tier": "bench", "pod-template-hash": "5d9c7b8f64"}
    controller = {"apiVersion": "v1", "kind": "ConfigMap", "name": app, "uid": owner, "controller": True}
    return {
        "metadata": {"name": f"{app}-5d9c7b8f64-{index:05}", "labels": labels, "ownerReferences": [controller]},
        "spec": {"schedulerName": "nobody", "containers": [container]},
    }


def status_of(place: int) -> Json:
    """What a kubelet says of a pod that is Ready; `place` numbers the pods, and is their address too."""
    address = f"10.{200 + place // 65536}.{place // 256 % 256}.{place % 256}"
    conditions = [
        {"type": kind, "status": "True"} for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
    ]
    container = {"name": "main", "ready": True, "restartCount": 0, "image": "registry.invalid/main", "imageID": ""}
    started = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    return {
        "phase": "Running",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": conditions,
        "containerStatuses": [{**container, "state": started}],
    }


def measure(sandbox: Sandbox, program: Program, services: int) -> Measured:
    """Runs it as often as said."""
    words = [str(sandbox.bin / program.command[0]), *program.command[1:], "-n", NAMESPACE]
    names = [[service_of(number)["metadata"]["name"]] for number in range(services)] if program.one_by_one else [[]]
    walls, memories, lines, kinds = [], [0.0], 0, Counter[str]()
    for _ in range(program.runs):
        since, lines = time.time_ns() / 1e9, 0
        for name in names:
            printed, memory = _run(sandbox, [*words, *name])
            lines += printed
            memories.append(memory)
        until = time.time_ns() / 1e9
        walls.append(until - since)
        kinds = audit.kinds(audit.requests(sandbox.audit_log, program.agent, since, until))
    return Measured(statistics.median(walls), max(memories), kinds, lines)


def _run(sandbox: Sandbox, command: list[str]) -> tuple[int, float]:
    """Lines printed, and the most memory that the program had (MiB)."""
    process = subprocess.Popen(
        command, env=sandbox.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if process.stdout is None:
        raise BrokenError("no output")
    with process.stdout:
        lines = process.stdout.read().count(b"\n")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BrokenError(f"{' '.join(command)}: exit {process.returncode}")
    return lines, usage.ru_maxrss / 1024


def table(services: int, pods: int, sides: dict[str, Measured]) -> str:
    """The sides beside each other, a line a figure, and what ours must keep to."""
    measured = list(sides.values())
    small, ten = pods <= 1, pods >= 10
    rows = [
        ("wall, s", [f"{side.wall:.2f}" for side in measured], f"at most {MOST_SECONDS:.0f}" if small else ""),
        ("memory, MiB", [f"{side.memory:.0f}" for side in measured], f"at most {MOST_MEBIBYTES:.0f}" if small else ""),
        ("requests", [f"{side.requests}" for side in measured], f"at most {MOST_REQUESTS}" if small else ""),
        ("lines", [f"{side.lines}" for side in measured], ""),
    ]
    if len(measured) > 1:
        times = [f"{side.wall / measured[-1].wall:.1f}" for side in measured]
        rows.insert(1, ("  times as long as ours", times, f"at least {FASTER:.0f}" if ten else ""))
    kinds = sorted({kind for side in measured for kind in side.kinds})
    rows += [(f"  {kind}", [f"{side.kinds[kind]}" for side in measured], "") for kind in kinds]
    title = f"{services} Services x {pods} pods"
    lines = [(title, list(sides), "ours must be"), *rows]
    return "\n".join(f"{name:44}{''.join(f'{cell:>12}' for cell in cells)}   {must}" for name, cells, must in lines)


def report(sandbox: Sandbox, services: int, pods: int, programs: list[str]) -> None:
    """Measures and prints a table with one pod a Service, then with all."""
    setting = Setting(Server(sandbox.kubeconfig), services)
    setting.lay()
    for count in dict.fromkeys((1, pods)):
        _say(f"laying out {services} Services with {count} pods each")
        began = time.monotonic()
        setting.grow(count)
        _say(f"took {time.monotonic() - began:.0f} s")
        # a process a Service takes minutes, and as long with one pod as with ten
        chosen = [name for name in programs if count == pods or not PROGRAMS[name].one_by_one]
        sides = {name: measure(sandbox, PROGRAMS[name], services) for name in chosen}
        print("\n" + table(services, count, sides), flush=True)
    setting.server.close()


def _say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr, flush=True)
