"""Judges ours by kubectl's: what must be the same, and the few named differences that are on purpose.

Each difference is a row: where it holds (read off the case and what kubectl did, never off what ours did) and what it
changes in what is expected of ours. Whatever no row explains is a disagreement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from oracle.drain.cases import Case, PodCase
    from oracle.drain.corner import Seen
    from oracle.drain.programs import Answer

Numbers = tuple[int, ...]  # disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods


@dataclass(frozen=True, slots=True)
class Expected:
    """What ours should do. `codes`: the exit codes that are right."""

    codes: frozenset[int]
    seen: Seen


@dataclass(frozen=True, slots=True)
class Facts:
    """What a difference may look at: the case, its budgets' numbers beforehand, and what kubectl did."""

    case: Case
    numbers: tuple[Numbers, ...]
    answer: Answer
    before: Seen

    def _budgets(self, pod: PodCase) -> list[tuple[Numbers, str | None]]:
        ordered = sorted(self.case.budgets, key=lambda budget: budget.name)
        return [(n, b.policy) for b, n in zip(ordered, self.numbers, strict=True) if b.tier == pod.tier]

    @property
    def asked(self) -> list[PodCase]:
        """The pods that kubectl tries to evict and for which the server asks the budgets."""
        return [pod for pod in self.case.pods if pod.name in self.answer.tried and pod.state in ("ready", "not-ready")]

    def is_blocked(self, pod: PodCase) -> bool:
        """Whether a budget says no to the pod right from the start (the eviction registry's rules)."""
        budgets = self._budgets(pod)
        if len(budgets) != 1:
            return len(budgets) > 1
        (allowed, current, desired, _), policy = budgets[0]
        if pod.state == "not-ready" and policy == "AlwaysAllow":
            return False
        return not (pod.state == "not-ready" and current >= desired > 0) and allowed == 0

    @property
    def blocked(self) -> list[PodCase]:
        """Those of `asked` that a budget blocks."""
        return [] if self.case.deletes else [pod for pod in self.asked if self.is_blocked(pod)]

    @property
    def contested(self) -> frozenset[str]:
        """Pods under a budget that lets some of them go but not all: which ones is a matter of who comes first."""
        names: set[str] = set()
        for budget, numbers in zip(sorted(self.case.budgets, key=lambda one: one.name), self.numbers, strict=True):
            under = [pod.name for pod in self.asked if pod.tier == budget.tier and pod.state == "ready"]
            names |= set(under) if 0 < numbers[0] < len(under) and not self.case.deletes else set()
        return frozenset(names)

    @property
    def refused_nodes(self) -> frozenset[int]:
        """Nodes that kubectl does not drain because of a pod on them."""
        refused = {name for name, _ in self.answer.refused}
        return frozenset(pod.node for pod in self.case.pods if pod.name in refused)

    @property
    def is_uncordoned(self) -> bool:
        """Whether some node of the run was not cordoned before it."""
        return not set(self.case.targets) <= set(self.case.cordoned)


@dataclass(frozen=True, slots=True)
class Difference:
    """One intended difference of drain.md's kind: on purpose, and on the safe side."""

    name: str
    holds: Callable[[Facts], bool]
    change: Callable[[Facts, Expected], Expected]


def _untouched(facts: Facts, expected: Expected) -> Expected:
    return replace(expected, codes=frozenset({1}), seen=facts.before)


def _uncordoned(facts: Facts, expected: Expected) -> Expected:
    kept = expected.seen.cordoned - (facts.refused_nodes - facts.before.cordoned)
    return replace(expected, seen=replace(expected.seen, cordoned=kept))


def _exits(*codes: int) -> Callable[[Facts, Expected], Expected]:
    return lambda _, expected: replace(expected, codes=frozenset(codes))


def _lacks_a_right(facts: Facts) -> bool:
    needs = {"no-cordon": facts.is_uncordoned, "no-evict": bool(facts.answer.tried), "no-pods": True}
    return needs.get(facts.case.identity, False)


DIFFERENCES = (
    Difference("a wrong command line is exit 2", lambda facts: facts.case.usage, _exits(2)),
    Difference(
        "a refused node is left as it was",
        lambda facts: facts.case.dry_run == "none" and bool(facts.refused_nodes - facts.before.cordoned),
        _uncordoned,
    ),
    Difference("a missing right stops the run before the first write", _lacks_a_right, _untouched),
    Difference(
        "a dry run on the client's side looks at the budgets",
        lambda facts: facts.case.dry_run == "client" and bool(facts.blocked),
        _exits(1),
    ),
    Difference(
        "a dry run judges all pods of a budget together",
        lambda facts: facts.case.dry_run != "none" and not facts.blocked and bool(facts.contested),
        _exits(0, 1),  # by whether the budget can recover, which the plan foresees or leaves open
    ),
    Difference(
        "a dry run that a budget blocks ends by itself",
        lambda facts: facts.case.dry_run == "server" and bool(facts.blocked),
        _exits(1),
    ),
    Difference(
        "a dry run of deletes ends",
        lambda facts: facts.case.dry_run == "server" and facts.case.deletes and bool(facts.answer.tried),
        lambda facts, expected: replace(expected, codes=frozenset({int(bool(facts.refused_nodes))})),
    ),
)


@dataclass(frozen=True, slots=True)
class Side:
    """What one program said and what it left."""

    answer: Answer
    seen: Seen


def expected(facts: Facts, kubectl: Side) -> tuple[Expected, tuple[str, ...]]:
    """What ours must do where kubectl did this, and the differences that made it so."""
    wanted = Expected(frozenset({int(kubectl.answer.code != 0)}), kubectl.seen)
    applied = [difference for difference in DIFFERENCES if difference.holds(facts)]
    for difference in applied:
        wanted = difference.change(facts, wanted)
    return wanted, tuple(difference.name for difference in applied)


def disagreements(facts: Facts, wanted: Expected, ours: Side) -> list[str]:
    """Everything in which ours is not what is expected, one line each."""
    found = []
    if ours.answer.code not in wanted.codes:
        found.append(f"exit {ours.answer.code}, not {sorted(wanted.codes)}")
    if ours.seen.cordoned != wanted.seen.cordoned:
        found.append(f"cordoned {sorted(ours.seen.cordoned)}, not {sorted(wanted.seen.cordoned)}")
    found += _fates(facts.contested, wanted.seen, ours.seen)
    return found + (_words(facts, ours) if ours.answer.document else _silence(facts))


def _fates(contested: frozenset[str], wanted: Seen, ours: Seen) -> list[str]:
    plain = set(wanted.pods) - contested
    found = [f"{pod} {ours.pods[pod]}, not {wanted.pods[pod]}" for pod in plain if ours.pods[pod] != wanted.pods[pod]]
    counts = [sum(seen.pods[pod] == "gone" for pod in contested) for seen in (ours, wanted)]
    return found + ([f"{counts[0]} of a budget's pods gone, not {counts[1]}"] if counts[0] != counts[1] else [])


def _silence(facts: Facts) -> list[str]:
    needed = facts.case.shape not in ("usage", "unknown node", "rights")
    return ["no document"] if needed else []


def _words(facts: Facts, ours: Side) -> list[str]:
    answer, kubectl = ours.answer, facts.answer
    if not {pod for pod, _ in kubectl.refused} and facts.case.identity not in ("", "drainer"):
        return []
    found = [f"refusal {pair} not named" for pair in kubectl.refused - answer.refused]
    extra = {pod for pod, _ in answer.refused} - {pod for pod, _ in kubectl.refused}
    found += [f"{pod} refused, kubectl does not" for pod in extra]
    found += [f"warning {pair} not given" for pair in kubectl.warned - answer.warned]
    # of a pod that it deletes, kubectl says nothing before it is gone
    silent = {pod.name for pod in facts.case.pods if pod.terminating and facts.case.deletes}
    willing = {pod.name for pod in facts.case.pods if pod.node not in facts.refused_nodes} - silent
    if (kubectl.tried ^ answer.tried) & willing:
        found.append(f"would move {sorted(answer.tried)}, kubectl {sorted(kubectl.tried)}")
    return found + _unnamed_budgets(facts, answer) + _untrue(ours)


def _unnamed_budgets(facts: Facts, answer: Answer) -> list[str]:
    named = {
        pod["name"]: {budget["name"] for budget in pod["budgets"]}
        for node in answer.document["nodes"]
        for pod in node["pods"]
    }
    codes = {"DRN010", "DRN011", "DRN012", "DRN013", "DRN015"}
    reported = {pod for pod, code in answer.warned if code in codes}
    return [
        f"the budget of {pod.name} is not named"
        for pod in facts.blocked
        if not named.get(pod.name) or pod.name not in reported
    ]


def _untrue(ours: Side) -> list[str]:
    """Where our own report does not say what is there."""
    found, document = [], ours.answer.document
    if (document["outcome"] in ("drained", "clear")) != (ours.answer.code == 0):
        found.append(f"outcome {document['outcome']} with exit {ours.answer.code}")
    for pod in (pod for node in document["nodes"] for pod in node["pods"]):
        fate = ours.seen.pods[pod["name"]]
        if (pod["outcome"] in ("evicted", "deleted")) != (fate == "gone"):
            found.append(f"{pod['name']} reported {pod['outcome']}, but is {fate}")
    return found
