"""Taints that a controller sets from the state of a node."""

from __future__ import annotations

import pytest

from kubectl_lab.domain.rules.known_taints import is_set_by_controller
from kubectl_lab.domain.taints import known


@pytest.mark.parametrize(
    ("key", "by_controller"),
    [
        pytest.param("node.kubernetes.io/not-ready", True, id="a condition"),
        pytest.param("node.kubernetes.io/unschedulable", True, id="a cordon"),
        pytest.param("node.cloudprovider.kubernetes.io/uninitialized", True, id="a cloud that is not done yet"),
        pytest.param("node.kubernetes.io/out-of-service", False, id="an administrator's, though its key looks alike"),
        pytest.param("node-role.kubernetes.io/control-plane", False, id="the installer's"),
        pytest.param("team", False, id="anybody's"),
    ],
)
def test_only_what_would_be_put_back_counts(key: str, by_controller: bool) -> None:
    assert is_set_by_controller(key) is by_controller


def test_every_taint_that_is_made_from_a_condition_counts() -> None:
    made = [key for key, each in known.TABLE.items() if each.source is not None]
    assert all(map(is_set_by_controller, made))
