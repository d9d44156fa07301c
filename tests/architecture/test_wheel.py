"""What is published: the two packages with their data, the licence, nothing else."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {"kubectl_lab": ROOT / "kubectl_lab", "kubectl_lab_plugins": ROOT / "plugins" / "kubectl_lab_plugins"}
KINDS = (".py", ".md", ".json", ".tsv", ".typed", ".po", ".mo")
SOURCE_ONLY = (".toml",)  # what the JSON beside it is made from


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_a_wheel_holds_both_packages_with_their_data_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    expected = {
        f"{package}/{path.relative_to(folder).as_posix()}"
        for package, folder in SOURCES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in SOURCE_ONLY
    }
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == expected
    assert {name for name in packed if not name.endswith(KINDS)} == set()


def test_a_wheel_brings_its_licence_and_its_programs(wheel: zipfile.ZipFile) -> None:
    about = {name.partition(".dist-info/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert set(about) == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
    programs = wheel.read(about["entry_points.txt"]).decode()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert programs.splitlines()[1:] == sorted(f"{name} = {target}" for name, target in project["scripts"].items())


def test_both_packages_are_typed(wheel: zipfile.ZipFile) -> None:
    assert {f"{package}/py.typed" for package in SOURCES} <= set(wheel.namelist())
