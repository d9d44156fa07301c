"""Pods near pods and away from pods."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.domain.scheduling.inter_pod_affinity import prepare
from make import Object
from unit.scheduling.neighbours import (
    ALL,
    DB,
    NODES,
    WEB,
    Asked,
    affinity,
    anti,
    new,
    placed,
    state,
    term,
)

AFFINITY = "node(s) didn't match pod affinity rules"
ANTI = "node(s) didn't match pod anti-affinity rules"
EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules"


def asked(spec: Object, *pods: Object, app: str = "web", **rest: object) -> Asked:
    return Asked(prepare, new(spec, app), state(NODES, pods, **rest))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spec", "pods", "refused"),
    [
        pytest.param(
            affinity(term(DB)),
            [placed("db", "a1", "db")],
            {"b1", "bare"},
            id="affinity takes the whole domain of a pod",
        ),
        pytest.param(
            affinity(term(DB)), [], {"a1", "a2", "b1", "bare"}, id="without a pod that is meant no node is good"
        ),
        pytest.param(
            affinity(term(WEB)), [], {"bare"}, id="the first of its series needs the key only, no pod but itself"
        ),
        pytest.param(
            affinity(term(WEB)), [placed("web", "a1")], {"b1", "bare"}, id="the second of a series goes to the first"
        ),
        pytest.param(
            affinity(term(WEB)),
            [placed("web", "bare")],
            {"bare"},
            id="a pod on a node without the key leaves the next one the first of its series",
        ),
        pytest.param(
            affinity(term(WEB)),
            [make.terminating(placed("web", "a1"))],
            {"b1", "bare"},
            id="a terminating pod still counts",
        ),
        pytest.param(
            affinity(term(DB), term(WEB)),
            [placed("db", "a1", "db"), placed("web", "a1")],
            {"a1", "a2", "b1", "bare"},
            id="one pod must match all terms at once",
        ),
        pytest.param(
            affinity(term(DB), term(ALL, "host")),
            [placed("db", "a1", "db")],
            {"a2", "b1", "bare"},
            id="every term's domain must hold such a pod",
        ),
        pytest.param(
            affinity(term(DB, "nowhere")),
            [placed("db", "a1", "db")],
            {"a1", "a2", "b1", "bare"},
            id="a key that no node has refuses all",
        ),
        pytest.param(
            affinity(term(None)),
            [placed("web", "a1")],
            {"a1", "a2", "b1", "bare"},
            id="a null selector means no pod, itself neither",
        ),
        pytest.param(
            affinity(term(ALL)), [placed("x", "b1", "x")], {"a1", "a2", "bare"}, id="an empty one means every pod"
        ),
        pytest.param(
            affinity(term(DB)),
            [placed("db", "a1", "db", "other")],
            {"a1", "a2", "b1", "bare"},
            id="pods of other namespaces are not meant",
        ),
        pytest.param(
            anti(term(DB)), [placed("db", "a1", "db")], {"a1", "a2"}, id="anti-affinity loses the whole domain"
        ),
        pytest.param(
            anti(term(DB)), [placed("db", "bare", "db")], set(), id="a pod on a node without the key blocks nothing"
        ),
        pytest.param(
            anti(term(DB), term(DB, "host")),
            [placed("db", "bare", "db")],
            {"bare"},
            id="each anti-affinity term counts for itself",
        ),
        pytest.param(
            anti(term(None)), [placed("web", "a1")], set(), id="anti-affinity with a null selector blocks nothing"
        ),
        pytest.param(
            anti(term(WEB)), [make.terminating(placed("web", "a1"))], {"a1", "a2"}, id="a terminating pod still blocks"
        ),
        pytest.param(
            {}, [placed("x", "a1", "x", spec=anti(term(WEB)))], {"a1", "a2"}, id="another pod's anti-affinity blocks"
        ),
        pytest.param(
            {},
            [placed("x", "a1", "x", "other", spec=anti(term(WEB, namespaces=["default"])))],
            {"a1", "a2"},
            id="also from another namespace when it names this one",
        ),
        pytest.param(
            affinity(term(WEB, namespaces=["other"])),
            [placed("web", "a1", namespace="other"), placed("web", "b1")],
            {"b1", "bare"},
            id="namespaces that are named replace the pod's own",
        ),
        pytest.param(
            affinity(term(WEB, namespaces=[])),
            [placed("web", "a1")],
            {"b1", "bare"},
            id="an empty list of namespaces means the pod's own",
        ),
    ],
)
def test_nodes_that_are_refused(spec: Object, pods: list[Object], refused: set[str]) -> None:
    assert asked(spec, *pods).refused() == refused


@pytest.mark.parametrize(
    "pods",
    [
        pytest.param([], id="no pods"),
        pytest.param([placed("x", "a1", spec=anti(term(DB)))], id="anti-affinity against others"),
        pytest.param(
            [placed("x", "a1", namespace="other", spec=anti(term(WEB)))], id="anti-affinity in its own namespace"
        ),
        pytest.param([placed("x", "a1", spec=affinity(term(WEB)))], id="affinity of others"),
        pytest.param([placed("x", "bare", spec=anti(term(WEB)))], id="anti-affinity without the key on its node"),
        pytest.param([placed("x", "gone", spec=anti(term(WEB)))], id="on a node that does not exist"),
        pytest.param([placed("x", "a1", phase="Failed", spec=anti(term(WEB)))], id="of a pod that failed"),
        pytest.param(
            [placed("x", "a1", spec=anti(term(WEB), term({"matchExpressions": [{"key": "a", "operator": "Of"}]})))],
            id="all terms of a placed pod with a malformed one",
        ),
    ],
)
def test_a_pod_without_terms_that_nobody_avoids_is_not_checked(pods: list[Object]) -> None:
    assert asked({}, *pods).made is None


def test_the_scheduler_first_says_affinity_then_own_then_others_anti_affinity() -> None:
    both = affinity(term(DB))["affinity"] | anti(term(WEB, "host"))["affinity"]
    pods = [
        placed("db", "a1", "db"),
        placed("web", "a1"),
        placed("jealous", "a2", "x", spec=anti(term(WEB, "zone"))),
        placed("far", "b1", "x", spec=anti(term(WEB, "zone"))),
    ]
    found = asked({"affinity": both}, *pods)
    assert {name: reason.text for name, reason in found.reasons().items()} == {
        "a1": ANTI,
        "a2": EXISTING,
        "b1": AFFINITY,
        "bare": AFFINITY,
    }
    helps = {each.name: found.filter.refusal(each) for each in found.cluster.nodes}
    assert {name: refusal.preemption_may_help for name, refusal in helps.items() if refusal} == {
        "a1": True,
        "a2": True,
        "b1": False,
        "bare": False,
    }


OF = {"matchExpressions": [{"key": "a", "operator": "Of"}]}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        pytest.param(
            affinity(term(OF)),
            'parsing pod: requiredAffinityTerms: "Of" is not a valid label selector operator',
            id="in an affinity term",
        ),
        pytest.param(
            anti(term(WEB, namespaceSelector=OF), term(OF)),
            'parsing pod: requiredAntiAffinityTerms: "Of" is not a valid label selector operator',
            id="in a namespaceSelector, told once a list",
        ),
        pytest.param(
            {"affinity": affinity(term(OF))["affinity"] | anti(term(OF))["affinity"]},
            'parsing pod: [requiredAffinityTerms: "Of" is not a valid label selector operator, '
            'requiredAntiAffinityTerms: "Of" is not a valid label selector operator]',
            id="in two lists",
        ),
        pytest.param(
            {
                "affinity": {
                    "podAffinity": {
                        "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": term(OF)}]
                    }
                }
            },
            'parsing pod: preferredAffinityTerms: "Of" is not a valid label selector operator',
            id="in a preferred term, which refuses all the same",
        ),
    ],
)
def test_a_malformed_selector_of_the_pod_refuses_it_before_any_node(part: Object, text: str) -> None:
    found = asked(part).filter.before
    assert found is not None
    assert [reason.text for reason in found.reasons] == [text]
    assert not found.preemption_may_help


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(
            {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [None, 3]}}}, id="terms"
        ),
        pytest.param({"affinity": ["x"]}, id="affinity"),
        pytest.param(anti({"labelSelector": ALL, "topologyKey": ["x"], "namespaces": [3]}), id="fields of a term"),
    ],
)
def test_odd_shapes_do_not_raise(odd: Object) -> None:
    pods = [placed("x", "a1", spec=odd), make.pod("y", labels={"app": ["web"]}, node="a1")]
    cluster = state([*NODES, make.node("odd", labels={"zone": ["a"], "": 3})], pods)
    for spec in (odd, anti(term(ALL)), affinity(term(ALL))):
        made = prepare(new(spec), cluster)
        for each in cluster.nodes if made else ():
            assert made is not None
            made.refusal(each)


def test_a_node_whose_label_is_no_text_is_in_no_domain() -> None:
    cluster = state([make.node("odd", labels={"zone": ["a"]})], [placed("db", "odd", "db")])
    assert Asked(prepare, new(anti(term(DB))), cluster).refused() == set()
