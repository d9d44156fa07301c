"""A run under watch: what it imports, opens or lists of its own program after it has sent its first request.

`krew upgrade` deletes the version that runs, so whatever is named here would not have been there any more.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.server import within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.sandboxes import Sandbox

ROOT = Path(__file__).resolve().parents[2]
# the two packages, the libraries, Python itself: a frozen program has them all in the folder that is deleted
PLACES = [str(ROOT / "kubectl_lab"), str(ROOT / "plugins"), sys.prefix, sysconfig.get_paths()["stdlib"]]
PROGRAM = """
import atexit, json, os, sys

places = tuple(json.loads(os.environ.pop("LAB_PLACES")))
report = os.open(os.environ.pop("LAB_REPORT"), os.O_WRONLY)
begun = False


def hook(event, arguments):
    global begun
    if event == "http.client.send":
        first, begun = not begun, True
        if first:
            os.write(report, b"begun\\n")
    elif begun and event == "import":
        os.write(report, f"import {arguments[0]}\\n".encode())
    elif begun and event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
        path = os.fsdecode(arguments[0])
        if path.startswith(places):
            os.write(report, f"{event} {path}\\n".encode())


sys.addaudithook(hook)
from kubectl_lab_plugins.__main__ import run
sys.argv = ["kubectl-lab", *sys.argv[1:]]
run()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """How it ended. `late`: what it looked for after its first request, in order; None where it sent none."""

    code: int
    out: str
    err: str
    late: list[str] | None = field(repr=False)


class Watched:
    """A run that has begun. `report` is a file of its own."""

    def __init__(self, sandbox: Sandbox, report: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
        self._report = report
        report.write_bytes(b"")
        told = {"LAB_PLACES": json.dumps(PLACES), "LAB_REPORT": str(report), "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            env={**sandbox.environment(), **told, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )

    def begun(self) -> None:
        """Waits for the first request."""
        for _ in within(30, "the first request", 0.02):
            if self._report.read_bytes() or self.process.poll() is not None:
                return

    def interrupt(self, when: Callable[[], bool]) -> Run:
        """Presses Ctrl-C as soon as that holds."""
        for _ in within(30, "the moment to interrupt", 0.05):
            if when() or self.process.poll() is not None:
                break
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self, seconds: float = 60) -> Run:
        """Waits for the end."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError(f"still running after {seconds} s\n{out}\n{err}") from None
        lines = self._report.read_text(encoding="utf-8").splitlines()
        # of several threads each may be the first
        late = [line for line in lines if line != "begun"] if lines else None
        return Run(self.process.returncode, out, err, late)


def watched(sandbox: Sandbox, report: Path, *words: str, env: Mapping[str, str] | None = None) -> Run:
    """A run from its beginning to its end."""
    return Watched(sandbox, report, *words, env=env).end()


def after(seconds: float) -> Callable[[], bool]:
    """Holds from then on."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end
