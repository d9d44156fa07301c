"""A time limit that nothing outlives: neither this process, nor a credential plugin, nor what that has started."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from kubectl_lab.cluster.execplugin import Ran

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# of the 1.5 s that TAB may take: the rest is the start of the program and its end
SECONDS = 1.4
# for a program that is just being started to be known, and for one that was killed to be gone
STARTING, DYING = 0.3, 0.05
LAST_RESORT = 0.5  # after the limit: on a machine so busy that the thread came late, it must not be cut short
ENDINGS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Limit:
    """A block of code that ends in time, or the process ends, with code 0 and `last_words` on stdout."""

    def __init__(self, seconds: float = SECONDS, *, last_words: bytes = b"") -> None:
        self._last_words = last_words
        self._until = time.monotonic() + seconds
        self._news: queue.SimpleQueue[bool] = queue.SimpleQueue()  # whether to end; a signal may come at any moment
        self._decided = threading.Lock()  # taken once: at the end of the block, or of the time
        self._lock = threading.Lock()
        self._running: list[subprocess.Popen[bytes]] = []
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """A thread keeps the time: looking up a name cannot be interrupted, but it can be left behind."""
        self._before = {each: signal.signal(each, lambda *_: self._news.put(True)) for each in ENDINGS}
        if hasattr(signal, "setitimer"):  # should the thread not get its turn: this the kernel does by itself
            signal.setitimer(signal.ITIMER_REAL, self.left() + LAST_RESORT)
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._decided.acquire(blocking=False):
            threading.Event().wait()  # the other thread is ending the process
        self._news.put(False)
        self._end_programs()
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def left(self) -> float:
        """Seconds."""
        return max(self._until - time.monotonic(), 0.001)

    def run_program(self, argv: Sequence[str], environ: Mapping[str, str], _interactive: object) -> Ran:
        """As execplugin.run_program, but in a session of its own: without a terminal to ask at, and ended as a whole.

        Its stderr is ours, which leads nowhere (completion_answer.run).
        """
        with self._lock:
            process = subprocess.Popen(  # noqa: S603 - the command of the user's own kubeconfig, as kubectl runs it
                list(argv),
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            self._running.append(process)
        stdout, _ = process.communicate()
        return Ran(process.returncode, stdout)

    def _watch(self) -> None:
        """A signal ends the process from here too: the main thread may be in the middle of starting a program."""
        is_over = True
        with contextlib.suppress(queue.Empty):
            is_over = self._news.get(timeout=self.left())
        if is_over:
            self._end()

    def _end(self) -> None:
        if self._decided.acquire(blocking=False):
            self._end_programs()
            with contextlib.suppress(OSError):
                os.write(1, self._last_words)
            os._exit(0)

    def _end_programs(self) -> None:
        # whoever holds the lock is starting a program, and may be stuck at it
        held = self._lock.acquire(timeout=STARTING)
        for process in self._running:
            with contextlib.suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(DYING)
        if held:
            self._lock.release()
