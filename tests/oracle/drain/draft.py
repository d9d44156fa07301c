"""What stands in the corner of a drawn case, and the flags that go with it: tables of weights over one random source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from oracle.drain.cases import NODES, BudgetCase, Case, Owner, PodCase, State, Volume

if TYPE_CHECKING:
    from random import Random

T = TypeVar("T")

OWNERS: dict[Owner, int] = {
    "replicaset": 30,
    "replicaset-known": 6,
    "statefulset": 10,
    "job": 7,
    "bare": 9,
    "owned-not-controlled": 3,
    "daemonset": 12,
    "daemonset-other-uid": 3,
    "daemonset-gone": 6,
    "daemonset-old-group": 3,
    "daemonset-foreign": 4,
}
STATES: dict[State, int] = {"ready": 70, "not-ready": 8, "pending": 8, "succeeded": 7, "failed": 7}
VOLUMES: dict[tuple[Volume, ...], int] = {
    (): 66,
    ("emptyDir",): 12,
    ("memory",): 6,
    ("hostPath",): 6,
    ("claim",): 4,
    ("hostPath", "emptyDir"): 6,
}


def weighted(rng: Random, table: dict[T, int]) -> T:
    return rng.choices(list(table), weights=list(table.values()))[0]


def _pod(rng: Random, name: str, node: int) -> PodCase:
    owner = weighted(rng, OWNERS)
    mirror = rng.random() < 0.08 and owner != "job"
    return PodCase(
        name=name,
        node=node,
        owner=owner,
        # a mirror pod must be created on its node, so its status cannot be laid out beforehand
        state="ready" if mirror else weighted(rng, STATES),
        volumes=weighted(rng, VOLUMES),
        tier=rng.choice(("none", "none", "a", "b", "unlabelled")),
        mirror=mirror,
    )


def _pods(rng: Random, index: int, targets: tuple[int, ...]) -> tuple[PodCase, ...]:
    found = []
    for node in range(NODES):
        count = rng.choice((0, 1, 2, 3, 3, 4, 5)) if node in targets else rng.choice((0, 0, 1))
        found += [_pod(rng, f"c{index}-{node}{chr(97 + number)}", node) for number in range(count)]
    return tuple(found)


def needed_flags(pods: tuple[PodCase, ...]) -> list[str]:
    """The flags without which kubectl would most likely refuse these pods."""
    needs = {
        "--ignore-daemonsets": any(pod.owner in ("daemonset", "daemonset-other-uid") for pod in pods),
        "--delete-emptydir-data": any({"emptyDir", "memory"} & set(pod.volumes) for pod in pods),
        "--force": any(pod.owner in ("bare", "owned-not-controlled", "daemonset-gone") for pod in pods),
    }
    return [flag for flag, needed in needs.items() if needed]


def permissions(rng: Random, pods: tuple[PodCase, ...]) -> list[str]:
    if rng.random() < 0.6:
        return needed_flags(pods)
    spellings = ("--ignore-daemonsets", "--delete-emptydir-data", "--force")
    chosen = [flag for flag in spellings if rng.random() < 0.55]
    return [flag + rng.choice(("", "", "=true")) for flag in chosen] + (
        ["--force=false"] if rng.random() < 0.03 else []
    )


POD_SELECTORS = ("tier=a", "tier!=a", "tier in (a,b)", "tier notin (none)", "!tier", "tier", "tier=nothing", "tier==b")


def tuning(rng: Random) -> list[str]:
    chosen = []
    if rng.random() < 0.4:
        chosen.append(f"--grace-period={rng.choice((-1, 0, 1, 5))}")
    if rng.random() < 0.25:
        chosen.append(f"--timeout={rng.choice(('0', '0s', '60s', '1m30s', '1h'))}")
    if rng.random() < 0.2:
        chosen.append(f"--pod-selector={rng.choice(POD_SELECTORS)}")
    if rng.random() < 0.25:
        chosen.append("--disable-eviction")
    if rng.random() < 0.25:
        chosen.append(f"--chunk-size={rng.choice((0, 1, 2, 500))}")
    if rng.random() < 0.1:
        chosen.append(f"--skip-wait-for-delete-timeout={rng.choice((1, 3600))}")
    return chosen


SELECTORS = (
    "pool={pool},drain=yes",
    "pool={pool},drain",
    "pool in ({pool}),drain notin (no),drain",
    "drain=yes,pool=={pool}",
)


def _whom(rng: Random, targets: tuple[int, ...]) -> list[str]:
    if rng.random() < 0.4:
        return [*rng.choice((["-l"], ["--selector"])), rng.choice(SELECTORS)]
    names = [rng.choice(("", "", "node/", "nodes/")) + f"{{{target}}}" for target in targets]
    rng.shuffle(names)
    return names + ([f"{{{targets[0]}}}"] if rng.random() < 0.08 else [])


def _targets(rng: Random, most: int = 3) -> tuple[int, ...]:
    return tuple(sorted(rng.sample(range(NODES), rng.randint(1, most))))


@dataclass(slots=True)
class Draft:
    """What the shapes below have in common: a laid-out corner, not yet a command line."""

    rng: Random
    index: int
    targets: tuple[int, ...]
    pods: tuple[PodCase, ...]
    budgets: list[BudgetCase] = field(default_factory=list)

    def case(self, seed: int, shape: str, flags: list[str], **more: object) -> Case:
        arguments = _whom(self.rng, self.targets) + flags
        cordoned = tuple(node for node in range(NODES) if self.rng.random() < 0.1)
        return Case(
            seed=seed,
            index=self.index,
            shape=shape,
            arguments=tuple(arguments),
            targets=self.targets,
            pods=self.pods,
            budgets=tuple(self.budgets),
            cordoned=cordoned,
            **more,  # type: ignore[arg-type]
        )


def start(rng: Random, index: int, most: int = 3) -> Draft:
    targets = _targets(rng, most)
    return Draft(rng, index, targets, _pods(rng, index, targets))
