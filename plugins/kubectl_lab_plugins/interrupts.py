"""Ctrl-C and SIGTERM: the first asks the run to stop, the second ends the program at once."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED = 130


def _raise() -> None:
    raise KeyboardInterrupt


class Stop:
    """The wish to stop. Before anything is written it is a KeyboardInterrupt; then `tell` names who hears of it."""

    def __init__(self) -> None:
        self._told: Callable[[], object] = _raise

    def __call__(self) -> None:
        """Stop."""
        self._told()

    def tell(self, told: Callable[[], object]) -> None:
        """From now on `told` is called."""
        self._told = told

    def ignore(self) -> None:
        """The run is over: what is left is its report, and only a second signal ends that."""
        self._told = bool


@contextlib.contextmanager
def interrupts(ask_to_stop: Callable[[], None]) -> Iterator[None]:
    """While inside, the first signal calls `ask_to_stop`; the second exits with 130 without another word."""
    asked = False

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(INTERRUPTED)
        asked = True
        ask_to_stop()

    before = {number: signal.signal(number, on_signal) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
