"""What is packed, the same each time, and what is refused before krew would."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from release import archive
from release.failure import ReleaseError

if TYPE_CHECKING:
    from pathlib import Path

WHEN = 1_767_225_600  # 2026-01-01
NAMES = ["lab.tar.gz", "lab.zip"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle: a program, a library that two names lead to, the licence."""
    made = tmp_path / "bundle"
    (made / "_internal").mkdir(parents=True)
    (made / "kubectl-lab").write_text("#!/bin/sh\n")
    (made / "kubectl-lab").chmod(0o700)
    (made / "LICENSE").write_text("free\n")
    (made / "LICENSE").chmod(0o600)
    (made / "_internal" / "lib.so.1").write_bytes(b"library")
    (made / "_internal" / "lib.so").symlink_to("lib.so.1")
    os.link(made / "_internal" / "lib.so.1", made / "_internal" / "lib.so.1.0")
    return made


def packed(folder: Path, name: str, when: int = WHEN) -> Path:
    made = folder.parent / name
    archive.pack(folder, made, when)
    return made


def contents(made: Path) -> dict[str, tuple[bytes, int]]:
    """Name -> content and mode."""
    if made.suffix == ".zip":
        with zipfile.ZipFile(made) as found:
            return {each.filename: (found.read(each), each.external_attr >> 16 & 0o777) for each in found.infolist()}
    with tarfile.open(made) as tar:
        files = ((each, tar.extractfile(each)) for each in tar)
        return {each.name: (file.read() if file else b"", each.mode) for each, file in files}


@pytest.mark.parametrize("name", NAMES)
def test_links_become_files_and_modes_are_those_of_programs_and_files(folder: Path, name: str) -> None:
    made = packed(folder, name)
    archive.check(made)
    assert contents(made) == {
        "lab/LICENSE": (b"free\n", 0o644),
        "lab/_internal/lib.so": (b"library", 0o644),
        "lab/_internal/lib.so.1": (b"library", 0o644),
        "lab/_internal/lib.so.1.0": (b"library", 0o644),
        "lab/kubectl-lab": (b"#!/bin/sh\n", 0o755),
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_same_content_is_the_same_archive_whenever_it_was_written(folder: Path, name: str) -> None:
    first = packed(folder, name).read_bytes()
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    assert packed(folder, name).read_bytes() == first
    (folder / "LICENSE").write_text("other\n")
    assert packed(folder, name).read_bytes() != first


def test_a_time_that_a_zip_does_not_know_is_its_oldest(folder: Path) -> None:
    with zipfile.ZipFile(packed(folder, "lab.zip", 0)) as found:
        assert {each.date_time for each in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def tar_of(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for each in (plain("lab/LICENSE"), *members):
            tar.addfile(each, io.BytesIO(b"x" * each.size))
    return path


def zip_of(path: Path, name: str, mode: int) -> Path:
    """With one member; `mode` says what it is, too."""
    with zipfile.ZipFile(path, "w") as made:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        made.writestr(member, "LICENSE")
    return path


def plain(name: str, size: int = 1) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size = size
    return made


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, "LICENSE"
    return made


@pytest.mark.parametrize(
    ("member", "problem"),
    [
        pytest.param(link("lab/lib.so", tarfile.SYMTYPE), "lab/lib.so is a link or no file", id="a symbolic link"),
        pytest.param(link("lab/lib.so", tarfile.LNKTYPE), "lab/lib.so is a link or no file", id="a hard link"),
        pytest.param(link("lab/pipe", tarfile.FIFOTYPE), "lab/pipe is a link or no file", id="a pipe"),
        pytest.param(plain("lab/../etc/passwd"), "lab/../etc/passwd leads out of lab/", id="a way up"),
        pytest.param(plain("/etc/passwd"), "/etc/passwd leads out of lab/", id="an absolute name"),
        pytest.param(plain("lab/big", 48_000_001), "48.0 MB unpacked, more than 48", id="too much of it"),
    ],
)
def test_a_tar_that_krew_would_refuse_is_refused(tmp_path: Path, member: tarfile.TarInfo, problem: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        archive.check(tar_of(tmp_path / "lab.tar.gz", member))
    assert problem in refused.value.message
    assert refused.value.cure


def test_an_archive_without_licence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="holds no lab/LICENSE"):
        archive.check(zip_of(tmp_path / "lab.zip", "lab/kubectl-lab.exe", 0o100755))


def test_a_link_in_a_zip_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is a link"):
        archive.check(zip_of(tmp_path / "lab.zip", "lab/lib.so", 0o120777))


def test_an_archive_that_packs_badly_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PACKED", 10)
    with pytest.raises(ReleaseError, match="MB packed, more than"):
        archive.check(tar_of(tmp_path / "lab.tar.gz"))


def test_the_name_and_time_of_the_machine_are_not_in_the_gzip_header(folder: Path) -> None:
    made = packed(folder, "lab.tar.gz").read_bytes()
    assert made[4:8] == bytes(4)  # no time
    assert not made[3] & 0b1000  # no name
    assert gzip.decompress(made)
