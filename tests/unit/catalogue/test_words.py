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


@pytest.mark.parametrize("content", ["not [ toml", None, "x = 1"])
def test_a_broken_file_of_words_costs_the_words_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "en").mkdir()
        (tmp_path / "en" / "errors.toml").write_text(content)
    monkeypatch.setattr(words, "HERE", tmp_path)
    words._table.cache_clear()
    try:
        assert words.error_text(BadUsage("unknown-format", format="xml"), "en") == ("unknown-format: format=xml", "")
    finally:
        words._table.cache_clear()


def test_a_phrase_is_found_by_section_and_key() -> None:
    assert words.word("fr", "severity.error") == "erreur"
    assert words.word("xx", "severity.error") == "error"
    assert words.word("en", "severity.none") == "severity.none"
