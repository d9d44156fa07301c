"""The program on the real scheduler's packages: built once with the sandbox's pinned modules, then asked world by world."""

from __future__ import annotations

import hashlib
import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import golang, parts, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.golang import Go

HERE = Path(__file__).parent
MODULE = parts.HERE / "kubernetes"
Answer = dict[str, Any]


class NoGoError(Exception):
    """Nothing at hand builds the program."""


def built() -> Path:
    """The program in the user's cache, made anew when a source, the modules or Go changed."""
    go = golang.at_hand(tuple(part for part in parts.PARTS if part.folder == MODULE))
    if go is None:
        raise NoGoError("no Go that is new enough: install it, or LAB_SANDBOX_GO=pip scripts/sandbox build")
    sources = sorted(HERE.glob("*.go"))
    seen = b"".join(path.read_bytes() for path in (*sources, MODULE / "go.mod", MODULE / "go.sum"))
    name = f"scheduling-oracle-{hashlib.sha256(go.identity.encode() + seen).hexdigest()[:12]}"
    program = places.cache() / name
    with places.locked(places.cache() / "scheduling-oracle.lock", lambda: "waiting for another build of the oracle"):
        if not program.exists():
            build(go, sources, program)
    return program


def build(go: Go, sources: list[Path], program: Path) -> None:
    """`go build` where the pinned modules are."""
    new = program.with_suffix(".new")
    command = [str(each) for each in (go.program, "build", "-ldflags=-s -w", "-o", new, *sources)]
    made = subprocess.run(command, cwd=MODULE, env=go.environment(), check=False, capture_output=True, text=True)
    if made.returncode:
        raise AssertionError(made.stderr)
    for old in program.parent.glob("scheduling-oracle-*"):
        if old not in (new, program):
            old.unlink()
    new.rename(program)


class Oracle:
    """A running program. `ask` gives the reply to one world; a world that it refuses is an AssertionError."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, question: Answer) -> Answer:
        """One line there, one line back."""
        reply = self.attempt(question)
        assert "error" not in reply, reply["error"]
        return reply

    def attempt(self, question: Answer) -> Answer:
        """The reply, or {"error": …}."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the program ended, its last words are above"
        reply: Answer = json.loads(line)
        return reply


@contextmanager
def running() -> Iterator[Oracle]:
    """The program for as long as the block lasts."""
    with subprocess.Popen([built()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        yield Oracle(process)
        process.stdin.close()
