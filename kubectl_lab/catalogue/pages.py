"""What a finding says: one Markdown page a code and language, its first line the sentence, the rest for `why`."""

from __future__ import annotations

import functools
import os
from typing import NamedTuple

from kubectl_lab.catalogue.findings import CODES
from kubectl_lab.catalogue.language import DEFAULT
from kubectl_lab.catalogue.words import missing

HERE = os.path.dirname(__file__)  # noqa: PTH120 - as in `words`
SECTIONS = {
    "en": ("Meaning", "Why it matters", "How to make sure", "How to fix it"),
    "fr": ("Ce que cela signifie", "Pourquoi c'est important", "Comment vérifier", "Comment corriger"),
}


class Page(NamedTuple):
    """`message`: one sentence with `{values}`; `sections`: (heading, Markdown text) in order; `link`: the upstream page."""

    message: str
    sections: tuple[tuple[str, str], ...]
    link: str


@functools.cache
def page(code: str, lang: str) -> Page:
    """The page of a code: English where the language lacks it; an empty page whose message is the code if it has none.

    Raises LabError (`program-incomplete`) where a page is missing that there was.
    """
    return parse(_read(code, lang))


@functools.cache
def message(code: str, lang: str) -> str:
    """The sentence of a code, as `page` has it; the rest of the page is not read."""
    return parse(_read(code, lang, first_line=True)).message


def load(lang: str, codes: str | tuple[str, ...] = "") -> None:
    """Read now the sentences of all codes that begin so, or with one of these (a tenth of a millisecond for seven of them)."""
    for code in CODES:
        if code.startswith(codes):
            message(code, lang)


def _read(code: str, lang: str, *, first_line: bool = False) -> str:
    for language in (lang, DEFAULT):
        try:
            with open(f"{HERE}/{language}/{code}.md", encoding="utf-8") as file:  # noqa: PTH123 - as in `words`
                return file.readline() if first_line else file.read()
        except (OSError, UnicodeDecodeError):
            continue
    if code in CODES:
        raise missing(f"{HERE}/{DEFAULT}/{code}.md")
    return code


def parse(text: str) -> Page:
    """First line `# ` and the message, then `## ` sections, the last line the upstream link. Code fences hold no headings."""
    first, _, rest = text.strip().partition("\n")
    body, _, last = rest.strip().rpartition("\n")
    linked = last.startswith(("http", "<http", "["))
    return Page(
        message=first.removeprefix("# ").strip(),
        sections=_sections(body if linked else rest),
        link=last.strip() if linked else "",
    )


def _sections(body: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, list[str]]] = []
    fenced = False
    for line in body.splitlines():
        fenced ^= line.lstrip().startswith("```")
        if line.startswith("## ") and not fenced:
            found.append((line.removeprefix("## ").strip(), []))
        elif found:
            found[-1][1].append(line)
    return tuple((heading, "\n".join(lines).strip("\n")) for heading, lines in found)
