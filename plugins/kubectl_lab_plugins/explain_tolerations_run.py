"""The steps of one answer: check the command line, read, explain, show."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.scheduling import absent
from kubectl_lab.domain.scheduling.explain import explain
from kubectl_lab_plugins import scheduling_reading
from kubectl_lab_plugins.explain_tolerations_request import request_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.scheduling.question import Question
    from kubectl_lab.objects import Object
    from kubectl_lab_plugins.explain_tolerations_request import Request
    from kubectl_lab_plugins.session import Session

WORDS = ("text", "wide", "name")  # formats in which nothing is an empty answer


def run(session: Session, words: Sequence[str], flags: Mapping[str, Any]) -> int:
    """The whole answer; returns the exit code."""
    request = request_of(session, words, flags)
    found = scheduling_reading.read(session, request.question, request.version, request.gates)
    question = dataclasses.replace(request.question, shown=_shown(request, found.known.known("Node")))
    answer = explain(found.known, question, found.features, session.now, found.repeated)
    if not answer.pods:
        _tell_of_none(session, question)
        if session.output in WORDS:
            return 0
    session.show(answer)
    return 0


def _shown(request: Request, nodes: Sequence[Object]) -> frozenset[str] | None:
    """The names of the nodes that are to be listed, None for all. Raises NotFound for one that is not there."""
    if not request.nodes and not request.node_selector:
        return None
    if lacking := absent.nodes(request.nodes, [objects.name(each) for each in nodes]):
        raise absent.error(lacking)
    return frozenset(
        objects.name(each)
        for each in nodes
        if (not request.nodes or objects.name(each) in request.nodes)
        and label_selectors.matches(request.node_selector, objects.labels(each))
    )


def _tell_of_none(session: Session, question: Question) -> None:
    """That there is nothing to explain, and where."""
    if question.selector:
        session.tell(session.word("scheduling-view.none-selected"))
    elif question.namespace is None:
        session.tell(session.word("scheduling-view.none-anywhere"))
    else:
        session.tell(session.word("scheduling-view.none", namespace=question.namespace))
