from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kubectl_lab.domain.rules import pods
from make import empty_dir, mirror, owner, pod, terminating

Object = dict[str, Any]


@pytest.mark.parametrize(
    ("phase", "finished"),
    [
        pytest.param("Succeeded", True, id="Succeeded is finished"),
        pytest.param("Failed", True, id="Failed is finished"),
        pytest.param("Running", False, id="Running is not"),
        pytest.param("Pending", False, id="Pending is not"),
        pytest.param("Unknown", False, id="Unknown is not"),
    ],
)
def test_finished(phase: str, finished: bool) -> None:
    assert pods.is_finished(pod("p", phase=phase)) is finished


@pytest.mark.parametrize(
    ("subject", "ready"),
    [
        pytest.param(pod("p"), True, id="the condition is True"),
        pytest.param(pod("p", ready=False), False, id="the condition is False"),
        pytest.param({"status": {"conditions": [{"type": "Ready", "status": True}]}}, False, id="true is not True"),
        pytest.param({}, False, id="no condition"),
    ],
)
def test_ready(subject: Object, ready: bool) -> None:
    assert pods.is_ready(subject) is ready


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2026-01-01T12:00:00Z", datetime(2026, 1, 1, 12, tzinfo=UTC), id="the API's own form"),
        pytest.param("2026-01-01T12:00:00.5Z", datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC), id="with parts"),
        pytest.param("2026-01-01T14:00:00+02:00", datetime(2026, 1, 1, 12, tzinfo=UTC), id="another zone"),
        pytest.param("soon", None, id="no time"),
        pytest.param("2026-01-01T12:00:00", None, id="without a zone it could not be compared"),
        pytest.param(None, None, id="absent"),
        pytest.param(7, None, id="a number"),
    ],
)
def test_times(value: object, expected: datetime | None) -> None:
    assert pods.time_of(value) == expected


def test_a_pod_with_a_deletion_timestamp_terminates() -> None:
    assert pods.is_terminating(terminating(pod("p")))
    assert not pods.is_terminating(pod("p"))
    assert pods.deletion_timestamp(terminating(pod("p"))) == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_mirror_annotation_counts_whatever_its_value() -> None:
    assert pods.is_mirror(mirror("static"))
    assert pods.is_mirror(pod("p", annotations={pods.MIRROR_ANNOTATION: ""}))
    assert not pods.is_mirror(pod("p"))


def test_empty_dirs_are_named_and_other_volumes_are_not() -> None:
    volumes = (
        empty_dir("a"),
        {"name": "host", "hostPath": {}},
        empty_dir("b", medium="Memory"),
        {"name": "n", "emptyDir": None},
    )
    assert pods.empty_dirs(pod("p", volumes=volumes)) == ("a", "b")
    assert pods.empty_dirs({"spec": {"volumes": "odd"}}) == ()


@pytest.mark.parametrize(
    ("owned_by", "name"),
    [
        pytest.param(owner("DaemonSet", "agent"), "agent", id="of apps/v1"),
        pytest.param(owner("DaemonSet", "agent", api="apps.kruise.io/v1"), None, id="of another group"),
        pytest.param(owner("DaemonSet", "agent", controller=False), None, id="an owner that is no controller"),
        pytest.param(owner("ReplicaSet", "web"), None, id="of another kind"),
        pytest.param(None, None, id="none"),
    ],
)
def test_the_daemonset_of_a_pod(owned_by: Object | None, name: str | None) -> None:
    assert pods.daemonset(pod("p", owned_by=owned_by)) == name


def test_the_node_of_a_pod_is_empty_before_it_is_bound() -> None:
    assert (pods.node_name(pod("p", node="n7")), pods.node_name({})) == ("n7", "")
