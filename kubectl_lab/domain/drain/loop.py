"""Drives a run: send what it asks for, show what happened, wait, tell it what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.drain.model import Drain
    from kubectl_lab.domain.drain.signals import Event, Progress, Reactor, Request, Signal


class Run(Protocol):
    """A drain or its rehearsal. Every method is given the time, in seconds of the reactor's clock."""

    @property
    def is_finished(self) -> bool:
        """Nothing is left to send or to wait for."""
        ...

    def requests(self, now: float) -> Sequence[Request]:
        """What to send now."""
        ...

    def wake_at(self, now: float) -> float | None:
        """When it wants to be asked again although nothing came."""
        ...

    def on(self, signal: Signal, now: float) -> None:
        """A fact arrived."""
        ...

    def take_events(self) -> Sequence[Event]:
        """What happened since the last call."""
        ...

    def progress(self) -> Progress:
        """How far it is."""
        ...

    def result(self) -> Drain:
        """The report."""
        ...


def drive(run: Run, reactor: Reactor) -> Drain:
    """Run to the end and return the report."""
    while True:
        for request in run.requests(reactor.now()):
            reactor.send(request)
        reactor.emit(run.take_events(), run.progress())
        if run.is_finished:
            return run.result()
        for signal in reactor.wait(run.wake_at(reactor.now())):
            run.on(signal, reactor.now())
