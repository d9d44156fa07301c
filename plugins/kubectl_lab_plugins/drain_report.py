"""What a drain shows: the plan on stderr before the first write, kubectl's lines or events as they happen, the report."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from kubectl_lab.errors import BadUsage, LabError
from kubectl_lab.render import drain as view
from kubectl_lab.render import terminal
from kubectl_lab.render.text import Screen
from kubectl_lab_plugins.interrupts import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kubectl_lab.domain.drain.model import Drain
    from kubectl_lab.domain.drain.signals import Event, Progress
    from kubectl_lab_plugins.session import Session

QUIET_SECONDS = 1.0  # between two lines of progress where they cannot be rewritten


class Reporter:
    """Writes for one run. stdout: the result and, as text or jsonl, what happens; stderr: plan, progress, what waits.

    When stdout can no longer be written, `stop` is called: the run ends as at Ctrl-C instead of going on unseen.
    """

    def __init__(self, session: Session, stop: Callable[[], None]) -> None:
        self._session = session
        self._stop = stop
        self._failure: OSError | None = None
        rewritable = terminal.is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._rewrites = rewritable and not session.quiet
        self._shown = ""
        self._shown_at = 0.0

    def planned(self, plan: Drain) -> None:
        """The plan, before anything is written; in a dry run it is the result and comes at the end."""
        session = self._session
        if session.output == "jsonl":
            session.event(view.plan_event(plan, session.now, session.lang))
        if plan.mode == "apply" and not session.quiet and not all(node.is_refused for node in plan.nodes):
            view.plan(plan, self._screen())
            sys.stderr.flush()

    def emit(self, events: Sequence[Event], progress: Progress) -> None:
        """What happened, and how far the run is."""
        if events:
            self._clear()
        for event in events:
            self._write(event)
            if note := view.note(event, self._session.lang):
                self._session.note(note)
        if progress.pods:
            self._progress(progress)

    def _write(self, event: Event) -> None:
        session = self._session
        if self._failure is not None:
            return
        try:
            if session.output == "jsonl":
                session.event(view.event(event, session.lang))
            elif session.output == "text" and (line := view.line(event)):
                session.print(line)
        except OSError as error:
            self._failure = error
            self._stop()

    def ended(self, result: Drain) -> int:
        """The report; returns the exit code. Raises LabError (`drain-output`) or BrokenPipeError where stdout failed."""
        self._clear()
        self._tell_stderr(result)
        try:
            if self._failure is None:
                self._show(result)
                sys.stdout.flush()
        except OSError as error:
            self._failure = error
        if self._failure is not None:
            self._lost_output(result, self._failure)
        self._session.answered_badly = False  # --exit-code adds nothing to a drain's own exit code
        if result.outcome == "interrupted":
            return INTERRUPTED
        return 0 if result.is_good else 1

    def _lost_output(self, result: Drain, failure: OSError) -> None:
        """A reader who left wants no more; a full disk must not cost the report."""
        if not isinstance(failure, BrokenPipeError):
            view.view(result, self._screen())
            raise LabError("drain-output", problem=failure.strerror or failure) from failure
        raise failure

    def _tell_stderr(self, result: Drain) -> None:
        """What the chosen format has no room for: of the run, and with `-o name` every error."""
        session = self._session
        if session.output == "name":
            view.errors(result, self._screen())
        elif session.output != "text" or not result.nodes:
            for entry in result.findings:
                session.note(view.sentence(entry, session.lang))

    def _show(self, result: Drain) -> None:
        """A query may fail on what came out (a function of the wrong type): then the whole report is shown."""
        try:
            self._session.show(result)
        except BadUsage:
            self._session.query = ""
            self._session.show(result)
            raise

    def _screen(self) -> Screen:
        width = terminal.width_of(sys.stderr, os.environ)
        color = terminal.use_color(self._session.values["color"], sys.stderr, os.environ)
        return Screen(sys.stderr, lang=self._session.lang, color=color, width=width)

    def _progress(self, done: Progress) -> None:
        line = view.progress(done, self._session.lang)
        # how many wait changes with every try; where a line cannot be rewritten that is no news
        news = line if self._rewrites else f"{done.nodes_done} {done.pods_done} {done.budget}"
        if news == self._shown or self._session.quiet:
            return
        if self._rewrites:
            self._rewrite(terminal.clean(line)[: terminal.width_of(sys.stderr, os.environ) - 1])
        elif time.monotonic() - self._shown_at >= QUIET_SECONDS:
            self._session.note(line)
            self._shown_at = time.monotonic()
        else:
            return
        self._shown = news

    def _clear(self) -> None:
        if self._rewrites and self._shown:
            self._rewrite("")
            self._shown = ""

    def _rewrite(self, line: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
