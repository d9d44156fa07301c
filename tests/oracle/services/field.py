"""Lays set-ups on the sandbox, many at once, and reads what the real controller made of them."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.server import within
from kubectl_lab.domain.service.case import Case
from kubectl_lab.domain.service.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.server import Json, Server
    from kubectl_lab.domain.service.model import Endpoint
    from oracle.services.setups import PodPlan, Setup

WORKERS = 8
BATCH = 60  # laid and judged before the pod collector comes for pods whose node is missing (40 s)
TOGETHER = 12  # set-ups that share a namespace
SETTLED = 30.0
NOW = datetime(2026, 1, 1, tzinfo=UTC)  # no endpoint depends on it
ZONES = {0: "zone-a", 1: "zone-b"}

# family, address, ports, pod, node, zone, ready, serving, terminating, hostname
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A set-up, the endpoints that are predicted and those that are real."""

    setup: Setup
    predicted: tuple[Row, ...]
    real: tuple[Row, ...]
    has_slices: bool

    @property
    def agrees(self) -> bool:
        """Nothing missing, nothing added, and the controller has been there (or never comes)."""
        return self.predicted == self.real and self.has_slices != (
            self.setup.shape in ("external-name", "selectorless")
        )

    def __str__(self) -> str:
        lines = [f"{self.setup.replay}  {self.setup.shape}", f"  {self.setup.service}"]
        lines += [f"  {pod}" for pod in self.setup.pods]
        lines += [f"  predicted only: {row}" for row in self.predicted if row not in self.real]
        lines += [f"  real only:      {row}" for row in self.real if row not in self.predicted]
        return "\n".join(lines if self.has_slices else [*lines, "  no slice"])


def foreseen(endpoint: Endpoint) -> Row:
    """A predicted endpoint."""
    ports = tuple(sorted((each.name, each.port, each.protocol) for each in endpoint.ports))
    pod = endpoint.pod.name if endpoint.pod else None
    where = (endpoint.node, endpoint.zone)
    state = (endpoint.ready, endpoint.serving, endpoint.terminating)
    return (endpoint.family, endpoint.address, ports, pod, *where, *state, endpoint.hostname)


def written(each: Json) -> Iterable[Row]:
    """The endpoints of a slice, read without the product's help; the controller leaves no condition out."""
    ports = tuple(sorted((port["name"], port["port"], port["protocol"]) for port in each["ports"] or []))
    for endpoint in each["endpoints"] or []:
        (address,) = endpoint["addresses"]
        where = (endpoint.get("nodeName"), endpoint.get("zone"))
        conditions = endpoint["conditions"]
        state = (conditions["ready"], conditions["serving"], conditions["terminating"])
        yield (
            each["addressType"],
            address,
            ports,
            endpoint["targetRef"]["name"],
            *where,
            *state,
            endpoint.get("hostname"),
        )


def _ordered(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=repr))


class Field:
    """Namespaces `PREFIX-0`, … on one sandbox, whose first three nodes have two zones."""

    def __init__(self, server: Server, prefix: str) -> None:
        self.server = server
        self.prefix = prefix
        self.nodes = sorted(str(each["metadata"]["name"]) for each in server.items("/api/v1/nodes"))
        self._numbers = itertools.count()
        for number, zone in ZONES.items():
            labels = {"topology.kubernetes.io/zone": zone}
            server.patch(f"/api/v1/nodes/{self.nodes[number]}", {"metadata": {"labels": labels}})

    def judge(self, setups: Sequence[Setup]) -> list[Verdict]:
        """The verdict on each, in their order."""
        batches = [setups[at : at + BATCH] for at in range(0, len(setups), BATCH)]
        return [verdict for batch in batches for verdict in self._batch(batch)]

    def _batch(self, setups: Sequence[Setup]) -> list[Verdict]:
        spaces = [self._namespace() for _ in range(0, len(setups), TOGETHER)]
        placed = [(spaces[number // TOGETHER], setup) for number, setup in enumerate(setups)]
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda each: self._lay(*each), placed))
            self._settle(placed)
            verdicts = self._look(placed)
            list(pool.map(self._clear, spaces))
        return verdicts

    def _namespace(self) -> str:
        name = f"{self.prefix}-{next(self._numbers)}"
        self.server.create("/api/v1/namespaces", {"metadata": {"name": name}})
        return name

    def _lay(self, namespace: str, setup: Setup) -> None:
        path = f"/api/v1/namespaces/{namespace}"
        for _ in within(30, f"the service account of {namespace}"):
            if self.server.items(f"{path}/serviceaccounts"):
                break
        early = setup.index % 2 == 0  # the Service first, so that the controller works by each change of a pod
        if early:
            self.server.create(f"{path}/services", setup.service)
        for pod in setup.pods:
            self._pod(f"{path}/pods", pod)
        if not early:
            self.server.create(f"{path}/services", setup.service)

    def _pod(self, path: str, pod: PodPlan) -> None:
        name, spec = pod.body["metadata"]["name"], dict(pod.body["spec"])
        if pod.node:
            spec["nodeName"] = self.nodes[int(pod.node)] if pod.node.isdecimal() else f"missing-{name}"
        self.server.create(path, {**pod.body, "spec": spec})
        self.server.patch(f"{path}/{name}/status", {"status": pod.status})
        if pod.terminating:
            self.server.delete(f"{path}/{name}", **({"gracePeriodSeconds": 0} if pod.terminating == "held" else {}))

    def _settle(self, placed: Sequence[tuple[str, Setup]]) -> None:
        """Waits until all agree, twice in a row, or until the controller has had its time."""
        before = False
        try:
            for _ in within(SETTLED, "the controller", 0.5):
                now = all(each.agrees for each in self._look(placed))
                if now and before:
                    return
                before = now
        except TimeoutError:
            return

    def _look(self, placed: Sequence[tuple[str, Setup]]) -> list[Verdict]:
        spaces = dict.fromkeys(namespace for namespace, _ in placed)
        found: dict[str, list[Json]] = {"Node": self.server.items("/api/v1/nodes")}
        slices: dict[tuple[str, str], list[Json]] = {}
        for kind, group in (("Pod", "/api/v1"), ("Service", "/api/v1"), ("EndpointSlice", "/apis/discovery.k8s.io/v1")):
            resource = kind.lower() + "s"
            found[kind] = [
                each for space in spaces for each in self.server.items(f"{group}/namespaces/{space}/{resource}")
            ]
        for each in found.pop("EndpointSlice"):
            metadata = each["metadata"]
            slices.setdefault((metadata["namespace"], metadata["labels"]["kubernetes.io/service-name"]), []).append(
                each
            )
        around = Inventory(found, now=NOW, extents={"Node": "cluster"})
        return [self._verdict(around, setup, space, slices.get((space, setup.name), [])) for space, setup in placed]

    def _verdict(self, around: Inventory, setup: Setup, space: str, slices: list[Json]) -> Verdict:
        service = around.get("Service", space, setup.name)
        if service is None:
            raise AssertionError(f"{setup.replay}: the Service is gone")
        predicted = _ordered(map(foreseen, Case(service, around).predicted))
        return Verdict(setup, predicted, _ordered(row for each in slices for row in written(each)), bool(slices))

    def _clear(self, namespace: str) -> None:
        """Services and pods go, so that the next batch finds an idle controller."""
        self.server.delete(f"/api/v1/namespaces/{namespace}")


def summary(verdicts: Sequence[Verdict], seed: int, seconds: float) -> str:
    """The line that counts, and below it what the set-ups held."""
    agreed = sum(each.agrees for each in verdicts)
    lines = [f"predicted endpoints: agree {agreed}/{len(verdicts)}  (seed {seed}, {seconds:.0f} s)"]
    shapes = Counter(each.setup.shape for each in verdicts)
    lines.append("  set-ups: " + ", ".join(f"{count} {shape}" for shape, count in shapes.most_common()))
    lines.append("  endpoints: " + ", ".join(f"{count} {trait}" for trait, count in traits(verdicts).items()))
    return "\n".join(lines)


def traits(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many of the real endpoints show each trait."""
    rows = [row for verdict in verdicts for row in verdict.real]
    return {
        "in all": len(rows),
        "IPv6": sum(row[0] == "IPv6" for row in rows),
        "without a port": sum(not row[2] for row in rows),
        "not ready": sum(not row[6] for row in rows),
        "terminating and serving": sum(row[7] and row[8] for row in rows),
        "published": sum(row[6] and (row[8] or not row[7]) for row in rows),
        "without a zone": sum(row[5] is None for row in rows),
        "on a missing node": sum(str(row[4]).startswith("missing") for row in rows),
        "with a hostname": sum(row[9] is not None for row in rows),
    }
