"""What the build is called, when it is from, and what it says where it cannot be made."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from release import __main__ as program
from release import archive, bundle, licences
from release.failure import ReleaseError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "lab-linux-amd64.tar.gz"),
        ("linux", "aarch64", "lab-linux-arm64.tar.gz"),
        ("darwin", "arm64", "lab-darwin-arm64.tar.gz"),
        ("darwin", "x86_64", "lab-darwin-amd64.tar.gz"),
        ("win32", "AMD64", "lab-windows-amd64.zip"),
    ],
)
def test_an_archive_is_named_for_its_platform_as_krew_names_it(system: str, machine: str, name: str) -> None:
    assert bundle.archive_name(system, machine) == name


@pytest.mark.parametrize(("system", "machine"), [("linux", "riscv64"), ("sunos5", "x86_64")])
def test_no_release_is_named_for_another_machine(system: str, machine: str) -> None:
    with pytest.raises(ReleaseError, match="no release is made for"):
        bundle.archive_name(system, machine)


def test_the_time_is_the_given_one_else_1980(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert bundle.epoch() == 1767225600
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert bundle.epoch() == archive.OLDEST_ZIP
    monkeypatch.setenv("PATH", "")
    assert bundle.epoch() == archive.OLDEST_ZIP


def test_a_missing_tool_costs_two_lines_and_touches_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.main(["build", "--out", str(tmp_path / "dist")]) == 1
    told = capsys.readouterr()
    assert told.err == "error: objcopy is missing\n  install binutils (Debian: apt-get install binutils)\n"
    assert told.out == ""
    assert not (tmp_path / "dist").exists()


def test_a_python_without_shared_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("sysconfig.get_config_var", {}.get)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(ReleaseError, match="has no shared library to bundle"):
        bundle.build(tmp_path)


def test_a_build_that_fails_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / "lab" / "kubectl-lab"
    (kept.parent / "_internal").mkdir(parents=True)
    kept.write_text("the old one")
    broken = tmp_path / "broken.spec"
    broken.write_text("raise SystemExit('broken on purpose')")
    monkeypatch.setattr(bundle, "SPEC", broken)
    with pytest.raises(ReleaseError, match="broken on purpose"):
        bundle.build(tmp_path)
    assert kept.read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.spec", "lab"]


def test_the_checksums_name_every_archive_and_nothing_else(tmp_path: Path) -> None:
    for name in ("lab-linux-amd64.tar.gz", "lab-darwin-arm64.tar.gz", "notes.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "lab-folder").mkdir()
    bundle.write_sums(tmp_path)
    names = ["lab-darwin-arm64.tar.gz", "lab-linux-amd64.tar.gz"]
    lines = [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n" for name in names]
    assert (tmp_path / bundle.SUMS).read_text() == "".join(lines)


def test_an_unknown_job_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["ship"]) == 2
    assert program.main([]) == 2
    assert "usage: python -m release {build,manifest" in capsys.readouterr().err


def test_the_licence_of_every_library_that_came_along_is_gathered(tmp_path: Path) -> None:
    for name in ("click", "yaml", "urllib3"):
        (tmp_path / "_internal" / name).mkdir(parents=True)
    licences.gather(tmp_path)
    found = {path.relative_to(tmp_path).parts[:2] for path in (tmp_path / "licenses").rglob("*") if path.is_file()}
    assert {name for _, name in found} == {"click", "pyyaml", "urllib3", "python"}
    assert "Apache" in (tmp_path / "LICENSE").read_text()


def test_a_library_without_licence_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_internal" / "click").mkdir(parents=True)
    monkeypatch.setattr(licences, "_TEXT", re.compile("no such text"))
    with pytest.raises(ReleaseError, match="click brings no licence"):
        licences.gather(tmp_path)


@pytest.mark.machine
@pytest.mark.skipif(not shutil.which("git"), reason="no git on this machine")
def test_in_a_clone_the_time_is_the_commits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=lab", "-c", "user.email=lab@localhost"]
    when = {**os.environ, "GIT_COMMITTER_DATE": "1767225600 +0000"}
    subprocess.run([*git[:3], "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True, env=when)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    assert bundle.epoch() == 1767225600


@pytest.mark.parametrize("foreign", ["a folder", "a file", "a link"])
def test_what_is_no_build_of_ours_is_not_replaced(
    tmp_path: Path, foreign: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bundle, "_freeze", lambda _: pytest.fail("built for nothing"))
    target = tmp_path / "lab"
    if foreign == "a folder":
        target.mkdir()
        (target / "thesis.txt").write_text("years")
    elif foreign == "a file":
        target.write_text("years")
    else:
        target.symlink_to(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert program.main(["build", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.splitlines()[0] == f"error: {target} is there and is no build of kubectl lab"
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_name_of_a_folder_is_not_the_current_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        program.main(["build", "--out", ""])
    assert refused.value.code == 2
    assert "an empty name" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_costs_two_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert program.main(["build", "--out", str(tmp_path / "file" / "dist")]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"error: {tmp_path / 'file' / 'dist'}: Not a directory",
        "  mend that and start again",
    ]
