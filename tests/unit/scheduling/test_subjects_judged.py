"""How a subject is judged: as it stands, as if it were created now, or as the server would make it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.scheduling.added_tolerations import NAMESPACE_ANNOTATION
from kubectl_lab.domain.scheduling.question import WhatIf
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference
from unit.scheduling.subjects_asked import ask, manifest, of, one, pending

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.subject import Subject

Object = dict[str, Any]
TEAM = {"key": "team", "operator": "Exists"}


def test_a_pending_pod_is_judged_as_it_stands() -> None:
    pod = pending("web", spec={"tolerations": [TEAM]})
    made = one(ask("web"), pod, PriorityClass=[make.obj("PriorityClass", "p") | {"globalDefault": True, "value": 5}])
    assert made.pod["spec"]["tolerations"] == [TEAM]
    assert "priority" not in made.pod["spec"]
    assert (made.bound_to, made.without, made.source) == (None, (), pod)
    assert (made.template_of, made.pod_path, made.owner) == (made.reference, "/spec", None)


def test_a_bound_pod_is_judged_as_if_it_were_created_now() -> None:
    pod = make.pod("web", node="n2")
    made = one(ask("web"), pod)
    assert (made.bound_to, "nodeName" in made.pod["spec"], pod["spec"]["nodeName"]) == ("n2", False, "n2")
    assert len(made.without) == 1
    assert made.without[0] is pod


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param(manifest(make.pod("web", node="n2")), id="in a manifest"),
        pytest.param(make.pod("web", node="n2", phase=""), id="of a pod without a phase"),
    ],
)
def test_a_node_named_by_hand_stays(pod: Object) -> None:
    made = one(ask("web"), pod)
    assert (made.bound_to, made.pod["spec"]["nodeName"]) == (None, "n2")
    assert made.without == (pod,), "it takes no room from itself"


def test_a_manifest_goes_through_admission() -> None:
    made = one(ask("web"), manifest(pending("web", spec={"tolerations": [TEAM]})), PriorityClass=[])
    assert made.pod["spec"]["priority"] == 0
    assert [(each.origin, each.certain) for each in made.tolerations] == [
        ("pod", True),
        ("default", True),
        ("default", True),
    ]


def test_a_change_belongs_into_the_deployment_of_the_pods_replicaset() -> None:
    replica_set = make.replicaset("web-1", ownerReferences=[make.owner("Deployment", "web")])
    replica_set["spec"]["template"]["spec"] = {"tolerations": [TEAM]}
    deployment = make.deployment("web")
    pod = pending("web-1-x", owned_by=make.owner("ReplicaSet", "web-1"), spec={"tolerations": [TEAM]})
    made = one(ask("web-1-x"), pod, replica_set, deployment)
    assert made.template_of == Reference("Deployment", "default", "web")
    assert (made.pod_path, made.owner) == ("/spec/template/spec", deployment)
    assert [(each.origin, each.certain) for each in made.tolerations] == [("pod", True)]


def test_there_is_no_telling_where_a_kind_that_is_not_built_in_has_its_template() -> None:
    pod = pending("x", owned_by=make.owner("DaemonSet", "x", api="apps.example.com/v1"))
    made = one(ask("x"), pod)
    assert (made.template_of.kind, made.pod_path, made.owner) == ("DaemonSet", "", None)


def test_a_pod_of_a_daemonset_that_is_not_captured_has_its_tolerations_by_their_shape() -> None:
    unreachable = {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}
    pod = pending("x", owned_by=make.owner("DaemonSet", "agent"), spec={"tolerations": [unreachable]})
    made = one(ask("x"), pod)
    assert [(each.origin, each.certain) for each in made.tolerations] == [("daemonset", False)]


# --- workloads


def test_the_pod_of_a_template_has_what_admission_adds() -> None:
    deployment = make.deployment("web", "shop", spec={"template": {"spec": {"tolerations": [TEAM]}}})
    made = one(ask("Deployment/web", namespace="shop"), deployment)
    assert (made.source, made.owner, made.template_of) == (deployment, deployment, made.reference)
    assert made.pod_path == "/spec/template/spec"
    assert [each.origin for each in made.tolerations] == ["pod", "default", "default"]
    assert made.pod["metadata"]["namespace"] == "shop"


def test_a_replicaset_of_a_deployment_is_changed_there() -> None:
    replica_set = make.replicaset("web-1", ownerReferences=[make.owner("Deployment", "web")])
    made = one(ask("ReplicaSet/web-1"), replica_set)
    assert (made.template_of, made.owner) == (Reference("Deployment", "default", "web"), replica_set)


def test_a_statefulset_is_judged_by_its_next_pod() -> None:
    made = one(ask("StatefulSet/db"), make.statefulset("db"), make.pod("db-0"))
    assert made.pod["metadata"]["name"] == "db-1"


def test_a_daemonset_is_judged_without_the_pods_it_runs() -> None:
    mine = make.pod("agent-x", owned_by=make.owner("DaemonSet", "agent"))
    others = make.pod("web"), make.pod("log-x", owned_by=make.owner("DaemonSet", "log"))
    made = one(ask("DaemonSet/agent"), make.daemonset("agent"), mine, *others)
    assert made.without == (mine,)
    assert {each.origin for each in made.tolerations} == {"daemonset"}
    assert len(made.tolerations) == 6
    assert "affinity" not in made.pod["spec"]


def test_tolerations_that_are_pretended_come_to_every_subject() -> None:
    what_if = WhatIf(tolerations=(TEAM,))
    found = of(ask("web", "Deployment/web", what_if=what_if), pending("web"), make.deployment("web"))
    for each in found:
        assert each.pod["spec"]["tolerations"][-1] == TEAM
        assert each.tolerations[-1].origin == "what-if"


# --- what is not evaluated


def told(subject: Subject) -> list[str]:
    return [f"{each.plugin} {each.what} {each.why}" for each in subject.not_evaluated]


UNSEEN = ["NodeResourcesFit pods not captured", "InterPodAffinity pods not captured"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([make.node("n1"), pending("other")], [], id="pods of the cluster are there"),
        pytest.param([make.node("n1")], UNSEEN, id="the nodes of a cluster without its pods"),
        pytest.param(
            [make.node("n1"), manifest(pending("p"))], UNSEEN, id="manifests of pods are not the cluster's pods"
        ),
        pytest.param([manifest(make.node("n1"))], [], id="of an imagined cluster there is nothing else"),
        pytest.param([], [], id="without nodes nothing is missed"),
    ],
)
def test_pods_that_nobody_captured_are_missed(found: list[Object], expected: list[str]) -> None:
    assert told(one(ask("Deployment/web"), make.deployment("web"), *found)) == expected


def test_a_cluster_without_pods_is_a_whole_one() -> None:
    assert told(one(ask("Deployment/web"), make.deployment("web"), make.node("n1"), Pod=[])) == []


def test_spread_constraints_rest_on_pods_too() -> None:
    template = {"template": {"spec": {"topologySpreadConstraints": [{"topologyKey": "zone"}]}}}
    found = told(one(ask("Deployment/web"), make.deployment("web", spec=template), make.node("n1")))
    assert "PodTopologySpread pods not captured" in found


def test_default_tolerations_of_a_namespace_are_added_by_a_plugin_that_may_be_off() -> None:
    namespace = make.obj("Namespace", "default", annotations={NAMESPACE_ANNOTATION: "[]"})
    assert told(one(ask("Deployment/web"), make.deployment("web"), namespace)) == [
        f"PodTolerationRestriction {NAMESPACE_ANNOTATION} off by default"
    ]
    assert told(one(ask("Deployment/web"), make.deployment("web"), make.obj("Namespace", "default"))) == []
    assert told(one(ask("web"), pending("web"), namespace)) == []


def test_a_class_that_could_not_be_read_is_told_of_manifests_alone() -> None:
    forbidden = {"PriorityClass": Missing("PriorityClass", "forbidden")}
    assert told(one(ask("Deployment/web"), make.deployment("web"), **forbidden)) == [
        "Priority priorityclasses forbidden"
    ]
    assert told(one(ask("web"), pending("web"), **forbidden)) == []


# --- odd shapes


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"spec": None, "status": []},
        {"spec": {"containers": [None], "tolerations": [1], "volumes": {}, "nodeName": 5}},
        {"spec": {"template": [], "volumeClaimTemplates": [3], "jobTemplate": 1}},
    ],
)
@pytest.mark.parametrize("kind", ["Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"])
@pytest.mark.parametrize("uid", [{}, {"uid": "1"}])
def test_an_odd_shape_is_no_failure(odd: Object, kind: str, uid: Object) -> None:
    obj = {"kind": kind, "metadata": {"name": "x", "namespace": "default"} | uid} | odd
    assert one(ask(f"{kind}/x"), obj).reference == Reference(kind, "default", "x")
