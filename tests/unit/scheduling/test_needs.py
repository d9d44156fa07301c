"""Which requests a question calls for, each for its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling import needs
from kubectl_lab.domain.scheduling.question import Question
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from kubectl_lab.domain.rules.asks import Ask

Object = dict[str, Any]
TEAM = {"key": "team", "operator": "Exists"}
USUAL = {
    "key": "node.kubernetes.io/not-ready",
    "operator": "Exists",
    "effect": "NoExecute",
    "tolerationSeconds": 300,
}
CLAIM = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
STORAGE = {
    "CSIDriver *",
    "CSINode *",
    "CSIStorageCapacity *",
    "PersistentVolume *",
    "PersistentVolumeClaim *",
    "StorageClass *",
    "VolumeAttachment *",
}
ABOUT = "involvedObject.kind=Pod,involvedObject.name={},reason=FailedScheduling"


def pending(name: str, namespace: str = "default", **rest: Any) -> Object:
    return make.pod(name, namespace, node="", phase="Pending", **rest)


def told(ask: Ask) -> str:
    """`Event default reason=…`, `Deployment default web`, with a question mark where it may be denied."""
    parts = (ask.kind, ask.namespace or "*", ask.labels, ask.fields, ask.name)
    return " ".join(filter(None, parts)) + ("?" if ask.optional else "")


def asked(*names: str, found: tuple[Object, ...] = (), namespace: str | None = "default") -> set[str]:
    kinds = dict.fromkeys(("Pod", *(each["kind"] for each in found)))
    known = KnownObjects({kind: [each for each in found if each["kind"] == kind] for kind in kinds})
    parts = (name.rpartition("/") for name in names)
    question = Question(tuple(Reference(kind or "Pod", namespace, name) for kind, _, name in parts), namespace)
    made = needs.needs(known, question)
    assert len(set(made)) == len(made)
    return set(map(told, made))


def test_at_first_the_nodes_the_pods_that_take_room_and_what_was_named() -> None:
    question = Question((Reference("Pod", "shop", "a"), Reference("Deployment", "shop", "web")), "shop")
    assert list(map(told, needs.first(question))) == [
        "Node *",
        "Pod * status.phase!=Succeeded,status.phase!=Failed",
        "Deployment shop web",
    ]


def test_a_pod_that_runs_by_itself_costs_nothing_more() -> None:
    assert asked("web", found=(make.pod("web"),)) == set()


def test_a_pod_that_waits_costs_its_events() -> None:
    assert asked("web", found=(pending("web"),)) == {f"Event default {ABOUT.format('web')}?"}


def test_many_pods_that_wait_share_the_events_of_their_namespace() -> None:
    found = tuple(pending(f"p{number}") for number in range(4))
    assert asked(found=found) == {"Event default reason=FailedScheduling?"}
    assert asked(found=(*found, pending("q", "ops")), namespace=None) == {
        "Event default reason=FailedScheduling?",
        "Event ops reason=FailedScheduling?",
    }


def test_a_pod_that_is_not_in_the_list_may_be_finished() -> None:
    assert asked("web") == {"Pod default web"}


def test_a_workload_that_is_not_there_may_have_another_name_or_another_namespace() -> None:
    assert asked("StatefulSet/db") == {"StatefulSet default?", "StatefulSet * metadata.name=db?"}


RS_POD = make.pod("web-1-x", owned_by=make.owner("ReplicaSet", "web-1"))
WEB_RS = make.replicaset("web-1", ownerReferences=[make.owner("Deployment", "web")])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param((RS_POD,), {"ReplicaSet default web-1?"}, id="the ReplicaSet"),
        pytest.param((RS_POD, WEB_RS), {"Deployment default web?"}, id="then its Deployment"),
        pytest.param((RS_POD, WEB_RS, make.deployment("web")), set(), id="then nobody"),
    ],
)
def test_a_pods_owners_are_followed_up(found: tuple[Object, ...], expected: set[str]) -> None:
    assert asked("web-1-x", found=found) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(3, {f"ReplicaSet default rs{number}?" for number in range(3)}, id="a few one by one"),
        pytest.param(4, {"ReplicaSet default?"}, id="many with one list"),
    ],
)
def test_owners_of_many_pods(count: int, expected: set[str]) -> None:
    pods = [make.pod(f"p{number}", owned_by=make.owner("ReplicaSet", f"rs{number}")) for number in range(count)]
    assert asked(*(f"p{number}" for number in range(count)), found=tuple(pods)) == expected


def test_a_template_costs_the_classes_and_limits_it_will_meet() -> None:
    assert asked("Deployment/web", found=(make.deployment("web"),)) == {
        "LimitRange default",
        "PriorityClass *",
        "Namespace * default?",
    }


@pytest.mark.parametrize(
    ("spec", "kinds"),
    [
        pytest.param(CLAIM, STORAGE, id="a claim"),
        pytest.param({"volumes": [{"name": "tmp", "emptyDir": {}}]}, set(), id="a volume of no storage"),
        pytest.param({"runtimeClassName": "kata"}, {"RuntimeClass * kata"}, id="a runtime class"),
        pytest.param({"tolerations": [USUAL]}, set(), id="a toleration that everybody has"),
        pytest.param({"tolerations": [TEAM]}, {"Namespace * default?"}, id="a toleration that a namespace may give"),
    ],
)
def test_a_live_pod_costs_what_it_uses(spec: Object, kinds: set[str]) -> None:
    assert asked("web", found=(make.pod("web", spec=spec),)) == kinds


def test_the_claims_of_a_pods_devices_are_those_of_its_namespace() -> None:
    spec = {"resourceClaims": [{"name": "gpu", "resourceClaimName": "gpu"}]}
    found = asked("web", found=(make.pod("web", spec=spec),))
    assert "ResourceClaim default" in found
    assert not any(each.endswith("*") for each in found)


def test_a_toleration_of_the_template_needs_no_other_origin() -> None:
    stateful_set = make.statefulset("db", spec={"template": {"spec": {"tolerations": [TEAM]}}})
    pod = make.pod("db-0", owned_by=make.owner("StatefulSet", "db"), spec={"tolerations": [TEAM, USUAL]})
    assert asked("db-0", found=(pod, stateful_set)) == set()


def test_a_toleration_is_of_unknown_origin_only_once_the_owner_is_there() -> None:
    pod = make.pod("db-0", owned_by=make.owner("StatefulSet", "db"), spec={"tolerations": [TEAM]})
    assert asked("db-0", found=(pod,)) == {"StatefulSet default db?"}
    assert asked("db-0", found=(pod, make.statefulset("db"))) == {"Namespace * default?"}


def test_a_statefulset_costs_the_storage_of_its_claims() -> None:
    claims = [{"metadata": {"name": "data"}, "spec": {}}]
    found = asked("StatefulSet/db", found=(make.statefulset("db", spec={"volumeClaimTemplates": claims}),))
    assert found >= STORAGE


def term(**rest: Any) -> list[Object]:
    return [{"topologyKey": "zone"} | rest]


def affinity(kind: str, terms: list[Object]) -> Object:
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


BY_LABEL = term(namespaceSelector={"matchLabels": {"team": "blue"}})


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        pytest.param(affinity("podAffinity", BY_LABEL), {}, {"Namespace *"}, id="its own affinity by labels"),
        pytest.param(affinity("podAntiAffinity", BY_LABEL), {}, {"Namespace *"}, id="its own anti-affinity"),
        pytest.param({}, affinity("podAntiAffinity", BY_LABEL), {"Namespace *"}, id="the anti-affinity of another pod"),
        pytest.param({}, affinity("podAffinity", BY_LABEL), set(), id="the affinity of another pod does not matter"),
        pytest.param(affinity("podAffinity", term()), {}, set(), id="terms that name no labels of namespaces"),
        pytest.param(
            affinity("podAffinity", term(namespaceSelector={})), {}, set(), id="every namespace needs no labels"
        ),
    ],
)
def test_namespaces_are_read_where_their_labels_decide(own: Object, others: Object, expected: set[str]) -> None:
    assert asked("web", found=(make.pod("web", spec=own), make.pod("other", spec=others))) == expected
