"""`kubectl-lab __complete WORDS…`: what can stand where the cursor is. The last word is the one to complete, maybe empty.

kubectl's own completion and ours ask it (kubectl, pkg/cmd/plugin/plugin_completion.go; cobra, shell_completions.go). It
answers lines of `candidate<TAB>description` that begin with what was typed, then a line `:N` that tells the shell what to do.
Where something fails there is no candidate and no message: a shell in the middle of a line has no place for one.
"""

from __future__ import annotations

import os

from kubectl_lab_plugins import completion_values
from kubectl_lab_plugins.completion_table import CODES, COMMANDS, ROOT, Table, language
from kubectl_lab_plugins.completion_words import attached, by_name, is_flag, read

TYPE_CHECKING = False  # `typing` costs as much as all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab_plugins.completion_table import Entry
    from kubectl_lab_plugins.completion_words import Typed

    Candidates = Iterable[tuple[str, str]]

# cobra's ShellCompDirective
FILE_NAMES, NO_SPACE, NO_FILE_NAMES = 0, 2, 4
# besides quotes and blanks: what a shell would not take for a part of the word
SPECIAL = frozenset("\"'`$\\;&|<>()[]{}*?!#~^")


def run(words: Sequence[str]) -> None:
    """Write the answer to stdout; on any failure that of nothing. Nobody is asked and nobody told: stdin and stderr are closed off."""
    made = completion_values.NO_CANDIDATE
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 0)
        os.dup2(silence, 2)
        made = answer(words or [""], os.environ).encode("utf-8", "replace")
    except (Exception, KeyboardInterrupt, SystemExit):  # noqa: BLE001, S110 - a message would land in the line that is being typed
        pass
    try:
        while made:
            made = made[os.write(1, made) :]
    except OSError:  # nobody reads it any more
        pass


def answer(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """The lines for these words. Raises whatever a cluster or a kubeconfig is in the way with."""
    *before, last = words
    table = Table(language(before, environ))
    command, entries = ROOT, table.entries(ROOT)
    typed = read(before, entries, arguments=1)
    if typed.arguments:
        command = typed.arguments[0]
        entries = table.entries(command)
        typed = read(before[typed.read :], entries)
    if typed.waiting is not None:
        return _values(command, typed.waiting, last, typed, table)
    if not typed.ended and last.startswith("-"):
        return _flags(command, entries, last, typed, table)
    if command == ROOT:
        own = _listed_by_kubectl(environ)
        return _lines([each for each in table.words(COMMANDS).items() if each[0] not in own], last)
    return _arguments(command, entries, last, typed, table)


def _flags(command: str, entries: Sequence[Entry], last: str, typed: Typed, table: Table) -> str:
    """A flag's name, or the value that is attached to it: `--context=pr` is given the bare values, `-npr` whole words."""
    found = attached(last, by_name(entries)) if is_flag(last) else None
    if found is not None:
        entry, head = found
        return _values(command, entry, last.removeprefix(head), typed, table, "" if head.endswith("=") else head)
    names = [
        (name, entry.help)
        for entry in entries
        if entry.reading != "argument" and (entry.repeats or entry.name not in typed.flags)
        for name in entry.names
    ]
    return _lines(names, last)


def _arguments(command: str, entries: Sequence[Entry], last: str, typed: Typed, table: Table) -> str:
    """The next argument; of one that may be repeated, none that stands there already."""
    taken = [entry for entry in entries if entry.reading == "argument"]
    at = min(len(typed.arguments), len(taken) - 1)
    is_full = len(typed.arguments) > at and not (taken and taken[at].repeats)
    if is_full or typed.flags.keys() & completion_values.WITHOUT_NAMES.get(command, ()):
        return _lines((), last)
    return _values(command, taken[at], last, typed, table, held=typed.arguments[at:])


def _values(
    command: str,
    entry: Entry,
    last: str,
    typed: Typed,
    table: Table,
    head: str = "",
    held: Sequence[str] = (),
) -> str:
    """The values of a flag or argument that begin with `last`, but those `held` already.

    `head` stands before each of them in the same word.
    """
    value = entry.choices or completion_values.value_of(command, entry.name)
    if entry.reading == "switch":
        value = ("true", "false")
    if value == completion_values.FILES:
        return f":{FILE_NAMES}\n"
    found: Candidates = ()
    if isinstance(value, tuple):
        found = [(each, "") for each in value]
    elif value == completion_values.CODES:
        found = _codes(table.words(CODES), last)
    elif value in completion_values.DYNAMIC:
        from kubectl_lab_plugins.completion_sources import within_limit

        found = within_limit(value, last, typed)
    return _lines([(head + each, words) for each, words in found if each not in held], head + last)


def _codes(titles: Mapping[str, str], last: str) -> Candidates:
    """In small letters where small letters were typed: the command takes both."""
    return [(code.lower() if last.islower() else code, title) for code, title in titles.items()]


def _lines(found: Candidates, last: str) -> str:
    """Where all that is left ends in `/`, more is to come in the same word: no blank behind it."""
    kept = [(word, words) for word, words in found if word.startswith(last) and is_safe(word)]
    more = kept and all(word.endswith("/") for word, _ in kept)
    lines = [f"{word}\t{words}" if words and words.isprintable() else word for word, words in kept]
    return "\n".join([*lines, f":{NO_FILE_NAMES + (NO_SPACE if more else 0)}\n"])


def is_safe(word: str) -> bool:
    """Whether a shell takes it as it is for one word, and a terminal shows it as it is: names may come from anywhere."""
    return word.isprintable() and " " not in word and not SPECIAL & set(word)


def _listed_by_kubectl(environ: Mapping[str, str]) -> Sequence[str]:
    """The commands that kubectl offers by itself: those with a program of their own on PATH.

    The same word twice, with two descriptions, would make bash insert what both lines have in common.
    """
    if not _parent().startswith("kubectl"):
        return ()
    programs = [name for folder in environ.get("PATH", "").split(os.pathsep) if folder for name in _names(folder)]
    return [name.removeprefix("kubectl-lab-").replace("_", "-") for name in programs if name.startswith("kubectl-lab-")]


def _names(folder: str) -> Sequence[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - pathlib costs more than the whole answer
    except OSError:
        return ()


def _parent() -> str:
    """The program that started this one, "" where the system does not tell (only Linux does, in /proc)."""
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - the same
            return file.read()
    except OSError:
        return ""
