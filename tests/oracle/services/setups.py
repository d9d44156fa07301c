"""Draws a Service and its pods from a seed: pure data, in the shape in which the API server takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
Json = dict[str, Any]

HOLD = "lab.test/hold"
NAMES = ("web", "api", "dns")
PROTOCOLS = {"TCP": 70, "UDP": 20, "SCTP": 10}
SHAPES = {
    "cluster": 55,
    "headless": 20,
    "portless": 8,
    "node-port": 7,
    "external-name": 3,
    "selectorless": 3,
    "empty": 4,
}
FAMILIES: dict[tuple[str, tuple[str, ...]], int] = {
    ("SingleStack", ("IPv4",)): 55,
    ("SingleStack", ("IPv6",)): 10,
    ("RequireDualStack", ("IPv4", "IPv6")): 15,
    ("RequireDualStack", ("IPv6", "IPv4")): 10,
    ("PreferDualStack", ()): 10,
}
# which addresses a pod has, in order
ADDRESSES: dict[tuple[int, ...], int] = {(4,): 55, (4, 6): 25, (6, 4): 8, (6,): 6, (): 6}
READY = {"True": 62, "False": 22, "Unknown": 5, "": 6, "gate": 5}
PHASES = {"Running": 82, "Pending": 6, "Succeeded": 5, "Failed": 5, "Unknown": 2}
# a number: one of the nodes; "missing": a node that is not there; "": none yet
NODES: dict[str, int] = {"0": 30, "1": 30, "2": 26, "missing": 9, "": 5}
TERMINATING = {"": 80, "held": 10, "graceful": 10}
CROWD = 105  # more than fit into one slice
CROWD_EVERY = 100


@dataclass(frozen=True, slots=True)
class PodPlan:
    """A pod to make: `body` as it is created (its node among it), `status` written then, `terminating`: how it is deleted."""

    body: Json
    status: Json
    node: str
    terminating: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """A Service and pods around it, some of them its own."""

    seed: int
    index: int
    shape: str
    service: Json
    pods: tuple[PodPlan, ...] = field(default=())

    @property
    def name(self) -> str:
        """The Service's name; its pods begin with it."""
        return f"s{self.index}"

    @property
    def replay(self) -> str:
        """What to type to see this one alone."""
        return f"LAB_ENDPOINTS_CASE={self.seed}:{self.index}"


def weighted(rng: Random, table: dict[T, int]) -> T:
    return rng.choices(list(table), weights=list(table.values()))[0]


def draw(seed: int, index: int) -> Setup:
    """The set-up of this number; it depends on seed and index alone."""
    rng = Random(f"{seed}:{index}")
    is_crowd = index % CROWD_EVERY == CROWD_EVERY - 1
    shape = "crowd" if is_crowd else weighted(rng, SHAPES)
    pairs = {"setup": f"{index}", **({"tier": "front"} if rng.random() < 0.4 else {})}
    count = CROWD if is_crowd else 0 if shape == "empty" else rng.randint(1, 5)
    pods = tuple(_pod(rng, index, number, pairs, is_plain=is_crowd) for number in range(count))
    return Setup(seed, index, shape, _service(rng, index, shape, pairs), pods)


# --- the Service


def _service(rng: Random, index: int, shape: str, pairs: Json) -> Json:
    policy, families = weighted(rng, FAMILIES)
    spec: Json = {"selector": pairs, "ipFamilyPolicy": policy, "ports": _service_ports(rng)}
    spec |= {"ipFamilies": list(families)} if families else {}
    spec |= {"publishNotReadyAddresses": True} if rng.random() < 0.18 else {}
    spec |= {"clusterIP": "None"} if shape in ("headless", "portless") else {}
    spec |= {"type": "NodePort"} if shape == "node-port" else {}
    if shape == "external-name":
        spec = {"type": "ExternalName", "externalName": "db.example.com", "selector": pairs}
    for absent in {"portless": ["ports"], "selectorless": ["selector"]}.get(shape, []):
        del spec[absent]
    return {"metadata": {"name": f"s{index}"}, "spec": spec}


def _service_ports(rng: Random) -> list[Json]:
    count = rng.choice((1, 1, 2, 3))
    made = []
    for number in range(count):
        port: Json = {"port": 80 + number, "protocol": weighted(rng, PROTOCOLS)}
        if count > 1 or rng.random() < 0.5:
            port["name"] = f"p{number}"
        target = rng.choice(("named", "named", "number", "absent"))
        if target != "absent":
            port["targetPort"] = rng.choice(NAMES) if target == "named" else rng.randint(1000, 1005)
        made.append(port)
    return made


# --- pods


def _pod(rng: Random, index: int, number: int, pairs: Json, *, is_plain: bool) -> PodPlan:
    name = f"s{index}-{number}"
    if is_plain:
        body = _body(name, pairs, {"containers": [_container("main", [])]})
        return PodPlan(body, _status("Running", "True", _addresses(index, number, (4, 6))), "0")
    labels = dict(pairs) if rng.random() < 0.9 else {"setup": rng.choice(("other", pairs["setup"]))}
    spec = _containers(rng) | _names(rng, index, number)
    ready, phase = weighted(rng, READY), weighted(rng, PHASES)
    if ready == "gate":
        spec["readinessGates"] = [{"conditionType": "lab.test/gate"}]
    body = _body(name, labels, spec)
    terminating = weighted(rng, TERMINATING)
    if terminating == "held":
        body["metadata"]["finalizers"] = [HOLD]
    status = _status(phase, ready, _addresses(index, number, weighted(rng, ADDRESSES)))
    return PodPlan(body, status, weighted(rng, NODES), terminating)


def _body(name: str, labels: Json, spec: Json) -> Json:
    return {"metadata": {"name": name, "labels": labels}, "spec": {"schedulerName": "nobody", **spec}}


def _names(rng: Random, index: int, number: int) -> Json:
    made: Json = {"hostname": f"host-{number % 2}"} if rng.random() < 0.3 else {}
    return made | ({"subdomain": rng.choice((f"s{index}", f"s{index}", "other"))} if rng.random() < 0.4 else {})


def _containers(rng: Random) -> Json:
    made: Json = {"containers": [_container(f"c{number}", _ports(rng)) for number in range(rng.choice((1, 1, 2)))]}
    inits = []
    for number in range(rng.choice((0, 0, 0, 1, 2))):
        init = _container(f"i{number}", _ports(rng))
        inits.append(init | ({"restartPolicy": "Always"} if rng.random() < 0.6 else {}))
    return made | ({"initContainers": inits} if inits else {})


def _container(name: str, ports: list[Json]) -> Json:
    return {"name": name, "image": "registry.invalid/main", "ports": ports}


def _ports(rng: Random) -> list[Json]:
    names = rng.sample([*NAMES, ""], rng.randint(0, 3))
    return [
        {"containerPort": 8000 + rng.randint(0, 3) * 10 + number, "protocol": weighted(rng, PROTOCOLS)}
        | ({"name": name} if name else {})
        for number, name in enumerate(names)
    ]


def _addresses(index: int, number: int, families: tuple[int, ...]) -> list[str]:
    """Nobody ever dials them."""
    return [
        f"10.{200 + index // 250}.{index % 250}.{number + 1}" if each == 4 else f"fd00:{index:x}::{number + 1:x}"
        for each in families
    ]


def _status(phase: str, ready: str, addresses: list[str]) -> Json:
    conditions = [{"type": "ContainersReady", "status": "True"}]
    if ready:
        conditions.append({"type": "Ready", "status": "False" if ready == "gate" else ready})
    made: Json = {"phase": phase, "conditions": conditions}
    return made | ({"podIP": addresses[0], "podIPs": [{"ip": each} for each in addresses]} if addresses else {})
