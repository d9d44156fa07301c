"""The whole answer: each subject against the same state, with every node's reasons and the findings about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kubectl_lab.domain.scheduling import inputs, subjects, what_if
from kubectl_lab.domain.scheduling.answer import explain_subject
from kubectl_lab.domain.scheduling.evaluation import evaluate
from kubectl_lab.domain.scheduling.explanation import SchedulingExplanation
from kubectl_lab.domain.scheduling.question import WhatIf
from kubectl_lab.domain.scheduling.state import ClusterState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.question import Question
    from kubectl_lab.domain.scheduling.subject import Subject
    from kubectl_lab.objects import Missing, Object
    from kubectl_lab.result import Reference


def explain(
    known: KnownObjects, question: Question, features: Features, now: datetime, repeated: Sequence[Reference] = ()
) -> SchedulingExplanation:
    """The answer about every subject. `repeated`: what the input holds more than once. Raises NotFound (subjects)."""
    changes = question.what_if
    after = _States(_pretended(known, changes), features)
    asked = subjects.subjects(known, question, features)
    was = _before(known, question, features) if changes else [None] * len(asked)
    pods = tuple(
        explain_subject(subject, after.of(subject), now, shown=question.shown, what_if=changes or None, was=feasible)
        for subject, feasible in zip(asked, was, strict=True)
    )
    return SchedulingExplanation(pods, tuple(inputs.findings(after.plain, repeated)))


def _before(known: KnownObjects, question: Question, features: Features) -> list[frozenset[str]]:
    """Which nodes took each subject without the what-if."""
    states = _States(known.found, features)
    unchanged = subjects.subjects(known, replace(question, what_if=WhatIf()), features)
    return [frozenset(evaluate(each.pod, states.of(each)).feasible) for each in unchanged]


def _pretended(known: KnownObjects, changes: WhatIf) -> Mapping[str, Sequence[Object] | Missing]:
    """Everything that is known, the nodes with the taints of the what-if."""
    found = known.found
    if not changes.add_taints and not changes.remove_taints:
        return found
    nodes = what_if.taints_applied(known.known("Node"), changes).nodes
    return {**found, "Node": nodes}


class _States:
    """The state for each subject: one for all that are not bound."""

    def __init__(self, found: Mapping[str, Sequence[Object] | Missing], features: Features) -> None:
        self.plain = ClusterState(found, features)

    def of(self, subject: Subject) -> ClusterState:
        """A bound pod is judged as if it were created now: it takes no room itself."""
        return self.plain.leaving_out(subject.without) if subject.without else self.plain
