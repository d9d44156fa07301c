"""NodeSelectors: terms are ORed, requirements ANDed, and a malformed one silences its term."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.rules import node_selectors

LABELS = {"zone": "a", "cores": "4", "empty": "", "example.com/pool": "web", "plus": "+7", "zeros": "08", "odd": "4x"}


def expressions(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"nodeSelectorTerms": [{"matchExpressions": list(entries)}]}


def on(key: str, operator: str, *values: object) -> dict[str, Any]:
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(on("zone", "In", "b", "a"), True, id="In: one of the values"),
        pytest.param(on("zone", "In", "b"), False, id="In: none of the values"),
        pytest.param(on("none", "In", ""), False, id="In: an absent label is not the empty value"),
        pytest.param(on("empty", "In", ""), True, id="In: the empty value"),
        pytest.param(on("zone", "NotIn", "a"), False, id="NotIn: the value"),
        pytest.param(on("none", "NotIn", "a"), True, id="NotIn holds for an absent label"),
        pytest.param(on("zone", "Exists"), True, id="Exists"),
        pytest.param(on("none", "Exists"), False, id="Exists: an absent label"),
        pytest.param(on("none", "DoesNotExist"), True, id="DoesNotExist"),
        pytest.param(on("empty", "DoesNotExist"), False, id="DoesNotExist: an empty label is there"),
        pytest.param(on("cores", "Gt", "3"), True, id="Gt"),
        pytest.param(on("cores", "Gt", "4"), False, id="Gt is strict"),
        pytest.param(on("cores", "Lt", "5"), True, id="Lt"),
        pytest.param(on("cores", "Lt", "4"), False, id="Lt is strict"),
        pytest.param(on("none", "Gt", "3"), False, id="Gt: an absent label"),
        pytest.param(on("none", "Lt", "3"), False, id="Lt: an absent label"),
        pytest.param(on("odd", "Gt", "3"), False, id="Gt: a label that is no number"),
        pytest.param(on("zeros", "Gt", "7"), True, id="Gt: a label with a leading zero is a number"),
        pytest.param(on("plus", "Gt", "6"), True, id="Gt: a label with a plus, which only a file can have"),
        pytest.param(on("cores", "Gt", "03"), True, id="Gt: a value with a leading zero"),
        pytest.param(on("cores", "Gt", "9223372036854775808"), False, id="Gt: 2^63 is no int64"),
        pytest.param(on("example.com/pool", "In", "web"), True, id="a key with a prefix"),
    ],
)
def test_an_expression(entry: dict[str, Any], expected: bool) -> None:
    assert node_selectors.matches(expressions(entry), LABELS, "n1") is expected


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(on("zone", "In"), id="In without values"),
        pytest.param(on("zone", "NotIn"), id="NotIn without values"),
        pytest.param(on("zone", "Exists", "a"), id="Exists with a value"),
        pytest.param(on("none", "DoesNotExist", "a"), id="DoesNotExist with a value"),
        pytest.param(on("cores", "Gt", "three"), id="Gt of a word"),
        pytest.param(on("cores", "Gt", " 3"), id="Gt of a number behind a blank"),
        pytest.param(on("cores", "Gt", "1_0"), id="Gt of a number with an underscore"),
        pytest.param(on("cores", "Gt", ""), id="Gt of nothing"),
        pytest.param(on("cores", "Gt", "1", "2"), id="Gt of two numbers"),
        pytest.param(on("cores", "Gt", "+3"), id="Gt of a number with a plus, which is no label value"),
        pytest.param(on("cores", "Gt", "-1"), id="Gt of a negative number, which is no label value"),
        pytest.param(on("cores", "Lt"), id="Lt of nothing at all"),
        pytest.param(on("cores", "gt", "3"), id="an operator in small letters"),
        pytest.param(on("zone", "Equals", "a"), id="an operator that there is not"),
        pytest.param(on("zone", "In", "a", "not legal"), id="a value that no label can have"),
        pytest.param(on("zone", "NotIn", "x" * 64), id="a value of 64 letters"),
        pytest.param(on("none", "NotIn", 5), id="a value that is a number and not a text"),
        pytest.param(on("a/b/c", "DoesNotExist"), id="a key with two slashes"),
        pytest.param(on("", "DoesNotExist"), id="no key"),
        pytest.param({}, id="nothing"),
    ],
)
def test_a_malformed_requirement_silences_its_term_and_no_other(entry: dict[str, Any]) -> None:
    good = on("zone", "In", "a")
    alone = {"nodeSelectorTerms": [{"matchExpressions": [good, entry]}]}
    beside = {"nodeSelectorTerms": [*alone["nodeSelectorTerms"], {"matchExpressions": [good]}]}
    assert not node_selectors.matches(alone, LABELS, "n1")
    assert node_selectors.matches(beside, LABELS, "n1")
    (term,) = node_selectors.parsed(alone).terms  # type: ignore[union-attr]  # it is one
    assert [each.key for each in term.malformed] == [entry.get("key", "")]
    assert term.failing(LABELS, "n1") == term.malformed


def field(operator: str, *values: str, key: str = "metadata.name") -> dict[str, Any]:
    return {"nodeSelectorTerms": [{"matchFields": [on(key, operator, *values)]}]}


@pytest.mark.parametrize(
    ("selector", "name", "expected"),
    [
        pytest.param(field("In", "n1"), "n1", True, id="In: its name"),
        pytest.param(field("In", "n2"), "n1", False, id="In: another's name"),
        pytest.param(field("NotIn", "n1"), "n1", False, id="NotIn: its name"),
        pytest.param(field("NotIn", "n2"), "n1", True, id="NotIn: another's name"),
        pytest.param(field("In", "n1", "n2"), "n1", False, id="two values are malformed"),
        pytest.param(field("In"), "n1", False, id="no value is malformed"),
        pytest.param(field("Exists"), "n1", False, id="Exists is malformed"),
        pytest.param(field("In", "x", key="metadata.uid"), "n1", False, id="another field reads as empty"),
        pytest.param(field("In", "", key="metadata.uid"), "n1", True, id="another field is the empty value"),
        pytest.param(field("In", "n2"), "", True, id="without a name there are no fields to look at"),
        pytest.param(field("Gt", "n2"), "", False, id="malformed also without a name"),
    ],
)
def test_a_field(selector: dict[str, Any], name: str, expected: bool) -> None:
    assert node_selectors.matches(selector, LABELS, name) is expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        pytest.param(None, True, id="no selector demands nothing"),
        pytest.param({}, False, id="no list of terms matches nothing"),
        pytest.param({"nodeSelectorTerms": []}, False, id="no terms match nothing"),
        pytest.param({"nodeSelectorTerms": [{}]}, False, id="an empty term matches nothing"),
        pytest.param({"nodeSelectorTerms": [{"matchExpressions": []}, None]}, False, id="empty terms match nothing"),
        pytest.param(
            {"nodeSelectorTerms": [{}, {"matchExpressions": [on("zone", "Exists")]}]},
            True,
            id="an empty one is skipped",
        ),
        pytest.param(
            {
                "nodeSelectorTerms": [
                    {"matchExpressions": [on("zone", "In", "b")]},
                    field("In", "n1")["nodeSelectorTerms"][0],
                ]
            },
            True,
            id="terms are ORed",
        ),
        pytest.param(
            expressions(on("zone", "In", "a"), on("cores", "Lt", "4")), False, id="the requirements of a term are ANDed"
        ),
        pytest.param(
            {
                "nodeSelectorTerms": [
                    {"matchExpressions": [on("zone", "In", "a")], **field("In", "n2")["nodeSelectorTerms"][0]}
                ]
            },
            False,
            id="expressions and fields are ANDed",
        ),
    ],
)
def test_terms(selector: object, expected: bool) -> None:
    assert node_selectors.matches(selector, LABELS, "n1") is expected


def demanding(selector: object = None, affinity: object = None) -> dict[str, Any]:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": affinity}
    return make.pod("web", spec={"nodeSelector": selector, "affinity": {"nodeAffinity": required}})


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        pytest.param(make.pod("web"), True, id="a pod that demands nothing"),
        pytest.param(demanding({}), True, id="an empty nodeSelector demands nothing"),
        pytest.param(demanding({"zone": "a", "cores": "4"}), True, id="all labels of nodeSelector"),
        pytest.param(demanding({"zone": "a", "cores": "5"}), False, id="one label of nodeSelector differs"),
        pytest.param(demanding({"none": ""}), False, id="an absent label is not the empty value"),
        pytest.param(demanding({"not legal": "x"}), False, id="a label that no node can have"),
        pytest.param(demanding({"cores": 4}), True, id="a number in a file is read as its text"),
        pytest.param(
            demanding({"zone": "a"}, expressions(on("zone", "In", "b"))), False, id="nodeSelector AND affinity"
        ),
        pytest.param(demanding(None, {"nodeSelectorTerms": []}), False, id="an affinity without terms matches nothing"),
        pytest.param({"spec": {"affinity": []}}, True, id="an affinity of an odd shape demands nothing"),
    ],
)
def test_what_a_pod_demands(pod: dict[str, Any], expected: bool) -> None:
    assert node_selectors.selects(pod, LABELS, "n1") is expected


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        pytest.param(on("zone", "In", "a", "b"), "zone In [a, b]", id="a list"),
        pytest.param(on("gpu", "Exists"), "gpu Exists", id="no value"),
        pytest.param(on("cores", "Gt", "4"), "cores Gt 4", id="a number"),
    ],
)
def test_a_condition_is_written_in_the_words_of_the_api(entry: dict[str, Any], text: str) -> None:
    (term,) = node_selectors.parsed(expressions(entry)).terms  # type: ignore[union-attr]  # it is one
    assert [each.text for each in term.conditions] == [text]
    assert [each.to_dict() for each in term.conditions] == [{"values": [], **entry}]


def test_what_fails_of_a_term_and_what_the_node_has_instead() -> None:
    found = node_selectors.parsed(expressions(on("zone", "In", "b"), on("cores", "Gt", "3"), on("none", "Exists")))
    assert found is not None
    failing = found.terms[0].failing(LABELS, "n1")
    assert [(each.key, each.found(LABELS, "n1")) for each in failing] == [("zone", "a"), ("none", None)]


def test_a_label_that_is_no_text_is_not_found() -> None:
    found = node_selectors.parsed(expressions(on("zone", "Gt", "3")))
    assert found is not None
    assert found.terms[0].conditions[0].found({"zone": 4}, "n1") is None  # type: ignore[dict-item]  # as a file may have it
    assert not found.matches({"zone": 4}, "n1")  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        pytest.param([["n1"]], {"n1"}, id="one name"),
        pytest.param([["n1"], ["n2"]], {"n1", "n2"}, id="the names of all terms"),
        pytest.param([["n1"], []], None, id="a term without a name leaves all"),
        pytest.param([], None, id="no terms leave all"),
    ],
)
def test_the_only_names(terms: list[list[str]], names: set[str] | None) -> None:
    made = [{"matchFields": [on("metadata.name", "In", name) for name in each]} for each in terms]
    found = node_selectors.parsed({"nodeSelectorTerms": made})
    assert found is not None
    assert found.names == names


def test_names_of_one_term_that_exclude_each_other_leave_none() -> None:
    both = [on("metadata.name", "In", "n1"), on("metadata.name", "In", "n2")]
    found = node_selectors.parsed({"nodeSelectorTerms": [{"matchFields": both}]})
    assert found is not None
    assert found.names == frozenset()


def test_a_number_of_thousands_of_digits_ends_nothing() -> None:
    long = "9" * 5000
    assert not node_selectors.matches(expressions(on("cores", "Gt", "3")), {"cores": long}, "n1")
    assert node_selectors.matches(expressions(on("cores", "Gt", "3")), {"cores": "0" * 5000 + "4"}, "n1")
