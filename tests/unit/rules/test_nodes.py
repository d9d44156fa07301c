from __future__ import annotations

import pytest

from kubectl_lab.domain.rules import nodes
from make import node, obj

TAINT = {"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("subject", "ready", "is_open"),
    [
        pytest.param(node("n"), True, True, id="ready"),
        pytest.param(node("n", ready="False"), False, False, id="not ready"),
        pytest.param(node("n", ready="Unknown"), False, False, id="no word from its kubelet"),
        pytest.param(obj("Node", "n"), False, False, id="not reported yet"),
        pytest.param(node("n", unschedulable=True), True, False, id="cordoned"),
        pytest.param(node("n", taints=(TAINT,)), True, True, id="tainted"),
    ],
)
def test_a_node_is_ready_and_open(subject: dict[str, object], ready: bool, is_open: bool) -> None:
    assert (nodes.is_ready(subject), nodes.is_open(subject)) == (ready, is_open)
