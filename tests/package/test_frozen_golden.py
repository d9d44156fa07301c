"""The frozen programs and the installed wheel give the same bytes as the source tree: every golden case, both languages."""

from __future__ import annotations

import os
import platform
import subprocess
from typing import TYPE_CHECKING

import pytest

from golden.test_golden import EXPECTED, HERE, SETTINGS, words_of
from kubectl_lab.version import __version__
from release import commands

if TYPE_CHECKING:
    from pathlib import Path

    from package.conftest import Built

pytestmark = pytest.mark.package


@pytest.fixture(params=["frozen", "wheel"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Where the programs are."""
    if request.param == "wheel":
        installed: Path = request.getfixturevalue("installed")
        return installed
    built: Built = request.getfixturevalue("bundle")
    return built.folder


def run(program: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": "", **SETTINGS, "LC_ALL": "C.UTF-8", **settings}
    return subprocess.run(
        [program, *words], env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def outcome(done: subprocess.CompletedProcess[str]) -> str:
    """As a golden file says it; the machine is no part of a case."""
    made = done.stdout
    for found, told in ((__version__, "VERSION"), (platform.python_version(), "3.11.0")):
        made = made.replace(found, told)
    made += f"--- stderr\n{done.stderr}" if done.stderr else ""
    return made + (f"--- exit\n{done.returncode}\n" if done.returncode else "")


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: str(path.relative_to(HERE)))
def test_output_is_to_the_letter(expected: Path, folder: Path) -> None:
    done = run(folder / "kubectl-lab", *words_of(expected))
    assert outcome(done) == expected.read_text(encoding="utf-8")


def test_every_command_has_its_help_in_both_languages(folder: Path) -> None:
    for command in commands.names():
        english, french = (run(folder / "kubectl-lab", command, "--help", "--lang", lang) for lang in ("en", "fr"))
        assert (english.returncode, french.returncode) == (0, 0), command
        assert f"Usage: kubectl lab {command}" in english.stdout
        assert f"kubectl lab {command}" in french.stdout
        assert french.stdout != english.stdout


def test_a_program_of_its_own_is_the_command(folder: Path) -> None:
    assert commands.programs()
    for command, program in commands.programs().items():
        alone, within = run(folder / program, "--help"), run(folder / "kubectl-lab", command, "--help")
        assert alone.returncode == 0, alone.stderr
        assert (alone.stdout, alone.stderr) == (within.stdout, within.stderr)


def test_the_version_is_printed_by_every_program(folder: Path) -> None:
    for program in (commands.MAIN, *commands.programs().values()):
        assert run(folder / program, "--version").stdout == f"{__version__}\n"


def test_the_wheel_brings_the_product_and_not_the_source_tree(installed: Path) -> None:
    told = subprocess.run(
        [installed / "python", "-P", "-c", "import kubectl_lab, kubectl_lab_plugins as p; print(kubectl_lab.__file__, p.__file__)"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.split()  # fmt: skip
    assert all(path.startswith(str(installed.parent)) for path in told)
