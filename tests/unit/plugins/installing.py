"""A folder of PATH, and `completion install` run with it: the ground of two test modules."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from completing import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCRIPT = '#!/bin/sh\nexec kubectl-lab __complete "$@"\n'
NAME = "kubectl_complete-lab"


class Place:
    """A folder of PATH that holds a link to the program, as krew's does, and nothing else of ours."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.program("kubectl-lab")
        self.path = f"{self.bin}:/usr/bin:/bin"

    def program(self, name: str) -> None:
        """Another link."""
        (self.bin / name).symlink_to(PROGRAM)

    def run(
        self, *words: str, path: str | None = None, before: tuple[str, ...] = (), env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`kubectl-lab completion install WORDS…`, started by the program `before` if there is one."""
        given = {**os.environ, "PATH": path or self.path, "LC_ALL": "C.UTF-8", "COLUMNS": "200", **(env or {})}
        command = [*before, sys.executable, str(PROGRAM), "completion", "install", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=given, timeout=30)

    def run_from_nowhere(self, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
        """The same, from a working folder that is gone."""
        gone = self.bin.parent / "gone"
        gone.mkdir()
        return self.run(*words, path=path, before=("/bin/sh", "-c", f'cd {gone} && rmdir {gone} && exec "$@"', "sh"))

    def held(self) -> dict[str, str]:
        """The files of completion that are there."""
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(self.bin.glob("*complete*"))}
