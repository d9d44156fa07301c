"""`scripts/bench drain`: the real `kubectl drain` and ours, one node at a time, in the same setting, in one run."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

from bench import audit
from bench.server import Server
from bench.setting import GROUP, PODS_A_NODE, Setting
from bench.witness import watching

if TYPE_CHECKING:
    from collections import Counter

    from bench.audit import Request
    from bench.witness import Witness
    from sandbox.sandboxes import Sandbox

# name, how it is started, its user agent
PROGRAMS = {
    "kubectl": (("kubectl", "drain"), "kubectl"),
    "ours": (("kubectl", "lab", "drain"), "kubectl-lab"),
}


class BrokenError(Exception):
    """A drain that did not drain: its figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One drain's figures. `overheads`: seconds of each node beyond its slowest pod, empty with budgets."""

    wall: float
    kinds: Counter[str]
    lowest: int | None
    desired: int | None
    overheads: tuple[float, ...]

    @property
    def requests(self) -> int:
        """All of them."""
        return self.kinds.total()

    @property
    def blocked(self) -> int:
        """Evictions that a budget refused."""
        return self.kinds["create pods/eviction 429"]

    @property
    def evictions(self) -> int:
        """Evictions, those with 429 too."""
        return self.kinds["create pods/eviction"] + self.blocked


def measure(sandbox: Sandbox, program: str, nodes: int, budgets: bool) -> Measured:
    """Lays the setting out, drains it with the program, clears it away."""
    setting = Setting(Server(sandbox.kubeconfig), f"{program}-{'budgets' if budgets else 'free'}", nodes, budgets)
    print(
        f"bench: laying out {nodes} nodes, {nodes * PODS_A_NODE} pods for {setting.name}", file=sys.stderr, flush=True
    )
    setting.lay()
    try:
        return _drained(sandbox, setting, program)
    finally:
        setting.clear()


def _drained(sandbox: Sandbox, setting: Setting, program: str) -> Measured:
    command, agent = PROGRAMS[program]
    desired = max((budget["status"]["desiredHealthy"] for budget in setting.all_budgets()), default=None)
    with watching(setting.server, setting.pods) as witness:
        since = time.time_ns() / 1e9
        done = subprocess.run(
            [str(sandbox.bin / command[0]), *command[1:], "-l", f"bench={setting.name}"],
            env=sandbox.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        until = time.time_ns() / 1e9
    left = [
        pod["metadata"]["name"] for pod in setting.server.items(setting.pods) if pod["spec"]["nodeName"] in setting.full
    ]
    if done.returncode or left:
        raise BrokenError(f"{program}: exit {done.returncode}, {len(left)} pods left\n{done.stderr[-2000:]}")
    found = audit.requests(sandbox.audit_log, agent, since, until)
    lowest = min(witness.lowest.values(), default=None) if setting.budgets else None
    overheads = () if setting.budgets else tuple(_overheads(found, witness, until))
    return Measured(until - since, audit.kinds(found), lowest, desired, overheads)


def _overheads(found: list[Request], witness: Witness, until: float) -> list[float]:
    """Per node: from its first eviction to the next node's, less its slowest pod's way from eviction to gone."""
    by_node: dict[str, list[Request]] = {}
    for request in found:
        if request.what == "create pods/eviction":
            by_node.setdefault(request.name.rpartition("-")[0], []).append(request)
    starts = sorted(evictions[0].received for evictions in by_node.values())
    ends = dict(zip(starts, [*starts[1:], until], strict=True))
    return [
        ends[evictions[0].received]
        - evictions[0].received
        - max(witness.gone[request.name] - request.answered for request in evictions)
        for evictions in by_node.values()
    ]


def bounds(nodes: int, budgets: bool) -> int:
    """The most requests that ours may need (drain's performance contract)."""
    return int((2 if budgets else 1.25) * nodes * PODS_A_NODE + 10 * nodes + 60)


def table(title: str, sides: dict[str, Measured], nodes: int, budgets: bool) -> str:
    """The sides beside each other, a line a figure, and what ours must keep to."""
    measured = list(sides.values())
    rows: list[tuple[str, list[str], str]] = [
        ("wall, s", [f"{side.wall:.1f}" for side in measured], "not slower"),
        ("requests", [f"{side.requests}" for side in measured], f"at most {bounds(nodes, budgets)}"),
        ("  a pod", [f"{side.requests / nodes / PODS_A_NODE:.2f}" for side in measured], ""),
        ("evictions", [f"{side.evictions}" for side in measured], f"{nodes * PODS_A_NODE} accepted"),
        ("  of them 429", [f"{side.blocked}" for side in measured], ""),
    ]
    if budgets:
        least = f"at least {measured[-1].desired}"
        rows.append(("healthy of 20, at worst", [f"{side.lowest}" for side in measured], least))
    else:
        rows.append(("node less its slowest pod, s: mean", [f"{mean(side.overheads):.2f}" for side in measured], ""))
        rows.append(("  at worst", [f"{max(side.overheads):.2f}" for side in measured], "at most 1"))
    kinds = sorted({kind for side in measured for kind in side.kinds})
    rows += [(f"  {kind}", [f"{side.kinds[kind]}" for side in measured], "") for kind in kinds]
    lines = [(title, list(sides), "ours must be"), *rows]
    return "\n".join(f"{name:44}{''.join(f'{cell:>12}' for cell in cells)}   {must}" for name, cells, must in lines)


def settings(nodes: int) -> list[tuple[int, bool]]:
    """(nodes, with budgets): all of them without, two fifths with, in whole groups of four."""
    return [(nodes, False), (max(nodes * 2 // 5 // GROUP, 1) * GROUP, True)]


def report(sandbox: Sandbox, nodes: int, programs: list[str]) -> None:
    """Measures and prints a table for each setting."""
    for count, budgets in settings(nodes):
        sides = {program: measure(sandbox, program, count, budgets) for program in programs}
        title = f"{count} nodes x {PODS_A_NODE} pods, {'budgets' if budgets else 'no budget'}"
        print("\n" + table(title, sides, count, budgets), flush=True)
