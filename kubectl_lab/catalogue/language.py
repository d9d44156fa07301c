"""Which language the user reads. Decided once, before the command line is parsed, because `--help` needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.errors import BadUsage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LANGUAGES = ("en", "fr")
DEFAULT = "en"
# POSIX: the first of these that is set and not empty decides
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def choose(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """`--lang` beats `LC_ALL` beats `LC_MESSAGES` beats `LANG`; a locale we have no words for reads as English.

    Raises BadUsage (`unknown-language`) when `--lang` names a language there is not.
    """
    asked = _flag(argv)
    if asked is None:
        return from_locale(next((environ[name] for name in _VARIABLES if environ.get(name)), ""))
    if asked not in LANGUAGES:
        raise BadUsage("unknown-language", language=asked, languages=", ".join(LANGUAGES))
    return asked


def from_locale(locale: str) -> str:
    """`fr`, `fr_CA.UTF-8` -> `fr`; `C`, `POSIX`, unknown, empty -> `en`."""
    head = locale.replace("-", "_").partition("_")[0].partition(".")[0].partition("@")[0].lower()
    return head if head in LANGUAGES else DEFAULT


def _flag(argv: Sequence[str]) -> str | None:
    """The last `--lang X` or `--lang=X` before `--`, None where there is none (or its value is missing)."""
    found = None
    for position, word in enumerate(argv):
        if word == "--":
            break
        if word == "--lang" and position + 1 < len(argv):
            found = argv[position + 1]
        elif word.startswith("--lang="):
            found = word.removeprefix("--lang=")
    return found
