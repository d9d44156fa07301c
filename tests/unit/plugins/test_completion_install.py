"""The files that kubectl's completion runs: written, found, refused, taken away."""

from __future__ import annotations

import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from completing import PROGRAM
from unit.plugins.installing import NAME, SCRIPT, Place

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_it_is_written_beside_the_program_that_path_finds_and_says_where(place: Place) -> None:
    done = place.run()
    assert (done.returncode, done.stdout) == (0, f"{place.bin / NAME}: written\n")
    assert place.held() == {NAME: SCRIPT}
    assert stat.S_IMODE((place.bin / NAME).stat().st_mode) == 0o755
    (said,) = done.stderr.splitlines()
    assert said.startswith("kubectl's own completion asks it from now on; ")
    assert said.endswith(", type: kubectl completion --help")


def test_its_mode_is_not_the_umasks(place: Place) -> None:
    before = os.umask(0o077)
    try:
        place.run()
    finally:
        os.umask(before)
    assert stat.S_IMODE((place.bin / NAME).stat().st_mode) == 0o755


def test_a_second_time_changes_nothing_and_says_so(place: Place) -> None:
    place.run()
    before = changed(place.bin / NAME)
    done = place.run()
    assert (done.returncode, done.stdout) == (0, f"{place.bin / NAME}: is there already\n")
    assert changed(place.bin / NAME) == before


def changed(file: Path) -> tuple[int, int]:
    """Which file it is and when it was changed last, its mode included; that it was read counts for nothing."""
    return file.stat().st_ino, file.stat().st_ctime_ns


def test_one_that_lost_its_mode_is_written_again(place: Place) -> None:
    place.run()
    (place.bin / NAME).chmod(0o644)
    assert place.run().stdout.endswith("written\n")
    assert os.access(place.bin / NAME, os.X_OK)


SAID_OF_A_FOREIGN_ONE = {
    (): ("is there already, and it is not from kubectl lab", "--dir DIR"),
    ("--remove",): ("is not from kubectl lab: nothing was removed", "type the same command again"),
}


@pytest.mark.parametrize("words", SAID_OF_A_FOREIGN_ONE, ids=["install", "remove"])
@pytest.mark.parametrize("held", ["#!/bin/sh\nexec something-else\n", "", SCRIPT + "echo more\n"])
def test_a_file_of_somebody_else_stays(place: Place, words: tuple[str, ...], held: str) -> None:
    (place.bin / NAME).write_text(held, encoding="utf-8")
    done = place.run(*words)
    assert (done.returncode, done.stdout) == (1, "")
    message, cure = done.stderr.splitlines()
    said, end = SAID_OF_A_FOREIGN_ONE[words]
    assert message == f"error: {place.bin / NAME} {said}"
    assert cure.endswith(end)
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
    assert "asks them from now on" in place.run().stderr
    own = '#!/bin/sh\nexec kubectl-lab-explain_service __complete "$@"\n'
    assert place.held() == {NAME: SCRIPT, f"{NAME}-explain_service": own}
    (place.bin / "kubectl-lab-explain_service").unlink()
    place.run("--remove")
    assert place.held() == {}


def test_nothing_half_written_stays_behind(place: Place) -> None:
    place.run()
    place.run("--remove")
    assert [file.name for file in place.bin.iterdir()] == ["kubectl-lab"]


@pytest.mark.parametrize("words", [["bash", "--remove"], ["zsh", "--dir", "/tmp"], ["fish", "--dir", ""]])
def test_what_goes_with_install_goes_with_nothing_else(words: list[str]) -> None:
    done = subprocess.run([PROGRAM, "completion", *words], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")


def test_in_french_it_says_the_same(place: Place) -> None:
    done = place.run("--lang", "fr")
    assert done.stdout == f"{place.bin / NAME} : écrit\n"
    assert done.stderr.startswith("la complétion de kubectl l'interroge désormais")
    place.program("kubectl-lab-drain")
    assert place.run("--lang", "fr").stderr.startswith("la complétion de kubectl les interroge désormais")
