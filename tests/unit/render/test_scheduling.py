"""How the answer about where pods land reads."""

from __future__ import annotations

import io
from typing import Any

import pytest

from kubectl_lab import catalogue
from kubectl_lab.domain.scheduling.evaluation import PluginRefusal
from kubectl_lab.domain.scheduling.explanation import (
    NodeExplanation,
    PodExplanation,
    SchedulingExplanation,
    TaintVerdict,
    TolerationExplanation,
)
from kubectl_lab.domain.scheduling.model import NotEvaluated, Reason, Refusal
from kubectl_lab.domain.scheduling.subject import Sourced
from kubectl_lab.render import data, scheduling, text
from kubectl_lab.result import Reference

WEB = Reference("Pod", "shop", "web")
NAMED = "node(s) didn't match the requested node name"


def refused(wanted: str = "n0", *, first: bool = True, plugin: str = "NodeName") -> PluginRefusal:
    message = catalogue.phrase("scheduling-node.name", wanted=wanted)
    return PluginRefusal(plugin, Refusal((Reason(NAMED, message),)), first)


def node(name: str, *refusals: PluginRefusal, **rest: Any) -> NodeExplanation:
    return NodeExplanation(name, refusals, rest.pop("taints", ()), **rest)


def pod(*nodes: NodeExplanation, **rest: Any) -> PodExplanation:
    made: dict[str, Any] = {"pod": WEB, "total": len(nodes), "message": None, "tolerations": (), "phase": "Pending"}
    made |= {"feasible": tuple(each.name for each in nodes if each.feasible), "nodes": nodes}
    return PodExplanation(**(made | rest))


def shown(*pods: PodExplanation, lang: str = "en", width: int = 90, **rest: Any) -> str:
    out = io.StringIO()
    screen = text.Screen(out, lang=lang, color=False, width=width, **rest)
    scheduling.view(SchedulingExplanation(pods), screen)
    return out.getvalue()


def test_nodes_that_fit_stand_first_and_those_refused_alike_together() -> None:
    made = shown(pod(node("n1", refused()), node("n2"), node("n3", refused())))
    assert made.splitlines()[0].split() == ["web", "namespace", "shop", "Pending", "1", "of", "3", "nodes"]
    assert made.splitlines()[3:] == ["  n2      ✓  takes it", "  n1, n3  ✗  the pod names the node n0"]


def test_the_schedulers_own_reason_stands_before_the_others() -> None:
    made = shown(pod(node("n1", refused("later", first=False), refused("own"))))
    assert made.splitlines()[-2:] == ["  n1  ✗  the pod names the node own", "      ·  the pod names the node later"]


def test_more_than_three_names_are_counted_and_listed_with_wide_only() -> None:
    entry = pod(*(node(f"n{number}", refused()) for number in range(5)))
    assert "5 nodes (n0, …)" in shown(entry)
    assert "n3" not in shown(entry)
    assert "n0, n1, n2, n3, n4" in shown(entry, wide=True)


def test_five_thousand_nodes_whose_facts_all_differ_are_one_group_with_an_example() -> None:
    entry = pod(*(node(f"n{number}", refused(f"w{number}")) for number in range(5000)))
    made = shown(entry)
    assert f"5000 nodes (n0, …) ✗ {NAMED} (on n0: the pod names the node w0)" in " ".join(made.split())
    assert len(made.splitlines()) < 60


def test_many_groups_are_cut_and_the_rest_counted() -> None:
    plugins = [tuple(refused(f"w{at}", plugin=f"P{at}") for at in range(1, number + 2)) for number in range(20)]
    made = shown(pod(*(node(f"n{at}", *each) for at, each in enumerate(plugins))))
    assert "… and more nodes, refused for other reasons: 8" in made
    assert "more reasons (all of them with -o wide)" in made
    assert len(made.splitlines()) < 60


def test_a_near_miss_stands_below_the_reason() -> None:
    near = catalogue.phrase("scheduling-node.name", wanted="near")
    taint = TaintVerdict({"key": "a", "effect": "NoSchedule"}, None, near)
    assert shown(pod(node("n1", refused(), taints=(taint,)))).splitlines()[-1] == "      ·  the pod names the node near"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (node("n1", was=False), "without the what-if it refused the pod"),
        (node("n1", refused(), was=True), "without the what-if it took the pod"),
    ],
    ids=["now it fits", "now it is refused"],
)
def test_what_a_what_if_changes_is_said(entry: NodeExplanation, said: str) -> None:
    assert said in shown(pod(entry))
    assert said not in shown(pod(node("n1", *entry.refusals, was=entry.feasible)))


def test_the_schedulers_text_is_shown_with_its_heading() -> None:
    assert "  SCHEDULER  0/1 nodes are available: 1 x." in shown(
        pod(node("n1", refused()), message="0/1 nodes are available: 1 x.")
    )


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("SCH005", {"scheduler": "batch"}),
        ("SCH006", {"absent": ["resourceclaim/gpu"]}),
        ("SCH012", {"node": "n1", "what": "nothing refuses it there", "bypassed": [], "kubelet": []}),
        ("SCH013", {"node": "gone", "near": None, "hint": ""}),
    ],
    ids=["another scheduler", "a claim that does not exist", "a node named by hand", "a node that does not exist"],
)
def test_a_pod_that_the_default_scheduler_never_tries_is_not_said_to_land(code: str, values: dict[str, Any]) -> None:
    found = catalogue.finding(code, WEB, subject="pod/web", namespace="shop", **values)
    made = shown(pod(node("n1"), findings=(found,)))
    assert "It can land" not in made
    assert f"({code})" in " ".join(made.split())


def test_the_first_finding_is_the_headline_and_its_fixes_stand_below() -> None:
    found = catalogue.finding("SCH003", WEB, pod="web", namespace="shop")
    made = shown(pod(message="no nodes available to schedule pods", findings=(found,)))
    assert "(SCH003)" in made.splitlines()[1]


def test_what_could_not_be_evaluated_is_said_and_changes_the_verdict() -> None:
    unseen = (NotEvaluated("VolumeBinding", "persistentvolumeclaims", "not captured"),)
    made = shown(pod(node("n1"), not_evaluated=unseen))
    assert "No known refusal on 1 of 1 nodes" in made
    assert "  NOT EVALUATED  persistentvolumeclaims (VolumeBinding): not captured" in made


def test_a_kind_that_several_rules_ask_for_is_told_once_as_each_language_spaces_it() -> None:
    unseen = tuple(
        NotEvaluated(plugin, "persistentvolumeclaims", "not captured") for plugin in ("VolumeBinding", "VolumeZone")
    )
    entry = pod(node("n1"), not_evaluated=unseen)
    assert "  NOT EVALUATED  persistentvolumeclaims (VolumeBinding, VolumeZone): not captured" in shown(entry)
    assert "  NON ÉVALUÉ  persistentvolumeclaims (VolumeBinding, VolumeZone) : non capturé" in shown(entry, lang="fr")


def test_where_no_node_has_the_labels_that_were_asked_for_the_place_of_the_nodes_says_so() -> None:
    assert "None of the nodes carries these labels." in shown(pod(total=3))
    assert "None of the nodes" not in shown(pod(total=0))


def test_a_line_says_why_a_pod_that_nothing_refuses_waits_all_the_same() -> None:
    found = catalogue.finding("SCH005", WEB, subject="pod/web", namespace="shop", scheduler="batch")
    unseen = (NotEvaluated("VolumeBinding", "persistentvolumeclaims", "not captured"),)
    lines = shown(pod(node("n1"), findings=(found,)), pod(node("n1"), not_evaluated=unseen), *[pod(node("n1"))] * 2)
    assert [line.partition("1 of 1")[2].strip() for line in lines.splitlines()[1:5]] == [
        "pod/web asks for the scheduler batch: the default scheduler never looks at it (SCH005)",
        "NOT EVALUATED: persistentvolumeclaims",
        "",
        "",
    ]


def test_many_pods_are_a_line_each_and_detailed_with_wide() -> None:
    told = {"counted": ((NAMED, 1),)}
    pods = [pod(node("n1", refused()), pod=Reference("Pod", "shop", f"web-{number}"), **told) for number in range(4)]
    made = shown(*pods).splitlines()
    assert made[0].split() == ["POD", "NODES", "WHY"]
    assert made[1].split(maxsplit=1)[0] == "web-0"
    assert made[1].endswith(f"1 {NAMED}")
    assert made[-1] == "pods: 4; without a node: 4"
    assert "✗" in shown(*pods, wide=True)


def test_the_overview_counts_every_node_also_where_few_are_listed() -> None:
    counted = (("Insufficient cpu", 2), (NAMED, 7))
    pods = [pod(total=9, counted=counted, feasible=()) for _ in range(4)]
    assert shown(*pods).splitlines()[1].endswith(f"0 of 9  7 {NAMED}, 2 Insufficient cpu")


def test_the_overview_names_namespaces_only_where_there_are_several() -> None:
    pods = [pod(node("n1"), pod=Reference("Pod", f"space-{number % 2}", "web")) for number in range(4)]
    assert shown(*pods).split(maxsplit=1)[0] == "NAMESPACE"


def test_the_overview_tells_what_refuses_before_any_node_and_nothing_of_pods_without_a_verdict() -> None:
    before = (("VolumeBinding", Refusal((Reason("no claim", {}),))),)
    pods = [pod(before=before), pod(judged=False), pod(node("n1")), pod()]
    made = [line.rstrip() for line in shown(*pods).splitlines()]
    assert made[1].endswith("no claim")
    assert made[2].endswith("no verdict")
    assert made[3].endswith("1 of 1")
    assert made[4].endswith("there is no node")


@pytest.mark.parametrize(
    ("toleration", "said"),
    [
        ({"operator": "Exists"}, "*"),
        ({"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 0}, "a:NoExecute 0s"),
        ({"key": "a", "value": "b"}, "a=b"),
        ({"key": "a", "operator": "Gt", "value": "5"}, "a>5"),
    ],
)
def test_a_toleration_is_written_as_people_write_taints(toleration: dict[str, Any], said: str) -> None:
    assert scheduling.spelled(toleration) == said


def test_tolerations_are_listed_with_wide() -> None:
    listed = (TolerationExplanation(Sourced({"key": "a", "value": "b"}, "default"), ("n1", "n2")),)
    entry = pod(node("n1"), tolerations=listed)
    assert "a=b         default  2" in shown(entry, wide=True)
    assert "a=b" not in shown(entry)


def test_what_two_plugins_say_alike_is_said_once() -> None:
    assert shown(pod(node("n1", refused(), refused(first=False, plugin="Other")))).count("the pod names") == 1


def test_an_ascii_stream_gets_ascii_marks() -> None:
    assert "+  takes it" in shown(pod(node("n1")), ascii=True)


def test_names_are_the_nodes_that_fit_each_once() -> None:
    result = SchedulingExplanation((pod(node("n2"), node("n1")), pod(node("n1"), node("n3", refused()))))
    assert list(scheduling.names(data.document(result, "en"))) == ["node/n2", "node/n1"]


def test_the_document_holds_sentences_where_phrases_stood() -> None:
    made = data.document(SchedulingExplanation((pod(node("n1", refused())),)), "fr")
    assert made["pods"][0]["nodes"][0]["reasons"][0]["message"] == "le pod désigne le nœud n0"
