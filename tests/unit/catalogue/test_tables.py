"""The quick reader of TOML: what it reads is what TOML says, and what it cannot read it leaves to the whole parser."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab import catalogue
from kubectl_lab.catalogue import tables

FILES = sorted(Path(catalogue.__file__).parent.glob("*/*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_of_ours_is_read_quickly_and_right(path: Path) -> None:
    """A form that the quick reader does not know costs every run fifteen milliseconds: write it in the plain one."""
    text = path.read_text(encoding="utf-8")
    assert tables.plain(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = 1\n", id="a number"),
        pytest.param("a = 'b'\n", id="a literal string"),
        pytest.param('a = ["b"]\n', id="an array"),
        pytest.param('a.b = "c"\n', id="a dotted key"),
        pytest.param('[a.b]\nc = "d"\n', id="a dotted section"),
        pytest.param('a = "b" # why\n', id="a comment behind a value"),
        pytest.param('a="b"\n', id="no blanks around the sign"),
        pytest.param('a = """b"""\n', id="long quotes on one line"),
        pytest.param('a = """\nb\\\n  c\n"""\n', id="a line that goes on"),
        pytest.param('a = "\\u00e9"\n', id="an escape by number"),
    ],
)
def test_other_forms_are_left_to_the_whole_parser(text: str) -> None:
    assert tables.plain(text) is None
    assert tables.parse(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('a = "b"\na = "c"\n', id="a key twice"),
        pytest.param('[a]\nb = "c"\n[a]\n', id="a section twice"),
        pytest.param('a = "b"c"\n', id="a quotation mark inside"),
        pytest.param('a = "b\\"\n', id="a quotation mark that ends nothing"),
        pytest.param('a = """\nb\n', id="long quotes without an end"),
        pytest.param('a = "\\q"\n', id="an escape that is none"),
        pytest.param("[a\n", id="half a section"),
    ],
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        tables.parse(text)


LINES = st.sampled_from(
    ["[a]", "[b-c]", "# x", "", 'k = "v"', 'k = "\\\\"', '"--k" = "\\"v\\""', 'm = """', '"""', "k = 1", "[a]x", " [a]"]
)


@given(st.lists(LINES, max_size=8))
def test_the_quick_reader_never_says_anything_else_than_the_whole_parser(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    found = tables.plain(text)
    assert found is None or found == tomllib.loads(text)
