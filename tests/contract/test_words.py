"""The phrases of views and stderr: the same ones, with the same values, in both languages."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest

from contract.sources import ROOT
from contract.tables import TABLES, copy_of
from kubectl_lab.catalogue.words import words

if TYPE_CHECKING:
    from pathlib import Path


def phrases(lang: str) -> dict[tuple[str, str], set[str]]:
    return {
        (section, key): {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        for section, entries in words(lang).items()
        for key, text in entries.items()
    }


def test_both_languages_have_the_same_phrases_with_the_same_values() -> None:
    assert phrases("en") == phrases("fr")


def test_no_phrase_is_empty_or_ends_in_a_blank() -> None:
    for lang in ("en", "fr"):
        for entries in words(lang).values():
            assert all(text and text == text.rstrip() for text in entries.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_read_is_made_from_what_is_written(table: Path) -> None:
    assert table.with_suffix(".json").read_text(encoding="utf-8") == copy_of(table), (
        "pytest tests/contract --update-golden"
    )


def test_nothing_is_read_that_nobody_wrote() -> None:
    copies = (ROOT / "kubectl_lab" / "catalogue").glob("*/*.json")
    assert [path.with_suffix(".toml") for path in sorted(copies)] == TABLES
