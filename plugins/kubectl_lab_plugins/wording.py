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


def use(lang: str) -> None:
    """From now on click speaks this language (it asks gettext, domain `messages`, for every phrase)."""
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain("messages", words.HERE)


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
