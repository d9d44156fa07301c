"""How a result leaves the program: one function a format, all from the same result."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from kubectl_lab.errors import BadUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kubectl_lab.result import Result


class Style(NamedTuple):
    """How to write: the language, a JMESPath expression ("" for none), colours or not, columns."""

    lang: str = "en"
    query: str = ""
    color: bool = False
    width: int = 80


# kind -> where the function is that gives the lines of `-o name` from the document
NAMES: dict[str, str] = {
    "Drain": "kubectl_lab.render.drain:names",
    "SchedulingExplanation": "kubectl_lab.render.scheduling:names",
    "ServiceExplanation": "kubectl_lab.render.service:names",
    "TaintExplanation": "kubectl_lab.render.taints:names",
}
# kind -> where the function is that makes the graph of a result, for the formats that are pictures
GRAPHS: dict[str, str] = {
    "ServiceExplanation": "kubectl_lab.domain.service.graph:graph",
}


def show(
    result: Result,
    format: str,
    out: TextIO,
    *,
    lang: str = "en",
    query: str = "",
    color: bool = False,
    width: int = 80,
) -> None:
    """Write the result in a format of `FORMATS`.

    Raises BadUsage: `unknown-format`, `bad-query`, `query-format` (a query has no answer as text or names).
    """
    if format not in FORMATS or (format in PICTURES and result.kind not in GRAPHS):
        raise BadUsage("unknown-format", format=format, formats=", ".join(FORMATS))
    if query and format not in QUERIED:
        raise BadUsage("query-format", format=format)
    FORMATS[format](result, out, Style(lang, query, color, width))


def prepare(format: str, query: str = "", kind: str = "", lang: str = "en") -> None:
    """Import and read what `show` will need for a result of that kind, and look at the query.

    A run that has asked a server must not fail at its last line, and a program that is replaced under a run finds nothing of
    its own any more. Raises BadUsage (`bad-query`).
    """
    from kubectl_lab.catalogue import words
    from kubectl_lab.render import data

    if query:
        data.compiled(query)
    words.load(lang)
    if kind in SENTENCES:
        from kubectl_lab.catalogue import pages

        pages.load(lang, SENTENCES[kind])
    for where in (*LATE.get(format, ()), NAMES.get(kind) if format == "name" else None):
        if where:
            importlib.import_module(where.partition(":")[0])
    if format in PICTURES and kind in GRAPHS:
        _late(PICTURES[format])
        _late(GRAPHS[kind])
    if format in WORDS:
        from kubectl_lab.render import text

        text.prepare(kind)


def prepare_all(lang: str) -> None:
    """The same for whatever may have to be said beside the answer: tables on stderr, every sentence there is."""
    from kubectl_lab.catalogue import pages
    from kubectl_lab.render import text

    pages.load(lang)
    text.prepare_tables()


def _text(result: Result, out: TextIO, style: Style) -> None:
    from kubectl_lab.render import text

    text.show(result, out, lang=style.lang, color=style.color, width=style.width)


def _wide(result: Result, out: TextIO, style: Style) -> None:
    from kubectl_lab.render import text

    text.show(result, out, lang=style.lang, color=style.color, width=style.width, wide=True)


def _data(result: Result, style: Style) -> Any:
    from kubectl_lab.render import data

    made = data.document(result, style.lang)
    return data.query(made, style.query) if style.query else made


def _json(result: Result, out: TextIO, style: Style) -> None:
    from kubectl_lab.render import data

    data.write_json(_data(result, style), out)


def _jsonl(result: Result, out: TextIO, style: Style) -> None:
    from kubectl_lab.render import data

    data.write_line(_data(result, style), out)


def _yaml(result: Result, out: TextIO, style: Style) -> None:
    from kubectl_lab.render import data

    data.write_yaml(_data(result, style), out)


def _name(result: Result, out: TextIO, style: Style) -> None:
    from kubectl_lab.render.terminal import clean

    names: Callable[[Any], Iterable[str]] = _late(NAMES[result.kind])
    out.writelines(f"{clean(line)}\n" for line in names(_data(result, style)))


def _picture(form: str) -> Callable[[Result, TextIO, Style], None]:
    """The function of a format that is a picture: `mermaid`, `dot`, `svg`."""

    def write(result: Result, out: TextIO, _style: Style) -> None:
        from kubectl_lab.render.terminal import is_ascii

        text: str = _late(PICTURES[form])(_late(GRAPHS[result.kind])(result))
        if is_ascii(out):
            text = _NON_ASCII.sub(lambda found: ENTITIES[form].format(ord(found.group())), text)
        out.write(text)

    return write


def _late(where: str) -> Callable[..., Any]:
    """A function by `module:name`, imported now."""
    module, _, name = where.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


# format -> where the function is that writes a graph in it
PICTURES = {
    "mermaid": "kubectl_lab.render.diagram:mermaid",
    "dot": "kubectl_lab.render.diagram:dot",
    "svg": "kubectl_lab.render.svg:svg",
}
# how a picture names a character that the stream's encoding lacks: labels alone hold such
ENTITIES = {"mermaid": "#{};", "dot": "&#{};", "svg": "&#{};"}
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
FORMATS: dict[str, Callable[[Result, TextIO, Style], None]] = {
    "text": _text,
    "wide": _wide,
    "json": _json,
    "jsonl": _jsonl,
    "yaml": _yaml,
    "name": _name,
    **{form: _picture(form) for form in PICTURES},
}
LATE = {"yaml": ("yaml",)}
WORDS = ("text", "wide")
# kind -> what the codes of its findings begin with
SENTENCES: dict[str, tuple[str, ...]] = {
    "Drain": ("DRN",),
    "SchedulingExplanation": ("SCH", "TNT"),
    "ServiceExplanation": ("SVC",),
    "TaintExplanation": ("TNT",),
}
QUERIED = ("json", "jsonl", "yaml")
