"""Tolerations of a manifest that the API server refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kubectl_lab.domain.scheduling.features import COMPARISON, Features
from kubectl_lab.domain.scheduling.refused_tolerations import faults
from kubectl_lab.domain.scheduling.subject import Sourced
from unit.scheduling.asking import answer, found, node, pending, said, subject, tolerating

ON = Features(gates={COMPARISON: True})
SECONDS = tolerating("team", tolerationSeconds=30)


@pytest.mark.parametrize(
    ("toleration", "wrong"),
    [
        pytest.param({"operator": "Equal", "value": "x"}, ["refused-empty-key"], id="no key, and not Exists"),
        pytest.param({"key": "a b", "operator": "Exists"}, ["refused-key"], id="an illegal key"),
        pytest.param(SECONDS, ["refused-seconds"], id="seconds without NoExecute"),
        pytest.param({"key": "team", "value": "a b"}, ["refused-value"], id="an illegal value"),
        pytest.param(
            {"key": "team", "operator": "Exists", "value": "x"}, ["refused-value-beside-exists"], id="a value"
        ),
        pytest.param({"key": "cores", "operator": "Gt", "value": "04"}, ["refused-no-integer"], id="no plain integer"),
        pytest.param({"key": "team", "operator": "In"}, ["refused-operator"], id="an unknown operator"),
        pytest.param({"key": "team", "effect": "Never"}, ["refused-effect"], id="an unknown effect"),
        pytest.param({"operator": "Exists"}, [], id="every key is legal"),
        pytest.param({"key": "cores", "operator": "Lt", "value": "-4"}, [], id="an integer is legal"),
        pytest.param(tolerating("team", effect="NoExecute", tolerationSeconds=30), [], id="seconds with NoExecute"),
    ],
)
def test_the_server_refuses_what_it_cannot_mean(toleration: dict[str, Any], wrong: list[str]) -> None:
    assert faults(toleration, ON) == wrong


def test_a_comparison_is_refused_where_the_gate_is_off() -> None:
    assert faults({"key": "cores", "operator": "Lt", "value": "4"}, Features()) == ["refused-gate-off"]


def test_a_manifest_is_told_before_it_is_applied() -> None:
    finding = found("TNT013", answer(pending("web", SECONDS, uid=""), node("n1")))
    assert finding is not None
    assert finding.severity == "error"
    assert "tolerationSeconds goes with the effect NoExecute only" in said(finding)


def test_what_the_server_has_accepted_is_not_judged_again() -> None:
    assert found("TNT013", answer(pending("web", SECONDS), node("n1"))) is None


def test_a_legal_toleration_of_a_manifest_is_none() -> None:
    assert found("TNT013", answer(pending("web", tolerating("team", "blue"), uid=""), node("n1"))) is None


def test_what_is_only_pretended_is_not_the_manifests() -> None:
    asked = replace(subject(pending("web", uid="")), tolerations=(Sourced(SECONDS, "what-if"),))
    assert found("TNT013", answer(asked, node("n1"))) is None
