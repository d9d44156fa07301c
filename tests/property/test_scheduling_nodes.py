"""Whatever nodes and pods are like: a toleration or a term more never costs a node, and nothing ends the rules."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from judging import made_ready, state
from kubectl_lab.catalogue.words import reason
from kubectl_lab.domain.rules import node_selectors, tolerations
from kubectl_lab.domain.scheduling.features import COMPARISON, Features
from kubectl_lab.domain.scheduling.near_misses import near_miss, nearest_taint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.scheduling.model import Reason
    from kubectl_lab.domain.scheduling.state import ClusterState

Object = dict[str, Any]

PLUGINS = ("NodeUnschedulable", "TaintToleration", "NodeAffinity", "NodePorts", "NodeDeclaredFeatures")
EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")
KEYS = st.sampled_from(["team", "taem", "Team", "example.com/team", "gpu", "node.kubernetes.io/unschedulable"])
VALUES = st.sampled_from(["", "blue", "bleu", "4", "5", "007", "-1"])
NAMES = st.sampled_from(["n0", "n1", "n2", "gone"])
JUNK: list[Any] = [None, True, 3, -1, 1.5, "", "x", "Exists", [], {}, [None], [{}], [[1]], {"a": 1}, "In", "9" * 5000]


def parts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Object]:
    """Objects of which any field may be absent."""
    return st.fixed_dictionaries({}, optional=fields)


TAINTS = st.fixed_dictionaries({"key": KEYS, "value": VALUES, "effect": st.sampled_from(EFFECTS)})
TOLERATIONS = parts(
    key=KEYS,
    operator=st.sampled_from(["", "Equal", "Exists", "Gt", "Lt", "exists"]),
    value=VALUES,
    effect=st.sampled_from(EFFECTS),
)
REQUIREMENTS = parts(
    key=st.sampled_from(["zone", "cores", "bad key"]),
    operator=st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Odd"]),
    values=st.lists(VALUES, max_size=2),
)
FIELDS = st.fixed_dictionaries(
    {
        "key": st.just("metadata.name"),
        "operator": st.sampled_from(["In", "NotIn"]),
        "values": st.lists(NAMES, max_size=2),
    }
)
TERMS = st.one_of(
    st.fixed_dictionaries({"matchFields": st.lists(FIELDS, min_size=1, max_size=2)}),
    parts(matchExpressions=st.lists(REQUIREMENTS, max_size=2), matchFields=st.lists(FIELDS, max_size=2)),
)
LABELS = parts(zone=VALUES, cores=VALUES)
PORTS = st.lists(
    parts(
        hostPort=st.sampled_from([0, 80, 443]),
        protocol=st.sampled_from(["", "TCP", "UDP"]),
        hostIP=st.sampled_from(["", "0.0.0.0", "::", "10.0.0.1"]),
    ),
    max_size=2,
)


@st.composite
def clusters(draw: st.DrawFn) -> list[Object]:
    """Up to three nodes."""
    return [
        make.node(
            f"n{number}",
            unschedulable=draw(st.booleans()),
            taints=tuple(draw(st.lists(TAINTS, max_size=3))),
            labels=draw(LABELS),
        )
        for number in range(draw(st.integers(1, 3)))
    ]


@st.composite
def pods(draw: st.DrawFn, node: str = "") -> Object:
    """Any pod."""
    affinity = {
        "requiredDuringSchedulingIgnoredDuringExecution": draw(parts(nodeSelectorTerms=st.lists(TERMS, max_size=3)))
    }
    spec = {
        "tolerations": draw(st.lists(TOLERATIONS, max_size=3)),
        "nodeSelector": draw(LABELS),
        "hostNetwork": draw(st.booleans()),
        "hostUsers": draw(st.booleans()),
        "containers": [{"name": "main", "ports": draw(PORTS)}],
    }
    return make.pod(
        "web", node=node, spec=spec | ({"affinity": {"nodeAffinity": affinity}} if draw(st.booleans()) else {})
    )


def passed(pod: Object, found: ClusterState, *plugins: str) -> set[str]:
    """The nodes that none of these plugins refuses."""
    left = {node.name for node in found.nodes}
    for made in (made_ready(plugin, pod, found) for plugin in plugins or PLUGINS):
        if made is None:
            continue
        if made.before is not None:
            return set()
        left &= {node.name for node in found.nodes if made.refusal(node) is None}
        left &= left if made.only is None else made.only
    return left


def reasons(pod: Object, found: ClusterState) -> Iterator[Reason]:
    for made in (made_ready(plugin, pod, found) for plugin in PLUGINS):
        refusals = [made.before, *map(made.refusal, found.nodes)] if made else []
        yield from (each for refusal in refusals if refusal is not None for each in refusal.reasons)


@given(clusters(), pods(), TOLERATIONS, st.booleans())
def test_a_toleration_more_never_costs_a_node(nodes: list[Object], pod: Object, more: Object, gate: bool) -> None:
    found = state(*nodes, gates={COMPARISON: gate})
    before = passed(pod, found)
    pod["spec"]["tolerations"].append(more)
    assert before <= passed(pod, found)


@given(clusters(), pods(), st.data())
def test_a_taint_less_never_costs_a_node(nodes: list[Object], pod: Object, data: st.DataObject) -> None:
    before = passed(pod, state(*nodes))
    taints = data.draw(st.sampled_from(nodes))["spec"].get("taints")
    if taints:
        taints.remove(data.draw(st.sampled_from(taints)))
    assert before <= passed(pod, state(*nodes))


@given(clusters())
def test_a_pod_that_asks_for_nothing_fits_every_node_without_taint_and_cordon(nodes: list[Object]) -> None:
    open_ones = {
        each["metadata"]["name"]
        for each in nodes
        if not each["spec"].get("unschedulable")
        and not any(taint["effect"] != "PreferNoSchedule" for taint in each["spec"].get("taints", ()))
    }
    assert passed(make.pod("web", node=""), state(*nodes)) == open_ones


@given(clusters(), pods(), TERMS)
def test_a_term_more_never_costs_a_node(nodes: list[Object], pod: Object, more: Object) -> None:
    required = (
        pod["spec"].get("affinity", {}).get("nodeAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    )
    if required is None:
        return
    before = passed(pod, state(*nodes), "NodeAffinity")
    required.setdefault("nodeSelectorTerms", []).append(more)
    assert before <= passed(pod, state(*nodes), "NodeAffinity")


@given(clusters(), st.lists(TERMS, max_size=3))
def test_the_plugin_and_the_rule_agree_on_affinity(nodes: list[Object], terms: list[Object]) -> None:
    """What narrowing leaves out, no term would match either."""
    found = state(*nodes)
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    pod = make.pod("web", node="", spec={"affinity": {"nodeAffinity": required}})
    accepted = {each.name for each in found.nodes if node_selectors.selects(pod, each.labels, each.name)}
    assert passed(pod, found, "NodeAffinity") == accepted


@given(clusters(), pods(), pods(node="n0"))
def test_a_pod_less_never_costs_a_node(nodes: list[Object], pod: Object, other: Object) -> None:
    crowded = passed(pod, state(*nodes, pods=[other]))
    assert crowded <= passed(pod, state(*nodes))


@given(clusters(), pods(), pods(node="n0"))
def test_every_refusal_is_said_in_both_languages(nodes: list[Object], pod: Object, other: Object) -> None:
    for each in reasons(pod, state(*nodes, pods=[other])):
        said = [reason(each.message, lang) for lang in ("en", "fr")]
        assert not any("{" in text or "scheduling-node." in text for text in said)
        assert said[0] != said[1]


@given(TAINTS, st.sampled_from(["key", "value", "effect"]), st.data())
def test_the_nearest_toleration_matches_once_it_is_given_what_it_lacks(
    taint: Object, part: str, data: st.DataObject
) -> None:
    another = {"key": KEYS, "value": VALUES, "effect": st.sampled_from(EFFECTS)}[part]
    toleration = {**taint, part: data.draw(another)}
    found = near_miss([toleration], taint, Features())
    if found is None:  # it tolerates the taint, the taint refuses nothing, or the key is quite another one
        assert tolerations.tolerates(toleration, taint) or taint["effect"] == "PreferNoSchedule" or part == "key"
        return
    assert found["phrase"] in {f"near-miss.{part}", "near-miss.no-value"}
    assert (found["values"]["has"], found["values"]["wanted"]) == (toleration[part] or '""', taint[part] or '""')
    assert tolerations.tolerates({**toleration, part: taint[part]}, taint)


FULL_NODE = make.node(
    "n0", unschedulable=True, taints=(make.taint("team=4:NoExecute"),), labels={"zone": "a", "cores": "4"}
) | {"status": {"declaredFeatures": ["x"]}}
FULL_POD = make.pod(
    "web",
    node="n0",
    spec={
        "tolerations": [
            {"key": "team", "operator": "Gt", "value": "5", "effect": "NoExecute", "tolerationSeconds": 5},
            {"key": "taem", "operator": "Equal", "value": "4", "effect": "NoExecute"},
        ],
        "nodeSelector": {"zone": "b"},
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["8"]}]},
                        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]},
                    ]
                }
            }
        },
        "hostNetwork": True,
        "hostUsers": False,
        "containers": [{"name": "a", "ports": [{"hostPort": 80, "hostIP": "::", "protocol": "TCP"}]}],
        "initContainers": [
            {
                "name": "b",
                "restartPolicy": "Always",
                "ports": [{"hostPort": 80}],
                "restartPolicyRules": [{"action": "RestartAllContainers"}],
            }
        ],
    },
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in inner for found in ((*path, key), *places(each, (*path, key)))]


def damaged(sound: Object, path: tuple[Any, ...], junk: Any) -> Object:
    made = copy.deepcopy(sound)
    inside: Any = made
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = junk
    return made


def asked(node: Object, pod: Object, other: Object) -> None:
    """Everything there is to ask about them, and say."""
    found = state(node, make.node("n1"), pods=[other], gates={COMPARISON: True})
    assert all(reason(each.message, "fr") for each in reasons(pod, found))
    taints = [taint for info in found.nodes for taint in info.taints]
    for taint in taints:
        near_miss(tolerations.of_pod(pod), taint, found.features)
    for toleration in tolerations.of_pod(pod):
        nearest_taint(toleration, taints)


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: f"{junk!r:.12} in any place")
def test_objects_of_any_shape_end_nothing(junk: Any) -> None:
    for path in places(FULL_NODE):
        asked(damaged(FULL_NODE, path, junk), FULL_POD, FULL_POD)
    for path in places(FULL_POD):
        asked(FULL_NODE, damaged(FULL_POD, path, junk), damaged(FULL_POD, path, junk))
