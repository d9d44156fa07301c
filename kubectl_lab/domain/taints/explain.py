"""The whole answer of `explain-taints`: the nodes that are meant, what each taint does, and what follows from that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules.tolerations import taint_text
from kubectl_lab.domain.scheduling import absent
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.model import NotEvaluated
from kubectl_lab.domain.scheduling.state import ClusterState
from kubectl_lab.domain.scheduling.what_if import taints_applied
from kubectl_lab.domain.taints import cordons, deletions, effects, known, returns
from kubectl_lab.domain.taints.blocked import Blocked, Pending
from kubectl_lab.domain.taints.case import Case, losses
from kubectl_lab.domain.taints.effects import Tolerances
from kubectl_lab.domain.taints.model import NodeTaints, TaintEffect, TaintExplanation
from kubectl_lab.objects import Missing
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.state import NodeInfo
    from kubectl_lab.domain.scheduling.what_if import Replaced
    from kubectl_lab.domain.taints.effects import Taint
    from kubectl_lab.domain.taints.question import Question
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding

# of one node, in the order in which they are told
RULES: tuple[Callable[[Case], Iterable[Finding]], ...] = (
    deletions.deleted,
    returns.returning,
    cordons.cordoned,
    cordons.controlled,
    deletions.unprotected,
    deletions.blocking,
    cordons.out_of_service,
    cordons.replaced,
)
# kind -> who is judged by it
NEEDED = {"Pod": "taint-eviction-controller", "PodDisruptionBudget": "taint-eviction-controller"}


def explain(objects_known: KnownObjects, question: Question, features: Features, now: datetime) -> TaintExplanation:
    """Raises NotFound: a node that is named is not there (all such are told), a removal matches no taint."""
    every = {objects.name(node): node for node in objects_known.known("Node")}
    chosen = _chosen(every, question)
    meant = frozenset(chosen) if question.chooses else None
    tainted = taints_applied(tuple(every.values()), question.what_if, meant)
    state = ClusterState({**objects_known.found, "Node": tainted.nodes}, features)
    shown = _shown(chosen, every, state, question)
    cases, pending = _cases(shown, every, state, tainted.replaced, now)
    return TaintExplanation(
        tuple(_entry(case) for case in cases),
        len(every),
        now,
        question.what_if or None,
        tuple(returns.shrinking((loss for case in cases for loss in case.losses), state)),
        (*_not_seen(state), *pending.not_evaluated),
    )


def _chosen(every: Mapping[str, Object], question: Question) -> tuple[str, ...]:
    if lacking := absent.nodes(question.nodes, tuple(every)):
        raise absent.error(lacking)
    if question.nodes:
        return tuple(dict.fromkeys(question.nodes))
    return tuple(
        name for name, node in every.items() if label_selectors.matches(question.selector, objects.labels(node))
    )


def _shown(
    chosen: Sequence[str], every: Mapping[str, Object], state: ClusterState, question: Question
) -> list[NodeInfo]:
    """Those that are meant, and whatever the what-if changes; where none is meant, those of which there is something to say."""
    nodes = state.node_by_name
    changed = [name for name, node in nodes.items() if node.node is not every[name]]
    if question.chooses:
        return [nodes[name] for name in dict.fromkeys((*chosen, *changed))]
    told = {*changed, *(name for name, node in nodes.items() if node.taints or _is_cordoned(node))}
    return [node for name, node in nodes.items() if name in told]


def _is_cordoned(node: NodeInfo) -> bool:
    return objects.spec(node.node).get("unschedulable") is True


def _cases(
    shown: Sequence[NodeInfo],
    every: Mapping[str, Object],
    state: ClusterState,
    replaced: Sequence[Replaced],
    now: datetime,
) -> tuple[list[Case], Pending]:
    tolerances, pending, bound = (
        Tolerances(comparison=state.features.enabled(COMPARISON)),
        Pending(state),
        _bound(state),
    )
    cases = []
    for node in shown:
        before, pods = every[node.name], bound.get(node.name, ())
        taints = effects.taints_of(node.node, before if before is not node.node else None, now)
        evictions = effects.evicts_all(taints, pods, tolerances)
        cases.append(
            Case(
                reference(node.node, "Node"),
                before,
                node,
                pods,
                taints,
                _effects(node, taints, pods, tolerances, pending),
                evictions,
                losses(pods, evictions),
                tuple(each for each in replaced if each.node == node.name),
                state,
                now,
            )
        )
    return cases, pending


def _bound(state: ClusterState) -> Mapping[str, list[Object]]:
    """The pods of each node, finished ones too: the controller deletes these as well."""
    made: defaultdict[str, list[Object]] = defaultdict(list)
    for pod in state.known("Pod"):
        where = pod_rules.node_name(pod)
        if where:
            made[where].append(pod)
    return made


def _effects(
    node: NodeInfo, taints: Sequence[Taint], pods: Sequence[Object], tolerances: Tolerances, pending: Pending
) -> tuple[TaintEffect, ...]:
    blocked = pending.blocked(node)
    return tuple(
        TaintEffect(
            taint.obj,
            known.meaning(taint.obj),
            known.set_by(taint.obj, node.node),
            effects.tolerated_by(taint, pods, tolerances),
            *blocked.get(taint_text(taint.obj), Blocked()),
            evicts=effects.evicts(taint, pods, tolerances),
            pretended=taint.pretended,
        )
        for taint in taints
    )


def _entry(case: Case) -> NodeTaints:
    findings = tuple(found for rule in RULES for found in rule(case))
    return NodeTaints(case.name, case.effects, case.unschedulable, case.evictions, findings)


def _not_seen(state: ClusterState) -> Iterable[NotEvaluated]:
    """What pods a node has, and which budgets stand over them, is not known of every input."""
    found = ((plugin, state.read(kind)) for kind, plugin in NEEDED.items())
    return tuple(NotEvaluated(plugin, each.kind, each.why) for plugin, each in found if isinstance(each, Missing))
