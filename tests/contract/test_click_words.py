"""click's own sentences in French: complete, current, and the shipped file made from its source."""

from __future__ import annotations

import ast
import gettext
import string
from pathlib import Path

import click
import pytest

from contract.gettext_catalogue import compiled, entries
from contract.sources import ROOT

FOLDER = ROOT / "kubectl_lab" / "catalogue" / "fr" / "LC_MESSAGES"
# what a user of our commands can get to see; termui's prompts and Windows' consoles are not used
SPOKEN = ("core.py", "decorators.py", "exceptions.py", "formatting.py", "parser.py", "types.py")
# for programmers, or for kinds of parameters that no command of ours has
UNSPOKEN = (
    "DeprecationWarning", "Value must be", "Could not determine name", "No options defined", "Arguments take exactly",
    "(dynamic)", "Name '{name}' defined", "Boolean option", "Confirm the action", "%(prog)s", "Show the version",
    "Try '{command}", "Invalid start character", "Choice({choices})", "{value!r} does not match", "{len_type} values",
    "{value!r} is not a valid UUID",
)  # fmt: skip


def spoken_by_click() -> set[str]:
    found: set[str] = set()
    for name in SPOKEN:
        for call in ast.walk(ast.parse((Path(click.__file__).parent / name).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext"):
                forms = [each.value for each in call.args[:2] if isinstance(each, ast.Constant)]
                found.add("\0".join(str(form) for form in forms))
    return {text for text in found if text and not text.startswith(UNSPOKEN)}


SOURCE = (FOLDER / "messages.po").read_text(encoding="utf-8")
TRANSLATED = {message: text for message, text in entries(SOURCE).items() if message}


def test_every_sentence_a_user_can_see_is_translated() -> None:
    assert spoken_by_click() - set(TRANSLATED) == set()


def test_every_translation_is_of_a_sentence_that_click_has() -> None:
    everything = "".join(
        ast.unparse(ast.parse(path.read_text(encoding="utf-8"))) for path in Path(click.__file__).parent.glob("*.py")
    )
    for message in TRANSLATED:
        assert all(repr(form)[1:-1] in everything for form in message.split("\0")), message


@pytest.mark.parametrize("message", TRANSLATED)
def test_a_translation_has_the_values_of_its_original(message: str) -> None:
    def values(text: str) -> set[str]:
        return {part[1] or "" for form in text.split("\0") for part in string.Formatter().parse(form)} - {""}

    assert values(TRANSLATED[message]) == values(message)


def test_the_shipped_file_is_made_from_its_source(update_golden: bool) -> None:
    if update_golden:
        (FOLDER / "messages.mo").write_bytes(compiled(SOURCE))
    assert (FOLDER / "messages.mo").read_bytes() == compiled(SOURCE)


def test_gettext_reads_what_we_compile() -> None:
    with (FOLDER / "messages.mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Usage:") == "Utilisation :"
    forms = ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})")
    assert french.ngettext(*forms, 1) == "Un argument de trop ({args})"
    assert french.ngettext(*forms, 2) == "Des arguments de trop ({args})"
