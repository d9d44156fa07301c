"""Which nodes the answer tells of, and what must be read for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import make
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.taints.needs import needs
from kubectl_lab.errors import NotFound
from unit.taints.asking import WEB, Object, ask, known, node, pod, question, tolerates

if TYPE_CHECKING:
    from kubectl_lab.domain.rules.asks import Ask
    from kubectl_lab.domain.taints.question import Question

MAINT = "maint:NoExecute"
NODES = (node("n1", "a:NoSchedule", labels={"pool": "blue"}), node("n2"), node("n3", unschedulable=True))


def names(*objects: Object, about: Question) -> list[str]:
    return [each.name for each in ask(*objects, about=about).nodes]


def test_without_a_name_only_nodes_of_which_there_is_something_to_say() -> None:
    assert names(*NODES, about=question()) == ["n1", "n3"]
    assert ask(*NODES).total == 3


def test_named_nodes_come_in_the_order_of_the_names_each_once() -> None:
    assert names(*NODES, about=question("n2", "n1", "n2")) == ["n2", "n1"]


def test_labels_select_nodes_whether_they_have_taints_or_not() -> None:
    assert names(*NODES, about=question(selector=label_selectors.parse("pool!=blue"))) == ["n2", "n3"]


def test_what_is_pretended_is_for_the_nodes_that_are_meant() -> None:
    assert names(*NODES, about=question(add=[MAINT])) == ["n1", "n2", "n3"]
    found = ask(*NODES, about=question("n2", add=[MAINT]))
    assert [(each.name, [taint.text for taint in each.taints]) for each in found.nodes] == [("n2", [MAINT])]
    assert found.to_dict()["whatIf"]["addTaints"] == [
        {"key": "maint", "value": "", "effect": "NoExecute", "node": None}
    ]


def test_a_node_that_a_flag_names_is_told_of_besides() -> None:
    assert names(*NODES, about=question("n1", add=[f"{MAINT}@n2"])) == ["n1", "n2"]


def test_a_taint_that_is_pretended_away_is_told() -> None:
    (entry,) = ask(*NODES[:2], about=question(remove=["a"])).nodes
    assert (entry.name, entry.removed, entry.taints) == ("n1", ("a:NoSchedule",), ())


@pytest.mark.parametrize(
    ("about", "told"),
    [
        pytest.param(question("n1", "n7", "x9"), ('nodes "n7" not found', 'nodes "x9" not found'), id="all are named"),
        pytest.param(question(add=[f"{MAINT}@n9"]), ('nodes "n9" not found',), id="those of a flag too"),
    ],
)
def test_nodes_that_are_not_there_end_the_answer(about: Question, told: tuple[str, ...]) -> None:
    with pytest.raises(NotFound) as caught:
        ask(*NODES, about=about)
    assert all(each in caught.value.values["missing"] for each in told)


def test_a_removal_that_matches_nothing_ends_the_answer() -> None:
    with pytest.raises(NotFound) as caught:
        ask(*NODES, about=question("n2", remove=["a"]))
    assert caught.value.key == "taint-not-there"


def test_without_a_what_if_there_is_none_in_the_document() -> None:
    assert ask(*NODES).to_dict()["whatIf"] is None


# --- what must be read


def asked(*objects: Object, about: Question | None = None) -> set[Ask]:
    return set(needs(known(*objects), about or question()))


def test_other_effects_need_nothing_more() -> None:
    assert asked(*NODES, pod("web", owned_by=WEB)) == set()


def test_deletions_need_the_budgets_and_what_has_finished() -> None:
    assert {(each.kind, each.fields) for each in asked(node("n1", MAINT))} == {
        ("PodDisruptionBudget", ""),
        ("Pod", "status.phase=Succeeded"),
        ("Pod", "status.phase=Failed"),
    }


def owners(*objects: Object, about: Question | None = None) -> set[tuple[str, str | None]]:
    """(kind, namespace) of what makes pods."""
    found = asked(*objects, about=about)
    return {(each.kind, each.namespace) for each in found if each.kind not in ("Pod", "PodDisruptionBudget")}


def test_deleted_pods_need_their_makers_in_their_namespace() -> None:
    db = pod("db-0", namespace="shop", owned_by=make.owner("StatefulSet", "db"))
    found = owners(node("n1", MAINT), pod("web", owned_by=WEB), db, pod("bare"))
    assert found == {("ReplicaSet", "default"), ("Deployment", "default"), ("StatefulSet", "shop")}


def test_of_many_namespaces_they_are_read_at_once() -> None:
    pods = [pod("web", namespace=f"team-{number}", owned_by=WEB) for number in range(4)]
    assert owners(node("n1", MAINT), *pods) == {("ReplicaSet", None), ("Deployment", None)}


def test_pods_that_stay_or_are_elsewhere_need_no_makers() -> None:
    stays, away = pod("a", tolerates("maint"), owned_by=WEB), pod("b", node="n2", owned_by=WEB)
    assert owners(node("n1", MAINT), node("n2"), stays, away) == set()


def test_a_rehearsal_needs_what_the_taint_would() -> None:
    objects = (node("n1"), pod("web", owned_by=WEB))
    assert owners(*objects) == set()
    assert owners(*objects, about=question("n1", add=[MAINT])) == {("ReplicaSet", "default"), ("Deployment", "default")}
