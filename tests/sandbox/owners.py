"""Who a cluster belongs to: a process, by pid and start time. When it is dead, the cluster is a left-over."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sandbox.processes import Process

if TYPE_CHECKING:
    from pathlib import Path

FILE = "owner.json"
# set by a program that starts several clusters and wants to find all of them again
SESSION = "LAB_SANDBOX_SESSION"


@dataclass(frozen=True, slots=True)
class Owner:
    """`session` groups clusters ("" for none): `scripts/sandbox down --session ID`."""

    process: Process
    session: str = ""

    @property
    def alive(self) -> bool:
        return self.process.alive

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(asdict(self)))


def owner(pid: int) -> Owner:
    """A process that is dead already makes an owner that is dead already."""
    return Owner(Process.of(pid) or Process(pid, 0), os.environ.get(SESSION, ""))


def read(folder: Path) -> Owner | None:
    """None when the file is missing or broken: that cluster is nobody's."""
    try:
        found = json.loads((folder / FILE).read_text())
        process = Process(int(found["process"]["pid"]), int(found["process"]["started"]))
        return Owner(process, str(found["session"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
