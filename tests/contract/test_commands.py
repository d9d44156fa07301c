"""One list of commands: what a new one must join before it is given away."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kubectl_lab_plugins.main import COMMANDS
from release import commands

ROOT = Path(__file__).parents[2]
KINDS = (".py", ".md", ".toml", ".json", ".tsv", ".template")
PRINTED = [ROOT / "README.md"] + [
    path
    for folder in ("kubectl_lab", "plugins", "docs", "release")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in KINDS
]
PROSE = {"and", "answers", "cannot", "est"}  # what follows the product's name in a sentence


def test_the_list_of_commands_is_complete_and_in_order() -> None:
    assert commands.names() == COMMANDS


def test_the_wheel_and_the_bundle_bring_the_same_programs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["scripts"]) == {commands.MAIN, *commands.programs().values()}


def test_a_program_is_named_as_kubectl_looks_it_up() -> None:
    for command, program in commands.programs().items():
        assert program == f"{commands.MAIN}-{command.replace('-', '_')}"


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_no_message_and_no_cure_names_a_command_that_is_not_there(path: Path) -> None:
    named = set(re.findall(r"kubectl lab ([a-z][a-z-]+)", path.read_text(encoding="utf-8")))
    assert named - PROSE <= set(COMMANDS), "what is printed is pasted"


def test_the_cures_name_commands_at_all() -> None:
    assert any("kubectl lab drain" in path.read_text(encoding="utf-8") for path in PRINTED)
