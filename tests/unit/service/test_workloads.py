"""Who makes pods: templates, how many are wanted, who stands at the top."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service.workloads import WOULD_BE_POD, top_controller, word_of, workload, workloads
from kubectl_lab.result import Reference
from unit.service import cases
from unit.service.cases import inventory, pod

APP = {"app": "web"}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "wanted"),
    [
        pytest.param("Deployment", {}, {}, 1, id="one replica where none are said"),
        pytest.param("Deployment", {"replicas": 0}, {}, 0, id="scaled to nothing"),
        pytest.param("StatefulSet", {"replicas": 3}, {}, 3, id="as many as are said"),
        pytest.param("ReplicaSet", {"replicas": "x"}, {}, 1, id="text is no number"),
        pytest.param("ReplicaSet", {"replicas": True}, {}, 1, id="nor is a boolean"),
        pytest.param("DaemonSet", {}, {"desiredNumberScheduled": 0}, 0, id="no node for a DaemonSet"),
        pytest.param("DaemonSet", {}, {}, 1, id="a DaemonSet that nobody has counted"),
        pytest.param("Job", {"parallelism": 4}, {}, 4, id="a Job's parallelism"),
        pytest.param("Job", {"parallelism": 4, "suspend": True}, {}, 0, id="a suspended Job"),
        pytest.param("CronJob", {}, {}, 1, id="a CronJob at its time"),
        pytest.param("CronJob", {"suspend": True}, {}, 0, id="a suspended CronJob"),
    ],
)
def test_how_many_pods_are_wanted(kind: str, spec: dict[str, Any], status: dict[str, Any], wanted: int) -> None:
    obj = {**cases.workload(kind, "web", APP, **spec), "status": status}
    found = workload(obj, kind)
    assert (found.wanted, dict(found.labels), found.word) == (wanted, APP, f"{kind.lower()}/web")
    assert [each["name"] for each in found.pod_spec["containers"]] == ["main"]


def test_what_a_deployment_makes_is_not_told_again() -> None:
    owned = cases.workload("ReplicaSet", "web-5d4", APP)
    owned["metadata"]["ownerReferences"] = [make.owner("Deployment", "web")]
    around = inventory(cases.workload("Deployment", "web", APP), owned, cases.workload("ReplicaSet", "alone", APP))
    assert [each.word for each in workloads(around, "shop")] == ["deployment/web", "replicaset/alone"]
    assert list(workloads(around, "other")) == []


def hashed(name: str, owner: Any, label: str | None = "5d4") -> dict[str, Any]:
    return pod(name, {**APP, **({"pod-template-hash": label} if label else {})}, owned_by=owner)


@pytest.mark.parametrize(
    ("made", "around", "expected"),
    [
        pytest.param(pod("bare"), [], None, id="a bare pod has nobody"),
        pytest.param(
            hashed("p", make.owner("ReplicaSet", "web-5d4")), [], ("Deployment", "web"), id="by name and hash, unread"
        ),
        pytest.param(
            hashed("p", make.owner("ReplicaSet", "web-5d4"), None), [], ("ReplicaSet", "web-5d4"), id="without a hash"
        ),
        pytest.param(
            hashed("p", make.owner("ReplicaSet", "other-5d4"), "9f9"),
            [],
            ("ReplicaSet", "other-5d4"),
            id="another hash",
        ),
        pytest.param(
            hashed("p", make.owner("ReplicaSet", "rs")),
            [make.obj("ReplicaSet", "rs", "shop", api="apps/v1", ownerReferences=[make.owner("Deployment", "front")])],
            ("Deployment", "front"),
            id="by the ReplicaSet's own owner",
        ),
        pytest.param(
            hashed("p", make.owner("ReplicaSet", "web-5d4")),
            [make.obj("ReplicaSet", "web-5d4", "shop", api="apps/v1")],
            ("ReplicaSet", "web-5d4"),
            id="a ReplicaSet without owner is the top, whatever its name",
        ),
        pytest.param(
            pod("p", owned_by=make.owner("StatefulSet", "db")),
            [],
            ("StatefulSet", "db"),
            id="a StatefulSet is its own top",
        ),
    ],
)
def test_the_top_of_a_pods_owners(made: Any, around: list[Any], expected: tuple[str, str] | None) -> None:
    found = top_controller(inventory(made, *around), made)
    assert (found and (found.kind, found.name)) == expected


def test_an_owner_that_owns_itself_ends() -> None:
    circle = make.obj("ReplicaSet", "rs", "shop", api="apps/v1", ownerReferences=[make.owner("ReplicaSet", "rs")])
    found = top_controller(inventory(circle), circle)
    assert found is not None
    assert word_of(found) == "replicaset/rs"
    assert word_of(Reference("Deployment", "shop", "web")) == "deployment/web"


def test_the_manifest_of_a_bare_pod_is_its_own_template() -> None:
    around = inventory(manifests=True)
    around._found[WOULD_BE_POD] = [pod("alone"), pod("other", {"app": "other"})]
    found = list(workloads(around, "shop"))
    assert [(each.word, each.wanted, dict(each.labels)) for each in found] == [
        ("pod/alone", 1, APP),
        ("pod/other", 1, {"app": "other"}),
    ]
    assert [each["name"] for each in found[0].pod_spec["containers"]] == ["main"]
