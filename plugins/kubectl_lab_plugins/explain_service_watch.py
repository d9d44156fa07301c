"""`--watch`: stay, and tell each change of verdict, cause or endpoints."""

from __future__ import annotations

import dataclasses
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kubectl_lab.catalogue import words
from kubectl_lab.cluster import service as reading
from kubectl_lab.cluster.service_watch import FollowedCluster
from kubectl_lab.cluster.watch import PASSING
from kubectl_lab.domain.rules import certificates
from kubectl_lab.domain.service.changes import changes, is_reached
from kubectl_lab.errors import LabError, TimedOut
from kubectl_lab.render import service_changes, terminal
from kubectl_lab_plugins.explain_service_run import WORKERS, answer_of, live, tell_of_none, wanted_of
from kubectl_lab_plugins.interrupts import Stop, interrupts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.service.changes import Change
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import ServiceExplanation
    from kubectl_lab_plugins.explain_service_request import Request
    from kubectl_lab_plugins.session import Session

IDLE_SECONDS = 10.0  # after which an answer is made anew without news: some findings wait for an age
# an alternate screen, so that what was on the terminal before comes back; home and clear before each picture
ENTER, REDRAW, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[H\x1b[2J", "\x1b[?25h\x1b[?1049l"


def follow(session: Session, request: Request) -> int:
    """0 when what `--until` waits for is reached. Raises TimedOut (`service-not-reached`) at `--timeout`."""
    session.prepare()
    certificates.preload()
    is_drawn = session.output == "text" and terminal.is_terminal(sys.stdout)

    def note(error: LabError) -> None:
        session.note(lost(session, error))

    with interrupts(Stop()), FollowedCluster(live(session), request.namespace, lost=note) as cluster:
        teller = _Picture(session) if is_drawn else _Lines(session, request)
        with teller:
            code = _Watch(session, request, cluster, teller).run()
    session.answered_badly = False  # --exit-code adds nothing: a watch's own exit code is what was waited for
    return code


def lost(session: Session, error: LabError) -> str:
    """That changes cannot be seen now."""
    return session.word("service.watch-lost", reason=words.error_text(error, session.lang)[0])


class _Lines:
    """A line, or a JSON document, a change."""

    def __init__(self, session: Session, request: Request) -> None:
        self._session = session
        self._namespaced = request.namespace is None

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, *_: object) -> None:
        """Nothing to put back."""

    def tell(self, answer: ServiceExplanation, found: Sequence[Change], now: datetime) -> None:
        """What has changed."""
        session = self._session
        if session.output == "jsonl" and found:
            changed = {each.service for each in found}
            part = dataclasses.replace(
                answer, services=tuple(each for each in answer.services if each.service in changed)
            )
            session.event(service_changes.document(part, found, now, session.lang))
            return
        for each in found:
            session.print(service_changes.line(each, now, session.lang, namespaced=self._namespaced))


class _Picture(_Lines):
    """The whole answer on a screen of its own, drawn anew at each change; the last one stays on the terminal."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: ServiceExplanation | None = None

    def __enter__(self) -> None:
        self._write(ENTER)

    def __exit__(self, *_: object) -> None:
        self._write(LEAVE)
        if self._last is not None:
            self._session.show(self._last)

    def tell(self, answer: ServiceExplanation, found: Sequence[Change], now: datetime) -> None:  # noqa: ARG002 - it shows everything
        """All that there is, where anything at all is new."""
        if answer == self._last:
            return
        self._last = answer
        self._write(REDRAW)
        self._session.show(answer)
        sys.stdout.flush()

    def _write(self, code: str) -> None:
        sys.stdout.write(code)
        sys.stdout.flush()


class _Watch:
    """Answers again after each change, and tells what is new."""

    def __init__(self, session: Session, request: Request, cluster: FollowedCluster, teller: _Lines | _Picture) -> None:
        self._session, self._request, self._cluster, self._teller = session, request, cluster, teller
        self._end = time.monotonic() + request.timeout if request.timeout else None
        self._last: ServiceExplanation | None = None

    def run(self) -> int:
        request = self._request
        while True:
            self._look()
            if self._last is not None and is_reached(self._last, request.until):
                return 0
            if self._is_over():
                if request.until:
                    raise TimedOut("service-not-reached", until=request.until, seconds=f"{request.timeout:g}")
                return 1
            self._cluster.wait(IDLE_SECONDS if self._end is None else min(IDLE_SECONDS, self._left()))

    def _look(self) -> None:
        """Read, explain, tell. A server that is away for a moment is waited for, like a watch does."""
        now = datetime.now(UTC)  # noqa: TID251 - the clock of the run
        try:
            inventory = self._read(now)
        except PASSING as error:
            self._session.note(lost(self._session, error))
            return
        answer = answer_of(inventory, self._request)
        self._teller.tell(answer, changes(self._last, answer), now)
        if self._last is None and not answer.services:
            tell_of_none(self._session, self._request, inventory)
        self._last = answer

    def _read(self, now: datetime) -> Inventory:
        return reading.read(self._cluster, wanted_of(self._request), now, workers=WORKERS, sleep=self._settle)

    def _settle(self, seconds: float) -> None:
        """The whole time: an event about something else does not make the controllers any faster."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._cluster.wait(left)

    def _left(self) -> float:
        return max(0.0, self._end - time.monotonic()) if self._end is not None else IDLE_SECONDS

    def _is_over(self) -> bool:
        return self._end is not None and self._left() == 0
