"""Whose rules are asked for."""

from __future__ import annotations

import pytest

from kubectl_lab.domain.scheduling import feature_flags
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.errors import BadUsage


@pytest.mark.parametrize(
    ("text", "version"),
    [
        pytest.param("1.34", (1, 34, 999), id="a minor release is its newest patch"),
        pytest.param("v1.34.2", (1, 34, 2), id="the v may stand before it"),
        pytest.param("1.33.5-gke.100", (1, 33, 5), id="what a vendor adds does not count"),
        pytest.param("v1.36.3+k3s1", (1, 36, 3), id="nor what stands behind a plus"),
    ],
)
def test_a_version_is_read(text: str, version: tuple[int, int, int]) -> None:
    assert feature_flags.parse_version("--server-version", text) == version


@pytest.mark.parametrize("text", ["", "1", "1.x", "latest", "1.34.2.1", " 1.34", "1.34 ", "1." + "3" * 9])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(BadUsage) as raised:
        feature_flags.parse_version("--server-version", text)
    assert (raised.value.key, raised.value.values["value"]) == ("server-version", text)


@pytest.mark.parametrize(
    ("text", "gates"),
    [
        pytest.param(f"{COMPARISON}=true", {COMPARISON: True}, id="one gate"),
        pytest.param(f" {COMPARISON} = 0 ,", {COMPARISON: False}, id="blanks and a last comma do not count"),
        pytest.param(f"{COMPARISON}=false,{COMPARISON}=T", {COMPARISON: True}, id="the later one counts"),
        pytest.param("AllAlpha=true", {"AllAlpha": True}, id="a gate that changes nothing here is no error"),
        pytest.param("", {}, id="nothing sets nothing"),
    ],
)
def test_gates_are_read(text: str, gates: dict[str, bool]) -> None:
    assert feature_flags.parse_gates("--feature-gates", text) == gates


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param(COMPARISON, "feature-gate", id="a gate without a value"),
        pytest.param(f"{COMPARISON}=yes", "feature-gate", id="a value that Go does not take"),
        pytest.param("=true", "feature-gate", id="a value without a gate"),
        pytest.param("TaintTolerationComparisonOperator=true", "feature-gate-near", id="a slip in a gate's name"),
    ],
)
def test_what_sets_no_gate_is_refused(text: str, key: str) -> None:
    with pytest.raises(BadUsage) as raised:
        feature_flags.parse_gates("--feature-gates", text)
    assert raised.value.key == key
