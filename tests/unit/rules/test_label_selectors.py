from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.rules.label_selectors import MalformedSelectorError, matches, parse, requirements, selects
from kubectl_lab.errors import BadInput

LABELS = {"app": "web", "tier": "front", "gpus": "4", "empty": "", "example.com/team": "a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", True, id="nothing asked matches everything"),
        pytest.param("app=web", True, id="="),
        pytest.param("app==web", True, id="=="),
        pytest.param("app!=web", False, id="!="),
        pytest.param("none!=web", True, id="!= holds for an absent key"),
        pytest.param("app", True, id="present"),
        pytest.param("none", False, id="not present"),
        pytest.param("!none", True, id="absent"),
        pytest.param("! app", False, id="not absent"),
        pytest.param("app in (web,db)", True, id="in"),
        pytest.param("app notin (web)", False, id="notin"),
        pytest.param("none notin (web)", True, id="notin holds for an absent key"),
        pytest.param("none in ()", False, id="an absent key is not the empty value"),
        pytest.param("empty in ()", True, id="() is the empty value"),
        pytest.param("empty=", True, id="= with nothing is the empty value"),
        pytest.param("empty in (a,,b)", True, id="an empty place is the empty value"),
        pytest.param("gpus>3,gpus<5", True, id="numbers between"),
        pytest.param("gpus>4", False, id="greater is not equal"),
        pytest.param("app>3", False, id="a text is not greater"),
        pytest.param("none<3", False, id="an absent key is not less"),
        pytest.param("example.com/team=a", True, id="a key with a prefix"),
        pytest.param("in in (in)", False, id="in is a key like others"),
        pytest.param(" app = web ,\ttier\n", True, id="blanks"),
        pytest.param("app=web,tier=back", False, id="all must hold"),
    ],
)
def test_a_selector_that_is_typed(text: str, expected: bool) -> None:
    assert matches(parse(text), LABELS) is expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(",", id="a comma alone"),
        pytest.param("app,", id="a comma at the end"),
        pytest.param(",app", id="a comma at the beginning"),
        pytest.param("app,,tier", id="two commas"),
        pytest.param("app web", id="two words"),
        pytest.param("app = web db", id="two values"),
        pytest.param("=web", id="no key"),
        pytest.param("!", id="a negation of nothing"),
        pytest.param("!app=web", id="a negation of a comparison"),
        pytest.param("app in web", id="in without parentheses"),
        pytest.param("app in (web", id="a parenthesis that is not closed"),
        pytest.param("app in", id="in of nothing"),
        pytest.param("app in )web(", id="parentheses the wrong way round"),
        pytest.param("app in (web db)", id="no comma between values"),
        pytest.param("app in (a=b)", id="a symbol among the values"),
        pytest.param("app exists", id="an operator that there is not"),
        pytest.param("gpus>many", id="more than a word"),
        pytest.param("gpus>9223372036854775808", id="more than 64 bits hold"),
        pytest.param("-app=web", id="a key that begins with a dash"),
        pytest.param("a/b/c=web", id="a key with two prefixes"),
        pytest.param("Ex.com/a=web", id="a prefix in capitals"),
        pytest.param("/a", id="an empty prefix"),
        pytest.param("app=we/b", id="a value with a slash"),
        pytest.param("app=" + "a" * 64, id="a value of 64 letters"),
        pytest.param("a" * 64, id="a key of 64 letters"),
        pytest.param("b" * 254 + "/a", id="a prefix of 254 letters"),
        pytest.param("app\u00a0=web", id="a blank that is none in Go"),
    ],
)
def test_a_text_that_is_no_selector_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(text)
    assert (caught.value.key, caught.value.values) == ("label-selector", {"selector": text})


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        pytest.param(None, False, id="null selects nothing"),
        pytest.param({}, True, id="{} selects everything"),
        pytest.param("app=web", False, id="a text is no selector object"),
        pytest.param({"matchLabels": {"app": "web", "tier": "front"}}, True, id="all labels"),
        pytest.param({"matchLabels": {"app": "web", "tier": "back"}}, False, id="one label differs"),
        pytest.param({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}, True, id="In"),
        pytest.param({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False, id="NotIn"),
        pytest.param({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True, id="Exists"),
        pytest.param({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False, id="DoesNotExist"),
        pytest.param(
            {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "none", "operator": "Exists"}]},
            False,
            id="labels and expressions must both hold",
        ),
        pytest.param(
            {"matchExpressions": [{"key": "app", "operator": "Gt", "values": ["1"]}]}, False, id="Gt is refused"
        ),
        pytest.param(
            {"matchExpressions": [{"key": "none", "operator": "NotIn", "values": []}]}, False, id="NotIn of nothing"
        ),
        pytest.param(
            {"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["web"]}]},
            False,
            id="Exists with values",
        ),
        pytest.param(
            {"matchExpressions": [{"key": "-", "operator": "DoesNotExist"}]}, False, id="a key that cannot be"
        ),
        pytest.param(
            {"matchExpressions": [{"key": "none", "operator": "NotIn", "values": ["/"]}]}, False, id="a bad value"
        ),
        pytest.param({"matchExpressions": ["odd"]}, False, id="an expression of an odd shape"),
    ],
)
def test_a_selector_object(selector: Any, expected: bool) -> None:
    assert selects(selector, LABELS) is expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        pytest.param(
            {"key": "app", "operator": "Gt", "values": ["1"]},
            '"Gt" is not a valid label selector operator',
            id="an operator of node selectors",
        ),
        pytest.param(
            {"key": "app", "operator": "In"},
            "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty",
            id="In without values",
        ),
        pytest.param(
            {"key": "app", "operator": "Exists", "values": ["a", "b"]},
            'values: Invalid value: ["a","b"]: values set must be empty for exists and does not exist',
            id="Exists with values",
        ),
    ],
)
def test_a_malformed_selector_object_is_told_in_the_words_of_kubernetes(expression: Any, said: str) -> None:
    with pytest.raises(MalformedSelectorError) as caught:
        requirements({"matchLabels": {"a": "b"}, "matchExpressions": [expression]})
    assert str(caught.value) == said


def test_a_selector_object_is_read_once_for_many_labels() -> None:
    found = requirements(
        {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "old", "operator": "DoesNotExist"}]}
    )
    assert found is not None
    assert [matches(found, labels) for labels in ({"app": "web"}, {"app": "web", "old": ""}, {})] == [
        True,
        False,
        False,
    ]
    assert (requirements({}), requirements(None)) == ((), None)
