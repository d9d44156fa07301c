"""What a drain shows: the plan on stderr before the first write, kubectl's lines or events as they happen, the report."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from kubectl_lab.errors import BadUsage
from kubectl_lab.render import drain as view
from kubectl_lab.render import terminal
from kubectl_lab.render.text import Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.drain.model import Drain
    from kubectl_lab.domain.drain.signals import Event, Progress
    from kubectl_lab_plugins.session import Session

INTERRUPTED = 130
QUIET_SECONDS = 1.0  # between two lines of progress where they cannot be rewritten


class Reporter:
    """Writes for one run. stdout: the result and, as text or jsonl, what happens; stderr: plan, progress, what waits."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rewrites = terminal.is_terminal(sys.stderr) and not session.quiet
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
        session = self._session
        if events:
            self._clear()
        for event in events:
            if session.output == "jsonl":
                session.event(view.event(event, session.lang))
            elif session.output == "text" and (line := view.line(event)):
                session.print(line)
            if note := view.note(event, session.lang):
                session.note(note)
        if progress.pods:
            self._progress(progress)

    def ended(self, result: Drain) -> int:
        """The report; returns the exit code."""
        session = self._session
        self._clear()
        if session.output != "text" or not result.nodes:
            for entry in result.findings:
                session.note(view.sentence(entry, session.lang))
        self._show(result)
        session.answered_badly = False  # --exit-code adds nothing to a drain's own exit code
        if result.outcome == "interrupted":
            return INTERRUPTED
        return 0 if result.is_good else 1

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
            sys.stderr.write(f"\r\x1b[K{terminal.clean(line)}")
            sys.stderr.flush()
        elif time.monotonic() - self._shown_at >= QUIET_SECONDS:
            self._session.note(line)
            self._shown_at = time.monotonic()
        else:
            return
        self._shown = news

    def _clear(self) -> None:
        if self._rewrites and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = ""
