"""Our answer beside the real one: how often they agree, and where they do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oracle.scheduling import ours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.domain.scheduling.state import ClusterState
    from oracle.scheduling.program import Oracle

Question = dict[str, Any]
# where a plugin is asked about a node: as the node is, without pods of lower priority, with those nominated to it
FIRST, MESSAGE = "first reasons", "message"
NARROWING = "NodeAffinity"  # the only plugin that names the only nodes to look at
INSUFFICIENT = "Insufficient "
IN_ORDER = ("Too many pods", *(INSUFFICIENT + name for name in ("cpu", "memory", "ephemeral-storage")))
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
    """Pairs of pod and node of one plugin. `refused`: by the real one; `before`: subjects that it refuses everywhere."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def line(self, name: str, seed: int) -> str:
        """`TaintToleration: agree 5,210/5,210 (seed 1), 2,004 refused`."""
        told = self.counts
        more = [f"{told[each]:,} {each}" for each in sorted(told) if each not in {"agree", "pairs"}]
        return f"{name}: agree {told['agree']:,}/{told['pairs']:,} (seed {seed}), {', '.join(more)}"


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
    theirs = one.theirs["plugins"].get(name)
    if theirs is None or theirs.get("skipped"):
        theirs = {"nodes": {}, "emptied": {}, "nominated": {}}
        tally.counts["subjects skipped"] += 1
    mine = ours.of_plugin(name, one.pod, one.state)
    if mine["unknown"]:
        tally.counts["subjects not evaluated"] += 1
        return
    for part in ("before", "only"):
        said = theirs.get(part)
        said = sorted(said) if part == "only" and said is not None else said
        if said is not None or mine[part]:
            _count(tally, one, name, (part, ""), said, mine[part] or None)
            tally.counts[f"subjects {part}"] += 1
    if theirs.get("before") or mine["before"] or theirs.get("skipped"):
        return
    _nodes(name, one, theirs, mine, tally)


def _nodes(name: str, one: Judged, theirs: Mapping[str, Any], mine: Mapping[str, Any], tally: Tally) -> None:
    skipped = one.theirs["plugins"].get(name, {}).get("skipped")
    for way in WAYS:
        for node in one.state.nodes:
            said, told = theirs[way].get(node.name), mine[way].get(node.name)
            if (way != "nodes" and node.name not in theirs[way]) or _left_out(node.name, theirs):
                continue
            if said is not None and said["code"] == "E":
                tally.counts["errors"] += 1
                continue
            if skipped and told is None:
                continue  # agreed, but nothing to be proud of
            _count(tally, one, name, (way, node.name), said, told)
            tally.counts["refused"] += said is not None


def _left_out(node: str, theirs: Mapping[str, Any]) -> bool:
    """By PreFilterResult: its filter is not asked about the node."""
    return theirs.get("only") is not None and node not in theirs["only"]


def whole(one: Judged, tally: Tally) -> None:
    """Adds what the scheduler makes of one subject: what it says of every node, and the text of the event."""
    theirs, mine = one.theirs, ours.of_all(one.pod, one.state)
    if mine["unknown"]:
        tally.counts["subjects not evaluated"] += 1
        return
    before = theirs["before"]
    if "E" in [each["code"] for each in (*theirs["first"].values(), *([before] if before else ()))]:
        tally.counts["errors"] += 1
        return
    if one.state.nodes:  # else the scheduler does not even ask its plugins
        _count(tally, one, FIRST, ("before", ""), before, mine["before"])
    if not before:
        _firsts(one, mine, tally)
    if one.question["subjects"]:
        _message(one, mine, tally)


def _firsts(one: Judged, mine: Mapping[str, Any], tally: Tally) -> None:
    absent = one.theirs["absentStatus"]
    for node in one.state.nodes:
        said, told = one.theirs["first"].get(node.name), mine["first"].get(node.name)
        if node.name in (one.theirs["absent"] or ()):
            # what is said of it stands nowhere while another node is feasible
            said = {"plugin": NARROWING} | (absent or {"code": "U", "reasons": (told or {}).get("reasons")})
        tally.counts["refused"] += said is not None
        _count(tally, one, FIRST, ("first", node.name), said, told)


def _message(one: Judged, mine: Mapping[str, Any], tally: Tally) -> None:
    """The text, and whether pods would be preempted on a node of ours where the real one does it."""
    said = one.theirs["message"]
    if " filter plugin: " in (said or ""):
        tally.counts["errors"] += 1  # of a filter during the dry run of preemption
        return
    _count(tally, one, MESSAGE, ("message", ""), said, mine["message"])
    if said is not None:
        told = "not found" if said.endswith("not found") else "preemption: " in said
        tally.counts["texts of preemption"] += told is True
        tally.counts["texts before any node"] += told == "not found"
        tally.counts["texts"] += 1
        chosen = one.theirs["preempts"]
        tally.counts["texts where pods are preempted"] += bool(chosen)
        mine_too = chosen in mine["preempts"] if chosen else not mine["preempts"]
        _count(tally, one, MESSAGE, ("preempts", ""), chosen, chosen if mine_too else mine["preempts"])


def _same_order(answer: Any) -> Any:
    """Scalar resources come in the order of a Go map, which is none; the others stand before them."""
    if not isinstance(answer, dict) or "reasons" not in answer:
        return answer
    own = [text for text in answer["reasons"] if text in IN_ORDER]
    return answer | {"reasons": own + sorted(text for text in answer["reasons"] if text not in IN_ORDER)}


def _count(tally: Tally, one: Judged, name: str, where: tuple[str, str], theirs: Any, mine: Any) -> None:
    tally.counts["pairs"] += 1
    theirs, mine = (_same_order(each) if INSUFFICIENT in str(each) else each for each in (theirs, mine))
    if theirs == mine:
        tally.counts["agree"] += 1
    else:
        tally.differences.append(Difference(one.question, name, one.theirs["pod"], where, theirs, mine))
