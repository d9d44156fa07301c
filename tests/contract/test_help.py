"""Every command, option and argument is explained, in both languages."""

from __future__ import annotations

import re
import tomllib

import click
import pytest
from click.testing import CliRunner

from contract.sources import ROOT
from kubectl_lab.catalogue import words
from kubectl_lab_plugins import wording
from kubectl_lab_plugins.main import COMMANDS, lab
from kubectl_lab_plugins.options import LabCommand, session_options

GOLDEN = ROOT / "tests" / "golden"
# drain has no -f, so it has no answer without a server: its exact output is compared on the sandbox (tests/live)
WITHOUT_GOLDEN = {"drain"}


def command(name: str) -> click.Command:
    found = lab.get_command(click.Context(lab), name)
    assert found is not None
    return found


def explained(of: click.Command) -> dict[str, str]:
    """Entry in cli.toml -> English help."""
    return {
        wording.entry_of(each): each.help or ""
        for each in of.params
        if isinstance(each, click.Option | click.Argument) and not getattr(each, "hidden", False)
    }


@click.command("all", cls=LabCommand)
@session_options(formats=("text",), snapshot=True, all_namespaces=True)
def everything(_session: object) -> None:
    """Take every shared flag."""


SHARED = set(explained(everything))
FRENCH = words.help_texts("fr")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_all_it_takes_are_explained(name: str) -> None:
    assert command(name).help
    assert [entry for entry, text in explained(command(name)).items() if not text.strip()] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_line_is_a_phrase_without_a_final_period(name: str) -> None:
    for entry, text in explained(command(name)).items():
        assert not text.endswith("."), entry


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_own_flags_have_their_french_and_nothing_is_left_over(name: str) -> None:
    own = {entry for entry in explained(command(name)) if entry not in SHARED}
    section = set(FRENCH.get(name, {}))
    assert section - SHARED == own | {"help"}, f"mend [{name}] of catalogue/fr/cli.toml"


def test_the_shared_flags_have_their_french_and_nothing_is_left_over() -> None:
    assert set(FRENCH[wording.SHARED]) == SHARED


def test_the_program_itself_is_explained_in_french() -> None:
    assert set(FRENCH["lab"]) == set(explained(lab)) | {"help"}


def test_french_speaks_of_no_command_that_is_not_there() -> None:
    assert set(FRENCH) - {wording.SHARED, wording.HEADINGS, "lab"} == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("lang", "heading"), [("en", "Examples:"), ("fr", "Exemples :")])
def test_help_shows_examples_of_this_command(name: str, lang: str, heading: str) -> None:
    result = CliRunner().invoke(lab, [name, "--help", "--lang", lang], prog_name="kubectl lab")
    assert result.exit_code == 0
    _, _, examples = result.stdout.partition(heading)
    assert f"kubectl lab {name}" in examples


@pytest.mark.parametrize("name", COMMANDS)
def test_french_help_keeps_no_english(name: str) -> None:
    result = CliRunner().invoke(lab, [name, "--help", "--lang", "fr"], prog_name="kubectl lab")
    for text in explained(command(name)).values():
        phrase = text.split(":")[0].strip()
        assert not phrase or phrase not in re.sub(r"\s+", " ", result.stdout), text


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_list_of_commands_cuts_no_sentence(lang: str) -> None:
    result = CliRunner().invoke(lab, ["--help", "--lang", lang], prog_name="kubectl lab", env={"COLUMNS": "80"})
    assert "..." not in result.stdout.rpartition("\n\n")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_golden_case(name: str) -> None:
    assert name in WITHOUT_GOLDEN or list((GOLDEN / name).glob("*/command"))


def test_a_program_that_is_installed_names_a_command() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    programs = {name.removeprefix("kubectl-lab-").replace("_", "-") for name in project["scripts"]} - {"kubectl-lab"}
    assert programs <= set(COMMANDS)
    assert set(project["scripts"].values()) == {"kubectl_lab_plugins.__main__:run"}
