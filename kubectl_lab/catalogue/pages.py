"""The long explanation of a code: one Markdown page a code and language, read when it is asked for."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from kubectl_lab.catalogue.language import DEFAULT

HERE = Path(__file__).parent
SECTIONS = {
    "en": ("Meaning", "Why it matters", "How to make sure", "How to fix it"),
    "fr": ("Ce que cela signifie", "Pourquoi c'est important", "Comment vérifier", "Comment corriger"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """`message`: one sentence with `{values}`; `sections`: (heading, Markdown text) in order; `link`: the upstream page."""

    message: str
    sections: tuple[tuple[str, str], ...]
    link: str


@functools.cache
def page(code: str, lang: str) -> Page:
    """The page of a code: English where the language lacks it; an empty page whose message is the code where both do."""
    for language in (lang, DEFAULT):
        try:
            return parse((HERE / language / f"{code}.md").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            continue
    return Page(code, (), "")


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
