"""The files that kubectl's completion runs: `kubectl_complete-lab`, beside the program or where one is told."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_lab.errors import BadUsage, LabError
from kubectl_lab_plugins.main import COMMANDS

if TYPE_CHECKING:
    from kubectl_lab_plugins.session import Session

PROGRAM, COMPLETER = "kubectl-lab", "kubectl_complete-lab"
ON_WINDOWS = os.name == "nt"
SUFFIX = ".cmd" if ON_WINDOWS else ""
MODE = 0o755


def run(session: Session, folder: str | None, *, remove: bool) -> None:
    """Write the files, or take them away, and say so. Raises LabError before the first change where one is in the way."""
    where = Path(folder).expanduser() if folder else _beside_the_program()
    files = _present(where) if remove else _wanted(where)
    for file, program in files.items():
        _refuse_foreign(file, program)
    for file, program in files.items():
        told = _remove(file) if remove else _write(file, program)
        session.print(session.word(f"completion.{told}", file=file))
    if remove and not files:
        session.print(session.word("completion.absent", file=where / (COMPLETER + SUFFIX)))
    if not remove:
        session.note(session.word("completion.next"))
        if not _on_path(where):
            session.warn(session.word("completion.not-on-path", folder=where))


def refuse_beside_a_script(folder: str | None, *, remove: bool) -> None:
    """A script is printed and goes nowhere. Raises BadUsage."""
    if folder is not None or remove:
        raise BadUsage("completion-install-only")


def content(program: str) -> bytes:
    """The whole file: kubectl hands it the words, the last one being completed."""
    if ON_WINDOWS:
        return f"@echo off\r\n{program} __complete %*\r\n".encode()
    return f'#!/bin/sh\nexec {program} __complete "$@"\n'.encode()


def _beside_the_program() -> Path:
    """Where PATH finds `kubectl-lab`: the folder of krew's link, not that of the program behind it."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise LabError("completion-no-program")
    return Path(found).absolute().parent


def _named(command: str) -> tuple[str, str]:
    """(file, program) of a command: kubectl reads `_` in the name of a program as `-`."""
    ending = f"-{command.replace('-', '_')}" if command else ""
    return f"{COMPLETER}{ending}{SUFFIX}", f"{PROGRAM}{ending}"


def _wanted(where: Path) -> dict[Path, str]:
    """File -> the program it calls. A command with a program of its own is a plugin of its own to kubectl, with its own file."""
    found = {_named("")[0]: PROGRAM}
    found |= {file: program for file, program in map(_named, COMMANDS) if shutil.which(program)}
    return {where / file: program for file, program in found.items()}


def _present(where: Path) -> dict[Path, str]:
    return {where / file: program for file, program in map(_named, ("", *COMMANDS)) if os.path.lexists(where / file)}


def _refuse_foreign(file: Path, program: str) -> None:
    if os.path.lexists(file) and not _is_ours(file, program):
        raise LabError("completion-foreign", file=file)


def _is_ours(file: Path, program: str) -> bool:
    try:
        return file.is_file() and file.read_bytes() == content(program)
    except OSError as error:
        raise LabError("completion-unreadable", file=file, why=error.strerror) from error


def _remove(file: Path) -> str:
    try:
        file.unlink()
    except OSError as error:
        raise LabError("completion-unwritable", folder=file.parent, why=error.strerror) from error
    return "removed"


def _write(file: Path, program: str) -> str:
    """Whole or not at all; what is there already stays, made executable if it is not."""
    try:
        if _is_executable(file):
            return "there"
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{COMPLETER}-", delete=False) as made:
            try:
                made.write(content(program))
                made.close()
                Path(made.name).chmod(MODE)
                Path(made.name).replace(file)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(made.name).unlink()
                raise
    except OSError as error:
        raise LabError("completion-unwritable", folder=file.parent, why=error.strerror) from error
    return "written"


def _is_executable(file: Path) -> bool:
    return file.exists() and os.access(file, os.X_OK)


def _on_path(folder: Path) -> bool:
    here = folder.resolve()
    return any(each and Path(each).resolve() == here for each in os.environ.get("PATH", "").split(os.pathsep))
