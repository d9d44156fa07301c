"""The pages about completion: the same in both languages, true to the program."""

from __future__ import annotations

import re

import pytest

from contract.completion_rows import LANGUAGES, command, names, shown
from contract.sources import ROOT
from contract.test_docs import FLAG, LINK
from contract.test_readme import BLOCK, examples, printed
from kubectl_lab_plugins import completion_values as values
from kubectl_lab_plugins.completion_table import Table
from kubectl_lab_plugins.main import COMMANDS

PAGES = {"en": ROOT / "docs" / "completion.md", "fr": ROOT / "docs" / "fr" / "completion.md"}
TEXTS = {lang: path.read_text(encoding="utf-8") for lang, path in PAGES.items()}
EACH = pytest.mark.parametrize("lang", LANGUAGES)


def flags(*commands: str) -> set[str]:
    """The long flags of these commands."""
    return {
        name for each in commands for of in shown(command(each, "en")) for name in names(of) if name.startswith("--")
    }


@EACH
def test_a_page_tells_of_every_flag_of_its_own(lang: str) -> None:
    shared = flags("why")
    assert flags("completion") - shared - set(FLAG.findall(TEXTS[lang])) == set()


@EACH
def test_a_page_tells_of_no_flag_that_is_not_there(lang: str) -> None:
    assert set(FLAG.findall(TEXTS[lang])) - flags(*COMMANDS) == set()


@EACH
def test_every_command_that_a_page_shows_is_one(lang: str) -> None:
    shown_here = set(
        re.findall(r"kubectl[ -]lab ([a-z][a-z-]*)", "".join(re.findall(r"```sh\n(.*?)```", TEXTS[lang], re.DOTALL)))
    )
    assert shown_here
    assert shown_here <= set(COMMANDS)


@EACH
def test_what_the_table_says_of_a_word_is_in_the_table_of_values(lang: str) -> None:
    """Each row of `What is completed` that the cluster or the kubeconfig answers, and no other."""
    rows = [line for line in TEXTS[lang].splitlines() if line.endswith(("kubeconfig |", "cluster |"))]
    told = {word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])}
    entries = {f"{name} {entry.name}": entry for name in COMMANDS for entry in Table("en").entries(name)}
    wanted = {
        place if place in values.VALUES else place.partition(" ")[2]
        for place, entry in entries.items()
        if values.value_of(*place.split(" ")) in values.DYNAMIC and not entry.choices
    }
    assert {word.removesuffix(" NODE").removesuffix(" NAME") for word in wanted} == told - {"-n"}


@EACH
def test_an_example_prints_what_the_page_says(lang: str) -> None:
    (block,) = [text for mark, text in BLOCK.findall(TEXTS[lang]) if mark == "offline"]
    for line, output in examples(block):
        assert printed(line) == output


@EACH
def test_every_link_leads_somewhere(lang: str) -> None:
    links = LINK.findall(TEXTS[lang])
    assert links
    for target, _ in links:
        assert (PAGES[lang].parent / target).exists()


def test_both_languages_have_the_same_sections_tables_examples_and_flags() -> None:
    for pattern in (r"^## ", r"^\|", r"^```", r"^- ", r"^\d\. ", r"`--[a-z-]+"):
        found = [len(re.findall(pattern, text, re.MULTILINE)) for text in TEXTS.values()]
        assert found[0] == found[1] > 0, pattern
