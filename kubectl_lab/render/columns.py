"""Columns that are never folded, as kubectl prints them, and how wide a page of prose is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.render.terminal import READABLE, UNBOUNDED, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.render.text import Part, Screen

APART = 2  # blanks between columns
PIPED = 80  # columns of a page that goes into a pipe
NARROWEST = 40
Cell = tuple[str, str]


def lines(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[list[Part]]:
    """Columns as wide as their widest cell: a row too long for the terminal stays one line. A cell is (text, style)."""
    every = [
        [(heading, "bold") for heading in headings],
        *([(clean(text), style) for text, style in row] for row in rows),
    ]
    widths = [max(len(row[column][0]) for row in every) for column in range(len(headings))]
    return [
        [part for (text, style), width in zip(row, widths, strict=True) for part in _padded(text, style, width)]
        for row in every
    ]


def _padded(text: str, style: str, width: int) -> tuple[Part, Part]:
    return (text, style), " " * (width - len(text) + APART)


def page(screen: Screen) -> int:
    """How wide a page is: at most what reads well, in a pipe as on a terminal of old."""
    return PIPED if screen.width >= UNBOUNDED else max(min(screen.width, READABLE), NARROWEST)
