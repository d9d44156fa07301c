"""`scripts/bench scheduling`: one pod of a large cluster explained from a file, beside what parsing that file costs anyway.

Absolute times are a machine's and a moment's. The parse and our commands are measured by turns, and the medians are compared.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import big_cluster

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NODES, PODS, ROUNDS = 5000, 150_000, 3
PARSE = "json.loads"
PARSED = "import json, sys; json.loads(open(sys.argv[1], 'rb').read())"
TIMES, START_UP, BESIDE_OTHERS = 1.5, 1.0, 10.0  # the contract: times the parse, seconds, seconds
MEGABYTE = 1024


class BrokenError(Exception):
    """A command that failed: its figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of user and system in seconds, and the most memory that was held, in KiB."""

    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Row:
    """A subject; `more`: seconds that it may take beyond what every subject may."""

    name: str
    pod: str
    more: float = 0.0


ROWS = (
    Row("taints and resources", "plain"),
    Row("with affinity and spread", "near", BESIDE_OTHERS),
    Row("refused everywhere", "large"),
)


def subjects() -> tuple[dict[str, Any], ...]:
    """The pods that are explained, by their names in ROWS."""
    hosts = {"labelSelector": {"matchLabels": {"app": "app-10"}}, "topologyKey": "kubernetes.io/hostname"}
    zones = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
    zones |= {"labelSelector": {"matchLabels": {"tier": "back"}}}
    near = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [hosts]}}
    return (
        _waiting("plain", "28"),
        _waiting("near", "1", affinity=near, topologySpreadConstraints=[zones]),
        _waiting("large", "40"),
    )


def _waiting(name: str, cpu: str, **spec: Any) -> dict[str, Any]:
    container = {"image": "app", "name": "main", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}
    nearly = {"effect": "NoSchedule", "key": "team", "operator": "Equal", "value": "green"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"labels": {"app": name}, "name": name, "namespace": "bench", "uid": name},
        "spec": {"containers": [container], "tolerations": [nearly], **spec},
        "status": {"phase": "Pending"},
    }


def cost(command: Sequence[str]) -> Cost:
    """Of one run. Raises BrokenError."""
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if started.returncode:
            raise BrokenError(f"{' '.join(command)}: exit {started.returncode}: {said.read().decode(errors='replace')}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss)


def measure(program: Path, file: Path, rounds: int, rows: Sequence[Row] = ROWS) -> dict[str, Cost]:
    """The median of each, by turns."""
    commands = {PARSE: [sys.executable, "-c", PARSED, str(file)]}
    for row in rows:
        explain = ["explain-tolerations", f"pod/{row.pod}", "-n", "bench", "-f", str(file), "-o", "json"]
        commands[row.name] = [str(program), *explain]
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(cost(command))
    return {
        name: Cost(
            statistics.median(each.cpu for each in costs), round(statistics.median(each.memory for each in costs))
        )
        for name, costs in found.items()
    }


def allowance(parse: Cost, row: Row) -> Cost:
    """What the command may cost."""
    return Cost(TIMES * parse.cpu + START_UP + row.more, round(TIMES * parse.memory))


def over(costs: Mapping[str, Cost], rows: Sequence[Row] = ROWS) -> list[str]:
    """The names of the rows that cost more than they may."""
    allowed = {row.name: allowance(costs[PARSE], row) for row in rows}
    return [name for name, may in allowed.items() if costs[name].cpu > may.cpu or costs[name].memory > may.memory]


def table(costs: Mapping[str, Cost], rows: Sequence[Row] = ROWS) -> str:
    """A line a command: its CPU and memory, and what it may cost."""
    parse = costs[PARSE]
    lines = [f"{'':28}{'CPU':>10}{'at most':>12}{'memory':>12}{'at most':>12}"]
    lines.append(f"{PARSE:28}{parse.cpu:8.2f} s{'':12}{parse.memory / MEGABYTE:9.0f} MB")
    for row in rows:
        found, may = costs[row.name], allowance(parse, row)
        memory = f"{found.memory / MEGABYTE:9.0f} MB{may.memory / MEGABYTE:9.0f} MB"
        lines.append(f"{row.name:28}{found.cpu:8.2f} s{may.cpu:10.2f} s{memory}")
    return "\n".join(lines)


def report(program: Path, nodes: int, pods: int, rounds: int) -> None:
    """Lays the file out, measures, prints."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder, "cluster.json")
        print(f"bench: writing {nodes} nodes and {pods} pods", file=sys.stderr, flush=True)
        big_cluster.write(file, nodes, pods, subjects())
        print(f"{nodes} nodes, {pods} pods, {file.stat().st_size / MEGABYTE**2:.0f} MB of JSON")
        print(table(measure(program, file, rounds)), flush=True)
