"""One list of commands: what a new one must join before it is given away."""

from __future__ import annotations

import tomllib
from pathlib import Path

from kubectl_lab_plugins.main import COMMANDS
from release import commands

ROOT = Path(__file__).parents[2]


def test_the_list_of_commands_is_complete_and_in_order() -> None:
    assert commands.names() == COMMANDS


def test_the_wheel_and_the_bundle_bring_the_same_programs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["scripts"]) == {commands.MAIN, *commands.programs().values()}


def test_a_program_is_named_as_kubectl_looks_it_up() -> None:
    for command, program in commands.programs().items():
        assert program == f"{commands.MAIN}-{command.replace('-', '_')}"
