"""Pending pods that one taint, and nothing else, keeps off a node."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.objects import Missing
from unit.taints.asking import CORDON, Object, ask, first, known, node, pending, pod, tolerates

BLUE, GPU = "team=blue:NoSchedule", "gpu:NoExecute"


def kept_out(*objects: Object, **rest: Any) -> list[list[str]]:
    """Of each taint of the first node the pods."""
    return [[each.name for each in taint.blocks] for taint in first(*objects, **rest).taints]


def test_a_pod_that_only_lacks_the_toleration_is_kept_out() -> None:
    assert kept_out(node("n1", BLUE), pending("web"), pending("db", tolerates("team"))) == [["web"]]


def test_two_taints_each_alone_would_not_help() -> None:
    assert kept_out(node("n1", BLUE, GPU), pending("web")) == [[], []]
    assert kept_out(node("n1", BLUE, GPU), pending("web", tolerates("gpu"))) == [["web"], []]


def test_a_taint_that_only_asks_politely_keeps_nobody_out() -> None:
    assert kept_out(node("n1", "team=blue:PreferNoSchedule"), pending("web")) == [[]]


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"nodeSelector": {"pool": "red"}}, id="another node is wanted"),
        pytest.param(
            {"containers": [{"name": "a", "resources": {"requests": {"cpu": "11"}}}]}, id="there is no room for it"
        ),
    ],
)
def test_a_pod_that_something_else_refuses_too_is_not_counted(spec: Object) -> None:
    assert kept_out(node("n1", BLUE), pending("web", spec=spec)) == [[]]


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(pod("web"), id="a pod that runs"),
        pytest.param(pending("web", spec={"schedulerName": "other"}), id="another scheduler's pod"),
        pytest.param(pending("web", spec={"schedulingGates": [{"name": "quota"}]}), id="a pod behind a gate"),
        pytest.param(make.terminating(pending("web")), id="a pod that is being deleted"),
        pytest.param({**pending("web"), "status": {"phase": "Failed"}}, id="a pod that has failed"),
    ],
)
def test_who_waits_for_no_node_is_not_kept_out(made: Object) -> None:
    assert kept_out(node("n1", BLUE), made) == [[]]


def test_a_cordon_is_one_thing() -> None:
    """Two plugins refuse for it, and one command ends both."""
    assert kept_out(node("n1", CORDON, unschedulable=True), pending("web")) == [["web"]]
    assert kept_out(node("n1", BLUE, unschedulable=True), pending("web")) == [[]]


def test_alike_pods_are_judged_together_and_each_is_counted() -> None:
    token = {"name": "kube-api-access-x1", "projected": {}}
    other = {"name": "kube-api-access-x2", "projected": {}}
    pods = [pending(name, volumes=(volume,)) for name, volume in (("a", token), ("b", other))]
    assert kept_out(node("n1", BLUE), *pods) == [["a", "b"]]


def test_pods_with_claims_of_their_own_are_judged_one_by_one() -> None:
    """An ephemeral volume's claim is named after the pod: what holds of one says nothing of the other."""
    claim = {"name": "data", "ephemeral": {"volumeClaimTemplate": {}}}
    found = ask(node("n1", BLUE), pending("a", volumes=(claim,)), pending("b", volumes=(claim,)))
    taint = found.nodes[0].taints[0]
    assert {each.name for each in (*taint.blocks, *taint.may_block)} <= {"a", "b"}


def test_what_could_not_be_evaluated_may_be_kept_out_and_is_told() -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    made = ask(node("n1", BLUE), pending("web", volumes=(volume,)))
    taint = made.nodes[0].taints[0]
    assert taint.blocks == ()
    assert [each.name for each in taint.may_block] == ["web"]
    assert taint.to_dict()["mayBlock"] == 1
    assert "persistentvolumeclaims" in str(made.to_dict()["notEvaluated"])


def test_what_no_taint_keeps_out_needs_no_word() -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    assert ask(node("n1"), node("n2", BLUE), pending("web", tolerates("team"), volumes=(volume,))).not_evaluated == ()


def test_without_pods_it_is_said_that_they_are_not_known() -> None:
    found = ask(node("n1", BLUE), missing=[Missing("Pod", "not captured")])
    assert [(each.what, each.why) for each in found.not_evaluated] == [("pods", "not captured")]
    assert known(node("n1")).can_see("Pod")


def only_on(name: str) -> Object:
    """Required affinity by the node's name, as DaemonSet pods have it."""
    field = {"key": "metadata.name", "operator": "In", "values": [name]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


def test_a_pod_that_is_for_another_node_by_name_is_not_kept_out() -> None:
    assert kept_out(node("n1", BLUE), node("n2"), pending("web", spec=only_on("n2"))) == [[]]
    assert kept_out(node("n1", BLUE), node("n2"), pending("web", spec=only_on("n1"))) == [["web"]]


def test_the_room_that_is_kept_for_a_pod_counts() -> None:
    """A pod that preemption makes room for on the node is there already, for others that are no more important."""
    large = {"containers": [{"name": "a", "resources": {"requests": {"cpu": "6"}}}]}
    keeper = pending("keeper", tolerates("team"), spec=large | {"priority": 5})
    keeper["status"]["nominatedNodeName"] = "n1"
    assert kept_out(node("n1", BLUE), keeper, pending("web", spec=large)) == [[]]
    assert kept_out(node("n1", BLUE), keeper, pending("small")) == [["small"]]
