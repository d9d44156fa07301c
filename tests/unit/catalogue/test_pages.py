"""A page of the catalogue: one sentence, sections, a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.catalogue import CODES, pages
from kubectl_lab.catalogue.pages import message, page, parse
from kubectl_lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = """# pod {pod} stays

## Meaning
One line.

```sh
## not a heading
kubectl get pods
```

## Why it matters
Because.

https://kubernetes.io/docs/
"""


@pytest.fixture
def nothing_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No page is known; from now on they are looked for in an empty folder once `HERE` is set to it."""
    for each in (page, message):
        each.cache_clear()
    yield tmp_path
    for each in (page, message):
        each.cache_clear()


def test_the_first_line_is_the_message_without_its_mark() -> None:
    assert parse(PAGE).message == "pod {pod} stays"


def test_a_line_of_a_code_block_is_never_a_heading() -> None:
    assert [heading for heading, _ in parse(PAGE).sections] == ["Meaning", "Why it matters"]
    assert "## not a heading\nkubectl get pods" in parse(PAGE).sections[0][1]


def test_the_last_line_is_the_link_and_no_part_of_a_section() -> None:
    assert parse(PAGE).link == "https://kubernetes.io/docs/"
    assert parse(PAGE).sections[1][1] == "Because."


def test_a_page_without_a_link_keeps_its_last_line() -> None:
    made = parse("# m\n\n## Meaning\nfirst\nlast")
    assert made.link == ""
    assert made.sections == (("Meaning", "first\nlast"),)


def test_a_language_without_the_page_shows_the_english_one() -> None:
    assert page("DRN001", "xx") == page("DRN001", "en")
    assert page("DRN001", "fr") != page("DRN001", "en")


def test_a_code_without_a_page_shows_as_itself() -> None:
    assert page("XXX999", "fr").message == "XXX999"
    assert message("XXX999", "fr") == "XXX999"


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_sentence_alone_is_the_pages(lang: str) -> None:
    assert {code: message(code, lang) for code in CODES} == {code: page(code, lang).message for code in CODES}


def test_a_page_that_is_gone_is_no_page_that_never_was(nothing_read: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "HERE", str(nothing_read))
    for ask in (page, message):
        with pytest.raises(LabError, match=r"program-incomplete.*DRN001\.md"):
            ask("DRN001", "fr")


def test_sentences_that_were_loaded_are_said_without_the_files(
    nothing_read: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.load("fr", "DRN")
    monkeypatch.setattr(pages, "HERE", str(nothing_read))
    assert "{pod}" in message("DRN010", "fr")
    with pytest.raises(LabError):
        message("SVC001", "fr")
