"""The steps of one drain: check the command line, read, plan, ask for the rights, run, report."""

from __future__ import annotations

import dataclasses
import random
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue import finding
from kubectl_lab.cluster import drain as reading
from kubectl_lab.cluster.reactor import LiveReactor
from kubectl_lab.domain.drain import rights
from kubectl_lab.domain.drain.engine import Engine
from kubectl_lab.domain.drain.loop import drive
from kubectl_lab.domain.drain.model import Drain, DrainOptions
from kubectl_lab.domain.drain.plan import plan
from kubectl_lab.domain.drain.rehearsal import Rehearsal
from kubectl_lab.errors import ApiError, BadUsage
from kubectl_lab.objects import Missing
from kubectl_lab_plugins import flag_values
from kubectl_lab_plugins.drain_report import Reporter
from kubectl_lab_plugins.flags import FALSE, TRUE
from kubectl_lab_plugins.interrupts import Stop, interrupts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.cluster.drain import Reading
    from kubectl_lab.cluster.write import Writer
    from kubectl_lab.domain.drain.model import Mode, Outcome
    from kubectl_lab.domain.drain.signals import Event, Progress
    from kubectl_lab.result import Finding
    from kubectl_lab_plugins.session import Session

    Emit = Callable[[Sequence[Event], Progress], None]

DRY_RUNS: dict[str, Mode] = {"none": "apply", "client": "client", "server": "server"}
# spellings that kubectl still takes, with a warning; a bare `--dry-run` is `unchanged`
OLD_DRY_RUNS: dict[str, str] = {"unchanged": "client", **dict.fromkeys(TRUE, "client"), **dict.fromkeys(FALSE, "none")}
LONGEST = 2**31 - 1  # seconds


@dataclass(frozen=True, slots=True)
class DrainRequest:
    """What the command line asks for."""

    names: tuple[str, ...]
    selector: str
    chunk_size: int
    options: DrainOptions


def request_of(nodes: Sequence[str], flags: Mapping[str, Any], typed: Sequence[str]) -> DrainRequest:
    """Check everything that can be checked without a cluster. Raises BadUsage. `typed`: the words after `drain`."""
    selector = flags["selector"] or ""
    if nodes and selector:
        raise BadUsage("drain-name-and-selector")
    # blanks select every node as far as the server is concerned; nobody means that
    if not nodes and not flag_values.selector("--selector", selector):
        raise BadUsage("drain-no-node")
    options = DrainOptions(
        mode=_mode(flags["dry_run"]),
        force=flags["force"],
        ignore_daemonsets=flags["ignore_daemonsets"],
        delete_emptydir_data=flags["delete_emptydir_data"],
        disable_eviction=flags["disable_eviction"],
        grace_period=_whole("--grace-period", flags["grace_period"]),
        timeout=flag_values.seconds("--timeout", flags["timeout"]),
        deadline=flag_values.seconds("--deadline", flags["deadline"]),
        skip_wait_for_delete_timeout=_whole("--skip-wait-for-delete-timeout", flags["skip_wait_for_delete_timeout"]),
        pod_parallel=flags["pod_parallel"],
        pod_selector=flag_values.selector("--pod-selector", flags["pod_selector"]),
        command=shlex.join(["kubectl", "lab", "drain", *typed]),
    )
    return DrainRequest(tuple(map(flag_values.node_name, nodes)), selector, flags["chunk_size"], options)


def _mode(word: str) -> Mode:
    found = DRY_RUNS.get(OLD_DRY_RUNS.get(word, word))
    if found is None:
        raise BadUsage("drain-dry-run", value=word)
    return found


def _whole(flag: str, seconds: int) -> int:
    if seconds > LONGEST:
        raise BadUsage("drain-too-long", flag=flag, value=seconds, most=LONGEST)
    return seconds


def run(session: Session, nodes: Sequence[str], flags: Mapping[str, Any]) -> int:
    """The whole drain; returns the exit code."""
    request = request_of(nodes, flags, session.typed)
    if flags["dry_run"] in OLD_DRY_RUNS:
        session.warn(session.word("drain.dry-run-old", better=OLD_DRY_RUNS[flags["dry_run"]]))
    session.prepare()
    stop = Stop()
    with interrupts(stop):
        return _run(session, request, stop)


def _run(session: Session, request: DrainRequest, stop: Stop) -> int:
    options = request.options
    found = reading.read(
        session.live(workers=options.pod_parallel), request.names, request.selector, options, request.chunk_size
    )
    planned = plan(found.nodes, found.pods.items, found.budget_objects, found.daemonsets, options, session.now)
    report = Reporter(session, stop)
    if not found.nodes:
        nothing = dataclasses.replace(planned, findings=(finding("DRN041", None, selector=request.selector),))
        return report.ended(nothing)
    writer = session.writer()
    missing = _missing_rights(session, writer, planned)
    if missing:
        return report.ended(_without_rights(planned, missing))
    if options.mode == "client":
        return report.ended(planned)
    report.planned(planned)
    return report.ended(_execute(session, request, found, planned, writer, report.emit, stop))


def _missing_rights(session: Session, writer: Writer, planned: Drain) -> tuple[Finding, ...]:
    """A server that does not answer such questions is no reason to stop: the requests themselves will tell."""
    try:
        return rights.denied(
            rights.needed(planned),
            lambda right, namespace: reading.may(writer, right, namespace),
            session.connection_words(),
        )
    except ApiError as error:
        session.warn(session.word("drain.rights-unknown", status=error.status))
        return ()


def _without_rights(planned: Drain, missing: tuple[Finding, ...]) -> Drain:
    """Nothing was written; no node was begun."""
    dry = planned.mode != "apply"
    nodes = tuple(
        node if dry or node.is_refused else dataclasses.replace(node, outcome="untouched") for node in planned.nodes
    )
    outcome: Outcome = "blocked" if dry else "failed"
    return Drain(planned.mode, outcome, nodes, (*planned.findings, *missing))


def _execute(
    session: Session,
    request: DrainRequest,
    found: Reading,
    planned: Drain,
    writer: Writer,
    emit: Emit,
    stop: Stop,
) -> Drain:
    options, budgets = request.options, found.budget_objects
    dry = options.mode == "server"
    watched = () if dry else found.watched(request.chunk_size)
    with LiveReactor(session.live(), writer, options, emit, watched) as reactor:
        stop.tell(reactor.interrupt)
        known = () if isinstance(budgets, Missing) else budgets
        engine = Engine(
            planned,
            options,
            found.pods.items,
            known,
            started=reactor.now(),
            wall=reactor.wall(),
            jitter=random.random,
        )
        result = drive(Rehearsal(planned, options) if dry else engine, reactor)
        stop.ignore()
        return result
