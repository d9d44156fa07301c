"""The steps of one answer: check the command line, read, probe where asked, explain, show."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.cluster import service as reading
from kubectl_lab.cluster import service_files
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.service.explain import Question, explain
from kubectl_lab.result import Reference, reference
from kubectl_lab_plugins.explain_service_request import Request, request_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged, ServiceExplanation
    from kubectl_lab_plugins.session import Session

WORKERS = 4


def run(session: Session, words: Sequence[str], flags: Mapping[str, Any]) -> int:
    """The whole answer; returns the exit code."""
    request = request_of(session, words, flags)
    if request.watch:
        from kubectl_lab_plugins import explain_service_watch

        return explain_service_watch.follow(session, request)
    inventory = read(session, request)
    answer = answer_of(inventory, request, _probed(session, request, inventory))
    if not answer.services:
        where = "service.none-anywhere" if request.namespace is None else "service.none"
        session.tell(session.word(where, namespace=request.namespace))
        if session.output in ("text", "wide", "name"):
            return 0
    session.show(answer)
    return 1 if has_absent(answer) else 0


def read(session: Session, request: Request) -> Inventory:
    """What the question needs, of the files of `-f` or of the cluster."""
    wanted = reading.Wanted(request.subjects, request.namespace)
    if session.filenames:
        return service_files.read(session.cluster(), wanted, session.now)
    return reading.read(session.live(workers=WORKERS), wanted, session.now)


def answer_of(
    inventory: Inventory, request: Request, probed: Mapping[Reference, tuple[Judged, ...]]
) -> ServiceExplanation:
    """The explanation; of Services that a selector chose an overview, worst first."""
    question = Question(request.subjects, request.namespace, None, request.detailed, probed)
    made = explain(inventory, question)
    if not request.selector:
        return made
    chosen = {
        reference(each, "Service")
        for each in inventory.known("Service", request.namespace)
        if label_selectors.matches(request.selector, objects.labels(each))
    }
    return dataclasses.replace(made, services=tuple(each for each in made.services if each.service in chosen))


def has_absent(answer: ServiceExplanation) -> bool:
    """Whether something that was asked for by its name is not there."""
    return any(finding.code == "SVC001" for entry in answer.services for finding in entry.findings)


def _probed(session: Session, request: Request, inventory: Inventory) -> Mapping[Reference, tuple[Judged, ...]]:
    if not request.probe:
        return {}
    from kubectl_lab_plugins import explain_service_probe

    return explain_service_probe.run(session, request, inventory)
