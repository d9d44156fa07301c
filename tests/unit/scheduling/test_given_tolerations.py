"""What the pod's tolerations come to in a cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.features import COMPARISON, Features
from kubectl_lab.domain.scheduling.subject import Sourced
from unit.scheduling.asking import answer, codes, found, node, of_workload, pending, said, subject, taint, tolerating

BLUE = taint("team", "blue")
MORE = {"key": "cores", "operator": "Gt", "value": "4", "effect": "NoSchedule"}


def test_a_toleration_that_matches_no_taint_is_named_with_the_nearest() -> None:
    explained = answer(pending("web", tolerating("team", "bleu")), node("n1", BLUE), node("n2"))
    finding = found("TNT011", explained)
    assert said(finding).endswith("matches no taint of the cluster; the nearest is team=blue:NoSchedule")
    assert explained.tolerations[0].matches == ()


def test_where_none_is_near_none_is_named() -> None:
    finding = found("TNT011", answer(pending("web", tolerating("gpu")), node("n1", BLUE)))
    assert said(finding).endswith("matches no taint of the cluster")


@pytest.mark.parametrize(
    "toleration",
    [
        pytest.param(tolerating("team", "blue"), id="it matches one"),
        pytest.param({"operator": "Exists"}, id="it matches everything there may be"),
        pytest.param(tolerating("node.kubernetes.io/not-ready"), id="the taint comes with a condition"),
    ],
)
def test_a_toleration_that_has_its_reason_is_not_named(toleration: dict[str, Any]) -> None:
    assert found("TNT011", answer(pending("web", toleration), node("n1", BLUE))) is None


def test_what_others_added_need_match_nothing() -> None:
    pod = pending("web", tolerating("gpu"))
    asked = replace(subject(pod), tolerations=(Sourced(tolerating("gpu"), "runtimeclass"),))
    assert found("TNT011", answer(asked, node("n1"))) is None


@pytest.mark.parametrize(("on", "word"), [(True, "on"), (False, "off")])
def test_a_comparison_rests_on_its_gate(on: bool, word: str) -> None:
    features = Features(gates={COMPARISON: on})
    explained = answer(pending("web", MORE), node("n1", taint("cores", "8")), features=features)
    assert said(found("TNT012", explained)).endswith(f"taken to be {word}")
    assert bool(explained.feasible) is on


def test_equality_does_not() -> None:
    assert found("TNT012", answer(pending("web", tolerating("cores", "8")), node("n1", taint("cores", "8")))) is None


def test_a_dedicated_node_that_nothing_points_to_is_one_among_others() -> None:
    explained = answer(pending("web", tolerating("team", "blue")), node("n1", BLUE), node("n2"), node("n3"))
    finding = found("TNT014", explained)
    assert finding is not None
    assert (finding.details["nodes"], finding.details["others"]) == (["n1"], 2)
    assert "tolerates team=blue:NoSchedule, but nothing draws it to n1" in said(finding)


def test_several_dedicated_nodes_are_told_at_once() -> None:
    pod = pending("web", tolerating("team", "blue"), tolerating("gpu"))
    explained = answer(pod, node("n1", BLUE), node("n2", taint("gpu"), BLUE), node("n3"))
    assert codes(explained) == ["TNT014"]
    finding = found("TNT014", explained)
    assert finding is not None
    assert finding.details["taint"] == ["team=blue:NoSchedule", "gpu:NoSchedule"]
    assert finding.details["nodes"] == ["n1", "n2"]


AFFINITY: dict[str, Any] = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}


@pytest.mark.parametrize(
    ("spec", "nodes"),
    [
        pytest.param({"nodeSelector": {"team": "blue"}}, [node("n2")], id="a selector draws it there"),
        pytest.param({"affinity": AFFINITY}, [node("n2")], id="an affinity may draw it there"),
        pytest.param({}, [], id="it has no other node"),
        pytest.param({}, [node("n2", taint("team", "red"))], id="no other node takes it"),
    ],
)
def test_where_something_draws_it_there_nothing_is_said(spec: dict[str, Any], nodes: list[Any]) -> None:
    pod = pending("web", tolerating("team", "blue"), spec=spec)
    pod["spec"]["tolerations"] = [tolerating("team", "blue")]
    own = node("n1", BLUE, labels={"team": "blue"})
    assert found("TNT014", answer(pod, own, *nodes)) is None


def test_a_dedicated_node_that_refuses_otherwise_is_not_one_to_be_drawn_to() -> None:
    explained = answer(pending("web", tolerating("team", "blue")), node("n1", BLUE, unschedulable=True), node("n2"))
    assert found("TNT014", explained) is None


def test_a_daemonset_goes_everywhere_anyway() -> None:
    asked = of_workload(make.daemonset("agent"), pending("web", tolerating("team", "blue")))
    assert found("TNT014", answer(asked, node("n1", BLUE), node("n2"))) is None


def test_a_taint_that_only_discourages_makes_no_dedicated_node() -> None:
    soft = taint("team", "blue", "PreferNoSchedule")
    pod = pending("web", tolerating("team", "blue", "PreferNoSchedule"))
    assert found("TNT014", answer(pod, node("n1", soft), node("n2"))) is None


def test_what_was_added_is_listed_with_who_added_it() -> None:
    pod = pending("web")
    added = tolerating("node.kubernetes.io/not-ready", effect="NoExecute", tolerationSeconds=300)
    asked = replace(subject(pod), tolerations=(Sourced(added, "default"),))
    explained = answer(asked, node("n1"))
    assert "node.kubernetes.io/not-ready:NoExecute (default)" in said(found("TNT015", explained))


def test_what_was_written_was_not_added() -> None:
    assert codes(answer(pending("web", tolerating("team", "blue")), node("n1", BLUE))) == []
