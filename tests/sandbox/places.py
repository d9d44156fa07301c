"""The folders of the sandbox: caches and states, where the XDG variables say."""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.failure import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOCK_SECONDS = 3600.0


def say(line: str) -> None:
    """A line of progress, on stderr: stdout belongs to the answer."""
    print(line, file=sys.stderr, flush=True)


def base(variable: str, default: str) -> Path:
    """XDG: a relative path is ignored, as the specification has it."""
    given = Path(os.environ.get(variable, ""))
    if given.is_absolute():
        return given
    try:
        return Path.home() / default
    except RuntimeError as error:
        raise SandboxError(f"no home folder and no {variable}", f"export {variable}=<folder>") from error


def cache() -> Path:
    return base("XDG_CACHE_HOME", ".cache") / "kubectl-lab" / "sandbox"


def states() -> Path:
    return base("XDG_STATE_HOME", ".local/state") / "kubectl-lab" / "sandbox"


def per_user_lock() -> Path:
    """Ports belong to the machine, so this lock lies outside the XDG folders, which a test may move."""
    return Path(tempfile.gettempdir()) / f"kubectl-lab-sandbox-{os.getuid()}.lock"


@contextmanager
def locked(file: Path, waiting: Callable[[], str], seconds: float = LOCK_SECONDS) -> Iterator[Callable[[], None]]:
    """Holds `file`'s lock; says `waiting()` once when somebody else has it. Yields what gives it back early."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        take(handle, file, waiting, seconds)
        yield lambda: fcntl.flock(handle, fcntl.LOCK_UN)
    finally:
        os.close(handle)


def take(handle: int, file: Path, waiting: Callable[[], str], seconds: float) -> None:
    end = time.monotonic() + seconds
    said = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not said:
                say(waiting())
                said = True
            if time.monotonic() > end:
                raise SandboxError(f"somebody has held {file} for {seconds:.0f} s", "look who with: lslocks") from None
            time.sleep(0.1)
        else:
            return
