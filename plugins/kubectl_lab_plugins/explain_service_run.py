"""The steps of one answer: check the command line, read, probe where asked, explain, show."""

from __future__ import annotations

import dataclasses
import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.cluster import service as reading
from kubectl_lab.cluster import service_files
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.service import client as clients
from kubectl_lab.domain.service.explain import Question, explain
from kubectl_lab.result import Reference, reference
from kubectl_lab_plugins.explain_service_request import Request, request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.snapshot import SnapshotCluster
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged, ServiceExplanation
    from kubectl_lab_plugins.session import Session

WORKERS = 8
WORDS = ("text", "wide", "name")  # formats in which nothing is an empty answer
EMPTY: Mapping[Reference, tuple[Judged, ...]] = MappingProxyType({})


def run(session: Session, words: Sequence[str], flags: Mapping[str, Any]) -> int:
    """The whole answer; returns the exit code."""
    if flags["print_rbac"]:
        from kubectl_lab_plugins import explain_service_rbac

        return explain_service_rbac.show(session)
    request = request_of(session, words, flags)
    if request.watch:
        from kubectl_lab_plugins import explain_service_watch

        return explain_service_watch.follow(session, request)
    probed = _probing(session, request)
    inventory = read(session, request)
    answer = answer_of(inventory, request, probed(inventory))
    if not answer.services:
        tell_of_none(session, request, inventory)
        if session.output in WORDS:
            return 0
    session.show(answer)
    return 1 if has_absent(answer) else 0


def read(session: Session, request: Request) -> Inventory:
    """What the question needs, of the files of `-f` or of the cluster."""
    if session.filenames:
        files = session.files()
        _tell_of_files(session, files)
        return service_files.read(files, request.namespace, session.now, needed=wanted_of(request).needed)
    return reading.read(live(session), wanted_of(request), session.now, workers=WORKERS)


def wanted_of(request: Request) -> reading.Wanted:
    """What is to be read of a cluster."""
    client = clients.asked(request.client, request.home) if request.client else None
    return reading.Wanted(request.subjects, request.namespace, client)


def live(session: Session) -> LiveCluster:
    """The cluster; that v1 Endpoints is deprecated is a finding (SVC069), not a warning at every look."""
    return session.live(workers=WORKERS, quiet=("v1 Endpoints is deprecated",))


def _tell_of_files(session: Session, files: SnapshotCluster) -> None:
    for kind, namespace, name in files.repeated:
        session.warn(session.word("service.repeated", object=f"{kind} {name}", namespace=namespace or "-"))
    unknown = files.unknown_kinds()
    if unknown:
        session.note(session.word("service.skipped", count=sum(unknown.values()), kinds=", ".join(sorted(unknown))))


def tell_of_none(session: Session, request: Request, inventory: Inventory) -> None:
    """That there is nothing to explain, and where there would be."""
    if request.selector:
        session.tell(session.word("service.none-selected"))
    elif request.namespace is None:
        session.tell(session.word("service.none-anywhere"))
    else:
        session.tell(session.word("service.none", namespace=request.namespace))
        others = {objects.namespace(each) or "" for each in inventory.known("Service")}
        if others:
            session.tell(session.word("service.none-here", namespaces=", ".join(sorted(others))))


def answer_of(
    inventory: Inventory,
    request: Request,
    probed: Mapping[Reference, tuple[Judged, ...]] = EMPTY,
) -> ServiceExplanation:
    """The explanation; of Services that a selector chose an overview, worst first."""
    client = clients.client_of(request.client, inventory, request.home) if request.client else None
    question = Question(request.subjects, request.namespace, client, request.detailed, probed)
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


def _probing(session: Session, request: Request) -> Callable[[Inventory], Mapping[Reference, tuple[Judged, ...]]]:
    """What probes once something is read; imported before that."""
    if not request.probe:
        return lambda _: EMPTY
    from kubectl_lab_plugins import explain_service_probe

    return functools.partial(explain_service_probe.run, session, request)
