"""Why no node takes the pod: one finding, and what the answer rests on."""

from __future__ import annotations

from typing import Any

import make
from kubectl_lab.domain.scheduling.model import NotEvaluated
from unit.scheduling.asking import answer, codes, fixes, found, node, pending, said, subject, taint

TEAM = taint("team", "blue")
NOWHERE = {"SCH001", "SCH002", "SCH003"}


def requesting(cpu: str, name: str = "web", **spec: Any) -> dict[str, Any]:
    container = {"name": "main", "resources": {"requests": {"cpu": cpu}}}
    return pending(name, spec={"containers": [container], **spec})


def test_every_plugin_that_the_scheduler_would_name_is_counted() -> None:
    finding = found("SCH001", answer(requesting("8"), node("n1", TEAM), node("n2"), node("n3")))
    assert "no node takes pod/web (0 of 3)" in said(finding)
    assert "NodeResourcesFit refuses 2, TaintToleration refuses 1" in said(finding)


def test_a_pod_that_lands_somewhere_has_no_such_finding() -> None:
    assert NOWHERE.isdisjoint(codes(answer(pending(), node("n1", TEAM), node("n2"))))


def test_without_anything_that_helps_nothing_is_advised() -> None:
    explained = answer(pending(spec={"nodeSelector": {"kubernetes.io/os": "plan9"}}), node("n1"))
    finding = found("SCH001", explained)
    assert "help" not in said(finding)
    assert fixes(finding) == []


def test_a_claim_that_does_not_exist_refuses_before_any_node() -> None:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    explained = answer(
        pending(spec={"volumes": volumes}), node("n1"), PersistentVolumeClaim=[], PersistentVolume=[], StorageClass=[]
    )
    assert NOWHERE.intersection(codes(explained)) == {"SCH002"}
    assert fixes(found("SCH002", explained)) == ["kubectl -n default get pvc"]
    assert "refused before any node is looked at" in said(found("SCH002", explained))


def test_a_claim_that_is_not_bound_says_itself_what_it_waits_for() -> None:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    waiting = make.obj("PersistentVolumeClaim", "data", "default", spec={"storageClassName": ""})
    explained = answer(
        pending(spec={"volumes": volumes}),
        node("n1"),
        PersistentVolumeClaim=[waiting],
        PersistentVolume=[],
        StorageClass=[],
    )
    assert fixes(found("SCH002", explained)) == ["kubectl -n default describe pvc data"]


def test_terms_that_exclude_each_other_refuse_before_any_node_too() -> None:
    fields = [{"key": "metadata.name", "operator": "In", "values": [name]} for name in ("n1", "n2")]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchFields": fields}]}}
    explained = answer(pending(spec={"affinity": {"nodeAffinity": required}}), node("n1"), node("n2"))
    assert NOWHERE.intersection(codes(explained)) == {"SCH002"}
    assert fixes(found("SCH002", explained)) == []
    assert [plugin for plugin, _ in explained.before] == ["NodeAffinity"]


def test_where_there_is_no_node_that_is_the_only_cause() -> None:
    explained = answer(pending())
    assert NOWHERE.intersection(codes(explained)) == {"SCH003"}
    assert explained.message == "no nodes available to schedule pods"
    assert "nowhere to land" in said(found("SCH003", explained))


def test_what_was_not_evaluated_is_said_once_for_subject_and_filters() -> None:
    unseen = NotEvaluated("Priority", "priorityclasses", "not captured")
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    explained = answer(subject(pending(spec={"volumes": volumes}), not_evaluated=(unseen,)), node("n1"))
    finding = found("SCH007", explained)
    assert finding is not None
    assert finding.details["notEvaluated"][0] == unseen.to_dict()
    assert len(finding.details["notEvaluated"]) == len(explained.not_evaluated) > 1
    assert "priorityclasses" in said(finding)


def test_where_everything_was_seen_nothing_is_said_of_it() -> None:
    assert found("SCH007", answer(pending(), node("n1"))) is None


def occupied(priority: int) -> dict[str, Any]:
    container = {"name": "main", "resources": {"requests": {"cpu": "4"}}}
    return make.pod("old", spec={"containers": [container], "priority": priority})


def test_pods_of_lower_priority_make_room() -> None:
    explained = answer(requesting("2", priority=10), node("n1"), pods=(occupied(0),))
    finding = found("SCH014", explained)
    assert finding is not None
    assert finding.details["nodes"] == ["n1"]
    assert "n1" in said(finding)
    assert explained.message == "0/1 nodes are available: 1 Insufficient cpu."


def test_pods_of_the_same_priority_do_not() -> None:
    assert found("SCH014", answer(requesting("2", priority=10), node("n1"), pods=(occupied(10),))) is None


def test_where_another_node_has_room_none_need_make_any() -> None:
    assert found("SCH014", answer(requesting("2", priority=10), node("n1"), node("n2"), pods=(occupied(0),))) is None


def affine(*expressions: dict[str, Any]) -> dict[str, Any]:
    terms = [{"matchExpressions": list(expressions)}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return pending(spec={"affinity": {"nodeAffinity": required}})


def test_a_requirement_that_cannot_be_read_is_named_with_its_term() -> None:
    bad = {"key": "cores", "operator": "Gt", "values": ["many"]}
    finding = found("SCH015", answer(affine(bad), node("n1", labels={"cores": "8"})))
    assert finding is not None
    assert finding.details["term"] == 1
    assert "cores" in finding.details["requirement"]
    assert "whole term matches no node" in said(finding)


def test_one_that_can_be_read_is_not() -> None:
    good = {"key": "cores", "operator": "Gt", "values": ["4"]}
    assert found("SCH015", answer(affine(good), node("n1", labels={"cores": "8"}))) is None
