"""The ground a live test of `explain-service` stands on: namespaces of its own on the shared sandbox, objects in any state.

Pods of Deployments and the like are the real controllers' and kwok's: Running and Ready with an address. A pod in any other
state is laid by hand (`pod`): its status is written before it gets a node, since kwok leaves alone what has begun.
"""

from __future__ import annotations

import itertools
import json
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from bench.server import Json, Server, within
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab_plugins.main import lab

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.sandboxes import Sandbox

CONTAINERS = [{"name": "main", "image": "registry.invalid/main"}]
numbers = itertools.count(1)
addresses = itertools.count(256)


def service(name: str, selector: Json | None = None, *ports: Any, **spec: Any) -> Json:
    """A Service; a port is a number, a pair (port, targetPort) or a dictionary; without ports 80."""
    listed = [_port(each) for each in ports or (80,)]
    made: Json = {"ports": listed, **spec}
    if selector is not None:
        made["selector"] = selector
    return {"kind": "Service", "apiVersion": "v1", "metadata": {"name": name}, "spec": made}


def _port(each: Any) -> Json:
    if isinstance(each, int):
        return {"port": each}
    return dict(each) if isinstance(each, dict) else {"port": each[0], "targetPort": each[1]}


def template(labels: Json, *ports: Json, **spec: Any) -> Json:
    """A pod template; `ports` are container ports."""
    container = {**CONTAINERS[0], "ports": list(ports)} if ports else CONTAINERS[0]
    return {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec}}


def deployment(name: str, labels: Json | None = None, *ports: Json, replicas: int = 2, **spec: Any) -> Json:
    """A Deployment whose pods carry `labels` (default `app: NAME`); `spec` goes to the pod's."""
    carried = labels or {"app": name}
    body = {"replicas": replicas, "selector": {"matchLabels": carried}, "template": template(carried, *ports, **spec)}
    return {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": name}, "spec": body}


@dataclass(frozen=True, slots=True)
class Said:
    """What the command printed and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Json:
        """The JSON document on stdout; without one the test fails with what was said instead."""
        assert self.out, f"exit code {self.code}: {self.err}"
        found: Json = json.loads(self.out)
        return found


@dataclass(slots=True)
class Ground:
    """Namespaces are made by `namespace` and go with the ground."""

    sandbox: Sandbox
    server: Server
    made: list[str] = field(default_factory=list)

    # --- laying out

    def namespace(self, hint: str = "case", labels: Json | None = None) -> str:
        """A fresh namespace; its service account is waited for where a pod is made."""
        name = f"svc{next(numbers)}-{hint}"
        self.server.create("/api/v1/namespaces", {"metadata": {"name": name, "labels": labels or {}}})
        self.made.append(name)
        return name

    def add(self, namespace: str | None, *objects: Json) -> list[Json]:
        """Creates objects of built-in kinds; gives them back as the server has them."""
        for _ in within(30, f"the service account of {namespace}", 0.05):
            if namespace is None or self.server.items(f"/api/v1/namespaces/{namespace}/serviceaccounts"):
                break
        return [self.server.create(KINDS[each["kind"]].path(namespace), each) for each in objects]

    def pod(
        self,
        namespace: str,
        name: str,
        labels: Json,
        *,
        ready: bool = True,
        node: str | None = "",
        ip: str | None = "",
        status: Json | None = None,
        **fields: Any,
    ) -> Json:
        """A pod in the state wanted. `node`: None for none, "" for the first; `ip`: None for none, "" for a fresh one.

        `status` is merged over Running with the condition Ready; other fields go to the spec (`containers`, …), those of the
        metadata in `metadata`.
        """
        metadata = {"name": name, "labels": labels, **fields.pop("metadata", {})}
        spec = {"containers": CONTAINERS, "schedulerName": "nobody", **fields}
        self.add(namespace, {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec})
        address = fresh_address() if ip == "" else ip
        written: Json = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
        written |= {"podIP": address, "podIPs": [{"ip": address}]} if address else {}
        path = f"{KINDS['Pod'].path(namespace)}/{name}"
        self.server.patch(f"{path}/status", {"status": written | (status or {})})
        if node is not None:
            target = {"kind": "Node", "name": node or self.nodes()[0]}
            self.server.create(f"{path}/binding", {"metadata": {"name": name}, "target": target})
        return self.server.get(path)

    def nodes(self) -> list[str]:
        """The names of all nodes."""
        return sorted(str(each["metadata"]["name"]) for each in self.server.items("/api/v1/nodes"))

    def address_nodes(self) -> dict[str, str]:
        """Gives every node an InternalIP (kwok's have none), of the range for documentation; the addresses by node."""
        given = {name: f"192.0.2.{number}" for number, name in enumerate(self.nodes(), 101)}
        for name, address in given.items():
            self.status("Node", None, name, {"addresses": [{"type": "InternalIP", "address": address}]})
        return given

    def status(self, kind: str, namespace: str | None, name: str, status: Json) -> None:
        """Merges into an object's status, as a controller of that kind would."""
        self.server.patch(f"{KINDS[kind].path(namespace)}/{name}/status", {"status": status})

    def event(self, namespace: str, kind: str, name: str, reason: str, message: str, **fields: Any) -> None:
        """A Warning event about an object."""
        about = {"kind": kind, "namespace": namespace, "name": name}
        times = {"firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z", "count": 1}
        body = {"involvedObject": about, "reason": reason, "message": message, "type": "Warning", **times, **fields}
        metadata = {"generateName": f"{name}."}
        self.add(namespace, {"kind": "Event", "apiVersion": "v1", "metadata": metadata, **body})

    # --- waiting

    def endpoints(self, namespace: str, service: str, count: int, *, ready: int | None = None) -> None:
        """Waits until the Service's slices hold so many endpoints, and so many of them ready."""
        path = KINDS["EndpointSlice"].path(namespace)
        for _ in within(30, f"{count} endpoints of {namespace}/{service}", 0.05):
            slices = self.server.items(path, labelSelector=f"kubernetes.io/service-name={service}")
            held = [one for each in slices for one in each.get("endpoints") or []]
            able = [one for one in held if one.get("conditions", {}).get("ready") is not False]
            if slices and len(held) == count and ready in (None, len(able)):
                return

    def available(self, namespace: str, *names: str) -> None:
        """Waits until Deployments have all their pods Ready."""
        for name in names:
            path = f"{KINDS['Deployment'].path(namespace)}/{name}"
            for _ in within(30, f"deployment {namespace}/{name}", 0.05):
                found = self.server.get(path)
                if found.get("status", {}).get("availableReplicas", 0) == found["spec"]["replicas"]:
                    break

    # --- asking

    def run(self, namespace: str | None, *words: str, stdin: str = "") -> Said:
        """`kubectl lab explain-service …` as the administrator; `namespace` None leaves `-n` out."""
        where: Sequence[str] = ["-n", namespace] if namespace else []
        settings = {"KUBECONFIG": str(self.sandbox.kubeconfig), "LC_ALL": "C", "NO_COLOR": "1", "COLUMNS": "100"}
        done = CliRunner().invoke(lab, ["explain-service", *words, *where], env=settings, input=stdin)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def explain(self, namespace: str, *words: str) -> Json:
        """The JSON document."""
        return self.run(namespace, *words, "-o", "json").document

    def entry(self, namespace: str, name: str, *words: str) -> Json:
        """The entry of one Service (or `ingress/NAME`): the first of the document."""
        found: Json = self.explain(namespace, name, *words)["services"][0]
        return found

    def findings(self, namespace: str, name: str, *words: str) -> dict[str, Json]:
        """The findings of one Service by their code; of several with one code the first."""
        listed = self.entry(namespace, name, *words)["findings"]
        return {each["code"]: each for each in reversed(listed)}

    def paste(self, *commands: str) -> None:
        """Into a shell, where kubectl is the administrator's: what a cure is printed for."""
        environment = self.sandbox.environment()
        for command in commands:
            shell = ["bash", "-o", "pipefail", "-c", command]
            done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False, timeout=60)
            assert done.returncode == 0, f"{command}\n{done.stderr}"

    def clear(self) -> None:
        """Lets go of what finalizers hold, and deletes the namespaces without waiting."""
        for namespace in self.made:
            self._release(self.server.items(KINDS["Pod"].path(namespace)), KINDS["Pod"].path(namespace))
            self.server.delete(f"/api/v1/namespaces/{namespace}")

    def _release(self, pods: Iterable[Json], path: str) -> None:
        for pod in pods:
            if pod["metadata"].get("finalizers"):
                self.server.patch(f"{path}/{pod['metadata']['name']}", {"metadata": {"finalizers": None}})


def fresh_address() -> str:
    """An address that no other pod of the tests has; nobody ever dials it."""
    number = next(addresses)
    return f"10.250.{number // 256}.{number % 256}"
