"""The files that kubectl's completion runs: `kubectl_complete-lab`, beside the program or where one is told."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_lab.errors import BadUsage, LabError
from kubectl_lab_plugins.main import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab_plugins.session import Session

PROGRAM, COMPLETER = "kubectl-lab", "kubectl_complete-lab"
ON_WINDOWS = os.name == "nt"
SUFFIX = ".cmd" if ON_WINDOWS else ""
MODE = 0o755


def run(session: Session, folder: str | None, *, remove: bool) -> None:
    """Write the files, or take them away, and say so. Raises LabError before the first change where one is in the way."""
    where = _beside_the_program() if folder is None else _named_folder(folder)
    files = _present(where) if remove else _wanted(where)
    for file, program in files.items():
        _refuse_foreign(file, program, remove=remove)
    for file, program in files.items():
        told = _remove(file) if remove else _write(file, program)
        session.print(session.word(f"completion.{told}", file=file))
    if remove and not files:
        session.print(session.word("completion.absent", file=where / (COMPLETER + SUFFIX)))
    if not remove:
        _tell_what_follows(session, where, several=len(files) > 1)
        if _is_one_of(where, _bins_of_krew()):
            given = "" if folder is None else f" --dir {shlex.quote(str(where))}"
            session.note(session.word("completion.krew", given=given))


def _tell_what_follows(session: Session, where: Path, *, several: bool) -> None:
    """That kubectl asks the files now, or why it does not."""
    if _is_one_of(where, _folders_of_path()):
        session.note(session.word("completion.next-several" if several else "completion.next"))
        return
    session.warn(session.word("completion.not-on-path", folder=where))
    session.tell("  " + session.word("completion.put-on-path", path=_before_path(str(where))))


def refuse_beside_a_script(folder: str | None, *, remove: bool) -> None:
    """A script is printed and goes nowhere. Raises BadUsage."""
    if folder is not None or remove:
        raise BadUsage("completion-install-only")


def content(program: str) -> bytes:
    """The whole file: kubectl hands it the words, the last one being completed."""
    if ON_WINDOWS:
        return f"@echo off\r\n{program} __complete %*\r\n".encode()
    return f'#!/bin/sh\nexec {program} __complete "$@"\n'.encode()


def _named_folder(folder: str) -> Path:
    """The folder of `--dir`, from / on. Raises BadUsage for an empty one: `--dir "$UNSET"` writes nowhere."""
    if not folder:
        raise BadUsage("completion-empty-folder")
    try:
        return Path(folder).expanduser().absolute()
    except (RuntimeError, OSError) as error:  # no such user; a relative one where the working folder is gone
        raise LabError("completion-unknown-folder", folder=folder) from error


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


def _refuse_foreign(file: Path, program: str, *, remove: bool) -> None:
    if os.path.lexists(file) and not _is_ours(file, program):
        raise LabError("completion-foreign-stays" if remove else "completion-foreign", file=file)


def _is_ours(file: Path, program: str) -> bool:
    try:
        return file.is_file() and file.read_bytes() == content(program)
    except OSError as error:
        raise LabError("completion-unreadable", file=file, why=error.strerror) from error


def _remove(file: Path) -> str:
    try:
        file.unlink()
    except OSError as error:
        quoted = shlex.quote(str(file.parent))
        raise LabError("completion-unremovable", file=file, quoted=quoted, why=error.strerror) from error
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
        if isinstance(error, FileNotFoundError) and not os.path.lexists(file.parent):
            raise LabError("completion-no-folder", folder=file.parent, quoted=shlex.quote(str(file.parent))) from error
        raise LabError("completion-unwritable", folder=file.parent, why=error.strerror) from error
    return "written"


def _is_executable(file: Path) -> bool:
    return file.exists() and os.access(file, os.X_OK)


def _is_one_of(folder: Path, others: Iterable[Path]) -> bool:
    """Whether one of these leads there. A relative one does so only from here, an empty one is no folder."""
    return any(each.is_absolute() and _is_same(folder, each) for each in others)


def _is_same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:  # gone, out of reach, a circle of links
        return False


def _folders_of_path() -> list[Path]:
    return [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep)]


def _bins_of_krew() -> tuple[Path, Path]:
    """Where krew puts its links: in the folder that KREW_ROOT names, in the home folder where it names none."""
    return Path(os.environ.get("KREW_ROOT", ""), "bin"), Path(os.environ.get("HOME", ""), ".krew", "bin")


def _before_path(folder: str) -> str:
    """The value of PATH with this folder first, as a shell reads it."""
    quoted = shlex.quote(folder)
    return f'"{folder}:$PATH"' if quoted == folder else f'{quoted}:"$PATH"'
