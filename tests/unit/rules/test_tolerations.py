"""Which toleration tolerates which taint, for how long, and how both are written."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.rules import tolerations

TAINT = make.taint("team=blue:NoExecute")


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        pytest.param(make.toleration("team=blue:NoExecute"), True, id="Equal"),
        pytest.param({"key": "team", "value": "blue"}, True, id="no operator is Equal, no effect is every effect"),
        pytest.param(make.toleration("team=red"), False, id="Equal: another value"),
        pytest.param(make.toleration("team:NoExecute"), True, id="Exists"),
        pytest.param({"key": "team", "operator": "Exists", "value": "red"}, True, id="Exists ignores its value"),
        pytest.param(make.toleration("team:NoSchedule"), False, id="another effect"),
        pytest.param(make.toleration("gpu"), False, id="another key"),
        pytest.param(make.toleration("*"), True, id="everything"),
        pytest.param(make.toleration("*:NoSchedule"), False, id="everything of another effect"),
        pytest.param({"value": "blue"}, True, id="an empty key with Equal compares the value alone"),
        pytest.param({"key": "team", "operator": "exists"}, False, id="an operator that there is not"),
    ],
)
def test_a_toleration(toleration: dict[str, Any], expected: bool) -> None:
    assert tolerations.tolerates(toleration, TAINT) is expected


def test_no_value_equals_the_empty_value() -> None:
    bare = {"key": "team", "effect": "NoExecute"}
    assert tolerations.tolerates(make.toleration("team="), bare)
    assert tolerations.tolerates({"key": "team"}, {**bare, "value": ""})


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        pytest.param("Gt", "3", "4", True, id="greater"),
        pytest.param("Gt", "4", "4", False, id="Gt is strict"),
        pytest.param("Lt", "4", "3", True, id="less"),
        pytest.param("Lt", "4", "4", False, id="Lt is strict"),
        pytest.param("Gt", "-4", "0", True, id="negative numbers"),
        pytest.param("Gt", "3", "007", False, id="a leading zero is no number"),
        pytest.param("Gt", "+3", "7", False, id="a plus is no number"),
        pytest.param("Lt", "x", "7", False, id="a word is no number"),
        pytest.param("Lt", "9223372036854775808", "7", False, id="2^63 is too much"),
        pytest.param("Gt", "-9223372036854775808", "7", True, id="-2^63 is not"),
        pytest.param("Lt", "9" * 5000, "7", False, id="thousands of digits end nothing"),
    ],
)
def test_numbers_are_compared_only_where_the_gate_is_on(operator: str, wanted: str, found: str, expected: bool) -> None:
    toleration = {"key": "cores", "operator": operator, "value": wanted}
    taint = {"key": "cores", "value": found, "effect": "NoSchedule"}
    assert tolerations.tolerates(toleration, taint, comparison=True) is expected
    assert not tolerations.tolerates(toleration, taint)


def test_the_first_that_matches_counts_also_where_a_later_one_lasts_longer() -> None:
    short, long = make.toleration("team", tolerationSeconds=30), make.toleration("*")
    assert tolerations.matching([make.toleration("gpu"), short, long], TAINT) is short
    assert tolerations.seconds_until_deletion([short, long], [TAINT]) == 30


def test_every_refusing_taint_that_nothing_tolerates_is_left() -> None:
    taints = [make.taint(each) for each in ("a:NoSchedule", "b:PreferNoSchedule", "c:NoExecute", "d:NoExecute")]
    assert tolerations.untolerated([make.toleration("c")], taints) == [taints[0], taints[3]]


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        pytest.param(None, 0, id="none: at once"),
        pytest.param(make.toleration("*"), None, id="without seconds: for ever"),
        pytest.param(make.toleration("*", tolerationSeconds=300), 300, id="its seconds"),
        pytest.param(make.toleration("*", tolerationSeconds=-5), 0, id="negative seconds: at once"),
        pytest.param(make.toleration("*", tolerationSeconds="300"), None, id="a text is no seconds"),
    ],
)
def test_how_long_a_toleration_lasts(toleration: dict[str, Any] | None, expected: int | None) -> None:
    assert tolerations.seconds(toleration) == expected


@pytest.mark.parametrize(
    ("taints", "expected"),
    [
        pytest.param([], None, id="no taint: never"),
        pytest.param(["a:NoSchedule"], None, id="NoSchedule deletes nobody"),
        pytest.param(["a:NoExecute"], 60, id="its toleration's seconds"),
        pytest.param(["a:NoExecute", "b:NoExecute"], 20, id="the least of all"),
        pytest.param(["a:NoExecute", "c:NoExecute"], 60, id="what lasts for ever does not shorten"),
        pytest.param(["a:NoExecute", "d:NoExecute"], 0, id="one that is not tolerated: at once"),
    ],
)
def test_when_a_running_pod_would_be_deleted(taints: list[str], expected: int | None) -> None:
    given = [
        make.toleration("a", tolerationSeconds=60),
        make.toleration("b", tolerationSeconds=20),
        make.toleration("c"),
    ]
    assert tolerations.seconds_until_deletion(given, [make.taint(each) for each in taints]) == expected


@pytest.mark.parametrize("text", ["team=blue:NoSchedule", "gpu:NoExecute"])
def test_a_taint_is_written_as_kubectl_has_it(text: str) -> None:
    assert tolerations.taint_text(make.taint(text)) == text


@pytest.mark.parametrize(
    ("toleration", "text"),
    [
        pytest.param(make.toleration("team=blue:NoSchedule"), "team=blue:NoSchedule", id="Equal"),
        pytest.param(make.toleration("gpu"), "gpu", id="Exists, every effect"),
        pytest.param(make.toleration("*:NoExecute"), "*:NoExecute", id="every key"),
        pytest.param({"key": "cores", "operator": "Gt", "value": "4"}, "cores>4", id="Gt"),
        pytest.param({"key": "cores", "operator": "Lt", "value": "4"}, "cores<4", id="Lt"),
        pytest.param({"key": "gpu", "effect": "NoSchedule"}, "gpu=:NoSchedule", id="Equal to nothing"),
    ],
)
def test_a_toleration_is_written_like_the_taints_it_matches(toleration: dict[str, Any], text: str) -> None:
    assert tolerations.toleration_text(toleration) == text


def test_what_is_no_list_of_tolerations_is_none() -> None:
    assert list(tolerations.of_pod({"spec": {"tolerations": "all"}})) == []
    assert list(tolerations.of_pod({"spec": {"tolerations": [5, {"key": "a"}]}})) == [{}, {"key": "a"}]
