"""The edge to the terminal: what may be printed on it, in which colours, how wide.

What comes from a cluster or a file is not trusted there: annotations, messages and names may hold escape sequences (the
API server accepts them), and direction overrides that make a line read as another one.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

# C0 and C1 controls, DEL; what has no width or turns the reading direction; line and paragraph separators; lone surrogates;
# tag characters. Joiners (U+200C, U+200D) stay: scripts and emoji need them, and they move no text.
_C0 = "\x00-\x1f"
_HARMFUL = (
    "\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
HARMFUL = re.compile(f"[{_HARMFUL}]")
_LINE = re.compile(f"[{_C0}{_HARMFUL}]")
_LINES = re.compile(f"[\x00-\x08\x0b-\x1f{_HARMFUL}]")
_NAMED = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}
_TIES = re.compile(r" (?=[:;!?»])|(?<=«) ")
LATIN, BASIC_PLANE = 0xFF, 0xFFFF
UNBOUNDED = 10_000  # columns where no terminal limits a line: as with kubectl, a pipe gets whole lines
READABLE = 100  # columns, for prose
DRAWN = "─┄═╳▶▷│├└┬┤┘…"  # noqa: RUF001 - what pictures in text are drawn with


def clean(text: str, *, multiline: bool = False) -> str:
    r"""The text with every character that could move, hide or colour something made a visible escape (`\x1b`, `\u202e`).

    One line comes out, a newline as `\n`; with `multiline` newlines and tabs stay.
    """
    return (_LINES if multiline else _LINE).sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code <= LATIN else escape(character))


def tied(text: str) -> str:
    """French prose that no line may break before `:` or `?`, nor after an opening guillemet. Undone by `untied`."""
    return _TIES.sub("\xa0", text)


def untied(text: str) -> str:
    """With plain blanks again, once the lines are made: not every terminal has the other kind."""
    return text.replace("\xa0", " ")


def escape(character: str) -> str:
    r"""`\u202e`, `\U000e0041`: the form that YAML and Python share."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= BASIC_PLANE else f"\\U{code:08x}"


def use_color(choice: str, out: TextIO, environ: Mapping[str, str]) -> bool:
    """`--color` beats NO_COLOR beats FORCE_COLOR (each when not empty) beats whether it is a terminal that can."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] != "0"
    return is_terminal(out) and environ.get("TERM") != "dumb"


def is_terminal(out: TextIO) -> bool:
    """Whether a person is at the other end; a closed stream is no terminal."""
    try:
        return out.isatty()
    except (ValueError, AttributeError):
        return False


def is_ascii(out: TextIO) -> bool:
    """Whether the stream's encoding lacks arrows and lines. One that names none (text in memory) takes everything."""
    try:
        DRAWN.encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def width_of(out: TextIO, environ: Mapping[str, str]) -> int:
    """Columns: `COLUMNS` if it is a number, else the terminal's, else unbounded."""
    asked = environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return shutil.get_terminal_size().columns if is_terminal(out) else UNBOUNDED
