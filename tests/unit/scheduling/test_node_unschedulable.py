"""Cordoned nodes."""

from __future__ import annotations

from typing import Any

import pytest

import make
from judging import judge, only, said, state

TEXT = "node(s) were unschedulable"


def tolerating(*tolerations: Any) -> dict[str, Any]:
    return make.pod("web", spec={"tolerations": list(tolerations)})


@pytest.mark.parametrize(
    ("node", "text"),
    [
        pytest.param(make.node("n1"), None, id="an open node passes"),
        pytest.param(make.node("n1", unschedulable=True), TEXT, id="a cordon refuses without its taint"),
        pytest.param(
            make.node("n1", taints=(make.taint("node.kubernetes.io/unschedulable:NoSchedule"),)),
            None,
            id="the taint alone is no cordon",
        ),
        pytest.param({"metadata": {"name": "n1"}, "spec": {"unschedulable": "true"}}, None, id="a text is not true"),
    ],
)
def test_a_node(node: dict[str, Any], text: str | None) -> None:
    found = judge("NodeUnschedulable", make.pod("web"), state(node))
    assert (only(found).text if found else None) == text
    assert found is None or not found.preemption_may_help


@pytest.mark.parametrize(
    ("toleration", "refused"),
    [
        pytest.param(
            make.toleration("node.kubernetes.io/unschedulable:NoSchedule"), False, id="what a DaemonSet brings"
        ),
        pytest.param(make.toleration("*"), False, id="everything is tolerated"),
        pytest.param(make.toleration("node.kubernetes.io/unschedulable=:NoSchedule"), False, id="Equal to nothing"),
        pytest.param(make.toleration("node.kubernetes.io/unschedulable=yes"), True, id="Equal to a value"),
        pytest.param(make.toleration("node.kubernetes.io/unschedulable:NoExecute"), True, id="another effect"),
        pytest.param(make.toleration("team"), True, id="another key"),
        pytest.param({}, False, id="an empty one is Equal to the empty value of any key"),
    ],
)
def test_a_toleration_of_the_cordon_passes(toleration: Any, refused: bool) -> None:
    found = judge("NodeUnschedulable", tolerating(toleration), state(make.node("n1", unschedulable=True)))
    assert (found is not None) is refused


def test_the_sentence_names_the_taint_to_tolerate() -> None:
    found = judge("NodeUnschedulable", tolerating(), state(make.node("n1", unschedulable=True)))
    assert "node.kubernetes.io/unschedulable:NoSchedule" in said(found)
    assert "node.kubernetes.io/unschedulable:NoSchedule" in said(found, "fr")
