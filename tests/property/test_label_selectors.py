"""What holds for every label selector."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kubectl_lab.domain.rules.label_selectors import matches, parse, selects
from kubectl_lab.errors import BadInput

KEYS = st.sampled_from(("app", "tier", "in", "notin", "example.com/team"))
VALUES = st.sampled_from(("web", "db", "1", "22", "in", ""))
LABELS = st.dictionaries(KEYS, VALUES, max_size=4)
SETS = st.lists(VALUES, min_size=1, max_size=4)


@given(KEYS, SETS, LABELS)
def test_notin_is_the_contrary_of_in(key: str, values: list[str], labels: dict[str, str]) -> None:
    listed = ",".join(values)
    assert matches(parse(f"{key} in ({listed})"), labels) != matches(parse(f"{key} notin ({listed})"), labels)


@given(KEYS, LABELS)
def test_absent_is_the_contrary_of_present(key: str, labels: dict[str, str]) -> None:
    assert matches(parse(key), labels) != matches(parse(f"!{key}"), labels)


@given(KEYS, VALUES, LABELS)
def test_equal_is_in_a_set_of_one(key: str, value: str, labels: dict[str, str]) -> None:
    found = {matches(parse(text), labels) for text in (f"{key}={value}", f"{key} == {value}", f"{key} in ({value})")}
    assert len(found) == 1
    assert matches(parse(f"{key}!={value}"), labels) not in found


@given(st.lists(st.tuples(KEYS, VALUES), max_size=3), LABELS)
def test_a_comma_means_and(pairs: list[tuple[str, str]], labels: dict[str, str]) -> None:
    each = [f"{key}={value}" for key, value in pairs]
    assert matches(parse(",".join(each)), labels) == all(matches(parse(text), labels) for text in each)


@given(LABELS, LABELS)
def test_match_labels_select_what_the_same_text_matches(wanted: dict[str, str], labels: dict[str, str]) -> None:
    text = ",".join(f"{key}={value}" for key, value in wanted.items())
    assert selects({"matchLabels": wanted}, labels) == matches(parse(text), labels)


@given(KEYS, st.sampled_from(("In", "NotIn")), SETS, LABELS)
def test_an_expression_selects_what_the_same_text_matches(
    key: str, operator: str, values: list[str], labels: dict[str, str]
) -> None:
    expression = {"key": key, "operator": operator, "values": values}
    text = f"{key} {operator.lower()} ({','.join(values)})"
    assert selects({"matchExpressions": [expression]}, labels) == matches(parse(text), labels)


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_greater_and_less_compare_numbers_and_not_texts(found: int, bound: int) -> None:
    labels = {"n": str(found)}
    # a label cannot begin with a minus, so neither can what it is compared with
    assume(bound >= 0)
    assert matches(parse(f"n>{bound}"), labels) == (found > bound)
    assert matches(parse(f"n<{bound}"), labels) == (found < bound)


@given(st.text(alphabet="ab1 ,=!()<>\t\n", max_size=12))
def test_blanks_around_symbols_mean_nothing(text: str) -> None:
    spaced = "".join(f" {letter} " if letter in ",()" else letter for letter in text)
    try:
        expected = parse(text)
    except BadInput:
        with pytest.raises(BadInput):
            parse(spaced)
    else:
        assert parse(spaced) == expected


@given(st.text(max_size=30))
def test_any_text_is_either_a_selector_or_bad_input(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert isinstance(parse(text), tuple)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("matchLabels", "matchExpressions", "key", "operator", "values", "app")),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
def test_an_object_of_any_shape_is_answered(value: object) -> None:
    assert selects(value, {"app": "web"}) in {True, False}
