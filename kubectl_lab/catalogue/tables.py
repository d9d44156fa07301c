"""Reads the catalogue's TOML files: at once where they keep to the plain form they have, else with `tomllib`.

The plain form is comments, `[section]` and `key = "text"` (or `\"\"\"` over several lines). To import and run a parser for all
of TOML takes fifteen milliseconds, and every sentence of every run would wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTE, _LONG_QUOTE = '"', '"""'
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", '"': '"', "\\": "\\"}


class _NotPlainError(Exception):
    """The file needs the whole parser."""


def parse(text: str) -> dict[str, Any]:
    """The tables of a file. Raises ValueError where it is no TOML."""
    found = plain(text)
    if found is not None:
        return found
    import tomllib

    return tomllib.loads(text)


def plain(text: str) -> dict[str, Any] | None:
    """What a file of the plain form holds; None where it has another one, or is wrong."""
    made: dict[str, Any] = {}
    section = made
    lines = iter(text.split("\n"))
    try:
        for line in lines:
            if line.startswith("["):
                if not line.endswith("]") or (name := _bare(line[1:-1])) in made:
                    return None
                section = made[name] = {}
            elif line and not line.startswith("#"):
                key, equals, written = line.partition(" = ")
                key = _value(key, lines) if key.startswith(_QUOTE) else _bare(key)
                if not equals or key in section:
                    return None
                section[key] = _value(written, lines)
    except _NotPlainError:
        return None
    return made


def _bare(name: str) -> str:
    letters = name.replace("-", "").replace("_", "")
    if not letters.isascii() or not letters.isalnum():
        raise _NotPlainError
    return name


def _value(written: str, lines: Iterator[str]) -> str:
    """The text of a value that begins with `written`; the lines that belong to it too are taken."""
    if written == _LONG_QUOTE:
        held: list[str] = []
        for line in lines:
            if line == _LONG_QUOTE:
                return _unescaped("\n".join([*held, ""]), allowed=_QUOTE)
            held.append(line)
        raise _NotPlainError
    if len(written) < len(_QUOTE * 2) or written[0] != _QUOTE or written[-1] != _QUOTE:
        raise _NotPlainError
    return _unescaped(written[1:-1])


def _unescaped(written: str, *, allowed: str = "") -> str:
    """With TOML's escapes made the characters they mean; a quotation mark must be one, unless it is `allowed`."""
    made: list[str] = []
    rest = written
    while True:
        before, escape, rest = rest.partition("\\")
        made.append(before)
        if (_QUOTE in before and not allowed) or _LONG_QUOTE in before:
            raise _NotPlainError
        if not escape:
            return "".join(made)
        if rest[:1] not in _ESCAPES:
            raise _NotPlainError
        made.append(_ESCAPES[rest[0]])
        rest = rest[1:]
