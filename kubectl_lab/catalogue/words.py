"""Words that are not findings: of errors (`errors.toml`), of text views (`words.toml`), of French help (`cli.toml`).

TOML files beside this module, one folder a language. What is read are their copies in JSON, in a tenth of the time, which
`pytest tests/contract --update-golden` writes. A file that cannot be read ends the program with one sentence, which stands
here: what a key says to nobody is no answer.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any

from kubectl_lab.catalogue.language import DEFAULT, LANGUAGES
from kubectl_lab.errors import LabError

HERE = os.path.dirname(__file__)  # noqa: PTH120 - pathlib costs four milliseconds, and a `--help` has no other use for it
INCOMPLETE = "program-incomplete"
# what is said where the files of words may be what is missing
OWN = {
    "en": {
        "prefix": "error:",
        "message": "a part of kubectl lab cannot be read: {file}",
        "cure": "was it upgraded or removed just now? run the command again; if that fails too, install it again",
    },
    "fr": {
        "prefix": "erreur :",
        "message": "une partie de kubectl lab est illisible : {file}",
        "cure": "vient-il d'être mis à jour ou retiré ? relancez la commande ; si elle échoue encore, réinstallez-le",
    },
}


class _Values(dict[str, str]):
    """What a template is filled from; a value that is not there shows as its name in braces instead of ending the run."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def fill(template: str, values: Mapping[str, object]) -> str:
    """A template of ours with its `{names}` filled. The values are never templates themselves."""
    return template.format_map(_Values({name: str(value) for name, value in values.items()}))


def missing(file: object) -> LabError:
    """The error that a part of the program is not where it was: krew deletes the version that runs when it upgrades."""
    return LabError("program-incomplete", file=file)


def load(lang: str) -> None:
    """Read now all that a run may have to say, so that it can still say it when its files are gone."""
    for name in ("words", "errors"):
        _table(name, lang)


@functools.cache
def _table(name: str, lang: str) -> dict[str, Any]:
    """Raises LabError (`program-incomplete`)."""
    if lang not in LANGUAGES:
        return {}
    path = f"{HERE}/{lang}/{name}.json"
    try:
        import json

        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - see HERE
            found: dict[str, Any] = json.load(file)
    except (ImportError, OSError, ValueError) as error:
        raise missing(path) from error
    return found


def prefix(lang: str) -> str:
    """What an error begins with."""
    try:
        return word(lang, "error.prefix")
    except LabError:
        return OWN[lang]["prefix"]


def error_text(error: LabError, lang: str) -> tuple[str, str]:
    """What failed and what to do about it, in the user's language. Never raises: without an entry, the key and its values."""
    if error.key == INCOMPLETE:
        return fill(OWN[lang]["message"], error.values), OWN[lang]["cure"]
    try:
        return _failure(error.key, error.values, lang)
    except LabError as gone:
        return _bare(error.key, error.values), fill(OWN[lang]["message"], gone.values)


def reason(value: object, lang: str) -> str:
    """What a detail says: a server's sentence as it is, or the words of an error or a phrase.

    An error is `{"error": key, "values": {…}}`, a phrase `{"phrase": key, "values": {…}}`; values may be phrases or lists.
    """
    if isinstance(value, Mapping) and "phrase" in value:
        values = value.get("values") or {}
        return word(lang, str(value["phrase"]), **{name: reason(each, lang) for name, each in values.items()})
    if isinstance(value, list | tuple):
        return ", ".join(reason(each, lang) for each in value)
    if isinstance(value, Mapping) and "error" in value:
        return _failure(str(value["error"]), value.get("values") or {}, lang)[0]
    return str(value)


def _failure(key: str, values: Mapping[str, object], lang: str) -> tuple[str, str]:
    entry = _table("errors", lang).get(key) or _table("errors", DEFAULT).get(key)
    if not isinstance(entry, dict) or "message" not in entry:
        return _bare(key, values), ""
    return fill(str(entry["message"]), values), fill(str(entry.get("cure", "")), values)


def _bare(key: str, values: Mapping[str, object]) -> str:
    seen = ", ".join(f"{name}={value}" for name, value in values.items())
    return f"{key}: {seen}" if seen else key


def words(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The words of text views: section (one a view) -> key -> template."""
    return _table("words", lang)


def word(lang: str, key: str, /, **values: object) -> str:
    """One phrase by its `section.key`, filled; English where the language lacks it, the key itself where both do."""
    section, _, name = key.partition(".")
    for language in (lang, DEFAULT):
        template = words(language).get(section, {}).get(name)
        if template is not None:
            return fill(template, values)
    return key


def help_texts(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The help of commands and options in another language than English: command -> option as typed -> text."""
    return _table("cli", lang)
