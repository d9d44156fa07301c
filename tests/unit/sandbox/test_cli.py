from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from sandbox import cli, commands
from sandbox.failure import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Machine


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["nope"], "argument COMMAND: invalid choice: 'nope'"),
        (["up", "Bad_Name"], "'Bad_Name' is no name for a cluster"),
        (["up", "--server", "1.2"], "no server '1.2'"),
        (["up", "--nodes", "-1"], "--nodes -1"),
        (["up", "--nodes", "many"], "argument --nodes: invalid int value: 'many'"),
        (["up", "--stages", "/no/such/file"], "--stages /no/such/file: no such file"),
        (["build", "docker"], "unknown part or program 'docker'"),
        (["path", "kubernetes"], "'kubernetes' is a part, not a program"),
        (["with", "kubectl"], "unrecognized arguments: kubectl"),
        (["with"], "with and exec, and only they, take a command after --"),
        (["with", "--"], "with and exec, and only they, take a command after --"),
        (["list", "--", "ls"], "with and exec, and only they, take a command after --"),
        (["exec", "nobody", "--", "ls"], "no cluster 'nobody'"),
        (["status", "nobody"], "no cluster 'nobody'"),
        (["env", "nobody"], "no cluster 'nobody'"),
        (["down"], "one of the arguments NAME --all --stale --session is required"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_a_cure_and_exit_1(machine: Machine, arguments: list[str], words: str) -> None:
    answer = machine.run(*arguments)
    assert answer.returncode == 1
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    assert lines[0].startswith(f"error: {words}")
    assert len(lines) <= 2
    assert not machine.states.exists() or list(machine.states.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["down", "nobody"], ["down", "--all"], ["down", "--stale"], ["down", "--session", "x"], ["list"]]
)
def test_nothing_to_do_is_no_error(machine: Machine, arguments: list[str]) -> None:
    answer = machine.run(*arguments)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_the_commands_own_dashes_are_its_own() -> None:
    options, command = cli.parse(["with", "--nodes", "1", "--", "env", "--", "-x"])
    assert options.nodes == 1
    assert command == ["env", "--", "-x"]


def test_help_is_an_answer(machine: Machine) -> None:
    answer = machine.run("--help")
    assert answer.returncode == 0
    for command in ("build", "up", "exec", "with", "down", "list", "status", "env", "path", "clean"):
        assert f"\n    {command} " in answer.stdout


def test_it_runs_from_any_folder_and_through_a_link(machine: Machine, tmp_path: Path) -> None:
    from sandbox.sandboxes import ROOT

    answer = subprocess.run(
        [ROOT / "scripts" / "sandbox", "list"], cwd="/", env=machine.environment, check=False, capture_output=True
    )
    assert answer.returncode == 0


def interrupted_on_the_way_out(ways: list[str]) -> None:
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        ways.append("to the end")


def test_term_is_answered_once() -> None:
    """The way out, which takes a cluster down, is not interrupted by a second TERM."""
    ways: list[str] = []
    with pytest.raises(commands.Stopped) as stopped, commands.stopping():
        interrupted_on_the_way_out(ways)
    assert ways == ["to the end"]
    assert stopped.value.number == signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize(
    ("command", "code"),
    [(["true"], 0), (["false"], 1), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137), (["no-such"], 127)],
)
def test_the_exit_code_is_the_commands(command: list[str], code: int) -> None:
    assert commands.run(command, dict(os.environ), os.getppid()) == code


def test_the_command_ends_when_our_parent_does() -> None:
    with pytest.raises(commands.Stopped):
        commands.run(["sleep", "60"], dict(os.environ), parent=os.getppid() + 1)


def test_an_error_has_its_cure_on_a_second_line() -> None:
    assert str(SandboxError("what", "how")) == "what\n  how"
    assert str(SandboxError("what")) == "what"
