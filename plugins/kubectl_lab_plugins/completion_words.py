"""The words before the cursor, read as the real parser reads them (options.py, flags.py, click)."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` costs as much as all the rest
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab_plugins.completion_table import Entry

# strconv.ParseBool, as kubectl reads `--force=…`
TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")


class Typed:
    """What the words come to.

    `flags`: the values of each flag that is given, by its long name, a switch's is "". `waiting`: the flag whose value comes
    next, None where none does. `ended`: behind `--` all words are arguments. `read`: how many words were read.
    """

    __slots__ = ("arguments", "ended", "flags", "read", "waiting")

    def __init__(self) -> None:
        self.flags: dict[str, list[str]] = {}
        self.arguments: list[str] = []
        self.waiting: Entry | None = None
        self.ended = False
        self.read = 0

    def last(self, flag: str) -> str:
        """The value that counts, the last one; "" where the flag is not given."""
        return self.flags.get(flag, [""])[-1]


def by_name(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Every spelling of every flag."""
    return {name: entry for entry in entries if entry.reading != "argument" for name in entry.names}


def read(words: Sequence[str], entries: Sequence[Entry], *, arguments: int | None = None) -> Typed:
    """Flags and arguments of `words`; with `arguments` reading stops after so many of them."""
    known, typed = by_name(entries), Typed()
    for word in words:
        if arguments is not None and len(typed.arguments) >= arguments:
            break
        typed.read += 1
        if typed.waiting is not None:
            typed.flags.setdefault(typed.waiting.name, []).append(word)
            typed.waiting = None
        elif typed.ended or not is_flag(word):
            typed.arguments.append(word)
        elif word == "--":
            typed.ended = True
        else:
            _flag(word, known, typed)
    return typed


def is_flag(word: str) -> bool:
    """A dash alone is an argument: it stands for stdin."""
    return len(word) > 1 and word.startswith("-")


def _flag(word: str, known: dict[str, Entry], typed: Typed) -> None:
    name, equals, value = word.partition("=")
    entry = known.get(name)
    if entry is None:
        if not word.startswith("--"):
            _cluster(word, known, typed)
    elif entry.reading == "switch" and equals:
        _switched(entry, value, typed)
    elif equals or not entry.takes_next:
        typed.flags.setdefault(entry.name, []).append(value)
    else:
        typed.waiting = entry


def _switched(entry: Entry, value: str, typed: Typed) -> None:
    """`--force=false` takes a `--force` back."""
    if value in TRUE:
        typed.flags[entry.name] = [""]
    elif value in FALSE:
        typed.flags.pop(entry.name, None)


def _cluster(word: str, known: dict[str, Entry], typed: Typed) -> None:
    """`-qv`, `-nshop`, `-Anshop`: short flags together, the last of them perhaps with its value."""
    switches, taker, value = _taken_apart(word, known)
    for each in switches:
        typed.flags.setdefault(each.name, []).append("")
    if taker is not None and value:
        typed.flags.setdefault(taker.name, []).append(value)
    else:
        typed.waiting = taker


def attached(word: str, known: dict[str, Entry]) -> tuple[Entry, str] | None:
    """The flag whose value the end of this word is, and what stands before the value: `-nsh` -> (--namespace, `-n`)."""
    name, equals, _ = word.partition("=")
    if equals and name in known:
        return known[name], f"{name}="
    _, taker, value = ([], None, "") if word.startswith("--") else _taken_apart(word, known)
    return (taker, word.removesuffix(value)) if taker is not None and value else None


def _taken_apart(word: str, known: dict[str, Entry]) -> tuple[list[Entry], Entry | None, str]:
    """Short flags written together: the switches, the one that takes the rest as its value, the rest; up to an unknown one."""
    switches: list[Entry] = []
    for at, letter in enumerate(word[1:], start=2):
        entry = known.get(f"-{letter}")
        if entry is None:
            break
        if entry.takes_next:
            return switches, entry, word[at:]
        switches.append(entry)
    return switches, None, ""
