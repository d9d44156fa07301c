"""The pytest side, tried on sessions of pytest's own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox import tally
from sandbox.sandboxes import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Machine

WANTS = """
import pytest
@pytest.mark.live
def test_wants_a_cluster(sandbox): pass
def test_wants_none(): pass
"""
MAY_LACK = """
import pytest
@pytest.mark.live
@pytest.mark.machine
def test_wants_a_browser(): pytest.skip("no browser here")
@pytest.mark.live
@pytest.mark.machine
def test_wants_both(sandbox): pass
"""
SETTINGS = "[pytest]\nmarkers =\n  live: x\n  oracle: x\n  package: x\n  machine: x\n"


def session(
    machine: Machine, *arguments: str, tests: str = WANTS, **environment: str
) -> subprocess.CompletedProcess[str]:
    folder = machine.folder / "suite"
    folder.mkdir()
    (folder / "pytest.ini").write_text(SETTINGS)
    (folder / "test_it.py").write_text(tests)
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    path = f"{ROOT / 'tests'}"
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", *arguments],
        cwd=folder,
        env={**machine.environment, "PYTHONPATH": path, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def test_without_programs_a_test_is_skipped_with_the_reason_and_the_cure(machine: Machine) -> None:
    answer = session(machine)
    assert answer.returncode == 0, answer.stdout
    assert "1 passed, 1 skipped" in answer.stdout
    assert "no sandbox: the sandbox is not built" in answer.stdout
    assert "(scripts/sandbox build)" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "environment"), [(["--require-sandbox"], {}), ([], {"CI": "true"})], ids=["by the option", "in CI"]
)
def test_where_it_is_required_that_is_a_failure(
    machine: Machine, arguments: list[str], environment: dict[str, str]
) -> None:
    answer = session(machine, *arguments, **environment)
    assert answer.returncode == 1
    assert "skipped where the sandbox is required" in answer.stdout
    assert "1 passed" in answer.stdout


def test_what_the_machine_may_lack_is_skipped_there_too_but_the_sandbox_it_must_have(machine: Machine) -> None:
    answer = session(machine, "--require-sandbox", tests=MAY_LACK)
    assert answer.returncode == 1
    assert "1 skipped" in answer.stdout
    assert "no browser here" in answer.stdout
    assert "skipped where the sandbox is required: Skipped: no sandbox" in answer.stdout


def test_a_missing_ready_made_program_is_the_reason(machine: Machine) -> None:
    assert "has no program 'kube-apiserver'" in session(machine, LAB_SANDBOX_BIN=str(machine.folder)).stdout


def test_a_session_that_leaves_a_cluster_behind_has_failed(machine: Machine) -> None:
    left = "\nimport os\nfrom sandbox import clusters, states\ndef test_leaves(): clusters.claim(states.State('left'), os.getpid())\n"
    folder = machine.folder / "suite"
    answer = session(machine, "-k", "none")
    assert answer.returncode == 0, answer.stdout
    (folder / "test_it.py").write_text(left)
    answer = subprocess.run(
        [sys.executable, "-m", "pytest"],
        cwd=folder,
        env={**machine.environment, "PYTHONPATH": str(ROOT / "tests")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert "1 passed" in answer.stdout
    assert "clusters left running: left" in answer.stdout
    assert answer.returncode != 0


REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


@pytest.mark.parametrize(
    ("reports", "phases", "line"),
    [
        ([(10, 0, 0, 0)], 0, "10 passed in 7s"),
        ([(10, 0, 0, 2), (5, 1, 1, 0)], 1, "1 failed, 11 passed, 2 skipped, 1 error in 7s"),
        ([(10, 0, 0, 0)], 2, "10 passed, 2 error in 7s"),
        ([], 0, "no tests ran in 7s"),
    ],
    ids=["all pass", "two reports add up", "a failed phase without a failed test is an error", "nothing ran"],
)
def test_the_last_line_counts_all_sessions(reports: list[tuple[int, int, int, int]], phases: int, line: str) -> None:
    assert tally.line([REPORT.format(*numbers) for numbers in reports], 7, phases) == line


def test_the_last_line_is_made_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plain.xml").write_text(REPORT.format(3, 0, 0, 1))
    tally.main("5", "0", str(tmp_path))
    assert capsys.readouterr().out == "==== 2 passed, 1 skipped in 5s ====\n"
