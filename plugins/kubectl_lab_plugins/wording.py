"""Help in the user's language: click's own words through gettext, ours from the catalogue."""

from __future__ import annotations

import copy
import gettext
import os
from typing import TYPE_CHECKING, TypeVar

import click

from kubectl_lab.catalogue import words
from kubectl_lab.catalogue.language import DEFAULT
from kubectl_lab.render import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

Command = TypeVar("Command", bound=click.Command)
SHARED = "session"  # the section of the options that every command takes
HEADINGS = "headings"
LANGUAGE = "LANGUAGE"  # the variable that gettext goes by
_before: dict[str, str | None] = {}  # what it was for our caller


def use(lang: str) -> None:
    """From now on click speaks this language (it asks gettext, domain `messages`, for every phrase)."""
    _before.setdefault(LANGUAGE, os.environ.get(LANGUAGE))
    os.environ[LANGUAGE] = lang
    gettext.bindtextdomain("messages", words.HERE)


class Formatter(click.HelpFormatter):
    """Headings with the blank that French wants before a colon, as click's own `Utilisation :` has it."""

    def write_heading(self, heading: str) -> None:
        """`Commandes :`; click writes the colon."""
        before_colon = gettext.gettext("Usage:").removesuffix(":")[-1:]
        super().write_heading(heading + (before_colon if before_colon.isspace() else ""))


class Context(click.Context):
    """With our formatter."""

    formatter_class = Formatter


def callers_environment() -> dict[str, str]:
    """The environment for programs that we start: as it was before `use`."""
    given = {name: value for name, value in os.environ.items() if name not in _before}
    return given | {name: value for name, value in _before.items() if value is not None}


def entry_of(parameter: click.Parameter) -> str:
    """Under which name a parameter's help stands in `cli.toml`: the long option as typed, or the argument's metavar."""
    if isinstance(parameter, click.Argument):
        return (parameter.metavar or parameter.name or "").strip("[].")
    return max(parameter.opts, key=len)


def translated(command: Command, section: str, lang: str) -> Command:
    """The command with its help in this language, a copy: commands are shared, languages are not."""
    if lang == DEFAULT:
        return command
    texts = words.help_texts(lang)
    own = {**texts.get(SHARED, {}), **texts.get(section, {})}
    made = copy.copy(command)
    made.help = terminal.tied(own["help"]) if "help" in own else command.help
    made._help_option = None  # noqa: SLF001 - click keeps the option `--help` with its words; ours are others now
    made.params = [_translated_parameter(parameter, own) for parameter in command.params]
    return made


def heading(title: str, lang: str) -> str:
    """The heading of a group of options."""
    return title if lang == DEFAULT else words.help_texts(lang).get(HEADINGS, {}).get(title, title)


def _translated_parameter(parameter: click.Parameter, own: dict[str, str]) -> click.Parameter:
    made = copy.copy(parameter)
    text = own.get(entry_of(parameter))
    if isinstance(made, click.Option | click.Argument) and text is not None:
        choices = parameter.type.choices if isinstance(parameter.type, click.Choice) else ()
        made.help = terminal.tied(with_formats(text, choices))
    return made


def with_formats(text: str, formats: Sequence[str]) -> str:
    """The help of `-o`: every command has its own formats."""
    return text.replace("{formats}", ", ".join(formats))
