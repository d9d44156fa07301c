"""YAML scalars as kubectl reads them: each row was a context's name in a file given to kubectl 1.36."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.cluster import kubeyaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, text) for text in ("2020-01-01", "1:30", "=", "a b", "0x", "1_", "-", "+", ".", "1e", "é", "1.2.3", "1e999")),
        *((text, True) for text in ("y", "Y", "yes", "on", "ON", "true", "True")),
        *((text, False) for text in ("n", "N", "No", "off", "false", "FALSE")),
        *((text, None) for text in ("", "~", "null", "Null", "NULL")),
        *(("123", 123), ("-5", -5), ("+5", 5), ("012", 10), ("0o7", 7), ("0x10", 16), ("0b11", 3), ("1_000", 1000)),
        *(("1e3", 1000.0), ("1.5", 1.5), ("1.", 1.0), ("-.5", -0.5), (".5", 0.5), ("08", 8.0), ("0", 0)),
    ],
)  # fmt: skip
def test_an_unquoted_scalar_has_the_type_that_kubectl_sees(text: str, value: Any) -> None:
    found = kubeyaml.scalar(text)
    if text == "1_":  # yaml.v2 drops every underscore before it looks
        value = 1
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("document", "value"),
    [
        pytest.param("", None, id="nothing is null"),
        pytest.param("# words\n", None, id="comments are null"),
        pytest.param("---\n", None, id="a document mark is null"),
        pytest.param("a: 1\n---\nb: [\n", {"a": 1}, id="a second document is not even read"),
        pytest.param("a: 1\na: 2\n", {"a": 2}, id="the last of two equal keys counts"),
        pytest.param("a: '1'\nb: \"on\"\nc: !!str 5\n", {"a": "1", "b": "on", "c": "5"}, id="quotes and tags keep strings"),
        pytest.param("a: !!int '5'\n", {"a": 5}, id="a tag makes a number of a quoted scalar"),
        pytest.param("a: !own x\n", {"a": "x"}, id="a tag of one's own is passed over"),
        pytest.param("a: !!binary aGk=\n", {"a": "hi"}, id="binary is text"),
        pytest.param("1: a\nyes: b\n1.5: c\n", {"1": "a", "true": "b", "1.5": "c"}, id="keys become strings"),
        pytest.param("k: &k {a: 1, b: 2}\nl: {<<: *k, b: 3}\n", {"k": {"a": 1, "b": 2}, "l": {"a": 1, "b": 3}}, id="a merge key fills in"),
        pytest.param("k: &k {a: 1}\nl: &l {a: 2, b: 2}\nm: {<<: [*k, *l]}\n", {"k": {"a": 1}, "l": {"a": 2, "b": 2}, "m": {"a": 1, "b": 2}}, id="the first of several merged wins"),
        pytest.param("a: |\n  b\n  c\n", {"a": "b\nc\n"}, id="a block is a string"),
        pytest.param('{"a": [1, null, {"b": "c"}]}', {"a": [1, None, {"b": "c"}]}, id="JSON is YAML"),
        pytest.param("\ufeffa: b\n", {"a": "b"}, id="a byte order mark is passed over"),
    ],
)  # fmt: skip
def test_a_document(document: str, value: Any) -> None:
    assert kubeyaml.load(document.encode()) == value


@pytest.mark.parametrize(
    ("document", "line"),
    [
        pytest.param(b"a: 1\nb: [\n", 3, id="an open bracket, at the end"),
        pytest.param(b"a: 1\n\tb: 2\n", 2, id="a tab"),
        pytest.param(b"a: b: c\n", 1, id="a second colon"),
        pytest.param(b"a: *nobody\n", 1, id="an unknown anchor"),
        pytest.param(b"a: 1\nb: &b [*b]\n", 2, id="an anchor that holds itself"),
        pytest.param(b"a: 1\n[x]: 2\n", 1, id="a list as a key"),
        pytest.param(b"a: .inf\n", 1, id="infinity, which JSON lacks"),
        pytest.param(b"a: 1\nb: {<<: 5}\n", 2, id="a merge of no mapping"),
        pytest.param(b"a: !!binary '*'\n", 1, id="binary that is none"),
        pytest.param(b"\x00\x01", 0, id="control characters"),
        pytest.param(b"a: '\xff'", 0, id="bytes that are no UTF-8"),
    ],
)
def test_what_is_no_yaml_names_its_line(document: bytes, line: int) -> None:
    with pytest.raises(kubeyaml.NotYaml) as caught:
        kubeyaml.load(document)
    assert caught.value.line == line


def test_an_error_never_quotes_the_file() -> None:
    with pytest.raises(kubeyaml.NotYaml) as caught:
        kubeyaml.load(b"user:\n  token: *hunter2\n")
    shown = repr(caught.value) + str(caught.value) + repr(caught.value.__cause__)
    assert "hunter2" not in shown
    assert caught.value.__suppress_context__


def test_many_aliases_of_aliases_cost_nothing() -> None:
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert len(kubeyaml.load("\n".join(rows).encode())["a29"]) == 9


def test_deep_nesting_is_refused_without_a_traceback() -> None:
    with pytest.raises(kubeyaml.NotYaml):
        kubeyaml.load(b"[" * 20000)
