"""The phrases of views and stderr: the same ones, with the same values, in both languages."""

from __future__ import annotations

import string

from kubectl_lab.catalogue.words import words


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
