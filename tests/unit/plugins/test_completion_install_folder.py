"""Which folder the files of completion go to: the one that is named, is missing, is not on PATH, may not be changed."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from unit.plugins.installing import NAME, SCRIPT, Place

if TYPE_CHECKING:
    from pathlib import Path

REMOVE = "kubectl lab completion install --remove"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


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
    assert done.stderr.splitlines() == not_on_path(other)
    assert (other / NAME).exists()


def not_on_path(folder: Path) -> list[str]:
    return [
        f"warning: {folder} is not on PATH, so kubectl does not look there",
        f'  type this, and add it to the start-up file of your shell: export PATH="{folder}:$PATH"',
    ]


@pytest.mark.parametrize("name", ["plain", "with a blank", 'a"quote', "it's", "$HOME", "`date`", "back\\slash"])
def test_what_the_warning_says_to_type_puts_the_folder_on_path(place: Place, tmp_path: Path, name: str) -> None:
    other = tmp_path / name
    other.mkdir()
    told = place.run("--dir", str(other)).stderr.splitlines()[-1].partition("shell: ")[2]
    given = {"PATH": place.path}
    shell = ["/bin/sh", "-c", f'{told}\nprintf %s "$PATH"']
    assert subprocess.check_output(shell, text=True, env=given) == f"{other}:{place.path}"


def test_a_relative_folder_is_told_by_its_whole_path(place: Place, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    done = place.run("--dir", "other", before=("/bin/sh", "-c", f'cd {tmp_path} && exec "$@"', "sh"))
    assert done.stdout == f"{tmp_path / 'other' / NAME}: written\n"
    assert done.stderr.splitlines() == not_on_path(tmp_path / "other")


@pytest.mark.parametrize("entry", [".", "", "../other"])
def test_an_entry_of_path_that_leads_there_from_here_alone_is_warned_of(
    place: Place, tmp_path: Path, entry: str
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    started = ("/bin/sh", "-c", f'cd {other} && exec "$@"', "sh")
    done = place.run("--dir", ".", path=f"{entry}:{place.path}", before=started)
    assert done.stderr.splitlines() == not_on_path(other)


@pytest.mark.parametrize("entry", [".", "", "gone/bin", "/nonexistent", "loop"])
def test_an_entry_of_path_that_leads_nowhere_is_passed_over(place: Place, tmp_path: Path, entry: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    first = str(tmp_path / "loop") if entry == "loop" else entry
    done = place.run_from_nowhere(path=f"{first}:{place.path}")
    assert (done.returncode, done.stdout) == (0, f"{place.bin / NAME}: written\n")
    assert "from now on" in done.stderr


@pytest.mark.parametrize("words", [(), ("--remove",)], ids=["install", "remove"])
@pytest.mark.parametrize("folder", ["~nouser/x", "x"])
def test_a_folder_whose_place_nobody_knows_is_two_lines(place: Place, words: tuple[str, ...], folder: str) -> None:
    done = place.run_from_nowhere("--dir", folder, *words)
    assert (done.returncode, done.stdout) == (1, "")
    message, cure = done.stderr.splitlines()
    assert message.startswith(f"error: nothing can be changed in the folder {folder}: ")
    assert cure.startswith("  name it by its whole path")


@pytest.mark.parametrize("words", [(), ("--remove",)], ids=["install", "remove"])
def test_an_empty_folder_is_not_the_one_of_the_program(place: Place, words: tuple[str, ...]) -> None:
    """`--dir "$UNSET"` changes nothing where nobody asked."""
    if words:
        place.run()
    before = place.held()
    done = place.run("--dir", "", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert [line[:8] for line in done.stderr.splitlines()] == ["error: -", "  name a"]
    assert place.held() == before


@pytest.mark.parametrize("name", ["missing/folder", "it's missing"])
def test_a_missing_folder_is_made_by_what_is_said_to_type(place: Place, tmp_path: Path, name: str) -> None:
    missing = tmp_path / name
    done = place.run("--dir", str(missing))
    assert (done.returncode, done.stdout) == (1, "")
    message, cure = done.stderr.splitlines()
    assert message == f"error: the folder {missing} does not exist"
    subprocess.run(["/bin/sh", "-c", cure[cure.index("mkdir") :]], check=True)
    assert place.run("--dir", str(missing)).returncode == 0


@pytest.mark.parametrize("root", ["KREW_ROOT", "HOME"])
def test_in_krews_own_folder_it_says_what_to_type_before_an_uninstall(place: Place, tmp_path: Path, root: str) -> None:
    krew = tmp_path / ("krew/bin" if root == "KREW_ROOT" else ".krew/bin")
    krew.parent.mkdir()
    place.bin.rename(krew)
    where = {"KREW_ROOT": "", "HOME": "/nonexistent", root: str(tmp_path / "krew" if root == "KREW_ROOT" else tmp_path)}
    done = place.run(path=f"{krew}:/usr/bin:/bin", env=where)
    assert done.stderr.splitlines()[1:] == [f"before kubectl krew uninstall lab, type: {REMOVE}"]
    assert place.run("--quiet", path=f"{krew}:/usr/bin:/bin", env=where).stderr == ""
    named = place.run("--dir", str(krew), path=f"{krew}:/usr/bin:/bin", env=where)
    assert named.stderr.splitlines()[1:] == [f"before kubectl krew uninstall lab, type: {REMOVE} --dir {krew}"]


def test_quiet_warns_all_the_same(place: Place, tmp_path: Path) -> None:
    done = place.run("--dir", str(tmp_path), "--quiet")
    assert done.stderr.splitlines() == not_on_path(tmp_path)


def test_without_the_program_on_path_a_folder_must_be_named(place: Place) -> None:
    done = place.run(path="/usr/bin:/bin")
    assert (done.returncode, done.stdout) == (1, "")
    assert [line[:7] for line in done.stderr.splitlines()] == ["error: ", "  add t"]
    assert "--dir DIR" in done.stderr


@pytest.mark.parametrize("folder", ["/proc/self", "/dev/null", "/dev/null/folder"])
def test_a_folder_that_cannot_be_written_is_two_lines_with_the_cure(place: Place, folder: str) -> None:
    done = place.run("--dir", folder)
    assert (done.returncode, done.stdout) == (1, "")
    message, cure = done.stderr.splitlines()
    assert message.startswith(f"error: nothing can be changed in the folder {folder}: ")
    assert cure.endswith("kubectl lab completion install --dir DIR")


def bound_by_modes(folder: Path) -> tuple[str, ...]:
    """What starts a program that may not write where the mode forbids it, root or not."""
    if os.geteuid() != 0:
        return ()
    bound = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
    try:
        refused = subprocess.run([*bound, "touch", folder / "x"], capture_output=True, check=False).returncode == 1
    except FileNotFoundError:
        refused = False
    if not refused:
        pytest.skip("this user may write anywhere, and setpriv does not change that")
    return bound


@pytest.mark.machine
def test_a_read_only_folder_keeps_what_it_has_and_its_owner_is_to_be_asked(place: Place) -> None:
    place.run()
    place.bin.chmod(0o555)
    try:
        done = place.run("--remove", before=bound_by_modes(place.bin))
    finally:
        place.bin.chmod(0o755)
    assert (done.returncode, done.stdout) == (1, "")
    message, cure = done.stderr.splitlines()
    assert message.startswith(f"error: {place.bin / NAME} cannot be removed: ")
    assert cure.endswith(f"ls -ld {place.bin}")
    assert place.held() == {NAME: SCRIPT}
