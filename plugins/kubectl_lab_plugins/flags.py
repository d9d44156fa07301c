"""Flags as kubectl (Go's pflag) reads them, where click reads them otherwise.

`--force=true` and `--force=false` are flags with a value; a bare `--dry-run` never takes the next word as its value;
`-l=app=web` is `-l app=web`.
"""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click
from click.exceptions import BadParameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# strconv.ParseBool
TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")
MASKED = "<masked>"


def as_click(args: Sequence[str], parameters: Iterable[click.Parameter]) -> list[str]:
    """The words of a command line rewritten for click. Raises BadParameter on `--flag=neither-true-nor-false`."""
    options = {name: each for each in parameters if isinstance(each, click.Option) for name in each.opts}
    made: list[str] = []
    value_next = False
    for position, word in enumerate(args):
        name, equals, value = word.partition("=")
        option = options.get(name)
        if word == "--" and not value_next:
            return [*made, *args[position:]]
        if value_next or option is None:
            made.append(word)
            value_next = False
            continue
        made = _rewritten(made, option, name, value if equals else None)
        value_next = _takes_next(option) and not equals
    return made


def _takes_next(option: click.Option) -> bool:
    return not option.is_flag and not option.count and not has_bare_value(option)


def has_bare_value(option: click.Option) -> bool:
    """An option that may stand without a value and then means its `flag_value` (`--dry-run`)."""
    return not option.is_flag and isinstance(option.flag_value, str)


def _rewritten(made: list[str], option: click.Option, name: str, value: str | None) -> list[str]:
    if option.is_flag and value is not None:
        if value not in TRUE + FALSE:
            states = ", ".join(sorted(TRUE + FALSE))
            problem = gettext("{value!r} is not a valid boolean. Recognized values: {states}")
            raise BadParameter(problem.format(value=value, states=states), param_hint=f"'{name}'", param=option)
        without = [word for word in made if word not in option.opts]
        return [*without, name] if value in TRUE else without
    if value is None:
        bare = has_bare_value(option)
        return [*made, f"{name}={option.flag_value}" if bare else name]
    if name.startswith("--"):
        return [*made, f"{name}={value}"]
    return [*made, name, value]


def without_secrets(words: Sequence[str]) -> list[str]:
    """A command line to be shown again, as a fix or in a document: `--token` keeps its place and loses its value."""
    made: list[str] = []
    for word in words:
        masked = bool(made) and made[-1] == "--token"
        made.append(MASKED if masked else f"--token={MASKED}" if word.startswith("--token=") else word)
    return made
