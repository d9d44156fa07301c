"""The steps of one answer: check the command line, read, explain, show."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab.domain.scheduling.question import Question as AboutPods
from kubectl_lab.domain.taints.explain import explain
from kubectl_lab.domain.taints.needs import needs
from kubectl_lab.domain.taints.question import Question
from kubectl_lab.errors import BadUsage
from kubectl_lab_plugins import flag_values, scheduling_options, scheduling_reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.cluster.scheduling import Reading
    from kubectl_lab_plugins.session import Session

WORDS = ("text", "wide", "name")  # formats in which nothing is an empty answer
PENDING = AboutPods((), None)  # every pending pod, since a taint may keep it out


@dataclass(frozen=True, slots=True)
class Request:
    """The question, and whose rules count; `version` None: the server's own."""

    question: Question
    version: tuple[int, int, int] | None
    gates: Mapping[str, bool]


def run(session: Session, words: Sequence[str], flags: Mapping[str, Any]) -> int:
    """The whole answer; returns the exit code."""
    request = request_of(words, flags)
    found = _read(session, request)
    answer = explain(found.known, request.question, found.features, session.now)
    if not answer.nodes:
        session.tell(session.word("taints.none-selected" if request.question.selector else "taints.none"))
        if session.output in WORDS:
            return 0
    session.show(answer)
    return 0


def request_of(words: Sequence[str], flags: Mapping[str, Any]) -> Request:
    """Raises BadUsage for what cannot be meant."""
    if words and flags["selector"] is not None:
        raise BadUsage("drain-name-and-selector")
    names = tuple(dict.fromkeys(map(flag_values.node_name, words)))
    selector = flag_values.chosen("--selector", flags["selector"])
    what_if = scheduling_options.what_if_of(flags)
    version, gates = scheduling_options.version_of(flags), scheduling_options.gates_of(flags)
    return Request(Question(names, selector, what_if), version, gates)


def _read(session: Session, request: Request) -> Reading:
    """What the question needs; an object that the files hold twice is told."""
    also = functools.partial(needs, question=request.question)
    found = scheduling_reading.read(session, PENDING, request.version, request.gates, also)
    for each in found.repeated:
        told = {"object": f"{each.kind} {each.name}", "namespace": each.namespace or "-"}
        session.warn(session.word("service.repeated", **told))
    return found
