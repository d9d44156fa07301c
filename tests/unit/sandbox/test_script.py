"""scripts/test on a tree whose programs only tell that they were called."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sandbox.sandboxes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Eventually = Callable[[Callable[[], bool], str], None]

PYTHON = """\
#!/bin/bash
echo "python $*" >>"{log}"
case "$*" in *tally.py*) exec python3 "$@" ;; esac
for argument in "$@"; do
  case $argument in --junit-xml=*) echo '<testsuite tests="3" failures="0" errors="0" skipped="1"/>' >"${{argument#*=}}" ;; esac
done
{body}
"""


@dataclass
class Tree:
    folder: Path

    @property
    def log(self) -> list[str]:
        return (self.folder / "log").read_text().splitlines()

    def program(self, path: str, body: str = "") -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'#!/bin/bash\necho "{file.name} $*" >>"{self.folder}/log"\n{body}\n')
        file.chmod(0o755)

    def python(self, body: str = "") -> None:
        file = self.folder / ".venv" / "bin" / "python"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PYTHON.format(log=self.folder / "log", body=body))
        file.chmod(0o755)

    def run(self, *arguments: str, script: str = "scripts/test") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / script, *arguments],
            cwd="/",
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path)
    for path in ("scripts/test", ".ci/run", "tests/sandbox/tally.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    for path in ("scripts/environment", "scripts/check", "scripts/sandbox"):
        made.program(path)
    made.python()
    return made


def test_all_phases_run_in_order_from_any_folder_and_the_last_line_counts(tree: Tree) -> None:
    answer = tree.run()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.splitlines()[-1].startswith("==== 4 passed, 2 skipped in ")
    phases = [line[3:] for line in answer.stdout.splitlines() if line.startswith("== ")]
    assert phases == [
        "environment",
        "linters, types, import contracts",
        "tests without a cluster",
        "sandbox build (since the start)",
        "tests on the sandbox",
        "no cluster left",
    ]
    sessions = [line for line in tree.log if "-m pytest" in line]
    assert "--cov" in sessions[0]
    assert "-m live or oracle or package --require-sandbox" in sessions[1]
    assert tree.log[-1].startswith("sandbox down --session test-")


def test_full_reaches_both_sessions(tree: Tree) -> None:
    tree.run("--full")
    assert [line.endswith(" --full") for line in tree.log if "-m pytest" in line] == [True, True]


def test_continuous_integration_calls_exactly_this(tree: Tree) -> None:
    tree.python('echo "ci $CI" >>"$(dirname "$0")/../../log"')
    assert tree.run(script=".ci/run").returncode == 0
    assert "ci true" in tree.log


@pytest.mark.parametrize("broken", ["scripts/check", "scripts/sandbox"])
def test_a_failed_phase_fails_the_run_and_is_named(tree: Tree, broken: str) -> None:
    tree.program(broken, '[ "$1" != down ] && [ "$1" != list ] && echo oh no && exit 1; true')
    answer = tree.run()
    assert answer.returncode == 1
    assert "FAILED" in answer.stdout
    assert "oh no" in answer.stdout
    assert "1 error in " in answer.stdout.splitlines()[-1]
    # the check does not keep the tests from running; without programs those on the sandbox cannot
    assert len([line for line in tree.log if "-m pytest" in line]) == (2 if broken == "scripts/check" else 1)


def test_a_failed_test_session_fails_the_run(tree: Tree) -> None:
    tree.python("exit 1")
    assert tree.run().returncode == 1


def test_a_cluster_still_listed_fails_the_run_and_is_taken_down(tree: Tree) -> None:
    tree.program("scripts/sandbox", '[ "$1" != list ] || echo "lab-left running"')
    answer = tree.run()
    assert answer.returncode == 1
    assert "clusters still there:\nlab-left running" in answer.stdout
    assert tree.log[-1].startswith("sandbox down --session test-")


def test_without_an_environment_nothing_else_runs(tree: Tree) -> None:
    tree.program("scripts/environment", "exit 1")
    assert tree.run().returncode == 1
    assert [line for line in tree.log if "pytest" in line] == []


def test_an_unknown_argument_is_named(tree: Tree) -> None:
    answer = tree.run("--fast")
    assert answer.returncode == 2
    assert answer.stderr.startswith("error: unknown argument '--fast'\n  ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("during", ["build", "tests"])
def test_a_stopped_run_stops_what_it_started_and_takes_its_clusters_down(
    tree: Tree, eventually: Eventually, number: int, during: str
) -> None:
    begun, stopped = tree.folder / "begun", tree.folder / "stopped"
    slow = f"""trap 'touch {stopped}; exit' TERM
touch {begun}
for _ in $(seq 300); do sleep 0.1; done"""
    if during == "build":
        tree.program("scripts/sandbox", f'[ "$1" = build ] || exit 0\n{slow}')
    else:
        tree.python(slow)
    with subprocess.Popen([tree.folder / "scripts" / "test"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        eventually(lambda: begun.exists() and (tree.folder / "log").read_text().count("pytest") > 0, "no start")
        run.send_signal(number)
        assert run.wait(20) == 128 + number
        assert run.stdout is not None
        assert b"passed" not in run.stdout.read()
    assert stopped.exists()
    assert tree.log[-1].startswith("sandbox down --session test-")


def test_ctrl_c_reaches_what_tests_start_even_from_the_background(tree: Tree) -> None:
    """As in a pipeline that starts us with `&`: bash then ignores SIGINT for us and all that we start."""
    suite = tree.folder / "suite"
    suite.mkdir()
    shutil.copy(ROOT / "tests" / "conftest.py", suite)
    (suite / "pytest.ini").write_text("[pytest]\n")
    test = "import signal\ndef test_it(): assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
    (suite / "test_it.py").write_text(test)
    script = f"trap '' INT; PYTHONPATH={ROOT / 'tests'} exec {sys.executable} -m pytest"
    answer = subprocess.run(["bash", "-c", script], cwd=suite, check=False, capture_output=True, text=True)
    assert "1 passed" in answer.stdout
