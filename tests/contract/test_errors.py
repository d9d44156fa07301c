"""Every error has its words, in both languages, and every word is used."""

from __future__ import annotations

import functools
import string
import tomllib
from typing import Any

import pytest

from contract.sources import ROOT, Raised, files, raised, strings
from kubectl_lab.catalogue import words


@functools.cache
def entries(lang: str) -> dict[str, dict[str, Any]]:
    """Those of `errors.toml`, and the one that stands in the code since the file may be what is missing."""
    own = {part: words.OWN[lang][part] for part in ("message", "cure")}
    path = ROOT / "kubectl_lab" / "catalogue" / lang / "errors.toml"
    return {**tomllib.loads(path.read_text(encoding="utf-8")), words.INCOMPLETE: own}


def placeholders(entry: dict[str, Any]) -> set[str]:
    texts = (str(entry.get(part, "")) for part in ("message", "cure"))
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


MADE: list[Raised] = [place for path in files() for place in raised(path)]


def test_both_languages_have_the_same_errors() -> None:
    assert entries("en").keys() == entries("fr").keys()


@pytest.mark.parametrize(
    "place", [place for place in MADE if place.key], ids=lambda place: f"{place.key} {place.where}"
)
def test_an_error_that_is_raised_has_its_words_and_they_ask_for_nothing_it_does_not_bring(place: Raised) -> None:
    assert place.key in entries("en"), (
        f"{place.where}: write [{place.key}] into catalogue/en/errors.toml and fr/errors.toml"
    )
    if place.values is not None:
        assert placeholders(entries("en")[place.key]) <= place.values, place.where


def test_a_key_that_is_no_literal_stands_in_a_table_of_the_same_module() -> None:
    known = set(entries("en"))
    for path in files():
        if any(place.key is None for place in raised(path)):
            assert known & strings(path), f"{path}: no key of errors.toml stands in this module"


def test_no_words_are_left_over() -> None:
    used = {text for path in files() for text in strings(path)}
    assert set(entries("en")) <= used


@pytest.mark.parametrize("key", entries("en"))
def test_both_languages_use_the_same_values(key: str) -> None:
    assert placeholders(entries("en")[key]) == placeholders(entries("fr").get(key, {}))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_message_is_one_line_that_can_follow_error_colon(lang: str) -> None:
    for key, entry in entries(lang).items():
        for part in ("message", "cure"):
            text = str(entry.get(part, ""))
            assert set(entry) <= {"message", "cure"}, key
            assert text == text.strip(), (key, part)
            assert "\n" not in text, (key, part)
            assert not text.endswith("."), (key, part)
        assert entry["message"], key
        assert not entry["message"][0].isupper() or entry["message"][:2].isupper() or entry["message"][1:2] == "'", key
