"""The whole answer of `explain-taints`: the nodes that are meant, what each taint does, and what follows from that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules.tolerations import taint_text
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.model import NotEvaluated
from kubectl_lab.domain.scheduling.state import ClusterState
from kubectl_lab.domain.taints import cordons, deletions, effects, known, returns
from kubectl_lab.domain.taints.blocked import Blocked, Pending
from kubectl_lab.domain.taints.case import Case, losses
from kubectl_lab.domain.taints.effects import Tolerances
from kubectl_lab.domain.taints.meant import meant
from kubectl_lab.domain.taints.model import NodeTaints, TaintEffect, TaintExplanation
from kubectl_lab.domain.taints.needs import BUDGET
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
    from kubectl_lab.domain.taints.meant import Meant
    from kubectl_lab.domain.taints.model import Eviction, Tolerating
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
CONTROLLER = "taint-eviction-controller"


def explain(known: KnownObjects, question: Question, features: Features, now: datetime) -> TaintExplanation:
    """Raises NotFound: a node that is named is not there (all such are told), a removal matches no taint."""
    which = meant(known, question)
    state = ClusterState({**known.found, "Node": tuple(which.after.values())}, features)
    pending = Pending(state)
    cases = _cases(which, state, pending, now)
    return TaintExplanation(
        tuple(_entry(case) for case in cases),
        len(which.after),
        now,
        question.what_if or None,
        tuple(returns.shrinking((loss for case in cases for loss in case.losses), state)),
        (*_not_seen(state, cases), *pending.not_evaluated),
    )


def _cases(which: Meant, state: ClusterState, pending: Pending, now: datetime) -> list[Case]:
    tolerances, bound = Tolerances(comparison=state.features.enabled(COMPARISON)), _bound(state)
    replaced: defaultdict[str, list[Replaced]] = defaultdict(list)
    for each in which.replaced:
        replaced[each.node].append(each)
    cases = []
    for name in which.shown:
        node, before, pods = state.node_by_name[name], which.before[name], bound.get(name, ())
        taints = effects.taints_of(node.node, before if which.is_changed(name) else None, now)
        together, alone = effects.evictions(taints, pods, tolerances)
        tolerating = [effects.tolerated_by(taint, pods, tolerances) for taint in taints]
        told = _effects(node, zip(taints, tolerating, alone, strict=True), pending)
        lost, found = losses(pods, together), tuple(replaced[name])
        cases.append(Case(reference(node.node, "Node"), before, node, taints, told, together, lost, found, state, now))
    return cases


def _bound(state: ClusterState) -> Mapping[str, list[Object]]:
    """The pods of each node, finished ones too: the controller deletes these as well."""
    made: defaultdict[str, list[Object]] = defaultdict(list)
    for pod in state.known("Pod"):
        where = pod_rules.node_name(pod)
        if where:
            made[where].append(pod)
    return made


def _effects(
    node: NodeInfo, made: Iterable[tuple[Taint, tuple[Tolerating, ...], tuple[Eviction, ...]]], pending: Pending
) -> tuple[TaintEffect, ...]:
    """Each taint with whom it lets stay and whom it deletes; here is added whom it keeps out."""
    blocked = pending.blocked(node)
    return tuple(
        TaintEffect(
            taint.obj,
            known.meaning(taint.obj),
            known.set_by(taint.obj, node.node),
            tolerating,
            *blocked.get(taint.text, Blocked()),
            evicts=deleted,
            pretended=taint.pretended,
        )
        for taint, tolerating, deleted in made
    )


def _entry(case: Case) -> NodeTaints:
    findings = tuple(found for rule in RULES for found in rule(case))
    removed = tuple(map(taint_text, case.removed))
    return NodeTaints(case.name, case.effects, case.unschedulable, case.evictions, removed, findings)


def _not_seen(state: ClusterState, cases: Sequence[Case]) -> Iterable[NotEvaluated]:
    """What pods a node has, and which budgets stand over those that are deleted, is not known of every input."""
    kinds = {"Pod": "pods"} | ({BUDGET: "poddisruptionbudgets"} if any(case.losses for case in cases) else {})
    found = ((resource, state.read(kind)) for kind, resource in kinds.items())
    return tuple(NotEvaluated(CONTROLLER, resource, each.why) for resource, each in found if isinstance(each, Missing))
