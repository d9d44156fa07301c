"""A page of the catalogue on a terminal: Markdown as it was written, its marks turned into indentation and colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.catalogue.pages import Page
    from kubectl_lab.render.text import Screen

_ENTRY = re.compile(r"\s*(?:[-*]|\d+\.) |\|")  # a row of a table too keeps its line
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def index(messages: Mapping[str, str], screen: Screen) -> None:
    """One line a code."""
    for code, message in messages.items():
        screen.line((code, "bold"), f"  {_named(message)}")


def view(code: str, page: Page, screen: Screen) -> None:
    """The message, every section, the link."""
    screen.line((code, "bold"), f"  {_named(page.message)}")
    for heading, text in page.sections:
        screen.line()
        screen.line((heading, "bold"))
        _body(text, screen)
    if page.link:
        screen.line()
        screen.line((page.link.strip("<>"), "info"))


def _named(message: str) -> str:
    """`{pod}` as `<pod>`: in a page nothing is filled in."""
    return _PLACEHOLDER.sub(r"<\1>", message)


def _body(text: str, screen: Screen) -> None:
    """Prose is folded; commands and manifests stay as they are, indented, so that they can be copied."""
    for kind, block in _blocks(text):
        if kind == CODE:
            for line in block:
                screen.line(line, indent=4 if line else 0)
        elif kind == PROSE:
            screen.paragraph(" ".join(block), indent=2)
        elif kind == ENTRY:
            screen.paragraph(" ".join(block), indent=2, hanging=2)
        else:
            screen.line()


CODE, PROSE, ENTRY, GAP = "code", "prose", "entry", "gap"


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Runs of lines of one kind: code between fences, an entry of a list, prose, an empty line between them."""
    kind, block = GAP, list[str]()
    for line in text.splitlines():
        begins = _begins(line, kind)
        if begins is None:
            block.append(line if kind == CODE else line.strip())
            continue
        if kind != GAP:
            yield kind, block
        if begins == GAP and kind != CODE:
            yield GAP, []
        kind, block = begins, [] if begins in (GAP, CODE) else [line.strip()]
    if kind != GAP:
        yield kind, block


def _begins(line: str, kind: str) -> str | None:
    """Which kind of block begins with this line, None where the line belongs to the block before it."""
    if line.lstrip().startswith("```"):
        return GAP if kind == CODE else CODE
    if kind == CODE:
        return None
    if not line.strip():
        return GAP
    if _ENTRY.match(line):
        return ENTRY
    return PROSE if kind == GAP else None
