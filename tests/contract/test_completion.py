"""Completion knows every command, flag, argument and code there is, in both languages, and what each value is."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from contract import completion_rows as rows
from kubectl_lab.catalogue import CODES
from kubectl_lab_plugins import completion_values as values
from kubectl_lab_plugins.completion_table import Table
from kubectl_lab_plugins.main import COMMANDS, lab

TAKERS = {"lab": lab, **{name: rows.command(name, "en") for name in COMMANDS}}


@pytest.mark.parametrize("lang", rows.LANGUAGES)
def test_the_table_is_what_the_commands_say(lang: str, update_golden: bool) -> None:
    made = rows.text(lang)
    if update_golden:
        rows.path(lang).write_text(made, encoding="utf-8")
    assert rows.path(lang).read_text(encoding="utf-8") == made, "run pytest tests/contract --update-golden"


@pytest.mark.parametrize("lang", rows.LANGUAGES)
def test_every_line_is_explained(lang: str) -> None:
    for line in rows.path(lang).read_text(encoding="utf-8").splitlines():
        *columns, words = line.split("\t")
        assert words == words.strip() != "", columns


def test_the_program_reads_the_table_whole() -> None:
    table = Table("en")
    assert list(table.words("commands")) == list(COMMANDS)
    assert set(table.words("codes")) == set(CODES)
    for name, taker in TAKERS.items():
        read = [(entry.names, entry.reading) for entry in table.entries(name)]
        assert read == [(rows.names(each), rows.reading(each)) for each in rows.shown(taker)]


def test_no_command_is_named_as_a_part_of_the_table() -> None:
    assert not {"commands", "codes", "lab"} & set(COMMANDS)


def wanted() -> dict[str, str]:
    """Every flag that takes a value and every argument whose values click does not list: name -> command and name."""
    return {
        f"{command} {rows.names(each)[0]}": rows.names(each)[0]
        for command, taker in TAKERS.items()
        for each in rows.shown(taker)
        if rows.reading(each) != "switch" and not isinstance(each.type, click.Choice)
    }


@pytest.mark.parametrize("place", wanted())
def test_it_is_said_what_a_value_is(place: str) -> None:
    assert {place, wanted()[place]} & set(values.VALUES), f"write {place!r} into completion_values.VALUES"


def test_nothing_is_said_of_a_value_that_is_not_there() -> None:
    assert set(values.VALUES) - set(wanted()) - set(wanted().values()) == set()


def test_every_word_in_the_table_of_values_has_a_meaning() -> None:
    known = {values.NOTHING, values.FILES, values.CODES, *values.DYNAMIC}
    assert {value for value in values.VALUES.values() if isinstance(value, str)} <= known


@pytest.mark.parametrize(
    ("command", "flag"), [(command, flag) for command, flags in values.WITHOUT_NAMES.items() for flag in flags]
)
def test_a_flag_beside_which_no_name_is_offered_takes_none(command: str, flag: str) -> None:
    (option,) = (each for each in TAKERS[command].params if flag in each.opts)
    if flag == "--filename":  # there names are those in the file, not those of the cluster
        return
    words = [command, "web", flag, *([] if getattr(option, "is_flag", False) else ["app=web"]), "--server", "http://["]
    done = CliRunner().invoke(lab, words)
    assert done.exit_code == 2, done.output
