"""Repairs of a pod whose verdict on one node rests on the others: every try is dear, and only a few are made."""

from __future__ import annotations

from typing import Any

import make
from unit.scheduling.asking import node, pending, repaired, taint

BLUE = taint("team", "blue")

SPREAD: dict[str, Any] = {
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "nodeTaintsPolicy": "Honor",
            "labelSelector": {"matchLabels": {"app": "web"}},
        }
    ]
}


def spread_pod() -> dict[str, Any]:
    pod = pending(spec=SPREAD)
    pod["metadata"]["labels"] = {"app": "web"}
    return pod


def test_where_pods_are_spread_each_node_is_tried_and_so_is_the_whole_cluster() -> None:
    nodes = [node(f"n{number}", BLUE, labels={"zone": "a"}) for number in (1, 2)]
    found_ = repaired(spread_pod(), *nodes)
    assert found_ == [(("tolerate",), 2), (("untaint",), 1)]


def test_a_node_that_spreading_then_refuses_does_not_count() -> None:
    there = [make.pod(f"w{number}", node="n1", labels={"app": "web"}) for number in (1, 2)]
    nodes = [node("n1", BLUE, labels={"zone": "a"}), node("n2", BLUE, labels={"zone": "b"})]
    assert repaired(spread_pod(), *nodes, pods=tuple(there))[0] == (("tolerate",), 1)


def test_a_change_after_which_spreading_refuses_all_is_not_told() -> None:
    pod = spread_pod()
    pod["spec"]["topologySpreadConstraints"] = [SPREAD["topologySpreadConstraints"][0] | {"minDomains": 2}]
    there = [make.pod(f"w{number}", node="n1", labels={"app": "web"}) for number in (1, 2)]
    assert repaired(pod, node("n1", BLUE, labels={"zone": "a"}), pods=tuple(there)) == []


def test_where_every_try_is_dear_only_a_few_are_made() -> None:
    nodes = [node(f"n{number}", taint("team", str(number)), labels={"zone": "a"}) for number in range(4)]
    assert repaired(spread_pod(), *nodes) == [
        (("tolerate",), 1),
        (("tolerate",), 1),
        (("untaint",), 1),
        (("untaint",), 1),
    ]


def test_a_label_that_moves_a_node_into_another_domain_is_tried_with_all_pods() -> None:
    apart = {"topologyKey": "rack", "labelSelector": {"matchLabels": {"app": "web"}}}
    rule = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}}
    pod = pending(spec={"nodeSelector": {"rack": "r1"}, "affinity": rule})
    there = make.pod("other", node="n1", labels={"app": "web"})
    assert repaired(pod, node("n1"), pods=(there,)) == []
    assert repaired(pod, node("n1")) == [(("label",), 1)]
