"""Draws one case from a seed: each shape is a function, and a table says how often each comes.

Most of the mix is cheap for kubectl; what makes it wait (budgets that say no: 5 s each time; pods that never go) is
rationed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, TypeVar

from oracle.drain.cases import NODES, BudgetCase, Case, Owner, PodCase, State, Volume

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
# kubectl looks at a pod it waits for at 0 s and then each second: below 3 s its timeout hits pods that are gone already
TIMEOUT = "--timeout=4s"

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


def _weighted(rng: Random, table: dict[T, int]) -> T:
    return rng.choices(list(table), weights=list(table.values()))[0]


def _pod(rng: Random, name: str, node: int) -> PodCase:
    owner = _weighted(rng, OWNERS)
    mirror = rng.random() < 0.08 and owner != "job"
    return PodCase(
        name=name,
        node=node,
        owner=owner,
        # a mirror pod must be created on its node, so its status cannot be laid out beforehand
        state="ready" if mirror else _weighted(rng, STATES),
        volumes=_weighted(rng, VOLUMES),
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


def _permissions(rng: Random, pods: tuple[PodCase, ...]) -> list[str]:
    if rng.random() < 0.6:
        return needed_flags(pods)
    spellings = ("--ignore-daemonsets", "--delete-emptydir-data", "--force")
    chosen = [flag for flag in spellings if rng.random() < 0.55]
    return [flag + rng.choice(("", "", "=true")) for flag in chosen] + (
        ["--force=false"] if rng.random() < 0.03 else []
    )


POD_SELECTORS = ("tier=a", "tier!=a", "tier in (a,b)", "tier notin (none)", "!tier", "tier", "tier=nothing", "tier==b")


def _tuning(rng: Random) -> list[str]:
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


SELECTORS = ("pool={pool},drain=yes", "pool={pool},drain", "pool in ({pool}),drain!=no", "drain=yes,pool=={pool}")


def _whom(rng: Random, targets: tuple[int, ...]) -> list[str]:
    if rng.random() < 0.4:
        return [*rng.choice((["-l"], ["--selector"])), rng.choice(SELECTORS)]
    names = [rng.choice(("", "", "node/", "nodes/")) + f"{{{target}}}" for target in targets]
    rng.shuffle(names)
    return names + ([f"{{{targets[0]}}}"] if rng.random() < 0.08 else [])


def _targets(rng: Random, most: int = 3) -> tuple[int, ...]:
    return tuple(sorted(rng.sample(range(NODES), rng.randint(1, most))))


@dataclass(slots=True)
class _Draft:
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


def _draft(rng: Random, index: int, most: int = 3) -> _Draft:
    targets = _targets(rng, most)
    return _Draft(rng, index, targets, _pods(rng, index, targets))


def _roomy_budgets(draft: _Draft) -> None:
    """Budgets that are there but never say no; on pods without a known controller only `minAvailable` can."""
    for tier in ("a", "b"):
        if draft.rng.random() < 0.3:
            name = f"c{draft.index}-roomy-{tier}"
            draft.budgets.append(BudgetCase(name, tier, "minAvailable", 0))


def _plain(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index)
    _roomy_budgets(draft)
    return draft.case(seed, "plain", _permissions(rng, draft.pods) + _tuning(rng))


def _dry_run(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index)
    mode, spelling = rng.choice(
        (
            ("client", "--dry-run"),
            ("client", "--dry-run=client"),
            ("client", "--dry-run=true"),
            ("server", "--dry-run=server"),
            ("none", "--dry-run=none"),
            ("none", "--dry-run=false"),
        )
    )
    if rng.random() < 0.5:
        _roomy_budgets(draft)
    elif mode == "client":
        _tight_budget(draft)
    flags = _permissions(rng, draft.pods) + [flag for flag in _tuning(rng) if not flag.startswith("--timeout")]
    return draft.case(seed, "dry run", [*flags, spelling, *([TIMEOUT] if mode != "client" else [])], dry_run=mode)


def _tight_budget(draft: _Draft) -> None:
    """A budget that lets through none of its pods, or only some of them."""
    count = sum(pod.tier == "a" and pod.state == "ready" and not pod.mirror for pod in draft.pods)
    field_, value = draft.rng.choice((("minAvailable", count), ("minAvailable", count), ("minAvailable", count - 1)))
    policy = draft.rng.choice((None, None, "AlwaysAllow", "IfHealthyBudget"))
    draft.budgets.append(BudgetCase(f"c{draft.index}-tight", "a", field_, max(value, 1), policy))


def _in_tier(draft: _Draft, owner: Owner | None = None) -> None:
    """Puts two pods in three under budget `a`, so that it has something to say no to; with `owner`: only such pods."""

    def placed(pod: PodCase) -> PodCase:
        if draft.rng.random() < 0.66 and not pod.mirror:
            return replace(pod, tier="a", owner=owner or pod.owner)
        return replace(pod, tier="none") if owner else pod

    draft.pods = tuple(map(placed, draft.pods))


def _blocked(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index, most=2)
    kind = rng.choice(("count", "count", "count", "share", "no scale"))
    if kind == "count":
        _in_tier(draft)
        _tight_budget(draft)
    else:
        # `replicaset-known` exists and counts four replicas: percentages and maxUnavailable get their numbers from it. Bare
        # pods give none, for ever. (An owner that cannot be found makes the server ask for ten retries of 10 s each, which
        # kubectl's client does without a look at --timeout: no case for here.)
        _in_tier(draft, "replicaset-known" if kind == "share" else "bare")
        rule = rng.choice(
            (("maxUnavailable", 0), ("minAvailable", "100%"), ("maxUnavailable", "25%"), ("maxUnavailable", 4))
        )
        draft.budgets.append(BudgetCase(f"c{index}-tight", "a", *rule))
    flags = needed_flags(draft.pods) + [flag for flag in _tuning(rng) if not flag.startswith(("--timeout", "--dis"))]
    return draft.case(seed, "budget", [*flags, TIMEOUT])


def _two_budgets(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index, most=2)
    _in_tier(draft)
    draft.budgets += [BudgetCase(f"c{index}-{name}", "a", "minAvailable", 0) for name in ("one", "two")]
    return draft.case(seed, "two budgets", [*needed_flags(draft.pods), *_tuning(rng)])


def _terminating(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index, most=1)
    node, held = draft.targets[0], rng.randint(1, 2)
    stuck = [PodCase(f"c{index}-held-{number}", node, terminating=True) for number in range(held)]
    draft.pods += tuple(stuck)
    flags = needed_flags(draft.pods) + [flag for flag in _tuning(rng) if not flag.startswith(("--timeout", "--skip"))]
    skip = rng.choice(([], ["--skip-wait-for-delete-timeout=1"], ["--skip-wait-for-delete-timeout=3600"]))
    return draft.case(seed, "terminating", [*flags, *skip, TIMEOUT])


# every one of them is an error of kubectl's too, before anything is written
USAGE: tuple[tuple[str, ...], ...] = (
    (),
    ("{0}", "-l", "pool={pool}"),
    ("-l", ""),
    ("-l", "pool in"),
    ("-l", "pool=={pool}=x"),
    ("{0}", "--pod-selector", "tier in a"),
    ("{0}", "--timeout=5"),
    ("{0}", "--timeout=soon"),
    ("{0}", "--grace-period=x"),
    ("{0}", "--chunk-size=many"),
    ("{0}", "--skip-wait-for-delete-timeout=5s"),
    ("{0}", "--dry-run=perhaps"),
    ("{0}", "--no-such-flag"),
    ("{0}", "--force=perhaps"),
    ("{0}", "-x"),
)


def _usage(rng: Random, seed: int, index: int) -> Case:
    arguments = USAGE[rng.randrange(len(USAGE))]
    pods = (PodCase(f"c{index}-0a", 0),)
    return Case(seed, index, "usage", arguments, targets=(0,), pods=pods, usage=True)


def _unknown(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index, most=2)
    names = [f"{{{target}}}" for target in draft.targets] if rng.random() < 0.6 else []
    names.insert(rng.randrange(len(names) + 1), rng.choice(("no-such-{pool}", "node/no-such-{pool}")))
    case = draft.case(seed, "unknown node", [])
    return replace(case, arguments=(*names, *needed_flags(draft.pods)))


def _nobody(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index, most=1)
    case = draft.case(seed, "nothing selected", [])
    return replace(case, arguments=("-l", "pool={pool},drain=never", *needed_flags(draft.pods)))


# what each identity lacks of kubectl drain's own needs; `drainer` has exactly those, and nothing for budgets or watches
IDENTITIES = ("drainer", "drainer", "no-cordon", "no-evict", "no-pods", "no-daemonsets")


def _rights(rng: Random, seed: int, index: int) -> Case:
    draft = _draft(rng, index, most=1)
    identity = rng.choice(IDENTITIES)
    flags = [*needed_flags(draft.pods), f"--as=lab-{identity}"]
    case = draft.case(seed, "rights", flags, identity=identity)
    # whoever may not patch nodes is stopped only where there is something to patch
    return replace(case, cordoned=()) if identity == "no-cordon" else case


SHAPES: dict[str, tuple[int, Callable[[Random, int, int], Case]]] = {
    "plain": (56, _plain),
    "dry run": (14, _dry_run),
    "budget": (6, _blocked),
    "two budgets": (4, _two_budgets),
    "terminating": (5, _terminating),
    "usage": (5, _usage),
    "unknown node": (2, _unknown),
    "nothing selected": (2, _nobody),
    "rights": (6, _rights),
}


def draw(seed: int, index: int) -> Case:
    """The case of this seed and index, always the same."""
    rng = Random(f"{seed}:{index}")
    shape = _weighted(rng, {name: weight for name, (weight, _) in SHAPES.items()})
    return SHAPES[shape][1](rng, seed, index)
