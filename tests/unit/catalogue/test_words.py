"""Words of errors and views: found by key, filled, and never a reason to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.catalogue import words
from kubectl_lab.errors import BadUsage, LabError

if TYPE_CHECKING:
    from pathlib import Path


def test_an_error_speaks_the_users_language() -> None:
    error = BadUsage("unknown-format", format="xml", formats="json, yaml")
    assert words.error_text(error, "en") == ("there is no output format xml", "-o takes one of: json, yaml")
    assert words.error_text(error, "fr")[0] == "le format de sortie xml n'existe pas"


def test_an_error_without_words_shows_its_key_and_values() -> None:
    assert words.error_text(LabError("never-written", what="x", n=2), "fr") == ("never-written: what=x, n=2", "")
    assert words.error_text(LabError("never-written"), "en") == ("never-written", "")


def test_a_value_that_was_not_given_shows_as_its_name() -> None:
    assert words.error_text(BadUsage("unknown-format", format="xml"), "en")[1] == "-o takes one of: {formats}"


def test_a_value_is_never_a_template() -> None:
    assert words.fill("pod {pod}", {"pod": "{namespace}", "namespace": "shop"}) == "pod {namespace}"


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        ("not { json", "a part of kubectl lab cannot be read: {file}"),
        (None, "a part of kubectl lab cannot be read: {file}"),
        ('{"x": 1}', ""),
    ],
    ids=["no JSON", "no file", "no entry"],
)
def test_a_broken_file_of_words_leaves_the_key_and_says_which_file_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, cure: str
) -> None:
    if content is not None:
        (tmp_path / "en").mkdir()
        (tmp_path / "en" / "errors.json").write_text(content)
    monkeypatch.setattr(words, "HERE", tmp_path)
    words._table.cache_clear()
    try:
        said = words.error_text(BadUsage("unknown-format", format="xml"), "en")
        assert said == ("unknown-format: format=xml", cure.format(file=tmp_path / "en" / "errors.json"))
    finally:
        words._table.cache_clear()


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_without_its_files_the_program_still_says_in_the_users_language_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    begins = words.prefix(lang)
    said = words.error_text(words.missing("x"), lang)
    monkeypatch.setattr(words, "HERE", tmp_path)
    words._table.cache_clear()
    try:
        assert words.prefix(lang) == begins
        assert words.error_text(words.missing("x"), lang) == said
        with pytest.raises(LabError, match="program-incomplete"):
            words.word(lang, "severity.error")
    finally:
        words._table.cache_clear()


def test_what_was_loaded_is_said_without_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words._table.cache_clear()
    words.load("fr")
    monkeypatch.setattr(words, "HERE", tmp_path)
    assert words.word("fr", "severity.error") == "erreur"
    assert words.error_text(BadUsage("unknown-format", format="xml"), "fr")[0] == "le format de sortie xml n'existe pas"


def test_a_phrase_is_found_by_section_and_key() -> None:
    assert words.word("fr", "severity.error") == "erreur"
    assert words.word("xx", "severity.error") == "error"
    assert words.word("en", "severity.none") == "severity.none"
