"""Whatever the cluster: one cause for a pod without a node, and repairs that do what they say."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from kubectl_lab.domain.scheduling.node_edits import Edit, edited
from unit.scheduling.asking import answer, codes, found, node, pending, taint, tolerating

NOWHERE = {"SCH001", "SCH002", "SCH003"}
KEYS = st.sampled_from(["team", "gpu", "node.kubernetes.io/not-ready", "node.kubernetes.io/unschedulable"])
EFFECTS = st.sampled_from(["NoSchedule", "NoExecute", "PreferNoSchedule"])
VALUES = st.sampled_from(["", "blue"])
TAINTS = st.builds(taint, KEYS, VALUES, EFFECTS)
TOLERATIONS = st.builds(tolerating, KEYS, VALUES, EFFECTS)
SELECTORS = st.sampled_from([{}, {"disk": "ssd"}, {"kubernetes.io/os": "linux"}])


@st.composite
def clusters(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        node(
            f"n{number}",
            *draw(st.lists(TAINTS, max_size=2, unique_by=lambda each: (each["key"], each["effect"]))),
            cpu=str(draw(st.integers(0, 4))),
            unschedulable=draw(st.booleans()) and draw(st.booleans()),
            labels={"disk": draw(st.sampled_from(["ssd", "hdd"]))},
        )
        for number in range(draw(st.integers(0, 5)))
    ]


@st.composite
def pods(draw: st.DrawFn) -> dict[str, Any]:
    container = {"name": "main", "resources": {"requests": {"cpu": str(draw(st.integers(0, 6)))}}}
    gates = [{"name": "quota"}] if draw(st.booleans()) and draw(st.booleans()) else []
    spec = {"containers": [container], "nodeSelector": draw(SELECTORS), "schedulingGates": gates}
    return pending("web", *draw(st.lists(TOLERATIONS, max_size=2)), spec=spec)


@given(pods(), clusters())
def test_a_pod_without_a_node_has_exactly_one_cause_and_one_with_a_node_none(
    pod: dict[str, Any], nodes: list[dict[str, Any]]
) -> None:
    explained = answer(pod, *nodes)
    assert len(NOWHERE.intersection(codes(explained))) == (not explained.feasible)


@given(pods(), clusters())
def test_a_repair_opens_as_many_nodes_as_it_says(pod: dict[str, Any], nodes: list[dict[str, Any]]) -> None:
    finding = found("SCH001", answer(pod, *nodes))
    assume(finding is not None)
    for repair in finding.details["repairs"]:  # type: ignore[union-attr]
        changed_pod, changed_nodes = carried_out(repair["command"], pod, nodes)
        assert len(answer(changed_pod, *changed_nodes).feasible) == repair["nodes"]


def carried_out(command: str, pod: Any, nodes: list[Any]) -> tuple[Any, list[Any]]:
    """What the commands make of pod and nodes."""
    if lowered := re.search(r"--requests=cpu=(\S+)", command):
        container = {"name": "main", "resources": {"requests": {"cpu": lowered[1]}}}
        return {**pod, "spec": {**pod["spec"], "containers": [container]}}, nodes
    for words in map(shlex.split, command.split(" && ")):
        if "patch" in words:
            added = [step["value"] for step in json.loads(words[-1])]
            more = added[0] if isinstance(added[0], list) else added
            pod = {**pod, "spec": {**pod["spec"], "tolerations": [*pod["spec"]["tolerations"], *more]}}
        else:
            nodes = [typed(words, each) for each in nodes]
    return pod, nodes


def typed(words: list[str], of: Any) -> Any:
    """One kubectl command about nodes."""
    if of["metadata"]["name"] not in words:
        return of
    if words[1] == "uncordon":
        return edited(of, [Edit("uncordon")])
    if words[1] == "label":
        key, _, value = words[4].partition("=")
        return edited(of, [Edit("label", label=(key, value))])
    spelled, _, effect = words[-1].removesuffix("-").partition(":")
    key, _, value = spelled.partition("=")
    return edited(of, [Edit("untaint", taint=taint(key, value, effect))])
