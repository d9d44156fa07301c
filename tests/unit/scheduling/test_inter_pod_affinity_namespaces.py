"""Which namespaces terms of pod affinity reach, and what is said where namespaces or pods were not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.inter_pod_affinity import prepare
from kubectl_lab.domain.scheduling.state import ClusterState
from kubectl_lab.objects import Missing
from unit.scheduling.neighbours import (
    ALL,
    DB,
    NODES,
    WEB,
    Asked,
    affinity,
    anti,
    namespace,
    new,
    placed,
    state,
    term,
)
from unit.scheduling.subjects_asked import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from make import Object

    Pods = Sequence[Object] | Missing


def asked(spec: Object, *pods: Object, app: str = "web", **rest: object) -> Asked:
    return Asked(prepare, new(spec, app), state(NODES, pods, **rest))  # type: ignore[arg-type]


BY_LABELS = {"matchLabels": {"team": "x"}}
NOT_X = {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["x"]}]}
NAMESPACES = (namespace("default", team="y"), namespace("theirs", team="x"))
THEIR_POD = placed("db", "a1", "db", "theirs")


@pytest.mark.parametrize(
    ("selector", "version", "refused"),
    [
        pytest.param(BY_LABELS, (1, 36, 3), {"a1", "a2"}, id="a namespace is found by its labels"),
        pytest.param({"matchLabels": {"team": "z"}}, (1, 36, 3), set(), id="and left out by them"),
        pytest.param(ALL, (1, 36, 3), {"a1", "a2"}, id="an empty namespaceSelector means all namespaces"),
        pytest.param(None, (1, 36, 3), set(), id="a null one means the pod's own"),
        pytest.param(
            NOT_X, (1, 36, 3), {"a1", "a2"}, id="NotIn reaches every namespace since 1.34, also those with the label"
        ),
        pytest.param(NOT_X, (1, 33, 4), set(), id="NotIn leaves those namespaces out in 1.33"),
    ],
)
def test_namespaces_that_a_term_reaches(
    selector: Object | None, version: tuple[int, int, int], refused: set[str]
) -> None:
    spec = anti(term(DB, namespaceSelector=selector))
    found = asked(spec, THEIR_POD, namespaces=NAMESPACES, features=Features(version))
    assert found.refused() == refused
    assert found.filter.not_evaluated == ()


@pytest.mark.parametrize(
    ("selector", "refused"),
    [
        pytest.param({"matchLabels": {"team": "y"}}, {"a1", "a2"}, id="it has the label"),
        pytest.param(NOT_X, {"a1", "a2"}, id="it has another value"),
        pytest.param(BY_LABELS, None, id="it lacks it"),
        pytest.param(ALL, {"a1", "a2"}, id="all are meant"),
    ],
)
def test_the_anti_affinity_of_placed_pods_goes_by_the_labels_of_the_new_pod_s_namespace(
    selector: Object, refused: set[str] | None
) -> None:
    jealous = placed("x", "a1", "x", "theirs", spec=anti(term(WEB, namespaceSelector=selector)))
    found = asked({}, jealous, namespaces=NAMESPACES)
    assert (found.refused() if found.made else None) == refused


UNREAD = Missing("Namespace", "forbidden")


def test_an_anti_affinity_that_goes_by_unread_namespaces_refuses_nothing_but_says_so() -> None:
    found = asked(anti(term(DB, namespaceSelector=BY_LABELS)), THEIR_POD, namespaces=UNREAD)
    assert found.refused() == set()
    assert [each.to_dict() for each in found.filter.not_evaluated] == [
        {"plugin": "InterPodAffinity", "what": "namespaces", "why": "forbidden"}
    ]


def test_an_affinity_that_goes_by_unread_namespaces_still_needs_its_key() -> None:
    found = asked(affinity(term(DB, namespaceSelector=BY_LABELS)), namespaces=UNREAD)
    assert found.refused() == {"bare"}
    assert found.filter.not_evaluated


def test_namespaces_that_are_named_are_known_without_reading_any() -> None:
    spec = anti(term(DB, namespaces=["theirs"], namespaceSelector=BY_LABELS))
    assert asked(spec, THEIR_POD, namespaces=UNREAD).refused() == {"a1", "a2"}


@pytest.mark.parametrize(
    ("version", "said"),
    [
        pytest.param((1, 34, 0), False, id="since 1.34 it reaches all of them, so nothing is missing"),
        pytest.param((1, 33, 0), True, id="until 1.33 it takes their labels"),
    ],
)
def test_a_negative_selector_of_unread_namespaces(version: tuple[int, int, int], said: bool) -> None:
    found = asked(anti(term(DB, namespaceSelector=NOT_X)), THEIR_POD, namespaces=UNREAD, features=Features(version))
    assert bool(found.filter.not_evaluated) is said
    assert found.refused() == (set() if said else {"a1", "a2"})


@pytest.mark.parametrize(
    ("written", "said", "refused"),
    [
        pytest.param(term(WEB, namespaceSelector=NOT_X), True, set(), id="it may mean this namespace or not"),
        pytest.param(term(DB, namespaceSelector=NOT_X), False, None, id="it does not mean this pod anyway"),
        pytest.param(
            term(WEB, namespaces=["default"], namespaceSelector=NOT_X),
            False,
            {"a1", "a2"},
            id="it names this namespace besides",
        ),
    ],
)
def test_placed_pods_anti_affinity_by_unread_namespaces(written: Object, said: bool, refused: set[str] | None) -> None:
    found = asked({}, placed("x", "a1", "x", "theirs", spec=anti(written)), namespaces=UNREAD)
    assert (found.refused() if found.made else None) == refused
    assert bool(found.made and found.made.not_evaluated) is said


@pytest.mark.parametrize(
    ("read", "said"),
    [
        pytest.param(("default", "theirs"), False, id="all were read"),
        pytest.param(("default",), True, id="one that has pods was not"),
        pytest.param(("theirs",), True, id="the pod's own was not"),
    ],
)
def test_a_file_that_holds_some_namespaces_only_is_not_taken_for_all(read: tuple[str, ...], said: bool) -> None:
    spec = anti(term(DB, namespaceSelector={"matchLabels": {"team": "z"}}))
    found = asked(spec, THEIR_POD, placed("web", "b1"), namespaces=[namespace(name) for name in read])
    assert found.refused() == set()
    assert [each.why for each in found.filter.not_evaluated] == (["not captured"] if said else [])


def test_anti_affinity_of_placed_pods_by_labels_needs_the_pod_s_own_namespace_only() -> None:
    jealous = placed("x", "a1", "x", "theirs", spec=anti(term(WEB, namespaceSelector={"matchLabels": {"team": "y"}})))
    found = asked({}, jealous, namespaces=[namespace("default", team="y")])
    assert (found.refused(), found.filter.not_evaluated) == ({"a1", "a2"}, ())
    unread = asked({}, jealous, namespaces=[namespace("theirs")])
    assert (unread.refused(), [each.why for each in unread.filter.not_evaluated]) == (set(), ["not captured"])


@pytest.mark.parametrize(
    ("pods", "refused"),
    [
        pytest.param(
            [placed("other", "b1", "x")], {"a1", "a2", "b1", "bare"}, id="pods of the cluster, none of them meant"
        ),
        pytest.param([], {"a1", "a2", "b1", "bare"}, id="a cluster without pods"),
        pytest.param([manifest(placed("mine", "", "x"))], {"bare"}, id="manifests of pods alone"),
        pytest.param(Missing("Pod", "not captured"), {"bare"}, id="pods that nobody captured"),
    ],
)
def test_what_is_wanted_near_is_not_said_to_be_absent_where_nobody_looked(pods: Pods, refused: set[str]) -> None:
    cluster = ClusterState({"Node": NODES, "Pod": pods, "Namespace": ()}, Features())
    assert Asked(prepare, new(affinity(term(DB))), cluster).refused() == refused
