"""The bundle: what is in its archive, how large it is, and that it is the same each time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest
from PyInstaller.archive.readers import CArchiveReader

from package.conftest import ROOT
from release import archive, commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from package.conftest import Built

pytestmark = pytest.mark.package
SOURCES = ("kubectl_lab", "plugins", "release", "LICENSE", "pyproject.toml")


@pytest.fixture(scope="module")
def members(bundle: Built) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(bundle.archive) as tar:
        return {each.name: each for each in tar}


def test_the_archive_holds_plain_files_only(members: dict[str, tarfile.TarInfo]) -> None:
    assert members
    assert [name for name, each in members.items() if not each.isreg()] == []


def test_the_programs_are_those_of_the_commands(members: dict[str, tarfile.TarInfo]) -> None:
    at_the_top = {name.removeprefix("lab/") for name in members if name.count("/") == 1}
    assert at_the_top == {commands.MAIN, *commands.programs().values(), "LICENSE"}
    assert all(members[f"lab/{name}"].mode == archive.PROGRAM for name in at_the_top - {"LICENSE"})
    assert members["lab/LICENSE"].mode == archive.FILE


def test_who_packed_it_is_not_in_it_and_the_time_is_one_for_all(members: dict[str, tarfile.TarInfo]) -> None:
    assert {(each.uid, each.gid, each.uname, each.gname) for each in members.values()} == {(0, 0, "", "")}
    assert len({each.mtime for each in members.values()}) == 1


def test_it_is_as_small_as_promised(bundle: Built, members: dict[str, tarfile.TarInfo]) -> None:
    unpacked = sum(each.size for each in members.values())
    print(
        f"archive {bundle.archive.stat().st_size / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB, files {len(members)}"
    )
    assert bundle.archive.stat().st_size <= 16_000_000
    assert unpacked <= 48_000_000


def test_every_library_in_it_brings_its_licence(bundle: Built) -> None:
    licences = {path.name for path in (bundle.folder / "licenses").iterdir()}
    bundled = {path.name for path in (bundle.folder / "_internal").iterdir() if path.is_dir()}
    names = {"yaml": "pyyaml", "python3.11": "python"}
    libraries = {"click", "cryptography", "idna", "jmespath", "kubernetes", "rich", "urllib3", "yaml"}
    assert libraries <= bundled
    assert {names.get(each, each) for each in libraries} | {"python"} <= licences


def parts_of(program: Path) -> Iterator[tuple[str, bytes]]:
    """What a program holds: its own bytes, and the compressed modules in them unpacked."""
    yield program.name, program.read_bytes()
    packed = CArchiveReader(str(program))
    for name in packed.toc:
        yield f"{program.name}: {name}", packed.extract(name)


def test_no_path_of_the_machine_that_built_it_is_in_it(bundle: Built) -> None:
    telling = (str(ROOT).encode(), str(bundle.folder.parent).encode())
    programs = [bundle.program(name) for name in (commands.MAIN, *commands.programs().values())]
    parts = [part for program in programs for part in parts_of(program)]
    for top in ((bundle.folder / "_internal").glob("kubectl_lab*"), [bundle.folder / "licenses"]):
        files = [path for folder in top for path in folder.rglob("*") if path.is_file()]
        assert files
        parts += [(str(path.relative_to(bundle.folder)), path.read_bytes()) for path in files]
    assert [name for name, data in parts if any(each in data for each in telling)] == []


def test_the_checksum_is_that_of_the_archive(bundle: Built) -> None:
    digest = hashlib.sha256(bundle.archive.read_bytes()).hexdigest()
    assert bundle.sums.read_text(encoding="utf-8") == f"{digest}  {bundle.archive.name}\n"


def test_built_again_elsewhere_at_the_same_time_it_is_the_same_to_the_byte(
    bundle: Built, members: dict[str, tarfile.TarInfo], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "some other folder"
    elsewhere.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, elsewhere / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, elsewhere / name)
    epoch = str(members["lab/LICENSE"].mtime)  # of the commit that was built: there may be one more by now
    when = {"SOURCE_DATE_EPOCH": epoch, "PYTHONPATH": str(elsewhere), "TZ": "Asia/Tokyo", "LANG": "C"}
    command = [sys.executable, "-m", "release", "build", "--out", str(tmp_path / "out")]
    subprocess.run(command, cwd=elsewhere, env={**os.environ, **when}, check=True, timeout=240)
    again = tmp_path / "out" / bundle.archive.name
    assert again.read_bytes() == bundle.archive.read_bytes()
