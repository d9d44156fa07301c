"""One case of drain's parity as pure data: what stands on a few nodes, and the command line that empties some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Owner = Literal[
    "bare",
    "owned-not-controlled",
    "replicaset",
    "replicaset-known",
    "statefulset",
    "job",
    "daemonset",
    "daemonset-other-uid",
    "daemonset-gone",
    "daemonset-old-group",
    "daemonset-foreign",
]
State = Literal["ready", "not-ready", "pending", "succeeded", "failed"]
Volume = Literal["emptyDir", "memory", "hostPath", "claim"]
NODES = 4


@dataclass(frozen=True, slots=True)
class PodCase:
    """One pod; `node` is the index of its node. `terminating`: deleted before the drain, held by a finalizer."""

    name: str
    node: int
    owner: Owner = "replicaset"
    state: State = "ready"
    volumes: tuple[Volume, ...] = ()
    tier: str = "none"
    mirror: bool = False
    terminating: bool = False


@dataclass(frozen=True, slots=True)
class BudgetCase:
    """One PodDisruptionBudget over the pods of a tier; `field` is `minAvailable` or `maxUnavailable`."""

    name: str
    tier: str
    field: str
    value: int | str
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A cluster's corner and a command line; `{0}`…`{3}` and `{pool}` in `arguments` stand for each side's names."""

    seed: int
    index: int
    shape: str
    arguments: tuple[str, ...]
    targets: tuple[int, ...]
    pods: tuple[PodCase, ...] = ()
    budgets: tuple[BudgetCase, ...] = ()
    cordoned: tuple[int, ...] = ()
    identity: str = ""
    usage: bool = False
    dry_run: Literal["none", "client", "server"] = "none"

    @property
    def deletes(self) -> bool:
        """`--disable-eviction`: budgets are not asked."""
        return "--disable-eviction" in self.arguments

    @property
    def replay(self) -> str:
        """What to type to see this case alone."""
        return f"LAB_DRAIN_CASE={self.seed}:{self.index}"
