"""How the answer about taints reads: nodes with the same taints are one group, then what follows from them.

Without `wide` the largest groups are told and one or a few findings of a kind, so that 5,000 nodes fit on a screen.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue.words import reason
from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.render import data
from kubectl_lab.render.taint_groups import Group, groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.taints.model import TaintExplanation
    from kubectl_lab.render.text import Part, Screen
    from kubectl_lab.result import Finding

MOST_LINES = 26  # of nodes, unless wide; the first group is always told
FEW_FINDINGS = 8  # are all told
MOST_ALIKE = 1  # of more of them
WORST_FIRST = ("error", "warning", "info")


def view(result: TaintExplanation, screen: Screen) -> None:
    """Groups of nodes, findings worst first, and the counts of all nodes."""
    left = _nodes(groups(result, screen), screen)
    if left:
        screen.say("taints.more-nodes", count=left)
    _findings(_worst_first(result), screen)
    _not_evaluated(result, screen)
    if result.nodes:
        _footer(result, screen)


def names(document: Mapping[str, Any]) -> Iterator[str]:
    """`-o name`: the nodes that are told of."""
    return (f"node/{entry['name']}" for entry in document["nodes"])


def _nodes(every: Sequence[Group], screen: Screen) -> int:
    """How many nodes have no room on the screen."""
    used = 0
    for index, group in enumerate(every):
        made: list[list[Part]] = list(group.lines(screen))
        if index and not screen.wide and used + len(made) > MOST_LINES:
            return sum(len(each.nodes) for each in every[index:])
        for line in made:
            screen.line(*line)
        used += len(made)
    return 0


def _worst_first(result: TaintExplanation) -> list[Finding]:
    """By severity, then by code: all of one kind are together."""
    every = [*(found for node in result.nodes for found in node.findings), *result.findings]
    return sorted(every, key=lambda found: (WORST_FIRST.index(found.severity), found.code))


def _findings(every: Sequence[Finding], screen: Screen) -> None:
    most = len(every) if screen.wide or len(every) <= FEW_FINDINGS else MOST_ALIKE
    if every:
        screen.line()
    for (severity, code), alike in itertools.groupby(every, key=lambda found: (found.severity, found.code)):
        told = list(alike)
        for found in told[:most]:
            label = f"{screen.word(f'severity.{severity}')} {code}"
            screen.line((label, severity), f"  {data.message(found.to_dict(), screen.lang)}")
        if len(told) > most:
            screen.say("taints.more-findings", count=len(told) - most, code=code, indent=4)
        for command in _commands(told[:most]):
            screen.line(("$ ", "dim"), command, indent=4)


def _commands(findings: Iterable[Finding]) -> Iterable[str]:
    """Each once."""
    return dict.fromkeys(command for found in findings for command in data.fixes(found.to_dict()))


def _not_evaluated(result: TaintExplanation, screen: Screen) -> None:
    """A paragraph a reason: what could not be seen."""
    for why in dict.fromkeys(each.why for each in result.not_evaluated):
        whats = dict.fromkeys(each.what for each in result.not_evaluated if each.why == why)
        said = screen.word("taints.not-captured") if why == NOT_CAPTURED else reason(why, screen.lang)
        screen.paragraph(f"{', '.join(whats)}: {said}", hanging=2, lead=(screen.word("taints.not-evaluated"), "bold"))


def _footer(result: TaintExplanation, screen: Screen) -> None:
    blocked = {pod for node in result.nodes for taint in node.taints for pod in taint.blocks}
    deleted = sum(len(node.evicts) for node in result.nodes)
    screen.line()
    screen.say("taints.footer", shown=len(result.nodes), total=result.total, deleted=deleted, blocked=len(blocked))
