"""Draws one case from a seed: each shape is a function, and a table says how often each comes.

Most of the mix is cheap for kubectl; what makes it wait (budgets that say no: 5 s each time; pods that never go) is
rationed.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from oracle.drain.cases import BudgetCase, Case, Owner, PodCase
from oracle.drain.draft import Draft, needed_flags, permissions, start, tuning, weighted

if TYPE_CHECKING:
    from collections.abc import Callable

# kubectl looks at a pod it waits for at 0 s and then each second: below 3 s its timeout hits pods that are gone already
TIMEOUT = "--timeout=4s"


def _roomy_budgets(draft: Draft) -> None:
    """Budgets that are there but never say no; on pods without a known controller only `minAvailable` can."""
    for tier in ("a", "b"):
        if draft.rng.random() < 0.3:
            name = f"c{draft.index}-roomy-{tier}"
            # a pod that is not Ready may go under a budget of nothing only by this policy
            draft.budgets.append(BudgetCase(name, tier, "minAvailable", 0, "AlwaysAllow"))


def _plain(rng: Random, seed: int, index: int) -> Case:
    draft = start(rng, index)
    _roomy_budgets(draft)
    return draft.case(seed, "plain", permissions(rng, draft.pods) + tuning(rng))


def _dry_run(rng: Random, seed: int, index: int) -> Case:
    draft = start(rng, index)
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
    flags = permissions(rng, draft.pods) + [flag for flag in tuning(rng) if not flag.startswith("--timeout")]
    return draft.case(seed, "dry run", [*flags, spelling, *([TIMEOUT] if mode != "client" else [])], dry_run=mode)


def _tight_budget(draft: Draft) -> None:
    """A budget that lets through none of its pods, or all but some of them.

    The pods that play Pending count as healthy (see corner.STATUSES) and leave unasked: under a budget that still has room,
    it would be a matter of time how many others go, so they are under the full ones alone.
    """
    full = draft.rng.random() < 0.66
    if not full:
        _no_pending(draft)
    count = sum(pod.tier == "a" and pod.state in ("ready", "pending") for pod in draft.pods)
    policy = draft.rng.choice((None, None, "AlwaysAllow", "IfHealthyBudget"))
    value = max(count if full else count - 1, 1)
    draft.budgets.append(BudgetCase(f"c{draft.index}-tight", "a", "minAvailable", value, policy))


def _no_pending(draft: Draft) -> None:
    draft.pods = tuple(replace(pod, tier="none") if pod.state == "pending" else pod for pod in draft.pods)


def _in_tier(draft: Draft, owner: Owner | None = None) -> None:
    """Puts two pods in three under budget `a`, so that it has something to say no to; with `owner`: only such pods."""

    def placed(pod: PodCase) -> PodCase:
        if draft.rng.random() < 0.66 and not pod.mirror:
            return replace(pod, tier="a", owner=owner or pod.owner)
        return replace(pod, tier="none") if owner else pod

    draft.pods = tuple(map(placed, draft.pods))


def _blocked(rng: Random, seed: int, index: int) -> Case:
    draft = start(rng, index, most=2)
    kind = rng.choice(("count", "count", "count", "share", "no scale"))
    if kind == "count":
        _in_tier(draft)
        _tight_budget(draft)
    else:
        # `replicaset-known` exists and counts four replicas: percentages and maxUnavailable get their numbers from it. Bare
        # pods give none, for ever. (An owner that cannot be found makes the server ask for ten retries of 10 s each, which
        # kubectl's client does without a look at --timeout: no case for here.)
        _in_tier(draft, "replicaset-known" if kind == "share" else "bare")
        _no_pending(draft)
        rule = rng.choice(
            (("maxUnavailable", 0), ("minAvailable", "100%"), ("maxUnavailable", "25%"), ("maxUnavailable", 4))
        )
        draft.budgets.append(BudgetCase(f"c{index}-tight", "a", *rule))
    flags = needed_flags(draft.pods) + [flag for flag in tuning(rng) if not flag.startswith(("--timeout", "--dis"))]
    return draft.case(seed, "budget", [*flags, TIMEOUT])


def _two_budgets(rng: Random, seed: int, index: int) -> Case:
    draft = start(rng, index, most=2)
    _in_tier(draft)
    draft.budgets += [BudgetCase(f"c{index}-{name}", "a", "minAvailable", 0) for name in ("one", "two")]
    return draft.case(seed, "two budgets", [*needed_flags(draft.pods), *tuning(rng)])


def _terminating(rng: Random, seed: int, index: int) -> Case:
    draft = start(rng, index, most=1)
    node, held = draft.targets[0], rng.randint(1, 2)
    stuck = [PodCase(f"c{index}-held-{number}", node, terminating=True) for number in range(held)]
    draft.pods += tuple(stuck)
    flags = needed_flags(draft.pods) + [flag for flag in tuning(rng) if not flag.startswith(("--timeout", "--skip"))]
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
    draft = start(rng, index, most=2)
    names = [f"{{{target}}}" for target in draft.targets] if rng.random() < 0.6 else []
    names.insert(rng.randrange(len(names) + 1), rng.choice(("no-such-{pool}", "node/no-such-{pool}")))
    case = draft.case(seed, "unknown node", [])
    return replace(case, arguments=(*names, *needed_flags(draft.pods)))


def _nobody(rng: Random, seed: int, index: int) -> Case:
    draft = start(rng, index, most=1)
    case = draft.case(seed, "nothing selected", [])
    return replace(case, arguments=("-l", "pool={pool},drain=never", *needed_flags(draft.pods)))


# what each identity lacks of kubectl drain's own needs; `drainer` has exactly those, and nothing for budgets or watches
IDENTITIES = ("drainer", "drainer", "no-cordon", "no-evict", "no-pods", "no-daemonsets")


def _rights(rng: Random, seed: int, index: int) -> Case:
    draft = start(rng, index, most=1)
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
    shape = weighted(rng, {name: weight for name, (weight, _) in SHAPES.items()})
    return SHAPES[shape][1](rng, seed, index)
