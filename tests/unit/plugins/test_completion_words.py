"""Words before the cursor, read as the real parser reads them."""

from __future__ import annotations

import shlex

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab_plugins import flags
from kubectl_lab_plugins.completion_table import Entry, Table
from kubectl_lab_plugins.completion_words import FALSE, TRUE, attached, by_name, read
from kubectl_lab_plugins.drain import drain
from kubectl_lab_plugins.explain_service import explain_service
from kubectl_lab_plugins.main import COMMANDS

ENTRIES = Table("en").entries("explain-service")
DRAIN = Table("en").entries("drain")


@pytest.mark.parametrize(
    ("line", "flags", "arguments"),
    [
        pytest.param("", {}, [], id="nothing"),
        pytest.param("web api", {}, ["web", "api"], id="arguments"),
        pytest.param("--context prod web", {"--context": ["prod"]}, ["web"], id="a value is the next word"),
        pytest.param("--context=prod web", {"--context": ["prod"]}, ["web"], id="a value after ="),
        pytest.param("-n shop web", {"--namespace": ["shop"]}, ["web"], id="a short flag, its value the next word"),
        pytest.param("-nshop web", {"--namespace": ["shop"]}, ["web"], id="a short flag with its value attached"),
        pytest.param("-n=shop web", {"--namespace": ["shop"]}, ["web"], id="a short flag with ="),
        pytest.param("-Anshop", {"--all-namespaces": [""], "--namespace": ["shop"]}, [], id="short flags together"),
        pytest.param("-An shop", {"--all-namespaces": [""], "--namespace": ["shop"]}, [], id="the last takes the next"),
        pytest.param("-qv web", {"--quiet": [""], "--verbose": [""]}, ["web"], id="switches together"),
        pytest.param("-- --context", {}, ["--context"], id="behind -- nothing is a flag"),
        pytest.param("--context -- web", {"--context": ["--"]}, ["web"], id="-- can be a value"),
        pytest.param("--context --probe", {"--context": ["--probe"]}, [], id="a value may look like a flag"),
        pytest.param("-f - web", {"--filename": ["-"]}, ["web"], id="a dash alone is a value"),
        pytest.param("- web", {}, ["-", "web"], id="a dash alone is an argument"),
        pytest.param("--probe=true", {"--probe": [""]}, [], id="a switch that is true"),
        pytest.param("--probe --probe=false", {}, [], id="a switch taken back"),
        pytest.param("--probe=maybe", {}, [], id="a switch that is neither"),
        pytest.param("--as-group a --as-group b", {"--as-group": ["a", "b"]}, [], id="a flag that may be repeated"),
        pytest.param("--nothing web", {}, ["web"], id="an unknown flag takes nothing"),
        pytest.param("-zq web", {}, ["web"], id="unknown short flags end the word"),
        pytest.param("--context=", {"--context": [""]}, [], id="an empty value"),
        pytest.param("'' web", {}, ["", "web"], id="an empty word is an argument"),
    ],
)
def test_a_line_comes_to(line: str, flags: dict[str, list[str]], arguments: list[str]) -> None:
    typed = read(shlex.split(line), ENTRIES)
    assert (typed.flags, typed.arguments, typed.waiting) == (flags, arguments, None)


@pytest.mark.parametrize(
    ("line", "waiting"),
    [
        ("--context", "--context"),
        ("-n", "--namespace"),
        ("-An", "--namespace"),
        ("--context prod -l", "--selector"),
        pytest.param("--context=", None, id="after = the value is in the same word"),
        pytest.param("-nshop", None, id="so is one that is attached"),
        pytest.param("--probe", None, id="a switch waits for nothing"),
        pytest.param("-- -n", None, id="behind -- neither"),
        pytest.param("--context -n", None, id="a value that looks like a flag waits for none"),
    ],
)
def test_the_flag_whose_value_comes_next(line: str, waiting: str | None) -> None:
    found = read(line.split(), ENTRIES).waiting
    assert (found and found.name) == waiting


def test_a_flag_that_may_stand_bare_takes_no_next_word() -> None:
    typed = read(["--dry-run", "n1"], DRAIN)
    assert (typed.flags, typed.arguments) == ({"--dry-run": [""]}, ["n1"])


def test_reading_stops_where_it_is_told() -> None:
    typed = read(["--lang", "fr", "drain", "--force"], Table("en").entries("lab"), arguments=1)
    assert (typed.arguments, typed.flags, typed.read) == (["drain"], {"--lang": ["fr"]}, 3)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("--context=pr", ("--context", "--context=")),
        ("--context=", ("--context", "--context=")),
        ("-n=sh", ("--namespace", "-n=")),
        ("-nsh", ("--namespace", "-n")),
        ("-qnsh", ("--namespace", "-qn")),
        ("-n", None),
        ("-qv", None),
        ("-zn", None),
        ("--cont", None),
        ("--nothing=x", None),
        ("--probe=t", ("--probe", "--probe=")),
    ],
)
def test_a_value_in_the_same_word_as_its_flag(word: str, found: tuple[str, str] | None) -> None:
    made = attached(word, by_name(ENTRIES))
    assert (made and (made[0].name, made[1])) == found


def test_true_and_false_are_those_of_the_real_parser() -> None:
    assert (TRUE, FALSE) == (flags.TRUE, flags.FALSE)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_gives_one_spelling_two_meanings(command: str) -> None:
    entries = Table("en").entries(command)
    assert len(by_name(entries)) == sum(len(each.names) for each in entries if each.reading != "argument")


# words that the parser takes, in any order: pieces of one or two words
PIECES = st.sampled_from(
    [
        ["web"], ["api"], ["-q"], ["-v"], ["-qv"], ["-n", "a"], ["-nb"], ["-n=c"], ["-Anshop"], ["--context", "d"],
        ["--context=e"], ["--as-group", "f"], ["--as-group=g"], ["--probe"], ["--probe=true"], ["--probe=false"],
        ["-f", "x"], ["-f-"], ["--kubeconfig", "--"], ["--user", "-q"], ["-oyaml"], ["--"], ["-"],
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=6).map(lambda pieces: [word for piece in pieces for word in piece]))
def test_any_line_is_read_as_click_reads_it(words: list[str]) -> None:
    context = explain_service.make_context("explain-service", list(words), resilient_parsing=False)
    typed = read(words, ENTRIES)
    assert tuple(typed.arguments) == context.params["subjects"]
    for parameter in explain_service.params:
        if isinstance(parameter, click.Option) and parameter.name in context.params:
            given, value = typed.flags.get(max(parameter.opts, key=len)), context.params[parameter.name]
            if parameter.multiple:
                assert tuple(given or ()) == value, parameter.name
            elif parameter.is_flag:
                assert bool(given) == value, parameter.name
            elif given:
                assert given[-1] == value, parameter.name
            else:
                assert value in (None, parameter.default), parameter.name


@pytest.mark.parametrize("line", ["n1 --dry-run n2", "n1 --dry-run=server n2", "--dry-run -l x"])
def test_a_drain_is_read_as_click_reads_it(line: str) -> None:
    context = drain.make_context("drain", line.split())
    typed = read(line.split(), DRAIN)
    assert tuple(typed.arguments) == context.params["nodes"]
    assert (typed.last("--dry-run") or "unchanged") == context.params["dry_run"]


def test_an_entry_names_itself_by_its_long_flag() -> None:
    entry = Entry("--selector -l", "value", "", "", "which")
    assert (entry.name, entry.names, entry.takes_next, entry.repeats, entry.choices) == (
        "--selector",
        ["--selector", "-l"],
        True,
        False,
        (),
    )
