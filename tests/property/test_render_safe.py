"""For any strings: text holds nothing that a terminal obeys but our own colours; data hold exactly the same values."""

from __future__ import annotations

import io
import json
import re
import string
import unicodedata
import warnings
from typing import Any

import jmespath
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kubectl_lab.catalogue import CODES, finding
from kubectl_lab.errors import BadUsage
from kubectl_lab.render import data
from kubectl_lab.render.terminal import clean
from kubectl_lab.render.text import STYLES, Screen
from kubectl_lab.result import Reference

HOSTILE = "\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\xa0\xad\u061c\u200b\u200e\u2028\u202e\u2066\ufeff\U000e0041[]{}:'\"\\"
# what `surrogates` in Python cannot come from UTF-8; they come from JSON written as \ud800
any_text = st.text(st.one_of(st.characters(), st.sampled_from(HOSTILE + "\ud800")), max_size=40)
utf8_text = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(HOSTILE)), max_size=40)
colors = st.sampled_from(sorted(STYLES))
OURS = re.compile(r"\x1b\[(?:\d+(?:;\d+)*)?m")
# categories of Unicode that move, hide or reorder; joiners and number signs of some scripts are harmless members of Cf
MOVING = ("Cc", "Cs", "Zl", "Zp")
BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def harmful(text: str) -> set[str]:
    return {
        each
        for each in set(text) - {"\n", "\t"}
        if unicodedata.category(each) in MOVING or unicodedata.bidirectional(each) in BIDIRECTIONAL
    }


@given(any_text, st.booleans())
def test_a_cleaned_text_moves_nothing(text: str, multiline: bool) -> None:
    assert not harmful(clean(text, multiline=multiline))
    assert multiline or not set(clean(text)) & {"\n", "\t"}


@given(any_text)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.lists(st.tuples(any_text, colors), min_size=1, max_size=4), st.integers(1, 200), st.booleans())
@example([("\x1b[31m", "error")], 20, True)
def test_a_screen_lets_out_only_printable_characters_and_our_colours(
    parts: list[tuple[str, str]], width: int, color: bool
) -> None:
    out = io.StringIO()
    screen = Screen(out, lang="en", color=color, width=width)
    screen.line(*parts)
    screen.paragraph(parts[0][0], indent=2)
    screen.table([text for text, _ in parts], [parts, parts], indent=2)
    left = OURS.sub("", out.getvalue()) if color else out.getvalue()
    assert not harmful(left)
    assert not any(line.endswith(" ") for line in left.splitlines())


@given(st.sampled_from(sorted(CODES)), any_text, any_text, st.sampled_from(["en", "fr"]))
def test_a_finding_shows_whatever_it_saw_harmlessly(code: str, name: str, value: str, lang: str) -> None:
    out = io.StringIO()
    details = dict.fromkeys(CODES[code].values, value)
    Screen(out, lang=lang, color=False, width=80).findings([finding(code, Reference("Pod", name, name), **details)])
    assert not harmful(out.getvalue())


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)


def documents(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    def inside(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(st.lists(children, max_size=4), st.dictionaries(texts, children, max_size=4))

    return st.recursive(st.one_of(scalars, texts), inside, max_leaves=12)


@given(documents(any_text))
def test_json_is_equal_data_and_harmless(value: Any) -> None:
    out = io.StringIO()
    data.write_json(value, out)
    assert json.loads(out.getvalue()) == value
    assert not harmful(out.getvalue())


@given(documents(any_text))
def test_a_line_of_jsonl_is_equal_data_on_one_line(value: Any) -> None:
    out = io.StringIO()
    data.write_line(value, out)
    assert json.loads(out.getvalue()) == value
    assert len(out.getvalue().splitlines()) == 1


@given(documents(utf8_text))
def test_yaml_is_equal_data_and_harmless(value: Any) -> None:
    out = io.StringIO()
    data.write_yaml(value, out)
    assert yaml.safe_load(out.getvalue()) == value
    assert not harmful(out.getvalue())


@given(documents(utf8_text))
def test_the_query_at_sign_is_the_document(value: Any) -> None:
    assert data.query(value, "@") == value


@given(st.text(string.printable, max_size=12))
@example("``")
@example("`a`")
def test_a_query_answers_or_is_refused_and_never_fails(expression: str) -> None:
    try:
        data.query({"a": [1, {"b": "c"}]}, expression)
    except BadUsage:
        return
    with warnings.catch_warnings(action="ignore"):
        jmespath.compile(expression)  # what was answered is an expression
