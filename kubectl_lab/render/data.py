"""The result as data: the document in the user's words, as JSON, YAML, names, or what a `--query` picks from it."""

from __future__ import annotations

import functools
import itertools
import json
import re
import shlex
import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from kubectl_lab import objects
from kubectl_lab.catalogue.words import fill, reason
from kubectl_lab.errors import BadUsage
from kubectl_lab.render.terminal import BASIC_PLANE, HARMFUL, escape, is_ascii

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_lab.result import Result

_SURROGATES = re.compile("[\ud800-\udfff]")
_TOKENS = 10_000  # of JSON, that are written at once
_PRE_QUOTED = "command"  # this value is a command line already, quoted by the one who knows its words
_SEVERAL = "{commands}"  # this template stands for several such lines, as many as the finding has


def document(result: Result, lang: str) -> dict[str, Any]:
    """The whole JSON document: `to_dict()` with `message` and `fix` put into every finding, in the user's language.

    A phrase that stands outside findings and details becomes the sentence it is.
    """
    made = result.to_dict()
    for found in findings_in(made):
        found["message"] = message(found, lang)
        found["fix"] = fixes(found)
    _Speaker(lang).say(made)
    return made


class _Speaker:
    """Puts sentences where phrases stand, in place; a phrase that many nodes share is said once."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        # by identity; the phrase is kept, or its place in memory would soon be another's
        self._said: dict[int, tuple[object, str]] = {}

    def say(self, value: object) -> None:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in inner:
            if isinstance(part, Mapping) and "phrase" in part:
                value[key] = self._sentence(part)  # type: ignore[index]  # a dictionary or a list; no key is added
            elif key not in ("findings", "details") and isinstance(part, dict | list):
                self.say(part)

    def _sentence(self, phrase: Mapping[str, Any]) -> str:
        if id(phrase) not in self._said:
            self._said[id(phrase)] = phrase, reason(phrase, self._lang)
        return self._said[id(phrase)][1]


def findings_in(value: object) -> list[dict[str, Any]]:
    """Every finding of a document, outermost first: the entries of all `findings` lists. `details` are never looked into."""
    found: list[dict[str, Any]] = []
    if isinstance(value, Mapping):
        found += [entry for entry in value.get("findings") or () if isinstance(entry, dict) and "code" in entry]
        inner: Sequence[Any] = [part for key, part in value.items() if key not in ("findings", "details")]
    else:
        inner = value if isinstance(value, list | tuple) else ()
    for part in inner:
        if isinstance(part, Mapping | list | tuple):
            found += findings_in(part)
    return found


def message(found: Mapping[str, Any], lang: str) -> str:
    """The sentence of a finding: the first line of its code's page, filled with its details."""
    from kubectl_lab.catalogue import pages  # an answer without findings needs neither table nor page

    details = {name: _said(value, lang) for name, value in found["details"].items()}
    return fill(pages.message(found["code"], lang), details)


def fixes(found: Mapping[str, Any]) -> list[str]:
    """The commands that cure it, ready to paste: every value quoted for the shell, a list as several words.

    `command` goes in as it is, and `{commands}` is one line each. A template that needs a value the finding does not have is
    left out.
    """
    from kubectl_lab.catalogue import CODES

    details = found["details"]
    entry = CODES.get(found["code"])
    return [command for template in (entry.fix if entry else ()) for command in _filled(template, details)]


def _filled(template: str, details: Mapping[str, Any]) -> list[str]:
    if template == _SEVERAL:
        return list(map(_words, objects.sequence(details.get("commands"))))
    if any(details.get(name) is None for name in _names(template)):
        return []
    return [fill(template, {name: _quoted(name, details[name]) for name in _names(template)}).rstrip()]


@functools.cache
def _names(template: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _said(value: object, lang: str) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_said(part, lang) for part in value)
    return reason(value, lang) if isinstance(value, Mapping) else _words(value)


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(_words(part) for part in value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _quoted(name: str, value: object) -> str:
    if name == _PRE_QUOTED:
        return _words(value)
    words = value if isinstance(value, list | tuple) else [value]
    return " ".join(shlex.quote(_words(word)) for word in words)


def query(data: object, expression: str) -> Any:
    """What a JMESPath expression picks from the document. Raises BadUsage (`bad-query`) where it is not one."""
    return _asked(expression, lambda compiled: compiled.search(data))


def compiled(expression: str) -> None:
    """Only look whether it is an expression. Raises BadUsage (`bad-query`)."""
    _asked(expression, lambda _: None)


def _asked(expression: str, ask: Callable[[Any], Any]) -> Any:
    import warnings

    import jmespath.exceptions

    try:
        with warnings.catch_warnings():
            # literals in an old spelling are answered as ever
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            return ask(jmespath.compile(expression))
    except jmespath.exceptions.JMESPathError as error:
        first = next(iter(str(error).splitlines()), "")
        raise BadUsage("bad-query", expression=expression, problem=first) from error


def write_json(data: object, out: TextIO) -> None:
    """Indented JSON: equal data, harmless to print (what a terminal could obey, or `out` cannot take, is an escape).

    Written in parts: a document about thousands of pods on as many nodes has a size for which there is no room twice.
    """
    parts = json.JSONEncoder(ensure_ascii=is_ascii(out), indent=2).iterencode(data)
    while part := "".join(itertools.islice(parts, _TOKENS)):
        out.write(HARMFUL.sub(_escaped, part))
    out.write("\n")


def write_line(data: object, out: TextIO) -> None:
    """One JSON document on one line, at once (jsonl: a reader follows along)."""
    out.write(HARMFUL.sub(_escaped, json.dumps(data, ensure_ascii=is_ascii(out))) + "\n")
    out.flush()


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    # JSON names a character beyond the first plane by its two surrogates (RFC 8259, 7)
    units = (code,) if code <= BASIC_PLANE else (0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF))
    return "".join(f"\\u{unit:04x}" for unit in units)


def write_yaml(data: object, out: TextIO) -> None:
    """YAML with the same rule; a lone surrogate, which YAML cannot hold, becomes U+FFFD."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # a class known at run time
        def ignore_aliases(self, _data: object) -> bool:
            return True

    def represent(dumper: Any, value: str) -> Any:
        # only a double-quoted string can hold an escape
        style = '"' if HARMFUL.search(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", _SURROGATES.sub("\ufffd", value), style=style)

    Dumper.add_representer(str, represent)
    text: str = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=not is_ascii(out), width=2**16)
    out.write(HARMFUL.sub(_yaml_escaped, text))


def _yaml_escaped(match: re.Match[str]) -> str:
    return escape(match.group())
