"""TAB without a shell: the program that kubectl asks, and kubeconfigs to ask with."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from certificates import Authority

T = TypeVar("T")
PROGRAM = Path(sys.executable).parent / "kubectl-lab"
CUT_OFF = 1.2  # seconds: who is silent after these met the limit, and not a refusal


class Completed(NamedTuple):
    """What came: `lines` as printed, the last one being the directive; `seconds` it took; `noise` on stderr."""

    lines: list[str]
    noise: str
    code: int
    seconds: float

    @property
    def words(self) -> list[str]:
        """The candidates without their descriptions."""
        return [line.partition("\t")[0] for line in self.lines[:-1]]

    @property
    def directive(self) -> str:
        """`:4`; "" where nothing was printed."""
        return self.lines[-1] if self.lines else ""

    @property
    def is_silent(self) -> bool:
        """As it has to be where something fails: no candidate, no message, and no file names instead."""
        return (self.lines, self.noise, self.code) == ([":4"], "", 0)


def complete(
    *words: str,
    environ: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    program: Path = PROGRAM,
    patient: bool = False,
) -> Completed:
    """`kubectl-lab __complete WORDS…`, away from the user's own kubeconfig; `patient`: as `patiently` says."""
    if patient:
        return patiently(lambda: complete(*words, environ=environ, stdin=stdin, program=program), _is_empty)
    given = {**os.environ, "KUBECONFIG": "/nonexistent", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **(environ or {})}
    start = time.monotonic()
    done = subprocess.run(
        [program, "__complete", *words], stdin=stdin, capture_output=True, text=True, check=False, env=given, timeout=30
    )
    return Completed(done.stdout.splitlines(), done.stderr, done.returncode, time.monotonic() - start)


def _is_empty(done: Completed) -> bool:
    return done.is_silent


def patiently(ask: Callable[[], T], is_silent: Callable[[T], bool]) -> T:
    """What comes, asked for once more where nothing came within the limit: a busy machine is no fault of the program.

    For a line that has candidates; where silence is what is expected it would say nothing.
    """
    start = time.monotonic()
    made = ask()
    return ask() if is_silent(made) and time.monotonic() - start > CUT_OFF else made


def kubeconfig(
    file: Path, server: str, authority: Authority | None = None, *, user: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, str]:
    """Write a kubeconfig with one context `here` in the namespace `shop`; the environment that names it."""
    cluster: dict[str, Any] = {"server": server}
    if authority:
        cluster["certificate-authority-data"] = base64.b64encode(authority.pem).decode()
    document = {
        "kind": "Config",
        "apiVersion": "v1",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"token": "t"} if user is None else user}],
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}],
        **more,
    }
    file.write_text(json.dumps(document), encoding="utf-8")
    return {"KUBECONFIG": str(file)}


def exec_user(command: Path | str, mode: str = "Never", *args: str) -> dict[str, Any]:
    """A user of a kubeconfig whose credential a program gives."""
    api = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": api, "command": str(command), "interactiveMode": mode, "args": list(args)}}


def names(*listed: str) -> dict[str, Any]:
    """What a server answers that is asked for names alone."""
    columns = [{"name": "Age", "format": ""}, {"name": "Name", "format": "name"}]
    rows = [{"cells": ["3d", name], "object": None} for name in listed]
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "columnDefinitions": columns, "rows": rows}
