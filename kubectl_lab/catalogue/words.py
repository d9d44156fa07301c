"""Words that are not findings: of errors (`errors.toml`), of text views (`words.toml`), of French help (`cli.toml`).

TOML files beside this module, one folder a language, read once each. A file that cannot be read costs the words, never the
program: an error then shows its key and values.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue.language import DEFAULT

if TYPE_CHECKING:
    from kubectl_lab.errors import LabError

HERE = Path(__file__).parent


class _Values(dict[str, str]):
    """What a template is filled from; a value that is not there shows as its name in braces instead of ending the run."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def fill(template: str, values: Mapping[str, object]) -> str:
    """A template of ours with its `{names}` filled. The values are never templates themselves."""
    return template.format_map(_Values({name: str(value) for name, value in values.items()}))


@functools.cache
def _table(name: str, lang: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads((HERE / lang / f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def error_text(error: LabError, lang: str) -> tuple[str, str]:
    """What failed and what to do about it, in the user's language. Never raises: without an entry, the key and its values."""
    return _failure(error.key, error.values, lang)


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
        seen = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{key}: {seen}" if seen else key, ""
    return fill(str(entry["message"]), values), fill(str(entry.get("cure", "")), values)


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
