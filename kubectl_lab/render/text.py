"""The result as text for a person: one view a kind, written on a `Screen`.

A view is `view(result, screen) -> None`. It says which facts stand where; it computes nothing about Kubernetes. The
screen cleans everything that is put on it, so a view cannot forget to.
"""

from __future__ import annotations

import importlib
import io
import re
import textwrap
from typing import TYPE_CHECKING, Any, TextIO

from kubectl_lab.catalogue.words import word
from kubectl_lab.render import data
from kubectl_lab.render.terminal import READABLE, clean, is_ascii, tied, untied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kubectl_lab.result import Finding, Result

    Part = str | tuple[str, str]

# kind -> where its view is; imported when such a result is shown
VIEWS: dict[str, str] = {
    "Drain": "kubectl_lab.render.drain:view",
    "SchedulingExplanation": "kubectl_lab.render.scheduling:view",
    "ServiceExplanation": "kubectl_lab.render.service:view",
    "TaintExplanation": "kubectl_lab.render.taints:view",
    "Version": "kubectl_lab.render.version:view",
}
# our names for colours -> SGR parameters; severities are among them
STYLES = {
    "": "",
    "bold": "1",
    "dim": "2",
    "error": "31",
    "warning": "33",
    "info": "36",
    "good": "32",
}
NARROWEST = 20  # columns that are used even where the terminal says it has fewer
_TRAILING = re.compile(r"(?: |\x1b\[[0-9;]*m)+$")


def view_of(kind: str) -> Callable[[Any, Screen], None]:
    """The view of a kind. Raises KeyError where there is none: every kind that a command shows as text has one."""
    module, _, name = VIEWS[kind].partition(":")
    found: Callable[[Any, Screen], None] = getattr(importlib.import_module(module), name)
    return found


def prepare(kind: str) -> None:
    """Import the view of a kind, if it has one."""
    if kind in VIEWS:
        view_of(kind)


def prepare_tables() -> None:
    """Import all that a table may need: its letters are measured with data that is loaded when the first wide one comes."""
    screen = Screen(io.StringIO(), lang="", color=True, width=NARROWEST)
    screen.table(["é"], [[("\u4e16\u2026", "dim")]])


def show(result: Result, out: TextIO, *, lang: str, color: bool, width: int, wide: bool = False) -> None:
    """Write the result's view."""
    screen = Screen(out, lang=lang, color=color, width=width, wide=wide, ascii=is_ascii(out))
    view_of(result.kind)(result, screen)


class Screen:
    """Lines, tables and findings on a stream, cleaned. A part of a line is a string or `(string, style)`.

    `ascii`: the stream cannot take arrows and lines; a drawing then uses ASCII.
    """

    def __init__(
        self, out: TextIO, *, lang: str, color: bool, width: int, wide: bool = False, ascii: bool = False
    ) -> None:
        self.out = out
        self.lang = lang
        self.color = color
        self.width = width
        self.wide = wide
        self.ascii = ascii

    def resized(self, width: int) -> Screen:
        """The same screen, narrower or wider."""
        return Screen(self.out, lang=self.lang, color=self.color, width=width, wide=self.wide, ascii=self.ascii)

    def word(self, key: str, /, **values: object) -> str:
        """A phrase of `words.toml` by its `section.key`, filled."""
        return word(self.lang, key, **values)

    def line(self, *parts: Part, indent: int = 0) -> None:
        """One line; without parts an empty one."""
        made = "".join(self._painted(*((part, "") if isinstance(part, str) else part)) for part in parts)
        self._put(" " * indent + made)

    def say(self, key: str, /, *, style: str = "", indent: int = 0, **values: object) -> None:
        """One line with a phrase of `words.toml`."""
        self.line((self.word(key, **values), style), indent=indent)

    def paragraph(self, text: str, *, indent: int = 0, hanging: int = 0, lead: tuple[str, str] = ("", "")) -> None:
        """Prose, folded to the width (at most 100 columns), never inside a word; `hanging`: further in from line two on.

        `lead`: what stands before it on the first line, with its style.
        """
        first = f"{clean(lead[0])}  " if lead[0] else ""
        folded = textwrap.TextWrapper(
            width=max(min(self.width, READABLE), indent + len(first) + NARROWEST),
            initial_indent=" " * (indent + len(first)),
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
        )
        head, *others = folded.wrap(tied(clean(text))) or [" " * (indent + len(first))]
        painted = f"{self._painted(*lead)}  " if first else ""
        self._put(" " * indent + painted + untied(head)[indent + len(first) :])
        for line in others:
            self._put(untied(line))

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[Part]], *, indent: int = 0) -> None:
        """Columns as kubectl prints them; a cell is one line, folded where the terminal is too narrow for the table."""
        from rich.table import Table
        from rich.text import Text

        made = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
        for heading in headings:
            made.add_column(Text(clean(heading)), overflow="fold")
        for row in rows:
            cells = [(cell, "") if isinstance(cell, str) else cell for cell in row]
            made.add_row(*(Text(clean(text), style=_RICH[style]) for text, style in cells))
        for line in self._lines(made, max(self.width - indent, NARROWEST)):
            self._put(" " * indent + line if line else line)

    def findings(self, findings: Iterable[Finding], *, indent: int = 0) -> None:
        """Each finding: severity, code and sentence, then the commands that cure it."""
        for finding in findings:
            found = finding.to_dict()
            label = self.word(f"severity.{finding.severity}")
            self.line(
                (f"{label} {finding.code}", finding.severity), f"  {data.message(found, self.lang)}", indent=indent
            )
            for command in data.fixes(found):
                self.line(("$ ", "dim"), command, indent=indent + 4)

    def _painted(self, text: str, style: str) -> str:
        code = STYLES[style]
        return f"\x1b[{code}m{clean(text)}\x1b[0m" if self.color and code and text else clean(text)

    def _put(self, line: str) -> None:
        self.out.write(_TRAILING.sub(lambda end: end.group().replace(" ", ""), line) + "\n")

    def _lines(self, renderable: Any, width: int) -> list[str]:
        from rich.console import Console

        made = io.StringIO()
        console = Console(
            file=made,
            width=width,
            color_system="standard" if self.color else None,
            force_terminal=self.color,
            legacy_windows=False,
            markup=False,
            highlight=False,
            emoji=False,
            _environ={},  # colour and width are decided already
        )
        console.print(renderable)
        return made.getvalue().splitlines()


_RICH: Mapping[str, str] = {
    "": "",
    "bold": "bold",
    "dim": "dim",
    "error": "red",
    "warning": "yellow",
    "info": "cyan",
    "good": "green",
}
