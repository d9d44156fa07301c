"""Pods that have their node."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import make
from unit.scheduling.asking import answer, codes, fixes, found, node, pending, said, subject, taint

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.subject import Subject

TEAM = taint("team", "blue")


def bound(where: str) -> Subject:
    live = make.pod("web", node=where)
    free = {**live, "spec": {key: value for key, value in live["spec"].items() if key != "nodeName"}}
    return replace(subject(live), pod=free, bound_to=where, without=(live,))


def test_a_node_that_would_refuse_the_pod_it_runs_says_why() -> None:
    explained = answer(bound("n1"), node("n1", TEAM), node("n2"))
    finding = found("SCH011", explained)
    assert "team=blue:NoSchedule" in said(finding)
    assert fixes(finding) == ["kubectl describe node n1"]
    assert (explained.bound_to, explained.feasible, explained.message) == ("n1", ("n2",), None)


def test_a_node_that_would_take_it_again_says_nothing() -> None:
    assert codes(answer(bound("n1"), node("n1"), node("n2", TEAM))) == []


def test_a_bound_pod_whose_node_is_gone_is_named() -> None:
    explained = answer(bound("workr-1"), node("worker-1"))
    assert codes(explained) == ["SCH013"]
    assert "(there is worker-1)" in said(found("SCH013", explained))


def test_where_a_bound_pods_node_is_gone_no_other_node_is_opened_for_it() -> None:
    finding = found("SCH001", answer(bound("gone"), node("n1", TEAM)))
    assert fixes(finding) == []
    assert "help" not in said(finding)


def test_another_number_is_another_node_and_no_slip() -> None:
    assert "there is" not in said(found("SCH013", answer(bound("worker-2"), node("worker-1"))))


def by_hand(where: str) -> dict[str, Any]:
    return pending(uid="", spec={"nodeName": where})


def test_what_a_name_by_hand_bypasses_is_told_apart_from_what_the_kubelet_checks() -> None:
    pod = by_hand("n1")
    pod["spec"]["nodeSelector"] = {"disk": "ssd"}
    finding = found("SCH012", answer(pod, node("n1", TEAM), node("n2")))
    assert finding is not None
    assert (finding.details["bypassed"], finding.details["kubelet"]) == (["TaintToleration"], ["NodeAffinity"])
    assert "not asked: TaintToleration" in said(finding)


def test_to_the_one_node_that_was_named_nothing_is_advised() -> None:
    finding = found("SCH001", answer(by_hand("n1"), node("n1", TEAM), node("n2")))
    assert fixes(finding) == []
    assert "help" not in said(finding)


def test_the_other_nodes_are_refused_by_the_name() -> None:
    explained = answer(by_hand("n1"), node("n1"), node("n2"))
    assert explained.feasible == ("n1",)
    assert "nothing refuses it there" in said(found("SCH012", explained))


def test_the_kubelet_itself_refuses_a_taint_that_deletes() -> None:
    finding = found("SCH012", answer(by_hand("n1"), node("n1", taint("team", effect="NoExecute"))))
    assert finding is not None
    assert (finding.details["bypassed"], finding.details["kubelet"]) == ([], ["TaintToleration"])


def test_a_pod_that_names_no_node_is_not_bound_by_hand() -> None:
    assert codes(answer(pending(uid=""), node("n1"))) == []


def test_a_name_of_no_node_is_an_error() -> None:
    explained = answer(by_hand("worker-one"), node("n1"))
    finding = found("SCH013", explained)
    assert "names the node worker-one, which does not exist: no kubelet" in said(finding)
    assert fixes(finding) == ["kubectl get nodes"]
    assert found("SCH012", explained) is None
    assert explained.message is None
