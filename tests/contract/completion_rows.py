"""The table of completion as the click commands give it, one text a language."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

import click

from contract.sources import ROOT
from kubectl_lab.catalogue import CODES, pages
from kubectl_lab.render import terminal
from kubectl_lab_plugins import flags, wording
from kubectl_lab_plugins.main import COMMANDS, SENTENCE, lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LANGUAGES = ("en", "fr")


def path(lang: str) -> Path:
    """Where the program reads it."""
    return ROOT / "kubectl_lab" / "catalogue" / lang / "completion.tsv"


def command(name: str, lang: str) -> click.Command:
    """A command in one language."""
    found = lab.get_command(click.Context(lab, obj=lang), name)
    assert found is not None
    return found


def text(lang: str) -> str:
    """The whole table."""
    wording.use(lang)  # click's own words: the help of `--help`
    rows = [*_commands(lang), *_parameters("lab", wording.translated(lab, "lab", lang))]
    for name in COMMANDS:
        rows += _parameters(name, command(name, lang))
    rows += [("codes", code, re.sub(r"\{(\w+)\}", r"<\1>", pages.page(code, lang).message)) for code in sorted(CODES)]
    lines = ["\t".join(terminal.untied(column) for column in row) for row in rows]
    assert all(line.isascii() or line.replace("\t", "").isprintable() for line in lines)
    return "\n".join(lines) + "\n"


def _commands(lang: str) -> Iterator[tuple[str, ...]]:
    for name in COMMANDS:
        yield "commands", name, command(name, lang).get_short_help_str(SENTENCE).rstrip(".")


def shown(of: click.Command) -> list[click.Parameter]:
    """The arguments, then the flags, as `--help` lists them; hidden ones never."""
    fresh = copy.copy(of)
    fresh._help_option = None  # click keeps it in the language it was first asked in
    context = click.Context(fresh, **fresh.context_settings)
    found = [each for each in fresh.get_params(context) if not getattr(each, "hidden", False)]
    return sorted(found, key=lambda each: isinstance(each, click.Option))


def _parameters(section: str, of: click.Command) -> Iterator[tuple[str, ...]]:
    for each in shown(of):
        repeats = "*" if each.nargs == -1 or getattr(each, "multiple", False) or getattr(each, "count", False) else ""
        choices = " ".join(each.type.choices) if isinstance(each.type, click.Choice) else ""
        words = getattr(each, "help", "") or ""
        yield section, " ".join(names(each)), reading(each), repeats, choices, " ".join(words.split()).rstrip(".")


def names(parameter: click.Parameter) -> list[str]:
    """The long flag first; an argument's metavar."""
    if isinstance(parameter, click.Argument):
        return [wording.entry_of(parameter)]
    return sorted(parameter.opts, key=len, reverse=True)


def reading(parameter: click.Parameter) -> str:
    """How the words that follow are read."""
    if not isinstance(parameter, click.Option):
        return "argument"
    if parameter.is_flag or parameter.count:
        return "switch"
    return "bare" if flags.has_bare_value(parameter) else "value"
