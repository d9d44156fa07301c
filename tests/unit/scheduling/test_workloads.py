"""Who makes a pod, and in which object a change belongs."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling import workloads
from kubectl_lab.result import Reference

Object = dict[str, Any]
HASH = {"pod-template-hash": "7d4b9c"}
WEB = make.deployment("web")
WEB_RS = make.replicaset("web-7d4b9c", ownerReferences=[make.owner("Deployment", "web")])
WEB_POD = make.pod("web-7d4b9c-x", owned_by=make.owner("ReplicaSet", "web-7d4b9c"), labels=HASH)
JOB = make.obj("Job", "backup-1", "default", api="batch/v1", ownerReferences=[make.owner("CronJob", "backup")])
JOB_POD = make.pod("backup-1-x", owned_by=make.owner("Job", "backup-1", api="batch/v1"))


def known(*found: Object) -> KnownObjects:
    kinds = {each["kind"] for each in found}
    return KnownObjects({kind: [each for each in found if each["kind"] == kind] for kind in kinds})


@pytest.mark.parametrize(
    ("pod", "found", "top"),
    [
        pytest.param(make.pod("web"), (), None, id="a bare pod has nobody above it"),
        pytest.param(
            WEB_POD, (WEB, WEB_RS), Reference("Deployment", "default", "web"), id="the Deployment of a ReplicaSet"
        ),
        pytest.param(WEB_POD, (WEB_RS,), Reference("Deployment", "default", "web"), id="even where it is not captured"),
        pytest.param(
            WEB_POD, (), Reference("Deployment", "default", "web"), id="by its hash where nothing is captured"
        ),
        pytest.param(
            make.pod("x", owned_by=make.owner("ReplicaSet", "web-7d4b9c")),
            (),
            Reference("ReplicaSet", "default", "web-7d4b9c"),
            id="without a hash nobody is guessed above the ReplicaSet",
        ),
        pytest.param(
            WEB_POD,
            (make.replicaset("web-7d4b9c"),),
            Reference("ReplicaSet", "default", "web-7d4b9c"),
            id="a ReplicaSet of its own keeps its template",
        ),
        pytest.param(
            WEB_POD,
            (make.replicaset("web-7d4b9c", ownerReferences=[make.owner("Rollout", "web", api="example.com/v1")]),),
            Reference("Rollout", "default", "web"),
            id="a kind that is not built in is named as it is",
        ),
        pytest.param(JOB_POD, (JOB,), Reference("CronJob", "default", "backup"), id="the CronJob of a Job"),
        pytest.param(
            make.pod("db-0", owned_by=make.owner("StatefulSet", "db")),
            (make.statefulset("db", ownerReferences=[make.owner("Database", "db", api="example.com/v1")]),),
            Reference("StatefulSet", "default", "db"),
            id="a StatefulSet holds its template itself, whoever made it",
        ),
        pytest.param(make.mirror("etcd-n1"), (), Reference("Node", None, "n1"), id="a static pod is its node's"),
    ],
)
def test_whose_template_a_change_belongs_into(pod: Object, found: tuple[Object, ...], top: Reference | None) -> None:
    assert workloads.top_owner(pod, known(*found)) == top


@pytest.mark.parametrize(
    ("owner", "found"),
    [
        pytest.param(make.owner("DaemonSet", "agent"), ("DaemonSet", "agent"), id="a built-in kind"),
        pytest.param(
            make.owner("DaemonSet", "agent", api="apps.example.com/v1"), None, id="a namesake of another group"
        ),
        pytest.param(make.owner("ReplicationController", "old", api="v1"), ("ReplicationController", "old"), id="core"),
        pytest.param(make.owner("Job", "j", api="batch/v1"), ("Job", "j"), id="batch"),
        pytest.param(make.owner("Node", "n1", api="v1"), None, id="a kind that makes no pods"),
        pytest.param(
            make.owner("Job", "j", api="batch/v1", controller=False), None, id="an owner that controls nothing"
        ),
    ],
)
def test_the_controller_of_a_built_in_kind(owner: Object, found: tuple[str, str] | None) -> None:
    assert workloads.owner_reference(make.pod("x", owned_by=owner)) == found


def test_the_nearest_owner_is_the_one_whose_template_made_the_pod() -> None:
    assert workloads.nearest_owner(WEB_POD, known(WEB, WEB_RS)) == ("ReplicaSet", WEB_RS)
    assert workloads.nearest_owner(WEB_POD, known(WEB)) is None
    assert workloads.nearest_owner(make.pod("web"), known(WEB)) is None


def test_a_cronjob_has_its_template_two_floors_down() -> None:
    template = {"metadata": {"labels": {"app": "backup"}}, "spec": {"hostNetwork": True}}
    cron_job = make.obj(
        "CronJob", "backup", "ops", api="batch/v1", spec={"jobTemplate": {"spec": {"template": template}}}
    )
    assert workloads.template_of(cron_job, "CronJob") == template
    assert workloads.POD_PATHS["CronJob"] == "/spec/jobTemplate/spec/template/spec"


def test_the_next_pod_bears_its_workloads_name_and_no_uid() -> None:
    made = workloads.pod_of(make.deployment("web", "shop"), "Deployment")
    assert made["metadata"] == {"name": "web", "namespace": "shop", "labels": {"app": "web"}}
    assert workloads.pod_of(make.deployment("web", ""), "Deployment")["metadata"] == {
        "name": "web",
        "labels": {"app": "web"},
    }


def test_a_jobs_pod_bears_its_name_in_two_labels() -> None:
    made = workloads.pod_of(make.workload("Job", "once"), "Job")
    assert made["metadata"]["labels"] == {"app": "once", "job-name": "once", "batch.kubernetes.io/job-name": "once"}


@pytest.mark.parametrize("odd", [{}, {"spec": []}, {"spec": {"template": "x"}}, {"spec": {"template": {"spec": 1}}}])
def test_a_template_of_an_odd_shape_is_an_empty_one(odd: Object) -> None:
    assert workloads.pod_of(odd, "Deployment")["spec"] == {}
