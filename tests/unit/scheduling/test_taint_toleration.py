"""Taints of a node against the tolerations of a pod."""

from __future__ import annotations

from typing import Any

import pytest

import make
from judging import judge, made_ready, only, said, state

TEXT = "node(s) had untolerated taint(s)"


def pod(*tolerations: Any) -> dict[str, Any]:
    return make.pod("web", spec={"tolerations": list(tolerations)})


def tainted(*taints: str) -> dict[str, Any]:
    return make.node("n1", taints=tuple(map(make.taint, taints)))


@pytest.mark.parametrize(
    ("taints", "tolerations", "left"),
    [
        pytest.param([], [], [], id="no taint"),
        pytest.param(["team=blue:NoSchedule"], [], ["team=blue:NoSchedule"], id="NoSchedule refuses"),
        pytest.param(["team=blue:NoExecute"], [], ["team=blue:NoExecute"], id="NoExecute refuses"),
        pytest.param(["team=blue:PreferNoSchedule"], [], [], id="PreferNoSchedule refuses nothing"),
        pytest.param(["team=blue:NoSchedule"], ["team=blue:NoSchedule"], [], id="Equal"),
        pytest.param(["team=blue:NoSchedule"], ["team=red:NoSchedule"], ["team=blue:NoSchedule"], id="another value"),
        pytest.param(["team=blue:NoSchedule"], ["team"], [], id="Exists of every effect"),
        pytest.param(
            ["team=blue:NoSchedule"], ["*:NoExecute"], ["team=blue:NoSchedule"], id="everything of another effect"
        ),
        pytest.param(
            ["a:NoSchedule", "b:NoSchedule", "c:NoExecute"],
            ["b"],
            ["a:NoSchedule", "c:NoExecute"],
            id="each one must be tolerated",
        ),
    ],
)
def test_taints(taints: list[str], tolerations: list[str], left: list[str]) -> None:
    found = judge("TaintToleration", pod(*map(make.toleration, tolerations)), state(tainted(*taints)))
    if not left:
        assert found is None
        return
    assert only(found).text == TEXT
    assert found is not None
    assert not found.preemption_may_help
    assert all(each in said(found) and each in said(found, "fr") for each in left)
    assert [each["key"] for each in only(found).details["taints"]] == [
        each.split("=")[0].split(":")[0] for each in left
    ]


@pytest.mark.parametrize(
    ("version", "text"),
    [
        pytest.param(
            (1, 33, 13), "node(s) had untolerated taint {b: x}", id="1.33.13 names the first that is not tolerated"
        ),
        pytest.param((1, 34, 1), "node(s) had untolerated taint {b: x}", id="so does 1.34.1"),
        pytest.param((1, 34, 2), TEXT, id="1.34.2 names none"),
        pytest.param((1, 35, 0), TEXT, id="nor does 1.35"),
    ],
)
def test_the_text_by_the_version_of_the_server(version: tuple[int, int, int], text: str) -> None:
    node = tainted("a:NoSchedule", "soft:PreferNoSchedule", "b=x:NoExecute", "c:NoSchedule")
    found = judge("TaintToleration", pod(make.toleration("a")), state(node, version=version))
    assert only(found).text == text


def test_an_old_server_shows_a_taint_without_a_value_with_its_blank() -> None:
    found = judge("TaintToleration", pod(), state(tainted("gpu:NoSchedule"), version=(1, 33, 0)))
    assert only(found).text == "node(s) had untolerated taint {gpu: }"


@pytest.mark.parametrize(
    ("gate", "refused"), [pytest.param(False, True, id="off: never"), pytest.param(True, False, id="on: compared")]
)
def test_numbers_are_compared_when_the_gate_is_on(gate: bool, refused: bool) -> None:
    toleration = {"key": "cores", "operator": "Gt", "value": "3"}
    gates = {"TaintTolerationComparisonOperators": gate}
    found = judge("TaintToleration", pod(toleration), state(tainted("cores=4:NoSchedule"), gates=gates))
    assert (found is not None) is refused


def test_nodes_with_the_same_taints_share_what_is_said_of_them() -> None:
    nodes = state(*(make.node(name, taints=(make.taint("a:NoSchedule"),)) for name in ("n1", "n2")))
    made = made_ready("TaintToleration", pod(), nodes)
    assert made is not None
    assert made.refusal(nodes.nodes[0]) is made.refusal(nodes.nodes[1])


@pytest.mark.parametrize(
    "taints",
    [
        pytest.param("NoSchedule", id="taints that are a text"),
        pytest.param([None, 5, []], id="taints that are no objects"),
        pytest.param([{"key": {}, "value": [], "effect": {}}], id="taints of odd parts"),
    ],
)
def test_odd_shapes_refuse_nothing(taints: object) -> None:
    node = {"metadata": {"name": "n1"}, "spec": {"taints": taints}}
    assert judge("TaintToleration", pod(None, "x", {"key": []}), state(node)) is None
