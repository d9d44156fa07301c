"""Pods spread over domains."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.domain.scheduling.features import COMPARISON, Features
from kubectl_lab.domain.scheduling.pod_topology_spread import prepare
from make import Object
from unit.scheduling.neighbours import ALL, DB, NODES, Asked, new, node, placed, spread, spreading, state

UNEVEN = "node(s) didn't match pod topology spread constraints"
NO_LABEL = f"{UNEVEN} (missing required label)"
TAINT = {"key": "team", "value": "blue", "effect": "NoSchedule"}


def asked(spec: Object, *pods: Object, nodes: tuple[Object, ...] = NODES, app: str = "web") -> Asked:
    return Asked(prepare, new(spec, app), state(nodes, pods))


def placed_at(*nodes: str) -> list[Object]:
    return [placed(f"web-{number}", where) for number, where in enumerate(nodes)]


@pytest.mark.parametrize(
    ("constraint", "pods", "refused"),
    [
        pytest.param(spread(), placed_at("a1"), {"a1", "a2", "bare"}, id="a domain one ahead already takes no other"),
        pytest.param(spread(), placed_at("a1", "b1"), {"bare"}, id="even domains take one more"),
        pytest.param(spread(skew=2), placed_at("a1"), {"bare"}, id="maxSkew 2 lets a domain be two ahead"),
        pytest.param(spread(), [], {"bare"}, id="without pods every domain is good"),
        pytest.param(spread(key="host"), placed_at("a1"), {"a1"}, id="the key may be the host"),
        pytest.param(spread(), placed_at("bare"), {"bare"}, id="pods on nodes without the key do not count"),
        pytest.param(spread(), [make.terminating(placed("web", "a1"))], {"bare"}, id="terminating pods do not count"),
        pytest.param(spread(), [placed("web", "a1", namespace="other")], {"bare"}, id="other namespaces do not count"),
        pytest.param(
            spread(), [placed("db", "a1", "db")], {"bare"}, id="pods that the selector does not match do not count"
        ),
        pytest.param(spread(), [placed("web", "a1", phase="Succeeded")], {"bare"}, id="finished pods do not count"),
        pytest.param(spread(DB), [placed("db", "a1", "db")], {"bare"}, id="a pod that is not counted adds nothing"),
        pytest.param(
            spread(DB),
            [placed("one", "a1", "db"), placed("two", "a1", "db")],
            {"a1", "a2", "bare"},
            id="it is refused where others are too uneven already",
        ),
        pytest.param(spread(None), placed_at("a1", "a1", "a2"), {"bare"}, id="a null selector counts nothing"),
        pytest.param(spread(None, skew=0), [], {"bare"}, id="nor does it match the pod itself"),
        pytest.param(spread(ALL), placed_at("a1", "a1", "a2"), {"bare"}, id="an empty selector counts no pod"),
        pytest.param(spread(ALL, skew=0), [], {"a1", "a2", "b1", "bare"}, id="but it matches the pod itself"),
        pytest.param(spread(minDomains=2), placed_at("a1", "b1"), {"bare"}, id="as many domains as minDomains"),
        pytest.param(
            spread(minDomains=3),
            placed_at("a1", "b1"),
            {"a1", "a2", "b1", "bare"},
            id="with fewer domains than minDomains the emptiest counts as 0",
        ),
        pytest.param(
            spread(DB, matchLabelKeys=["app"]),
            [placed("db", "a1", "db")],
            {"bare"},
            id="matchLabelKeys narrow the selector",
        ),
        pytest.param(
            spread(ALL, matchLabelKeys=["app", "absent"]),
            [placed("x", "b1", "x"), *placed_at("a1")],
            {"a1", "a2", "bare"},
            id="matchLabelKeys make an empty selector count; keys the pod lacks are skipped",
        ),
        pytest.param(
            spread(None, matchLabelKeys=["app"]), placed_at("a1", "a1"), {"bare"}, id="matchLabelKeys leave null null"
        ),
    ],
)
def test_nodes_that_are_refused(constraint: Object, pods: list[Object], refused: set[str]) -> None:
    assert asked(spreading(constraint), *pods).refused() == refused


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({}, id="none"),
        pytest.param(spreading(spread(whenUnsatisfiable="ScheduleAnyway")), id="one that only prefers"),
        pytest.param({"topologySpreadConstraints": [None, "x"]}, id="odd ones"),
    ],
)
def test_without_a_constraint_that_refuses_nothing_is_checked(spec: Object) -> None:
    assert asked(spec, *placed_at("a1")).made is None


def test_a_node_without_the_key_is_refused_for_good_and_an_uneven_one_not() -> None:
    found = asked(spreading(spread()), *placed_at("a1"))
    refusals = {each.name: found.filter.refusal(each) for each in found.cluster.nodes}
    assert {name: (one.reasons[0].text, one.preemption_may_help) for name, one in refusals.items() if one} == {
        "a1": (UNEVEN, True),
        "a2": (UNEVEN, True),
        "bare": (NO_LABEL, False),
    }


def test_the_first_constraint_that_fails_decides() -> None:
    both = asked(spreading(spread(key="host"), spread()), *placed_at("bare", "bare"))
    assert both.reasons()["bare"].text == NO_LABEL, "only nodes with all keys count"
    found = asked(
        spreading(spread(), spread(key="rack")), *placed_at("a1"), nodes=(*NODES, node("r", "b", labels={"rack": "1"}))
    )
    assert {name: reason.text for name, reason in found.reasons().items()} == dict.fromkeys(
        ("a1", "a2", "b1", "bare"), NO_LABEL
    )
    full = asked(
        spreading(spread(), spread(key="rack")),
        *placed_at("r"),
        nodes=(node("a1", "b"), node("r", "b", labels={"rack": "1"}), node("z", "z", labels={"rack": "2"})),
    )
    assert {name: reason.text for name, reason in full.reasons().items()} == {"a1": UNEVEN, "r": UNEVEN}


def test_pods_count_only_on_nodes_that_have_the_keys_of_all_constraints() -> None:
    nodes = (node("a1", "a"), node("b1", "b", labels={"rack": "1"}), node("c1", "c", labels={"rack": "2"}))
    found = asked(spreading(spread(), spread(key="rack", skew=9)), *placed_at("a1", "a1", "b1"), nodes=nodes)
    assert found.refused() == {"a1", "b1"}
    assert found.reasons()["a1"].text == NO_LABEL, "domain a is not counted, so it is not uneven"


@pytest.mark.parametrize(
    ("policy", "refused"),
    [
        pytest.param({}, set(), id="nodes that the node selector rules out are no domains"),
        pytest.param({"nodeAffinityPolicy": "Honor"}, set(), id="the same when it is written"),
        pytest.param({"nodeAffinityPolicy": None}, set(), id="the same when it is null"),
        pytest.param({"nodeAffinityPolicy": "Ignore"}, {"a1"}, id="with Ignore they are"),
    ],
)
def test_node_affinity_policy(policy: Object, refused: set[str]) -> None:
    nodes = (node("a1", "a", labels={"disk": "ssd"}), node("b1", "b"))
    found = asked(spreading(spread(**policy), nodeSelector={"disk": "ssd"}), *placed_at("a1"), nodes=nodes)
    assert found.refused() == refused


@pytest.mark.parametrize(
    ("policy", "effect", "tolerations", "refused"),
    [
        pytest.param({}, "NoSchedule", [], {"a1"}, id="tainted nodes are domains by default"),
        pytest.param({"nodeTaintsPolicy": "Honor"}, "NoSchedule", [], set(), id="with Honor they are not"),
        pytest.param({"nodeTaintsPolicy": "Honor"}, "NoExecute", [], set(), id="nor with NoExecute"),
        pytest.param(
            {"nodeTaintsPolicy": "Honor"}, "PreferNoSchedule", [], {"a1"}, id="PreferNoSchedule taints nothing"
        ),
        pytest.param(
            {"nodeTaintsPolicy": "Honor"},
            "NoSchedule",
            [{"operator": "Exists"}],
            {"a1"},
            id="a tolerated taint neither",
        ),
    ],
)
def test_node_taints_policy(policy: Object, effect: str, tolerations: list[Object], refused: set[str]) -> None:
    nodes = (node("a1", "a"), node("b1", "b", taints=(TAINT | {"effect": effect},)))
    found = asked(spreading(spread(**policy), tolerations=tolerations), *placed_at("a1"), nodes=nodes)
    assert found.refused() == refused


@pytest.mark.parametrize(("on", "refused"), [(True, {"a1"}), (False, set())])
def test_a_comparing_toleration_counts_where_the_gate_is_on(on: bool, refused: set[str]) -> None:
    toleration = {"key": "level", "operator": "Gt", "value": "3", "effect": "NoSchedule"}
    nodes = (node("a1", "a"), node("b1", "b", taints=({"key": "level", "value": "5", "effect": "NoSchedule"},)))
    pod = new(spreading(spread(nodeTaintsPolicy="Honor"), tolerations=[toleration]))
    cluster = state(nodes, placed_at("a1"), features=Features(gates={COMPARISON: on}))
    assert Asked(prepare, pod, cluster).refused() == refused


def test_a_domain_that_is_not_counted_has_no_pods() -> None:
    nodes = (node("a1", "a", taints=(TAINT,)), node("b1", "b"))
    found = asked(spreading(spread(nodeTaintsPolicy="Honor")), *placed_at("a1", "a1"), nodes=nodes)
    assert found.refused() == set()


@pytest.mark.parametrize(
    ("constraint", "refused"),
    [
        pytest.param(
            spread(nodeTaintsPolicy="Honor"), set(), id="the minimum over no domains is 0, as minDomains is 1"
        ),
        pytest.param(spread(nodeTaintsPolicy="Honor", skew=0), {"a1"}, id="so a maxSkew of 0 refuses"),
        pytest.param(
            spread(nodeTaintsPolicy="Honor", skew=0, minDomains=0), set(), id="and out of reach where minDomains is 0"
        ),
    ],
)
def test_without_a_domain_that_counts(constraint: Object, refused: set[str]) -> None:
    assert asked(spreading(constraint), nodes=(node("a1", "a", taints=(TAINT,)),)).refused() == refused


def test_preemption_lowers_the_domain_and_the_minimum() -> None:
    found = asked(spreading(spread()), *placed_at("a1", "b1", "b1"))
    assert found.refused() == {"b1", "bare"}
    assert found.without("web-0") == {"b1", "bare"}
    assert found.without("web-1") == {"bare"}
    alone = asked(spreading(spread(DB)), *placed_at("a1", "b1"), placed("db", "a1", "db"), placed("other", "b1", "db"))
    assert alone.refused() == {"bare"}
    assert alone.without("db") == {"bare"}


def test_pods_that_go_and_come_in_one_domain_leave_the_others_as_they_are() -> None:
    found = asked(spreading(spread()), *placed_at("a1", "a1", "b1"))
    first = found.cluster.node_by_name["a1"]
    emptied = found.filter.changed(first, removed=first.pods)
    assert found.refused(emptied) == {"b1", "bare"}
    assert found.refused(emptied.changed(first, added=first.pods)) == {"a1", "a2", "bare"}
    assert found.refused() == {"a1", "a2", "bare"}, "the filter itself is as it was"


def test_nominated_pods_of_the_namespace_count() -> None:
    found = asked(spreading(spread()), *placed_at("a1"))
    assert found.with_pods("b1", new()) == {"bare"}
    assert found.with_pods("b1", new(app="db")) == {"a1", "a2", "bare"}
    assert found.with_pods("b1", new(namespace="other")) == {"a1", "a2", "bare"}
    assert found.with_pods("bare", new()) == {"a1", "a2", "bare"}


def test_removing_a_terminating_pod_takes_off_what_was_not_counted_as_the_scheduler_does() -> None:
    found = asked(spreading(spread(skew=2)), *placed_at("b1"), make.terminating(placed("leaving", "a1")))
    assert found.refused() == {"bare"}
    assert found.without("leaving") == {"b1", "bare"}, "a comes to -1"


def test_removing_pods_of_an_empty_selector_takes_off_what_was_not_counted_as_the_scheduler_does() -> None:
    found = asked(spreading(spread(ALL)), *placed_at("b1"))
    assert found.refused() == {"bare"}
    assert found.without("web-0") == {"a1", "a2", "bare"}, "b comes to -1"


def test_a_malformed_selector_is_not_judged() -> None:
    wrong = spread({"matchExpressions": [{"key": "a", "operator": "Of"}]})
    found = asked(spreading(wrong))
    assert found.refused() == set()
    assert [each.to_dict() for each in found.filter.not_evaluated] == [
        {
            "plugin": "PodTopologySpread",
            "what": "topologySpreadConstraints",
            "why": '"Of" is not a valid label selector operator',
        }
    ]


def test_details_hold_the_figures() -> None:
    found = asked(spreading(spread(minDomains=2)), *placed_at("a1", "a1"))
    assert found.reasons()["a2"].details == {
        "constraint": 0,
        "topologyKey": "zone",
        "topologyValue": "a",
        "count": 2,
        "self": True,
        "minimum": 0,
        "domains": 2,
        "minDomains": 2,
        "skew": 3,
        "maxSkew": 1,
    }


@pytest.mark.parametrize(
    ("constraint", "app", "key"),
    [
        pytest.param(spread(), "web", "scheduling-pods.spread", id="with this pod"),
        pytest.param(spread(), "db", "scheduling-pods.spread-of-others", id="already, without it"),
        pytest.param(spread(minDomains=5), "web", "scheduling-pods.spread-few-domains", id="for want of domains"),
    ],
)
def test_the_message_says_what_makes_it_uneven(constraint: Object, app: str, key: str) -> None:
    found = asked(spreading(constraint), *placed_at("a1", "a1"), app=app)
    message = found.reasons()["a1"].message
    assert message["phrase"] == key
    assert [each["values"] for each in message["values"]["counts"]] == [
        {"value": "a", "count": 2},
        {"value": "b", "count": 0},
    ]


def test_of_many_domains_the_message_names_this_one_and_the_emptiest() -> None:
    nodes = tuple(node(f"n{number}") for number in range(9))
    found = asked(spreading(spread(key="host")), *placed_at(*(f"n{number}" for number in range(8))), nodes=nodes)
    counts = found.reasons()["n3"].message["values"]["counts"]
    assert [each["values"] for each in counts] == [
        {"value": "n3", "count": 1},
        {"value": "n8", "count": 0},
        {"count": 9},
    ]


def test_labels_of_odd_shapes_do_not_raise() -> None:
    odd = make.node("odd", labels={"zone": ["a"]})
    pods = [make.pod("x", labels={"app": ["web"]}, node="a1"), make.pod("y", labels=["web"], node="a1")]
    found = asked(spreading(spread(maxSkew="x", minDomains=[])), *pods, nodes=(odd, *NODES))
    assert found.reasons()["odd"].text == NO_LABEL
