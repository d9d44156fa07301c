"""What may reach a terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest

from kubectl_lab.render.terminal import UNBOUNDED, clean, is_ascii, is_terminal, tied, untied, use_color, width_of


class Terminal(io.StringIO):
    """A stream with a person at its end."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31mred", r"\x1b[31mred", id="an escape sequence is shown, not obeyed"),
        pytest.param("a\x9b31mb", r"a\x9b31mb", id="so is the one-character CSI"),
        pytest.param("a\x07b\x7fc", r"a\x07b\x7fc", id="BEL and DEL are shown"),
        pytest.param("nginx\u202egpj.exe", r"nginx\u202egpj.exe", id="a direction override is shown"),
        pytest.param("a\u2066b\u2069", r"a\u2066b\u2069", id="an isolate is shown"),
        pytest.param("a\u2028b", r"a\u2028b", id="a line separator is shown"),
        pytest.param("a\nb\tc\rd", r"a\nb\tc\rd", id="a line stays one line"),
        pytest.param("a\ud800b", r"a\ud800b", id="a lone surrogate is shown"),
        pytest.param("a\U000e0041b", r"a\U000e0041b", id="an invisible tag character is shown"),
        pytest.param("[red]é 日本 👩‍💻[/red]", "[red]é 日本 👩‍💻[/red]", id="what people write stays as it is"),
    ],
)
def test_cleaning(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_lines_stay_lines_where_they_are_wanted() -> None:
    assert clean("a\n\tb\r\x1b", multiline=True) == "a\n\tb\\r\\x1b"


@pytest.mark.parametrize(
    ("choice", "environ", "terminal", "colored"),
    [
        pytest.param("auto", {}, True, True, id="a terminal has colours"),
        pytest.param("auto", {}, False, False, id="a pipe has none"),
        pytest.param("auto", {"TERM": "dumb"}, True, False, id="a dumb terminal has none"),
        pytest.param("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False, id="NO_COLOR beats FORCE_COLOR"),
        pytest.param("auto", {"NO_COLOR": ""}, True, True, id="an empty NO_COLOR says nothing"),
        pytest.param("auto", {"FORCE_COLOR": "1"}, False, True, id="FORCE_COLOR colours a pipe"),
        pytest.param("auto", {"FORCE_COLOR": "0"}, True, False, id="FORCE_COLOR=0 is no colour"),
        pytest.param("always", {"NO_COLOR": "1"}, False, True, id="--color always beats NO_COLOR"),
        pytest.param("never", {"FORCE_COLOR": "1"}, True, False, id="--color never beats FORCE_COLOR"),
    ],
)
def test_color(choice: str, environ: dict[str, str], terminal: bool, colored: bool) -> None:
    out: Any = Terminal() if terminal else io.StringIO()
    assert use_color(choice, out, environ) is colored


def test_a_closed_stream_is_no_terminal() -> None:
    out = io.StringIO()
    out.close()
    assert not is_terminal(out)


@pytest.mark.parametrize(
    ("columns", "width"),
    [("72", 72), ("0", UNBOUNDED), ("many", UNBOUNDED), ("", UNBOUNDED)],
)
def test_a_pipe_has_the_width_of_columns_or_no_bound(columns: str, width: int) -> None:
    assert width_of(io.StringIO(), {"COLUMNS": columns}) == width


def test_no_line_breaks_before_french_punctuation() -> None:
    assert " " not in tied("« oui » ?")
    assert untied(tied("par défaut : « oui »")) == "par défaut : « oui »"


def test_a_stream_that_is_not_there_is_no_terminal() -> None:
    out: Any = None  # what Python makes of `>&-`
    assert not is_terminal(out)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", False), ("UTF-8", False), ("utf-16", False), ("ascii", True), ("iso-8859-1", True), ("cp437", True)],
)
def test_a_stream_takes_the_lines_of_a_picture_or_not(encoding: str, expected: bool) -> None:
    assert is_ascii(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is expected


def test_a_stream_without_an_encoding_takes_everything_and_one_with_an_unknown_one_nothing() -> None:
    class Odd(io.StringIO):
        encoding = "no-such-encoding"

    assert not is_ascii(io.StringIO())
    assert is_ascii(Odd())
