"""The commands, flags and codes as completion reads them: `completion.tsv`, generated from the click commands.

Everything that a static answer needs is imported here without click, `typing`, `json` or `re`: TAB must not wait. The file
is written by `pytest tests/contract --update-golden`. Each line is a section and its columns:

    commands  drain                 Empty nodes …
    drain     NODE           argument  *      Name of a node …
    drain     --selector -l  value            Drain the nodes …
    codes     DRN001         …

A row of a command: names, how it is read (`argument`, `switch`, `value`, `bare`: a value only after `=`), `*` where it may
come again, the values click allows, the help.
"""

from __future__ import annotations

import os

import kubectl_lab

TYPE_CHECKING = False  # `typing` costs as much as all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROOT, COMMANDS, CODES = "lab", "commands", "codes"
LANGUAGES = ("en", "fr")
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


class Entry:
    """One flag or argument of a command. `name`: the long flag, or the argument's metavar."""

    __slots__ = ("choices", "help", "name", "names", "reading", "repeats")

    def __init__(self, names: str, reading: str, repeats: str, choices: str, text: str) -> None:
        self.names = names.split(" ")
        self.name = self.names[0]
        self.reading = reading
        self.repeats = bool(repeats)
        self.choices = tuple(choices.split())
        self.help = text

    @property
    def takes_next(self) -> bool:
        """Whether the word after it is its value."""
        return self.reading == "value"


class Table:
    """One language's table, read at once; sections are taken apart when asked for."""

    def __init__(self, lang: str) -> None:
        path = os.path.join(os.path.dirname(kubectl_lab.__file__), "catalogue", lang, "completion.tsv")  # noqa: PTH118, PTH120 - pathlib costs more than the whole answer
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the same
            self._lines = file.read().split("\n")

    def rows(self, section: str) -> list[list[str]]:
        """The columns of a section's lines, without its name."""
        head = section + "\t"
        return [line[len(head) :].split("\t") for line in self._lines if line.startswith(head)]

    def words(self, section: str) -> dict[str, str]:
        """Commands or codes with their description, in the order of the help."""
        return {row[0]: row[1] for row in self.rows(section)}

    def entries(self, command: str) -> list[Entry]:
        """What a command takes; nothing where there is no such command."""
        return [Entry(*row) for row in self.rows(command)] if command not in (COMMANDS, CODES) else []


def language(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """As `catalogue.language.choose`, whose package brings more than TAB may wait for; a language we lack is not told here."""
    asked = next(reversed(list(_asked(words))), "")
    if asked in LANGUAGES:
        return asked
    locale = next((environ[name] for name in VARIABLES if environ.get(name)), "")
    for mark in "-_.@":
        locale = locale.partition(mark)[0]
    return locale.lower() if locale.lower() in LANGUAGES else LANGUAGES[0]


def _asked(words: Sequence[str]) -> Iterable[str]:
    before = ""
    for word in words:
        if word == "--":
            return
        if before == "--lang":
            yield word
        if word.startswith("--lang="):
            yield word.removeprefix("--lang=")
        before = word
