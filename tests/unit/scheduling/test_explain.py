"""The whole answer: what-ifs, several subjects, what is listed of nodes, taints and tolerations."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling.explain import explain
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.question import Question, TaintChange, WhatIf
from kubectl_lab.errors import NotFound
from kubectl_lab.render import data
from kubectl_lab.result import Reference
from unit.scheduling.asking import NOW, answer, node, pending, taint, tolerating

BLUE = taint("team", "blue")
WEB = Reference("Pod", "default", "web")


def asked(question: Question, *nodes: Any, pods: tuple[Any, ...] = (), repeated: tuple[Reference, ...] = ()) -> Any:
    known = KnownObjects({"Node": list(nodes), "Pod": list(pods)})
    return explain(known, question, Features(), NOW, repeated)


def test_every_pending_pod_has_its_answer() -> None:
    answered = asked(Question((), "default"), node("n1"), pods=(pending("a"), pending("b"), make.pod("runs")))
    assert [each.pod.name for each in answered.pods] == ["a", "b"]
    assert answered.findings == ()


def test_what_is_not_there_ends_the_question() -> None:
    with pytest.raises(NotFound):
        asked(Question((WEB,), "default"), node("n1"))


def test_a_pretended_taint_closes_nodes_that_were_open() -> None:
    changes = WhatIf(add_taints=(TaintChange("team", "blue", "NoSchedule", "n1"),))
    (pod,) = asked(Question((WEB,), "default", what_if=changes), node("n1"), node("n2"), pods=(pending(),)).pods
    assert pod.feasible == ("n2",)
    assert [(each.feasible, each.was) for each in pod.nodes] == [(False, True), (True, True)]
    assert pod.to_dict()["whatIf"]["addTaints"][0]["key"] == "team"


def test_a_pretended_removal_opens_one() -> None:
    changes = WhatIf(remove_taints=(TaintChange("team"),))
    (pod,) = asked(Question((WEB,), "default", what_if=changes), node("n1", BLUE), pods=(pending(),)).pods
    assert [(each.feasible, each.was) for each in pod.nodes] == [(True, False)]


def test_a_pretended_toleration_leaves_the_nodes_as_they_are() -> None:
    changes = WhatIf(tolerations=(tolerating("team", "blue"),))
    (pod,) = asked(Question((WEB,), "default", what_if=changes), node("n1", BLUE), pods=(pending(),)).pods
    assert [(each.feasible, each.was) for each in pod.nodes] == [(True, False)]
    assert [each.sourced.origin for each in pod.tolerations] == ["what-if"]


def test_without_a_what_if_nothing_was() -> None:
    (pod,) = asked(Question((WEB,), "default"), node("n1"), pods=(pending(),)).pods
    assert pod.nodes[0].was is None
    assert "whatIf" not in pod.to_dict()


def test_a_bound_pod_takes_no_room_from_itself() -> None:
    asking = {"containers": [{"name": "main", "resources": {"requests": {"cpu": "3"}}}]}
    (pod,) = asked(Question((WEB,), "default"), node("n1"), pods=(make.pod("web", spec=asking),)).pods
    assert (pod.bound_to, pod.feasible, pod.phase) == ("n1", ("n1",), "Running")


def test_only_the_nodes_that_are_wanted_are_listed_and_all_are_counted() -> None:
    question = Question((WEB,), "default", shown=frozenset({"n2"}))
    (pod,) = asked(question, node("n1"), node("n2", BLUE), pods=(pending(),)).pods
    assert [each.name for each in pod.nodes] == ["n2"]
    assert (pod.feasible, pod.total) == (("n1",), 2)


def test_what_concerns_no_single_pod_stands_beside_them() -> None:
    answered = asked(Question((WEB,), "default"), node("n1"), pods=(pending(),), repeated=(WEB,))
    assert [each.code for each in answered.findings] == ["SCH018"]


def test_each_taint_tells_which_toleration_counts_and_for_how_long() -> None:
    first = tolerating("gpu", effect="NoExecute", tolerationSeconds=30)
    later = tolerating("gpu", effect="NoExecute")
    taints = [taint("gpu", effect="NoExecute"), BLUE, taint("soft", effect="PreferNoSchedule")]
    (told,) = answer(pending("web", first, later), node("n1", *taints)).nodes
    assert [each.toleration for each in told.taints] == [first, None, None]
    assert [each.seconds for each in told.taints] == [30, None, None]
    assert told.seconds == 30


def test_a_taint_that_deletes_and_is_not_tolerated_leaves_no_time() -> None:
    (told,) = answer(pending(), node("n1", taint("gpu", effect="NoExecute"))).nodes
    assert (told.taints[0].seconds, told.seconds) == (0, 0)


def test_nodes_with_the_same_taints_share_what_is_said_of_them() -> None:
    one, other = answer(pending("web", tolerating("team", "bleu")), node("n1", BLUE), node("n2", BLUE)).nodes
    assert one.taints is other.taints
    assert one.taints[0].near_miss is not None


def test_each_toleration_tells_the_nodes_it_matches_in_their_order() -> None:
    nodes = [node("n3", BLUE), node("n1"), node("n2", taint("gpu")), node("n0", BLUE)]
    explained = answer(pending("web", tolerating("team", "blue"), {"operator": "Exists"}), *nodes)
    assert [each.matches for each in explained.tolerations] == [("n3", "n0"), ("n3", "n2", "n0")]


def test_the_worst_comes_first() -> None:
    pod = pending("web", tolerating("gpu"), uid="", spec={"schedulingGates": [{"name": "quota"}]})
    severities = [each.severity for each in answer(pod, node("n1", BLUE)).findings]
    assert severities == ["error", "warning", "warning"]


def test_the_document_of_it_is_whole() -> None:
    made = data.document(
        asked(Question((), "default"), node("n1", BLUE), pods=(pending("web", tolerating("gpu")),)), "en"
    )
    (pod,) = made["pods"]
    assert pod["schedulerMessage"].startswith("0/1 nodes are available: 1 node(s) had untolerated taint(s).")
    assert pod["nodes"][0]["reasons"][0]["first"] is True
    assert pod["findings"][0]["fix"][0].startswith("kubectl -n default patch pod/web")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"tolerations": "none", "containers": 3}, id="lists that are none"),
        pytest.param({"tolerations": [None, 7], "containers": [None]}, id="entries that are no objects"),
        pytest.param({"schedulingGates": [3], "resourceClaims": [None], "schedulerName": 4}, id="odd waits"),
        pytest.param({"affinity": [], "nodeSelector": "x"}, id="odd wishes"),
    ],
)
def test_odd_shapes_are_answered(odd: dict[str, Any]) -> None:
    pod = pending()
    pod["spec"] = odd
    strange = {"kind": "Node", "metadata": None, "spec": {"taints": [None, "x"]}, "status": 3}
    answered = asked(Question((WEB,), "default"), node("n1", BLUE), strange, pods=(pod,))
    assert data.document(answered, "fr")["pods"][0]["nodes"]
