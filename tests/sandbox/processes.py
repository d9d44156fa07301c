"""Processes by pid *and* start time, so that a pid used again by the system is never taken for ours."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PROC = Path("/proc")
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Process:
    """`started` is in clock ticks since boot, as /proc/PID/stat has it."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The living process of that pid, None if there is none (a zombie counts as gone)."""
        started = start_time(pid)
        return None if started is None else cls(pid, started)

    @property
    def alive(self) -> bool:
        return start_time(self.pid) == self.started


def start_time(pid: int) -> int | None:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # the program's name stands in brackets and may hold spaces and brackets of its own
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def command_line(pid: int) -> list[str]:
    """The arguments of a living process, empty when it is gone or not ours to read."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def settled_command_line(pid: int) -> list[str]:
    """The same for a process that has just been started: for a moment, while the program is loaded, it has none."""
    end = time.monotonic() + 1
    while not (arguments := command_line(pid)) and start_time(pid) is not None and time.monotonic() < end:
        time.sleep(0.005)
    return arguments


def from_folder(folder: Path) -> list[Process]:
    """Every living process whose program lies below `folder` (by the path it was started with)."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        arguments = command_line(int(entry.name))
        process = Process.of(int(entry.name))
        if process and arguments and Path(arguments[0]).is_relative_to(folder):
            found.append(process)
    return found


def stop(processes: list[Process], patience: float = PATIENCE) -> list[Process]:
    """TERM, wait, KILL, wait; returns what is alive even then."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            if process.alive:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process.pid, number)
        processes = still_alive(processes, patience)
        if not processes:
            break
    return processes


def still_alive(processes: list[Process], patience: float) -> list[Process]:
    """Waits until all are gone, `patience` seconds at most; returns those that are not."""
    end = time.monotonic() + patience
    while (living := [process for process in processes if process.alive]) and time.monotonic() < end:
        time.sleep(0.02)
    return living
