"""Our answer beside the real one: how often they agree, and where they do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oracle.scheduling import ours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState
    from oracle.scheduling.program import Oracle

Question = dict[str, Any]
PAIRS = "pairs"
UNDECIDED = "answers that the scheduler itself does not give twice"
TRIES = 30
INSUFFICIENT = "Insufficient "
IN_ORDER = ("Too many pods", *(INSUFFICIENT + name for name in ("cpu", "memory", "ephemeral-storage")))
# how a plugin is asked about a node: as the node is, without pods of lower priority, with those nominated to it
WAYS = ("nodes", "emptied", "nominated")


@dataclass(frozen=True, slots=True)
class Difference:
    """`where`: the node and the way it was asked about, or what else of the answer; `theirs` is the real one."""

    question: Question
    plugin: str
    pod: str
    where: tuple[str, str]
    theirs: Any
    ours: Any

    @property
    def place(self) -> tuple[str, str, tuple[str, str]]:
        """What stays the same while the world is made smaller."""
        return self.plugin, self.pod, self.where

    def __str__(self) -> str:
        return f"{self.plugin}: {self.pod}, {' '.join(self.where)}\n  real: {self.theirs}\n  ours: {self.ours}"


@dataclass(slots=True)
class Tally:
    """`agreed` of `compared`: pairs of a pod and a node, and what else there is to compare. `refused`: by the real one."""

    compared: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def add(self, found: Difference, group: str) -> None:
        """Counts one comparison."""
        self.compared[group] += 1
        if _same_order(found.theirs) == _same_order(found.ours):
            self.agreed[group] += 1
        else:
            self.differences.append(found)

    def settle(self, again: Callable[[Question], Sequence[Difference]]) -> None:
        """Takes out differences where the real scheduler, asked again, gives our answer too.

        Volumes of one size are tried in the order of a Go map: which one a claim gets, and so whether the next claim finds any,
        is chance there. `again`: the differences of the same world, asked anew.
        """
        for found in [*self.differences]:
            if any(found.place not in [each.place for each in again(found.question)] for _ in range(TRIES)):
                self.differences.remove(found)
                self.noted[UNDECIDED] += 1

    def line(self, name: str, seed: int) -> str:
        """`TaintToleration: agree 5,210/5,210 (seed 1), changes 120/120, 2,004 refused`."""
        groups = [
            f"{group} {self.agreed[group]:,}/{count:,}" for group, count in self.compared.items() if group != PAIRS
        ]
        noted = [f"{count:,} {what}" for what, count in sorted(self.noted.items())]
        head = f"{name}: agree {self.agreed[PAIRS]:,}/{self.compared[PAIRS]:,} (seed {seed})"
        return ", ".join([head, *groups, *noted])


@dataclass(frozen=True, slots=True)
class Judged:
    """One subject of one world: the real answer, and all that ours needs to answer."""

    question: Question
    pod: Mapping[str, Any]
    state: ClusterState
    theirs: Mapping[str, Any]


def judged(oracle: Oracle, question: Question) -> Iterator[Judged]:
    """Every subject of a world with the real answer. Both see the objects as the API server would serve them."""
    yield from read(question, oracle.ask(question))


def again(oracle: Oracle, judge: Callable[[Judged, Tally], None]) -> Callable[[Question], list[Difference]]:
    """What asks about a world once more: its differences, none where the real scheduler cannot read it."""

    def asked(question: Question) -> list[Difference]:
        reply, found = oracle.attempt(question), Tally()
        for one in () if "error" in reply else read(question, reply):
            judge(one, found)
        return found.differences

    return asked


def read(question: Question, reply: Mapping[str, Any]) -> Iterator[Judged]:
    """The subjects of a reply."""
    served = [ours.overlaid(*each) for each in zip(question["objects"], reply.get("objects", ()), strict=True)]
    loose = [ours.overlaid(*each) for each in zip(question["loose"], reply.get("loose", ()), strict=True)]
    state = ours.state_of(served, question["gates"])
    pods = {ours.key_of(each): each for each in (*served, *loose) if each["kind"] == "Pod"}
    for answer in reply.get("subjects", ()):
        yield Judged(question, pods[answer["pod"]], state, answer)


def plugin(name: str, one: Judged, tally: Tally) -> None:
    """Adds what one plugin makes of one subject to the tally."""
    theirs = one.theirs["plugins"].get(name) or {"skipped": True, "nodes": {}, "emptied": {}, "nominated": {}}
    tally.noted["subjects skipped"] += bool(theirs.get("skipped"))
    mine = ours.of_plugin(name, one.pod, one.state)
    if mine["unknown"]:
        tally.noted["subjects not evaluated"] += 1
        return
    for part in ("before", "only"):
        said = theirs.get(part)
        said = sorted(said) if part == "only" and said is not None else said
        if said is not None or mine[part]:
            tally.add(difference(one, name, (part, ""), said, mine[part] or None), f"subjects {part}")
    if not theirs.get("before") and not mine["before"]:
        _nodes(name, one, theirs, mine, tally)


def _nodes(name: str, one: Judged, theirs: Mapping[str, Any], mine: Mapping[str, Any], tally: Tally) -> None:
    for way in WAYS:
        for node in one.state.nodes:
            said, told = theirs[way].get(node.name), mine[way].get(node.name)
            if (way != "nodes" and node.name not in theirs[way]) or left_out(node.name, theirs):
                continue
            if said is not None and said["code"] == "E":
                tally.noted["errors"] += 1
                continue
            if theirs.get("skipped") and told is None:
                continue  # agreed, but nothing to be proud of
            tally.noted["refused"] += said is not None and way == "nodes"
            tally.add(difference(one, name, (way, node.name), said, told), PAIRS if way == "nodes" else "changes")


def difference(one: Judged, plugin: str, where: tuple[str, str], theirs: Any, mine: Any) -> Difference:
    """Two answers to compare."""
    return Difference(one.question, plugin, one.theirs["pod"], where, theirs, mine)


def left_out(node: str, theirs: Mapping[str, Any]) -> bool:
    """By PreFilterResult: its filter is not asked about the node."""
    return theirs.get("only") is not None and node not in theirs["only"]


def _same_order(answer: Any) -> Any:
    """Scalar resources come in the order of a Go map, which is none; the others stand before them."""
    if not isinstance(answer, dict):
        return answer
    if "reasons" not in answer:
        return {name: _same_order(each) for name, each in answer.items()}
    own = [text for text in answer["reasons"] if text in IN_ORDER]
    return answer | {"reasons": own + sorted(text for text in answer["reasons"] if text not in IN_ORDER)}
