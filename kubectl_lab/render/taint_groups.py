"""Nodes with the same taints as one group: its names, then each taint with what it does on all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab.catalogue.words import reason
from kubectl_lab.domain.rules import durations
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.taints.deletions import when

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from kubectl_lab.domain.taints.model import Eviction, NodeTaints, TaintEffect, TaintExplanation
    from kubectl_lab.render.text import Part, Screen

    Line = list[Part]

MOST_NAMES = 3
MOST_TAINTS = 5  # of a group, unless wide
MOST_DELETED = 3  # pods of a group, unless wide


def groups(result: TaintExplanation, screen: Screen) -> list[Group]:
    """The largest first, each node alone with `wide`; those on which pods die before all others."""
    made: dict[object, list[NodeTaints]] = {}
    for node in result.nodes:
        made.setdefault(node.name if screen.wide else _likeness(node, screen), []).append(node)
    every = [Group(nodes, result.now) for nodes in made.values()]
    if screen.wide:
        return every
    return sorted(every, key=lambda group: (not any(node.evicts for node in group.nodes), -len(group.nodes)))


def _likeness(node: NodeTaints, screen: Screen) -> object:
    told = ((each.text, each.pretended, reason(each.set_by, screen.lang)) for each in node.taints)
    return node.unschedulable, node.removed, *sorted(told)


class Group(NamedTuple):
    """Nodes that are told alike."""

    nodes: Sequence[NodeTaints]
    now: datetime

    def lines(self, screen: Screen) -> Iterator[Line]:
        """All that there is to say of them."""
        yield self._heading(screen)
        first = self.nodes[0]
        shown = first.taints if screen.wide else first.taints[:MOST_TAINTS]
        if not shown:
            yield [f"  {screen.word('taints.untainted')}"]
        for effect in shown:
            alike = [each for node in self.nodes for each in node.taints if each.text == effect.text]
            yield from _taint(effect, alike, self.now, screen)
        if len(first.taints) > len(shown):
            yield [f"  {screen.word('taints.more-taints', count=len(first.taints) - len(shown))}"]
        for taint in first.removed:
            yield ["  ", screen.word("taints.gone", taint=taint), "  ", (screen.word("taints.what-if"), "info")]
        yield from self._deleted(screen)

    def _heading(self, screen: Screen) -> Line:
        names = [node.name for node in self.nodes]
        label = names[0]
        if len(names) > 1:
            key = "group-more" if len(names) > MOST_NAMES else "group"
            label = screen.word(f"taints.{key}", count=len(names), names=", ".join(names[:MOST_NAMES]))
        if self.nodes[0].unschedulable:
            return [(label, "bold"), "  ", (screen.word("taints.cordoned"), "warning")]
        return [(label, "bold")]

    def _deleted(self, screen: Screen) -> Iterator[Line]:
        """The first pods that go, and when; on which node where there are several."""
        every = [(each, node.name) for node in self.nodes for each in node.evicts]
        every.sort(key=lambda pair: _due(pair[0]))
        shown = every if screen.wide else every[:MOST_DELETED]
        heading = screen.word("taints.deleted")
        for number, (each, name) in enumerate(shown):
            lead = " " * len(heading) if number else heading
            where = f", {screen.word('taints.on-node', node=name)}" if len(self.nodes) > 1 else ""
            text = f"{each.pod.namespace or '-'}/{each.pod.name}  {_when(each, self.now, screen)}{where}"
            yield ["  ", (lead, "bold"), f"  {text}"]
        if len(every) > len(shown):
            yield [f"  {screen.word('taints.more-deleted', count=len(every) - len(shown))}"]


def _taint(effect: TaintEffect, alike: Sequence[TaintEffect], now: datetime, screen: Screen) -> Iterator[Line]:
    """The taint and what it means; who set it; how many pods it concerns, with wide which."""
    mark: Line = ["  ", (screen.word("taints.what-if"), "info")] if effect.pretended else []
    yield ["  ", (effect.text, "bold"), *mark, f"  {reason(effect.meaning, screen.lang)}"]
    if not effect.pretended:
        yield [f"    {_set_by(effect, alike, now, screen)}"]
    for count in _counts(alike, screen):
        yield [f"    {count}"]
    if screen.wide:
        yield from _references(effect, screen)


def _set_by(effect: TaintEffect, alike: Sequence[TaintEffect], now: datetime, screen: Screen) -> str:
    """How long ago is told where it is the same taint of one node."""
    who, since = reason(effect.set_by, screen.lang), pod_rules.time_of(effect.time_added)
    if since is None or len(alike) > 1:
        return screen.word("taints.set-by", who=who)
    return screen.word("taints.set-by-since", who=who, age=durations.human((now - since).total_seconds()))


def _counts(alike: Sequence[TaintEffect], screen: Screen) -> Iterator[str]:
    """A pending pod that several nodes keep out is one pod."""
    tolerated = [pod for each in alike for pod in each.tolerated_by]
    limited = sum(pod.seconds is not None for pod in tolerated)
    if tolerated:
        key = "tolerated-while" if limited else "tolerated"
        yield screen.word(f"taints.{key}", count=len(tolerated), limited=limited)
    for key, count in (
        ("keeps-out", len({pod for each in alike for pod in each.blocks})),
        ("may-keep-out", len({pod for each in alike for pod in each.may_block})),
        ("deletes", sum(len(each.evicts) for each in alike)),
    ):
        if count:
            yield screen.word(f"taints.{key}", count=count)


def _references(effect: TaintEffect, screen: Screen) -> Iterator[Line]:
    """By name: who tolerates it and for how long, who is kept out."""
    for each in effect.tolerated_by:
        long = "for-ever" if each.seconds is None else "for-seconds"
        time = screen.word(f"taints.{long}", time=durations.human(each.seconds or 0))
        yield _row("tolerating", f"{each.pod.namespace or '-'}/{each.pod.name}  {time}", screen)
    for pod in (*effect.blocks, *effect.may_block):
        yield _row("kept-out", f"{pod.namespace or '-'}/{pod.name}", screen)


def _row(key: str, text: str, screen: Screen) -> Line:
    return ["    ", (screen.word(f"taints.{key}"), "dim"), f"  {text}"]


def _when(each: Eviction, now: datetime, screen: Screen) -> str:
    """And, where nothing is lost by it, why."""
    said = reason(when(each, now), screen.lang)
    state = "terminating" if each.terminating else "finished" if each.finished else ""
    return f"{said}, {screen.word(f'taints.{state}')}" if state else said


def _due(each: Eviction) -> tuple[bool, float, int]:
    """What goes at once or without a known time first."""
    at = each.at.timestamp() if each.at else 0.0
    return each.at is not None and each.seconds > 0, at, each.seconds
