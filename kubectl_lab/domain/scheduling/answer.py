"""The answer about one subject: every node's reasons, the scheduler's message, the findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling import preemption, waiting
from kubectl_lab.domain.scheduling.case import Case, is_asked
from kubectl_lab.domain.scheduling.evaluation import evaluate
from kubectl_lab.domain.scheduling.explanation import NodeExplanation, PodExplanation
from kubectl_lab.domain.scheduling.message import scheduler_message
from kubectl_lab.domain.scheduling.rules import findings
from kubectl_lab.domain.scheduling.tainted import TaintVerdicts, toleration_explanations

if TYPE_CHECKING:
    from datetime import datetime

    from kubectl_lab.domain.scheduling.question import WhatIf
    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.domain.scheduling.subject import Subject


def explain_subject(
    subject: Subject,
    state: ClusterState,
    now: datetime,
    *,
    shown: frozenset[str] | None = None,
    what_if: WhatIf | None = None,
    was: frozenset[str] | None = None,
) -> PodExplanation:
    """The answer about one. `was`: the nodes that took it before the what-if. What is finished or leaving has no verdict."""
    over = waiting.over(subject)
    if over is not None:
        return _unjudged(subject, state, what_if, findings=(over,))
    case = case_of(subject, state, now, pretended=what_if is not None)
    found = case.evaluation
    return replace(
        _unjudged(subject, state, what_if, findings=findings(case)),
        judged=True,
        feasible=found.feasible,
        message=case.message,
        nodes=_nodes(case, shown, was),
        before=found.before,
        counted=tuple(preemption.counted(verdict.first for verdict in found.nodes).most_common()),
        not_evaluated=tuple(dict.fromkeys((*subject.not_evaluated, *found.not_evaluated))),
    )


def case_of(subject: Subject, state: ClusterState, now: datetime, *, pretended: bool = False) -> Case:
    """All plugins asked, and preemption where the scheduler would think of it."""
    found = evaluate(subject.pod, state)
    if not is_asked(subject):
        return Case(subject, state, found, None, None, now, pretended)
    tries = found.nodes and not found.feasible and not found.before
    preempted = preemption.preempt(found, state) if tries else None
    return Case(subject, state, found, preempted, scheduler_message(found, preempted, state.features), now, pretended)


def _unjudged(subject: Subject, state: ClusterState, what_if: WhatIf | None, **more: object) -> PodExplanation:
    made = PodExplanation(
        pod=subject.reference,
        feasible=(),
        total=len(state.nodes),
        message=None,
        nodes=(),
        tolerations=toleration_explanations(subject.tolerations, state.nodes, state.features),
        bound_to=subject.bound_to,
        phase=pod_rules.phase(subject.source),
        gates=pod_rules.gates(subject.pod),
        judged=False,
        what_if=what_if,
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of its own


def _nodes(case: Case, shown: frozenset[str] | None, was: frozenset[str] | None) -> tuple[NodeExplanation, ...]:
    """The nodes that are to be listed, in the order they were read."""
    tolerations = [each.toleration for each in case.subject.tolerations]
    verdicts = TaintVerdicts(tolerations, case.features)
    return tuple(
        NodeExplanation(each.node.name, each.refusals, *verdicts.of(each.node), _was(each.node.name, was))
        for each in case.evaluation.nodes
        if shown is None or each.node.name in shown
    )


def _was(name: str, feasible: frozenset[str] | None) -> bool | None:
    return None if feasible is None else name in feasible
