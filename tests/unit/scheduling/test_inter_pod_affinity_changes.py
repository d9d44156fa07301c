"""Pods that leave and come, as preemption and nominated pods have it, and the words about who blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.scheduling.inter_pod_affinity import prepare
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

if TYPE_CHECKING:
    from make import Object


def asked(spec: Object, *pods: Object, app: str = "web", **rest: object) -> Asked:
    return Asked(prepare, new(spec, app), state(NODES, pods, **rest))  # type: ignore[arg-type]


def test_preemption_frees_a_domain_only_when_its_last_blocker_goes() -> None:
    found = asked(anti(term(DB)), placed("one", "a1", "db"), placed("two", "a1", "db"), placed("other", "b1", "db"))
    assert found.refused() == {"a1", "a2", "b1"}
    assert found.without("one") == {"a1", "a2", "b1"}
    assert found.without("one", "two") == {"b1"}
    assert found.refused() == {"a1", "a2", "b1"}, "the filter itself is as it was"


def test_preemption_frees_a_domain_of_a_pod_whose_anti_affinity_blocked() -> None:
    found = asked({}, placed("one", "a1", "x", spec=anti(term(WEB))), placed("two", "b1", "x", spec=anti(term(WEB))))
    assert found.without("one") == {"b1"}


def test_preempting_the_only_pod_of_a_series_makes_the_new_one_the_first() -> None:
    found = asked(affinity(term(WEB)), placed("web", "a1"))
    assert found.refused() == {"b1", "bare"}
    assert found.without("web") == {"bare"}


def test_preempting_pods_that_affinity_wants_takes_the_domain_away() -> None:
    found = asked(affinity(term(DB)), placed("one", "a1", "db"), placed("two", "b1", "db"))
    assert found.refused() == {"bare"}
    assert found.without("one") == {"a1", "a2", "bare"}
    assert found.without("two") == {"b1", "bare"}


def test_nominated_pods_block_and_attract_like_placed_ones() -> None:
    found = asked(anti(term(DB)), placed("db", "a1", "db"))
    assert found.with_pods("b1", new(app="db")) == {"a1", "a2", "b1"}
    assert found.with_pods("b1", new(app="x")) == {"a1", "a2"}
    assert found.with_pods("b1", new(anti(term(WEB)), "x")) == {"a1", "a2", "b1"}
    near = asked(affinity(term(DB)), placed("db", "a1", "db"))
    assert near.with_pods("b1", new(app="db")) == {"bare"}


def test_nominated_pods_keep_a_pod_without_terms_away_where_it_is_checked_at_all() -> None:
    jealous = anti(term(WEB))
    found = asked({}, placed("one", "a1", "x", spec=jealous))
    assert found.with_pods("b1", new(jealous, "x")) == {"a1", "a2", "b1"}


def test_pods_that_come_after_others_have_gone_count_too() -> None:
    found = asked(anti(term(DB)), placed("db", "a1", "db"))
    first = found.cluster.node_by_name["a1"]
    freed = found.filter.changed(first, removed=first.pods)
    assert found.refused(freed) == set()
    assert found.refused(freed.changed(first, added=[new(app="db")])) == {"a1", "a2"}
    came = new(app="db")
    again = freed.changed(first, added=[came]).changed(first, removed=[came])
    assert found.refused(again) == set()


def test_the_message_names_the_pod_that_blocks_and_the_term() -> None:
    found = asked(anti(term(DB)), placed("one", "a1", "db"), placed("two", "a1", "db"))
    reason = found.reasons()["a2"]
    assert reason.details == {
        "topologyKey": "zone",
        "topologyValue": "a",
        "term": 0,
        "pod": "default/one",
        "node": "a1",
    }
    first = found.cluster.node_by_name["a1"]
    left = found.filter.changed(first, removed=first.pods[:1])
    assert found.reasons(left)["a2"].details["pod"] == "default/two"
    came = found.filter.changed(first, removed=first.pods, added=[placed("three", "a1", "db")])
    assert found.reasons(came)["a2"].details["pod"] == "default/three"


def test_the_message_says_whether_what_is_wanted_is_elsewhere_or_nowhere() -> None:
    elsewhere = asked(affinity(term(DB)), placed("db", "a1", "db")).reasons()["b1"].message
    nowhere = asked(affinity(term(DB))).reasons()["b1"].message
    assert (elsewhere["phrase"], nowhere["phrase"]) == ("scheduling-pods.not-here", "scheduling-pods.nowhere")
    assert elsewhere["values"] == {"key": "zone", "value": "b", "pods": "app=db"}


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        pytest.param({"matchLabels": {"a": "b"}}, "a=b", id="an equality"),
        pytest.param(
            {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}, "a in (b, c)", id="a set"
        ),
        pytest.param(
            {
                "matchExpressions": [
                    {"key": "a", "operator": "NotIn", "values": ["b"]},
                    {"key": "c", "operator": "Exists"},
                    {"key": "d", "operator": "DoesNotExist"},
                ]
            },
            "a notin (b), c, !d",
            id="several",
        ),
        pytest.param(ALL, {"phrase": "scheduling-pods.selects-all", "values": {}}, id="every pod"),
        pytest.param(None, {"phrase": "scheduling-pods.selects-nothing", "values": {}}, id="none"),
    ],
)
def test_the_message_says_which_pods_a_term_means(selector: Object | None, words: object) -> None:
    pod = new(affinity(term(selector)), app="lonely")
    reason = Asked(prepare, pod, state(NODES)).reasons()["bare"]
    assert reason.message["values"]["pods"] == words
