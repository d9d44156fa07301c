"""Features that a node declares and a pod needs."""

from __future__ import annotations

from typing import Any

import pytest

import make
from judging import judge, only, said, state

RESTART, NETWORK = "RestartAllContainersOnContainerExits", "UserNamespacesHostNetworkSupport"
TEXT = "node(s) didn't match Pod's required features"


def restarting(action: str = "RestartAllContainers", where: str = "containers") -> dict[str, Any]:
    return {where: [{"name": "a"}, {"name": "b", "restartPolicyRules": [{"action": "Restart"}, {"action": action}]}]}


BOTH = {**restarting(), "hostNetwork": True, "hostUsers": False}


def node(*features: str) -> dict[str, Any]:
    return {"metadata": {"name": "n1"}, "status": {"declaredFeatures": list(features)}}


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        pytest.param({}, [], id="an ordinary pod needs none"),
        pytest.param(restarting(), [RESTART], id="a rule that restarts all containers"),
        pytest.param(restarting(where="initContainers"), [RESTART], id="such a rule of an init container"),
        pytest.param(restarting("Restart"), [], id="a rule that restarts its own container"),
        pytest.param({"hostNetwork": True, "hostUsers": False}, [NETWORK], id="user namespaces on the host's network"),
        pytest.param({"hostNetwork": True, "hostUsers": True}, [], id="the host's users on the host's network"),
        pytest.param({"hostNetwork": True}, [], id="the host's network alone"),
        pytest.param({"hostUsers": False}, [], id="user namespaces alone"),
        pytest.param(BOTH, [RESTART, NETWORK], id="both"),
    ],
)
def test_what_a_pod_needs(spec: dict[str, Any], missing: list[str]) -> None:
    pod = make.pod("web", spec=spec)
    found = judge("NodeDeclaredFeatures", pod, state(node("Another")))
    assert (only(found).details["missing"] if found else []) == missing
    assert found is None or (only(found).text == TEXT and not found.preemption_may_help)
    assert judge("NodeDeclaredFeatures", pod, state(node(RESTART, NETWORK))) is None


def test_only_what_is_missing_is_named() -> None:
    found = judge("NodeDeclaredFeatures", make.pod("web", spec=BOTH), state(node(RESTART)))
    assert said(found) == f"the node does not declare what the pod needs: {NETWORK}"
    assert said(found, "fr") == f"le nœud ne déclare pas ce dont le pod a besoin : {NETWORK}"


@pytest.mark.parametrize(
    ("version", "gates", "text"),
    [
        pytest.param((1, 34, 9), {"NodeDeclaredFeatures": True}, None, id="1.34 does not know the plugin"),
        pytest.param((1, 35, 0), {}, None, id="1.35 has it off"),
        pytest.param(
            (1, 35, 0),
            {"NodeDeclaredFeatures": True},
            f"node declared features check failed - unsatisfied requirements: {RESTART}",
            id="1.35 names the feature, and does not ask for the one on the host's network",
        ),
        pytest.param((1, 36, 0), {}, TEXT, id="1.36 has it on and names none"),
        pytest.param((1, 36, 0), {"NodeDeclaredFeatures": False}, None, id="1.36 can have it off"),
    ],
)
def test_the_text_by_the_version_of_the_server(
    version: tuple[int, int, int], gates: dict[str, bool], text: str | None
) -> None:
    found = judge("NodeDeclaredFeatures", make.pod("web", spec=BOTH), state(node(), version=version, gates=gates))
    assert (only(found).text if found else None) == text


def test_odd_shapes_need_and_declare_nothing() -> None:
    odd = make.pod("odd", spec={"containers": [None, {"restartPolicyRules": [None, 5]}], "initContainers": {}})
    assert judge("NodeDeclaredFeatures", odd, state(node())) is None
    shapeless = {"metadata": {"name": "n1"}, "status": {"declaredFeatures": {"a": 1}}}
    assert judge("NodeDeclaredFeatures", make.pod("web", spec=BOTH), state(shapeless)) is not None
