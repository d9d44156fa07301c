"""nodeSelector and the required node affinity: who is refused, and what is said of why."""

from __future__ import annotations

from typing import Any

import pytest

import make
from judging import judge, made_ready, only, said, state
from kubectl_lab.domain.scheduling.evaluation import evaluate

TEXT = "node(s) didn't match Pod's node affinity/selector"
NODE = make.node("n1", labels={"zone": "a", "cores": "4"})


def term(*conditions: str, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """`zone In a b` of labels, and the names of `metadata.name In`, one a requirement."""
    made: dict[str, Any] = {}
    if conditions:
        made["matchExpressions"] = [_requirement(*each.split(" ")) for each in conditions]
    if names:
        made["matchFields"] = [_requirement("metadata.name", "In", name) for name in names]
    return made


def _requirement(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


def pod(*terms: dict[str, Any], selector: dict[str, str] | None = None) -> dict[str, Any]:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    return make.pod("web", node="", spec={"affinity": {"nodeAffinity": required}, "nodeSelector": selector})


def selecting(**labels: str) -> dict[str, Any]:
    return make.pod("web", node="", spec={"nodeSelector": labels})


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(make.pod("web"), id="nothing is demanded"),
        pytest.param(selecting(zone="a"), id="the label of nodeSelector"),
        pytest.param(pod(term("zone In a")), id="a term that matches"),
        pytest.param(pod(term("zone In b"), term("cores Gt 3")), id="one term of two"),
        pytest.param(pod(term(), term("zone Exists")), id="a term beside an empty one"),
        pytest.param(pod(term(names=("n1",))), id="its name"),
    ],
)
def test_a_node_that_passes(wanted: dict[str, Any]) -> None:
    assert judge("NodeAffinity", wanted, state(NODE)) is None


@pytest.mark.parametrize(
    ("wanted", "en", "fr"),
    [
        pytest.param(
            selecting(disk="ssd"),
            "nodeSelector wants disk=ssd, the node has no such label",
            "nodeSelector demande disk=ssd, le nœud n'a pas ce label",
            id="a label of nodeSelector that the node lacks",
        ),
        pytest.param(
            selecting(zone="b"),
            "nodeSelector wants zone=b, the node has zone=a",
            "nodeSelector demande zone=b, le nœud porte zone=a",
            id="a label of nodeSelector with another value",
        ),
        pytest.param(
            selecting(zone="b", disk="ssd"),
            "nodeSelector wants zone=b, the node has zone=a; nodeSelector wants disk=ssd, the node has no such label",
            "nodeSelector demande zone=b, le nœud porte zone=a ; nodeSelector demande disk=ssd, le nœud n'a pas ce label",
            id="all labels of nodeSelector",
        ),
        pytest.param(
            pod(term("zone In b c", "cores Gt 3", "gpu Exists")),
            "the node affinity wants zone In [b, c] (the node has zone=a), gpu Exists (the node has no such label)",
            "l'affinité de nœud demande zone In [b, c] (le nœud porte zone=a), gpu Exists (le nœud n'a pas ce label)",
            id="what fails of a single term",
        ),
        pytest.param(
            pod(term("zone In b"), term("cores Gt 8")),
            "term 1: the node affinity wants zone In [b] (the node has zone=a); "
            "term 2: the node affinity wants cores Gt 8 (the node has cores=4)",
            "terme 1 : l'affinité de nœud demande zone In [b] (le nœud porte zone=a) ; "
            "terme 2 : l'affinité de nœud demande cores Gt 8 (le nœud porte cores=4)",
            id="terms by their numbers",
        ),
        pytest.param(
            pod(term("cores Gt many")),
            "the node affinity has a malformed condition (cores Gt many), so its term matches no node at all",
            "l'affinité de nœud contient une condition mal formée (cores Gt many) : son terme ne correspond à aucun nœud",
            id="a malformed condition",
        ),
        pytest.param(
            pod(term()),
            "an empty term of the node affinity matches no node at all",
            "un terme vide de l'affinité de nœud ne correspond à aucun nœud",
            id="an empty term",
        ),
        pytest.param(
            pod(selector={"zone": "b"}),
            "nodeSelector wants zone=b, the node has zone=a; the node affinity has no terms and so matches no node at all",
            "nodeSelector demande zone=b, le nœud porte zone=a ; l'affinité de nœud n'a aucun terme et ne correspond donc à "
            "aucun nœud",
            id="an affinity without terms beside nodeSelector",
        ),
    ],
)
def test_what_is_said(wanted: dict[str, Any], en: str, fr: str) -> None:
    found = judge("NodeAffinity", wanted, state(NODE))
    assert only(found).text == TEXT
    assert found is not None
    assert not found.preemption_may_help
    assert (said(found), said(found, "fr")) == (en, fr)


def test_of_many_terms_three_are_told_and_all_are_in_the_details() -> None:
    found = judge("NodeAffinity", pod(*(term(f"zone In z{number}") for number in range(9))), state(NODE))
    assert said(found).count("zone In") == 3
    assert said(found).endswith("… and further terms: 6")
    assert [each["term"] for each in only(found).details["affinity"]] == list(range(9))


def test_the_details_hold_the_facts() -> None:
    found = judge("NodeAffinity", pod(term("zone In b"), selector={"disk": "ssd"}), state(NODE))
    assert only(found).details == {
        "nodeSelector": [{"key": "disk", "value": "ssd", "found": None}],
        "affinity": [
            {
                "term": 0,
                "failing": [{"key": "zone", "operator": "In", "values": ["b"], "found": "a", "malformed": False}],
            }
        ],
    }


def test_a_field_that_fails_beside_a_term_of_labels_names_the_node() -> None:
    wanted = pod(term("zone In b"), term(names=("n2",)))
    assert "metadata.name In [n2] (the node is n1)" in said(judge("NodeAffinity", wanted, state(NODE)))


def test_nodes_that_have_the_same_of_what_is_asked_share_what_is_said() -> None:
    labels = {"zone": "a", "cores": "4"}
    nodes = state(*(make.node(name, labels=labels | {"name": name}) for name in ("n1", "n2")), make.node("n3"))
    made = made_ready("NodeAffinity", selecting(zone="b"), nodes)
    assert made is not None
    assert made.refusal(nodes.nodes[0]) is made.refusal(nodes.nodes[1])
    assert made.refusal(nodes.nodes[0]) is not made.refusal(nodes.nodes[2])


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        pytest.param(pod(term(names=("n1",))), {"n1"}, id="one name"),
        pytest.param(pod(term("zone In b", names=("n1",)), term(names=("n2",))), {"n1", "n2"}, id="of all terms"),
        pytest.param(pod(term("cores Gt many", names=("n1",))), {"n1"}, id="of malformed terms too"),
        pytest.param(pod(term(names=("n1",)), term("zone In a")), None, id="a term without names leaves every node"),
        pytest.param(pod(term(names=("n1",)), term()), None, id="so does an empty term"),
        pytest.param(pod(), None, id="so do no terms at all"),
    ],
)
def test_which_nodes_are_looked_at(wanted: dict[str, Any], names: set[str] | None) -> None:
    made = made_ready("NodeAffinity", wanted, state(NODE))
    assert made is not None
    assert made.only == names
    assert made.before is None


def test_terms_whose_names_exclude_each_other_refuse_before_any_node() -> None:
    made = made_ready("NodeAffinity", pod(term(names=("n1", "n2"))), state(NODE))
    assert made is not None
    assert made.only is None
    assert only(made.before).text == "pod affinity terms conflict"
    assert "metadata.name" in said(made.before)
    assert [each["values"] for each in only(made.before).details["matchFields"]] == [["n1"], ["n2"]]


def test_a_node_that_is_not_named_is_told_so_and_nothing_else_of_this_plugin() -> None:
    nodes = state(NODE, make.node("n2", labels={"zone": "a"}))
    found = evaluate(pod(term("zone In b", names=("n2",))), nodes)
    said_of = [
        [reason.text for each in verdict.refusals if each.plugin == "NodeAffinity" for reason in each.refusal.reasons]
        for verdict in found.nodes
    ]
    assert said_of == [["node(s) didn't satisfy plugin(s) [NodeAffinity]"], [TEXT]]


def test_of_a_node_that_is_not_named_the_plugin_itself_has_nothing_to_say() -> None:
    assert judge("NodeAffinity", pod(term("zone In b", names=("n2",))), state(NODE)) is None


def test_nodes_with_the_same_labels_are_told_apart_by_a_name() -> None:
    nodes = state(make.node("n1"), make.node("n2"))
    made = made_ready("NodeAffinity", pod(term("zone In b"), term(names=("n2",))), nodes)
    assert made is not None
    assert [made.refusal(node) is None for node in nodes.nodes] == [False, True]


def test_labels_of_odd_shapes_are_no_labels() -> None:
    node = {"metadata": {"name": "n1", "labels": {"zone": ["a"], "cores": 4}}}
    found = judge("NodeAffinity", pod(term("zone In a"), term("cores Gt 3")), state(node))
    assert said(found).count("no such label") == 2
