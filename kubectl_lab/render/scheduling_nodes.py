"""The table of nodes and reasons of one pod: nodes with the same reasons are one group, those that fit first.

Where facts differ from node to node (what is free on each), groups are told apart by the scheduler's own reasons, and one
node's facts are the example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab.catalogue.words import reason
from kubectl_lab.render import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from kubectl_lab.domain.scheduling.explanation import NodeExplanation, PodExplanation
    from kubectl_lab.render.text import Screen

MOST_BY_FACTS = 12  # groups that are told apart by facts, unless wide
MOST_GROUPS = 12  # groups at all, unless wide
MOST_LINES = 3  # reasons of a group, unless wide
MOST_NAMES = 3
FITS, REFUSED, ALSO = "✓", "✗", "·"
ASCII = {FITS: "+", REFUSED: "x", ALSO: "-"}
STYLES = {FITS: "good", REFUSED: "error", ALSO: "dim"}


class Line(NamedTuple):
    """One thing to say of a group: `mark` FITS, REFUSED (the scheduler's own reason) or ALSO."""

    mark: str
    text: str


class Group(NamedTuple):
    """Nodes that are told alike; `alike`: also their facts are the same."""

    nodes: Sequence[NodeExplanation]
    alike: bool


def nodes(entry: PodExplanation, screen: Screen) -> None:
    """Each group: its nodes, then a line for what fits or for each reason, the scheduler's own first."""
    grouped = _groups(entry.nodes, screen)
    shown = grouped if screen.wide else grouped[:MOST_GROUPS]
    labels = [_label(group, screen) for group in shown]
    room = max(map(len, labels)) + columns.APART
    for label, group in zip(labels, shown, strict=True):
        _show(label.ljust(room), group, screen)
    left = sum(len(group.nodes) for group in grouped[len(shown) :])
    if left:
        screen.say("scheduling-view.more-nodes", count=left, indent=2)


def _show(label: str, group: Group, screen: Screen) -> None:
    said = list({each.text: each for each in reversed(list(_lines(group, screen)))}.values())[::-1]
    kept = said if screen.wide or len(said) <= MOST_LINES else said[: MOST_LINES - 1]
    kept += [Line(ALSO, screen.word("scheduling-view.more-reasons", count=len(said) - len(kept)))] * (kept != said)
    for each in kept:
        symbol = ASCII[each.mark] if screen.ascii else each.mark
        lead = f"{label}{symbol}"
        screen.paragraph(each.text, indent=2, hanging=len(lead) + columns.APART, lead=(lead, STYLES[each.mark]))
        label = " " * len(label)
    if screen.wide and len(group.nodes) > MOST_NAMES:
        screen.paragraph(", ".join(each.name for each in group.nodes), indent=2 + len(label))


def _groups(every: Sequence[NodeExplanation], screen: Screen) -> list[Group]:
    """By the sentences; where that makes too many, by the scheduler's reasons. Feasible ones first, then the largest."""
    made = _grouped(every, lambda node: _sentences(node, screen))
    if len(made) > MOST_BY_FACTS and not screen.wide:
        made = _grouped(every, _texts)
    groups = [Group(each, len({_sentences(node, screen) for node in each}) == 1) for each in made]
    return sorted(groups, key=lambda group: (not group.nodes[0].feasible, -len(group.nodes)))


def _grouped(
    every: Sequence[NodeExplanation], key: Callable[[NodeExplanation], Hashable]
) -> list[list[NodeExplanation]]:
    made: dict[Hashable, list[NodeExplanation]] = {}
    for node in every:
        made.setdefault(key(node), []).append(node)
    return list(made.values())


def _sentences(node: NodeExplanation, screen: Screen) -> tuple[Hashable, ...]:
    near = (reason(each.near_miss, screen.lang) for each in node.taints if each.near_miss)
    return (node.was, *((first, said) for first, _, said in _reasons(node, screen)), *near)


def _texts(node: NodeExplanation) -> tuple[Hashable, ...]:
    told = ((each.first, one.text) for each in node.refusals for one in each.refusal.reasons)
    return (node.was, *told)


def _reasons(node: NodeExplanation, screen: Screen) -> list[tuple[bool, str, str]]:
    """(whether it is the scheduler's own, its text, our sentence), the scheduler's own first."""
    found = [
        (each.first, one.text, reason(one.message, screen.lang))
        for each in node.refusals
        for one in each.refusal.reasons
    ]
    return sorted(found, key=lambda each: not each[0])


def _label(group: Group, screen: Screen) -> str:
    """Names of few nodes, else how many and the first of them."""
    names = [each.name for each in group.nodes]
    if len(names) <= MOST_NAMES and sum(map(len, names)) <= screen.width // 3:
        return ", ".join(names)
    return screen.word("scheduling-view.group", count=len(names), first=names[0])


def _lines(group: Group, screen: Screen) -> Iterator[Line]:
    """What is said of the group: that it fits, or each reason with the facts of all or of one; what a what-if changed."""
    node = group.nodes[0]
    if node.feasible:
        yield Line(FITS, screen.word("scheduling-view.takes-it"))
    for first, text, said in _reasons(node, screen):
        example = screen.word("scheduling-view.for-example", reason=text, node=node.name, facts=said)
        yield Line(REFUSED if first else ALSO, said if group.alike else example)
    for taint in node.taints:
        if taint.near_miss and group.alike:
            yield Line(ALSO, reason(taint.near_miss, screen.lang))
    if node.was is not None and node.was != node.feasible:
        yield Line(ALSO, screen.word(f"scheduling-view.was-{'feasible' if node.was else 'refused'}"))
