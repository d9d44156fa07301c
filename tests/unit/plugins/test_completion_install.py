"""The files that kubectl's completion runs: written, found, refused, taken away."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from completing import PROGRAM

if TYPE_CHECKING:
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

    def run(self, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
        """`kubectl-lab completion install WORDS…`."""
        given = {**os.environ, "PATH": path or self.path, "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
        command = [sys.executable, str(PROGRAM), "completion", "install", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=given, timeout=30)

    def held(self) -> dict[str, str]:
        """The files of completion that are there."""
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(self.bin.glob("*complete*"))}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_it_is_written_beside_the_program_that_path_finds_and_says_where(place: Place) -> None:
    done = place.run()
    assert (done.returncode, done.stdout) == (0, f"{place.bin / NAME}: written\n")
    assert place.held() == {NAME: SCRIPT}
    assert stat.S_IMODE((place.bin / NAME).stat().st_mode) == 0o755
    assert "kubectl completion --help" in done.stderr
    assert "warning" not in done.stderr


def test_its_mode_is_not_the_umasks(place: Place) -> None:
    before = os.umask(0o077)
    try:
        place.run()
    finally:
        os.umask(before)
    assert stat.S_IMODE((place.bin / NAME).stat().st_mode) == 0o755


def test_a_second_time_changes_nothing_and_says_so(place: Place) -> None:
    place.run()
    before = (place.bin / NAME).stat()
    done = place.run()
    assert (done.returncode, done.stdout) == (0, f"{place.bin / NAME}: is there already\n")
    assert (place.bin / NAME).stat() == before


def test_one_that_lost_its_mode_is_written_again(place: Place) -> None:
    place.run()
    (place.bin / NAME).chmod(0o644)
    assert place.run().stdout.endswith("written\n")
    assert os.access(place.bin / NAME, os.X_OK)


@pytest.mark.parametrize("words", [(), ("--remove",)], ids=["install", "remove"])
@pytest.mark.parametrize("held", ["#!/bin/sh\nexec something-else\n", "", SCRIPT + "echo more\n"])
def test_a_file_of_somebody_else_stays(place: Place, words: tuple[str, ...], held: str) -> None:
    (place.bin / NAME).write_text(held, encoding="utf-8")
    done = place.run(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {place.bin / NAME} is there already, and it is not from kubectl lab\n  ")
    assert place.held() == {NAME: held}


@pytest.mark.parametrize("kind", ["folder", "link to nowhere"])
def test_what_is_no_file_stays_too(place: Place, kind: str) -> None:
    file = place.bin / NAME
    if kind == "folder":
        file.mkdir()
    else:
        file.symlink_to("/nonexistent")
    assert place.run().returncode == place.run("--remove").returncode == 1
    assert file.is_symlink() or file.is_dir()


def test_one_foreign_file_among_several_stops_it_before_the_first_is_written(place: Place) -> None:
    place.program("kubectl-lab-drain")
    (place.bin / f"{NAME}-drain").write_text("mine", encoding="utf-8")
    assert place.run().returncode == 1
    assert place.held() == {f"{NAME}-drain": "mine"}


def test_remove_takes_it_away_and_a_second_time_finds_nothing(place: Place) -> None:
    place.run()
    done = place.run("--remove")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{place.bin / NAME}: removed\n", "")
    assert place.held() == {}
    again = place.run("--remove")
    assert (again.returncode, again.stdout) == (0, f"{place.bin / NAME}: is not there, nothing to remove\n")


def test_a_command_with_a_program_of_its_own_gets_its_own_file(place: Place) -> None:
    """kubectl takes `kubectl-lab-explain_service` for a plugin of its own, and asks for a file of its own."""
    place.program("kubectl-lab-explain_service")
    place.run()
    own = '#!/bin/sh\nexec kubectl-lab-explain_service __complete "$@"\n'
    assert place.held() == {NAME: SCRIPT, f"{NAME}-explain_service": own}
    (place.bin / "kubectl-lab-explain_service").unlink()
    place.run("--remove")
    assert place.held() == {}


def test_another_folder_of_path(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    done = place.run("--dir", str(other), path=f"{place.path}:{other}/")
    assert done.stdout == f"{other / NAME}: written\n"
    assert "warning" not in done.stderr
    assert place.held() == {}
    assert place.run("--remove", "--dir", str(other)).returncode == 0
    assert list(other.iterdir()) == []


def test_a_folder_that_is_not_on_path_is_warned_of(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    done = place.run("--dir", str(other))
    assert done.returncode == 0
    assert f"warning: {other} is not on PATH" in done.stderr
    assert (other / NAME).exists()


def test_quiet_warns_all_the_same(place: Place, tmp_path: Path) -> None:
    done = place.run("--dir", str(tmp_path), "--quiet")
    assert done.stderr.splitlines() == [f"warning: {tmp_path} is not on PATH, so kubectl does not look there"]


def test_without_the_program_on_path_a_folder_must_be_named(place: Place) -> None:
    done = place.run(path="/usr/bin:/bin")
    assert (done.returncode, done.stdout) == (1, "")
    assert [line[:7] for line in done.stderr.splitlines()] == ["error: ", "  add t"]
    assert "--dir DIR" in done.stderr


@pytest.mark.parametrize("folder", ["/nonexistent/folder", "/proc/self", "/dev/null"])
def test_a_folder_that_cannot_be_written_is_two_lines_with_the_cure(place: Place, folder: str) -> None:
    done = place.run("--dir", folder)
    assert (done.returncode, done.stdout) == (1, "")
    message, cure = done.stderr.splitlines()
    assert message.startswith(f"error: nothing can be changed in the folder {folder}: ")
    assert cure.endswith("kubectl lab completion install --dir DIR")


def readable_only(folder: Path) -> None:
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):
        folder.chmod(0o755)
        pytest.skip("this user may write anywhere")


@pytest.mark.machine
def test_a_read_only_folder_keeps_what_it_has(place: Place) -> None:
    place.run()
    readable_only(place.bin)
    try:
        done = place.run("--remove")
    finally:
        place.bin.chmod(0o755)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2
    assert place.held() == {NAME: SCRIPT}


def test_nothing_half_written_stays_behind(place: Place) -> None:
    place.run()
    place.run("--remove")
    assert [file.name for file in place.bin.iterdir()] == ["kubectl-lab"]


@pytest.mark.parametrize("words", [["bash", "--remove"], ["zsh", "--dir", "/tmp"], ["fish", "--dir", ""]])
def test_what_goes_with_install_goes_with_nothing_else(words: list[str]) -> None:
    done = subprocess.run([PROGRAM, "completion", *words], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")


def test_in_french_it_says_the_same(place: Place) -> None:
    assert place.run("--lang", "fr").stdout == f"{place.bin / NAME} : écrit\n"
