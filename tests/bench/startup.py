"""`scripts/bench startup`: how long our commands take to begin and end, beside kubectl's own, in one run.

Absolute times are a machine's and a moment's. Commands are measured by turns, each round in another order, and the medians
are compared: that ratio stays.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.server import Server, within
from bench.setting import CONTAINERS
from release.bundle import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sandbox.sandboxes import Sandbox

ROUNDS = 12
NAMESPACE = "startup"
CLIENT, RAW, DESCRIBE = "kubectl version --client", "kubectl get --raw", "kubectl describe service"
# what ours is compared with
KUBECTL: dict[str, tuple[str, ...]] = {
    CLIENT: ("version", "--client"),
    RAW: ("get", "--raw", "/api/v1/namespaces/default"),
    DESCRIBE: ("describe", "service", "web", "-n", NAMESPACE),
}


class BrokenError(Exception):
    """A command that failed: its time means nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A command of ours; `budget`: how many times as long as `beside` it may take, None for a row that is only shown."""

    name: str
    words: tuple[str, ...]
    beside: str
    budget: float | None = None


# `version` asks one thing of a server; with -v it shows a table
ROWS = (
    Row("--version", ("--version",), CLIENT, 0.75),
    Row("__complete, no cluster", ("__complete", "drain", "--ig"), CLIENT, 0.75),
    Row("--help", ("--help",), CLIENT, 1.9),
    Row("drain --help", ("drain", "--help"), CLIENT, 2.2),
    Row("one GET, -o json", ("version", "-o", "json"), RAW, 3.6),
    Row("one GET, a table", ("version", "-v"), RAW, 4.6),
)
# not one request but nine, several at once
EXPLAINED = Row("explain-service NAME -o json", ("explain-service", "web", "-n", NAMESPACE, "-o", "json"), DESCRIBE)

# (program, name of a row; "kubectl" and what ours is compared with) -> milliseconds, the median
Medians = dict[tuple[str, str], float]


def commands(kubectl: Path, programs: Mapping[str, Path], rows: Sequence[Row]) -> dict[tuple[str, str], list[str]]:
    """Everything that one round runs."""
    compared = dict.fromkeys(row.beside for row in rows)
    made = {("kubectl", name): [str(kubectl), *KUBECTL[name]] for name in compared}
    return made | {(name, row.name): [str(program), *row.words] for row in rows for name, program in programs.items()}


def measure(
    sandbox: Sandbox, programs: Mapping[str, Path], *, rows: Sequence[Row] = ROWS, rounds: int = ROUNDS
) -> Medians:
    """A first round warms the caches and does not count. Raises BrokenError."""
    environment = {**sandbox.environment(), "LC_ALL": "C.UTF-8"}
    turns = list(commands(sandbox.bin / "kubectl", programs, rows).items())
    times: dict[tuple[str, str], list[float]] = {key: [] for key, _ in turns}
    for number in range(rounds + 1):
        shift = number % len(turns)
        for key, command in turns[shift:] + turns[:shift]:
            took = _time(command, environment)
            if number:
                times[key].append(took)
    return {key: statistics.median(each) for key, each in times.items()}


def _time(command: list[str], environment: Mapping[str, str]) -> float:
    begin = time.perf_counter()
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    took = (time.perf_counter() - begin) * 1000
    if done.returncode:
        raise BrokenError(
            f"{' '.join(command)}: exit {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
        )
    return took


def ratio(medians: Medians, program: str, row: Row) -> float:
    """How many times as long as kubectl's own."""
    return medians[program, row.name] / medians["kubectl", row.beside]


def over(medians: Medians, program: str, rows: Sequence[Row] = ROWS) -> dict[str, float]:
    """The rows whose ratio is over the budget, and what it is."""
    ratios = {row.name: ratio(medians, program, row) for row in rows}
    return {row.name: ratios[row.name] for row in rows if row.budget is not None and ratios[row.name] > row.budget}


def table(medians: Medians, programs: Iterable[str], rows: Sequence[Row] = ROWS) -> str:
    """A line a command: milliseconds and ratio of each program, what it is compared with, and the budget."""
    names = list(programs)
    lines = [f"{'':32}{''.join(f'{name:>20}' for name in names)}   compared with"]
    for row in rows:
        cells = "".join(f"{medians[name, row.name]:9.0f} ms {ratio(medians, name, row):7.2f}" for name in names)
        budget = f", at most {row.budget}" if row.budget is not None else ""
        lines.append(f"{row.name:32}{cells}   {row.beside}{budget}")
    lines += [f"{name:32}{medians['kubectl', name]:9.0f} ms" for name in dict.fromkeys(row.beside for row in rows)]
    return "\n".join(lines)


def lay(server: Server) -> None:
    """One healthy Service with two pods."""
    server.create("/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    for _ in within(30, "the service account"):
        if server.items(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"):
            break
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": CONTAINERS}}
    deployment = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
    server.create(path, {"metadata": {"name": "web"}, "spec": deployment})
    service = {"selector": labels, "ports": [{"port": 80}]}
    server.create(f"/api/v1/namespaces/{NAMESPACE}/services", {"metadata": {"name": "web"}, "spec": service})
    for _ in within(60, "deployment web"):
        if server.get(f"{path}/web")["status"].get("readyReplicas") == deployment["replicas"]:
            break


def report(sandbox: Sandbox, installed: Path, bundle: Path | None, rounds: int) -> None:
    """Measures and prints. `bundle`: the folder with the frozen programs, built now if there is none."""
    server = Server(sandbox.kubeconfig)
    lay(server)
    server.close()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        frozen = bundle or build(Path(folder)).folder
        programs = {"frozen": frozen / "kubectl-lab", "installed": installed}
        rows = (*ROWS, EXPLAINED)
        print(table(measure(sandbox, programs, rows=rows, rounds=rounds), programs, rows), flush=True)
