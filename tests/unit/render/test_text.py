"""Lines, tables and findings on a screen."""

from __future__ import annotations

import io
import re

import pytest

from kubectl_lab.catalogue import finding
from kubectl_lab.render import text
from kubectl_lab.render.text import STYLES, Screen

ESCAPE = "\x1b"


def screen(*, color: bool = False, width: int = 80, lang: str = "en") -> tuple[Screen, io.StringIO]:
    out = io.StringIO()
    return Screen(out, lang=lang, color=color, width=width), out


def test_a_label_that_looks_like_markup_stays_as_it_is() -> None:
    on, out = screen(color=True)
    on.table(["NAME"], [["[red]x[/red]"], [":smile:"]])
    assert "[red]x[/red]" in out.getvalue()
    assert ":smile:" in out.getvalue()


def test_a_newline_in_a_cell_does_not_begin_a_row() -> None:
    on, out = screen()
    on.table(["NAME", "NODE"], [["a\nb", "n1"]])
    assert out.getvalue() == "NAME   NODE\na\\nb   n1\n"


def test_no_line_ends_in_blanks() -> None:
    on, out = screen(color=True)
    on.table(["A", "B"], [["x", ("short", "error")], ["x", ("quite long", "error")]], indent=2)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert not re.search(r"[ \t]$", plain, re.MULTILINE)
    assert plain.startswith("  A")


def test_without_color_there_is_no_escape() -> None:
    on, out = screen()
    on.line(("bad", "error"), " ", ("dim", "dim"))
    on.table(["A"], [[("x", "good")]])
    assert ESCAPE not in out.getvalue()


def test_color_is_put_around_what_was_cleaned() -> None:
    on, out = screen(color=True)
    on.line(("\x1b[0mx", "error"))
    assert out.getvalue() == "\x1b[31m\\x1b[0mx\x1b[0m\n"


@pytest.mark.parametrize("style", STYLES)
def test_every_style_colours_a_line_and_a_cell(style: str) -> None:
    on, out = screen(color=True)
    on.line(("x", style))
    on.table(["A"], [[("x", style)]])
    code = STYLES[style]
    assert out.getvalue().count(f"\x1b[{code}mx" if code else "x") == 2


def test_a_narrow_terminal_folds_a_cell_and_loses_nothing() -> None:
    on, out = screen(width=24)
    on.table(["NAME", "REASON"], [["web", "node(s) had untolerated taint(s)"]])
    assert max(map(len, out.getvalue().splitlines())) <= 24
    assert re.sub(r"\s", "", out.getvalue()).endswith("untoleratedtaint(s)")


def test_prose_is_folded_between_words() -> None:
    on, out = screen(width=30)
    on.paragraph("a sentence that is longer than the line is wide", indent=2, hanging=2)
    assert out.getvalue().splitlines() == ["  a sentence that is longer", "    than the line is wide"]


def test_a_long_word_is_never_cut() -> None:
    on, out = screen(width=20)
    on.paragraph("see https://kubernetes.io/docs/concepts/ now")
    assert "https://kubernetes.io/docs/concepts/" in out.getvalue().splitlines()


@pytest.mark.parametrize(("lang", "label"), [("en", "error"), ("fr", "erreur")])
def test_a_finding_shows_severity_code_sentence_and_cure(lang: str, label: str) -> None:
    on, out = screen(lang=lang)
    seen = {"pod": "agent", "namespace": "logs", "controller": "agent", "node": "n1", "command": "kubectl lab drain n1"}
    on.findings([finding("DRN001", None, **seen)])
    first, cure = out.getvalue().splitlines()
    assert first.startswith(f"{label} DRN001  ")
    assert "logs/agent" in first
    assert cure == "    $ kubectl lab drain n1 --ignore-daemonsets"


def test_a_kind_without_a_view_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        text.view_of("Nothing")


@pytest.mark.parametrize("kind", text.VIEWS)
def test_every_view_that_is_named_is_there(kind: str) -> None:
    assert callable(text.view_of(kind))


def test_what_leads_a_paragraph_is_painted_and_counts_for_its_width() -> None:
    on, out = screen(width=30, color=True)
    on.paragraph("a sentence that is longer than the line", indent=2, hanging=2, lead=("error X1", "error"))
    assert out.getvalue().splitlines() == [
        "  \x1b[31merror X1\x1b[0m  a sentence that is",
        "    longer than the line",
    ]


def test_a_paragraph_of_nothing_but_its_lead() -> None:
    on, out = screen()
    on.paragraph("", indent=2, lead=("\x1b[2Jinfo", "info"))
    assert out.getvalue() == "  \\x1b[2Jinfo\n"


def test_a_screen_of_another_width_is_the_same_otherwise() -> None:
    on = Screen(io.StringIO(), lang="fr", color=True, width=120, wide=True, ascii=True)
    other = on.resized(40)
    assert other.width == 40
    assert (other.out, other.lang, other.color, other.wide, other.ascii) == (on.out, "fr", True, True, True)
