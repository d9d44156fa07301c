"""Every refusal of every node, and which of them the scheduler itself would report.

The scheduler stops at the first plugin that refuses a node (RunFilterPlugins), and at the first that refuses all of them
(RunPreFilterPlugins); here all are asked. Source: kube-scheduler `schedule_one.go`, `framework/runtime/framework.go`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling.filters import FILTERS
from kubectl_lab.domain.scheduling.model import NotEvaluated, Reason, Refusal
from kubectl_lab.domain.scheduling.state import priority

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.scheduling.model import NodeFilter
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class PluginRefusal:
    """A refusal and the plugin it is from; `first`: it is the scheduler's own answer."""

    plugin: str
    refusal: Refusal
    first: bool


@dataclass(frozen=True, slots=True)
class NodeVerdict:
    """All that refuses one node, in the scheduler's order; nothing: no known refusal."""

    node: NodeInfo
    refusals: tuple[PluginRefusal, ...]

    @property
    def feasible(self) -> bool:
        """No known refusal."""
        return not self.refusals

    @property
    def first(self) -> Refusal | None:
        """What the scheduler says of this node."""
        return next((each.refusal for each in self.refusals if each.first), None)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One pod against all nodes. `before`: the plugins that refuse every node at once; the first is the scheduler's answer."""

    pod: Object
    filters: Filters
    nodes: tuple[NodeVerdict, ...]

    @property
    def before(self) -> tuple[tuple[str, Refusal], ...]:
        """(plugin, refusal) of what refuses before any node is looked at, in the scheduler's order."""
        return self.filters.before

    @property
    def not_evaluated(self) -> tuple[NotEvaluated, ...]:
        """What the answer does not rest on."""
        return tuple(dict.fromkeys(each for _, made in self.filters.made for each in made.not_evaluated))

    @property
    def feasible(self) -> tuple[str, ...]:
        """The names of the nodes without a known refusal."""
        return tuple(verdict.node.name for verdict in self.nodes if verdict.feasible)


class Filters:
    """All plugins made ready for one pod, those left out that have nothing to check.

    `nominated`: the node on which preemption makes room for the pod; the scheduler looks at it first, and before it heeds
    that plugins named the only nodes to look at (evaluateNominatedNode). `tried`: the plugin that refused it then.
    """

    def __init__(self, made: Sequence[tuple[str, NodeFilter]], nominated: str, tried: str | None = None) -> None:
        self.made = tuple(made)
        self._nominated = nominated
        self._tried = {tried} if tried else set()
        self.before = tuple((name, each.before) for name, each in self.made if each.before is not None)
        self._asked = tuple((name, each) for name, each in self.made if each.before is None)
        self._narrowing = tuple((name, each.only) for name, each in self._asked if each.only is not None)

    def refusals(self, node: NodeInfo) -> Iterator[tuple[str, Refusal]]:
        """What refuses this node, in order."""
        for name, each in self._asked:
            found = each.refusal(node)
            if found is not None:
                yield name, found

    def narrowed(self, node: NodeInfo) -> tuple[str, Refusal] | None:
        """The refusal of a node that is not looked at, because plugins named the only ones that are (PreFilterResult)."""
        if node.name == self._nominated or all(node.name in only for _, only in self._narrowing):
            return None
        narrowing = [name for name, _ in self._narrowing]
        plugins = sorted(self._tried.union(narrowing))
        text = f"node(s) didn't satisfy plugin(s) [{' '.join(plugins)}]"
        message = catalogue.phrase("scheduling.narrowed", plugins=plugins)
        return narrowing[0], Refusal((Reason(text, message),))

    def changed(self, node: NodeInfo, *, removed: Sequence[Object] = (), added: Sequence[Object] = ()) -> Filters:
        """The same filters if these pods left the node or came to it."""
        changed = [(name, each.changed(node, removed=removed, added=added)) for name, each in self.made]
        return Filters(changed, self._nominated)

    def tried(self, pod: Object, state: ClusterState) -> Filters:
        """The same after the look at the nominated node: what refuses it is named among those that name nodes.

        The scheduler keeps both in one set (Diagnosis.UnschedulablePlugins).
        """
        node = state.node_by_name.get(self._nominated)
        if node is None or not self._narrowing:
            return self
        refusals = verdict_of(pod, node, self, state).refusals
        return Filters(self.made, self._nominated, next((each.plugin for each in refusals if each.first), None))


def evaluate(pod: Object, state: ClusterState) -> Evaluation:
    """Asks every plugin about every node."""
    filters = filters_of(pod, state).tried(pod, state)
    return Evaluation(pod, filters, tuple(verdict_of(pod, node, filters, state) for node in state.nodes))


def filters_of(pod: Object, state: ClusterState) -> Filters:
    """All plugins made ready for the pod, for who asks about a few nodes only."""
    ready = ((plugin.name, plugin.prepare(pod, state)) for plugin in FILTERS)
    return Filters([(name, made) for name, made in ready if made is not None], pod_rules.nominated_node(pod))


def verdict_of(pod: Object, node: NodeInfo, filters: Filters, state: ClusterState) -> NodeVerdict:
    """All refusals of one node: of the plugins that refuse every node, of narrowing, and of the filters.

    Pods that are nominated to the node and no less important count in a first pass; the node must pass with and without them.
    """
    nominated = _nominated(pod, node, state)
    passes = [list(filters.refusals(node))]
    if nominated:
        with_them = filters.changed(node, added=nominated)
        passes.insert(0, list(with_them.refusals(node.with_pods(added=nominated))))
    narrowed = filters.narrowed(node)
    found = dict(entry for each in reversed(passes) for entry in each) | dict([narrowed] if narrowed else ())
    found |= dict(filters.before)
    first = _first(filters, narrowed, passes)
    order = [name for name, _ in filters.made if name in found]
    return NodeVerdict(node, tuple(PluginRefusal(name, found[name], name == first) for name in order))


def _first(
    filters: Filters, narrowed: tuple[str, Refusal] | None, passes: Sequence[Sequence[tuple[str, Refusal]]]
) -> str | None:
    """The plugin whose reasons the scheduler gives: what comes before all nodes, then narrowing, then the first pass."""
    if filters.before:
        return filters.before[0][0]
    if narrowed:
        return narrowed[0]
    return next((refusals[0][0] for refusals in passes if refusals), None)


def _nominated(pod: Object, node: NodeInfo, state: ClusterState) -> list[Object]:
    """The pods nominated to the node to which this one must yield, itself left out (addGENominatedPods)."""
    return [
        other
        for other in state.nominated.get(node.name, ())
        if priority(other) >= priority(pod) and not is_same(other, pod)
    ]


def is_same(one: Object, other: Object) -> bool:
    """One pod, by its UID; of manifests by identity."""
    return one is other or (bool(objects.uid(one)) and objects.uid(one) == objects.uid(other))
