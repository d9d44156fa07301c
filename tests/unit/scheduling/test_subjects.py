"""Which pods a question is about, and how each is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling import subjects
from kubectl_lab.domain.scheduling.added_tolerations import NAMESPACE_ANNOTATION
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.question import Question, WhatIf
from kubectl_lab.errors import NotFound
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.subject import Subject

Object = dict[str, Any]
TEAM = {"key": "team", "operator": "Exists"}


def pending(name: str, namespace: str = "default", **rest: Any) -> Object:
    made = make.pod(name, namespace, node="", phase=rest.pop("phase", "Pending"), **rest)
    return made | {"spec": {key: value for key, value in made["spec"].items() if key != "nodeName" or value}}


def manifest(obj: Object) -> Object:
    """Before any server has seen it."""
    made = {key: value for key, value in obj.items() if key != "status"}
    return made | {
        "metadata": {key: value for key, value in obj["metadata"].items() if key not in ("uid", "resourceVersion")}
    }


def known(*found: Object, **missing: Any) -> KnownObjects:
    kinds = dict.fromkeys(each["kind"] for each in found)
    return KnownObjects({kind: [each for each in found if each["kind"] == kind] for kind in kinds} | missing)


def ask(*names: str, namespace: str | None = "default", **rest: Any) -> Question:
    parts = (name.rpartition("/") for name in names)
    return Question(tuple(Reference(kind or "Pod", namespace, name) for kind, _, name in parts), namespace, **rest)


def of(question: Question, *found: Object, **missing: Any) -> tuple[Subject, ...]:
    return subjects.subjects(known(*found, **missing), question, Features())


def one(question: Question, *found: Object, **missing: Any) -> Subject:
    (made,) = of(question, *found, **missing)
    return made


def names(*found: Object, **rest: Any) -> list[str]:
    return [each.reference.name for each in of(ask(**rest), *found)]


# --- which


@pytest.mark.parametrize(
    ("pod", "is_one"),
    [
        pytest.param(pending("a"), True, id="pending"),
        pytest.param(pending("a", phase=""), True, id="without a phase"),
        pytest.param(pending("a", phase="Failed"), False, id="failed before it had a node"),
        pytest.param(make.pod("a"), False, id="running"),
        pytest.param(make.pod("a", phase="Pending"), False, id="on a node whose kubelet has not started it"),
        pytest.param(make.terminating(pending("a")), False, id="being deleted"),
        pytest.param(pending("a", "ops"), False, id="of another namespace"),
        pytest.param(manifest(pending("a")), True, id="a manifest"),
        pytest.param(manifest(make.pod("a")), True, id="a manifest that names its node"),
    ],
)
def test_without_a_name_it_is_about_the_pods_that_wait(pod: Object, is_one: bool) -> None:
    assert names(pod) == (["a"] if is_one else [])


def test_all_namespaces_are_all() -> None:
    assert names(pending("a"), pending("b", "ops"), namespace=None) == ["a", "b"]


@pytest.mark.parametrize(
    "kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"]
)
def test_a_workload_is_one_only_before_it_is_applied(kind: str) -> None:
    made = make.workload(kind, "web")
    assert names(made) == []
    assert names(manifest(made)) == ["web"]


def test_a_selector_means_the_labels_of_pods() -> None:
    found = [
        pending("a", labels={"app": "web"}),
        pending("b"),
        *map(manifest, (make.deployment("web"), make.deployment("x"))),
    ]
    assert names(*found, selector=label_selectors.parse("app=web")) == ["a", "web"]


def test_what_is_named_comes_in_the_order_of_the_names_whatever_its_phase() -> None:
    found = of(ask("b", "Deployment/web", "a"), make.pod("a", phase="Succeeded"), pending("b"), make.deployment("web"))
    assert [each.reference for each in found] == [
        Reference("Pod", "default", "b"),
        Reference("Deployment", "default", "web"),
        Reference("Pod", "default", "a"),
    ]


def test_all_that_is_not_there_is_named_at_once_in_kubectls_words() -> None:
    found = known(pending("web-1"), pending("api", "shop"), make.deployment("front"))
    with pytest.raises(NotFound) as raised:
        subjects.subjects(found, ask("web-2", "web-1", "api", "Deployment/fornt", "StatefulSet/db"), Features())
    error = raised.value
    assert error.key == "subject-absent-hints"
    assert error.values["missing"] == (
        'pods "web-2" not found, pods "api" not found, deployments.apps "fornt" not found, statefulsets.apps "db" not found'
    )
    assert (error.values["near"], error.values["places"]) == ("web-1, front", "-n shop (api)")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param("zzzzzz", "subject-absent", id="nothing is like it"),
        pytest.param("wbe", "subject-absent-near", id="a name that is near"),
        pytest.param("api", "subject-absent-elsewhere", id="another namespace has it"),
    ],
)
def test_the_cure_says_what_is_known(name: str, key: str) -> None:
    with pytest.raises(NotFound) as raised:
        of(ask(name), pending("web"), pending("api", "shop"))
    assert (raised.value.key, raised.value.values["command"]) == (key, "kubectl get pods -n default")


# --- pods


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


def test_references_are_those_that_are_there() -> None:
    found = known(pending("a"), make.deployment("web"))
    assert subjects.references(found, ask()) == (Reference("Pod", "default", "a"),)
    assert subjects.references(found, ask("b", "a")) == (Reference("Pod", "default", "a"),)
