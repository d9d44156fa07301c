"""What a verdict about landing takes from files, and what nobody can know from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.cluster import scheduling_files
from kubectl_lab.cluster.snapshot import SnapshotCluster
from kubectl_lab.domain.scheduling.question import Question
from kubectl_lab.errors import NotCaptured
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from kubectl_lab.cluster.scheduling import Reading

Object = dict[str, Any]
NODE, POD = make.node("n1"), make.pod("web")


def head(*kinds: str, **fields: Any) -> Object:
    captured = [{"kind": kind, "count": 0} for kind in kinds]
    return {"apiVersion": "kubectl-lab/v1", "kind": "Snapshot", "captured": captured, "namespace": None} | fields


def read(
    *items: Object, subjects: tuple[Reference, ...] = (), namespace: str | None = "default", **rest: Any
) -> Reading:
    data = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}).encode()
    files = SnapshotCluster.read(["-"], lambda: data, "default")
    return scheduling_files.read(files, Question(subjects, namespace), **rest)


def test_everything_that_is_held_is_known_of_all_namespaces() -> None:
    found = read(NODE, POD, make.pod("other", "ops"))
    assert [each["metadata"]["name"] for each in found.known.known("Pod")] == ["web", "other"]


def test_a_kind_that_the_files_do_not_hold_is_not_captured() -> None:
    assert read(NODE).known.read("StorageClass") == Missing("StorageClass", "not captured")


def test_a_kind_that_was_captured_and_is_not_there_does_not_exist() -> None:
    known = read(head("Node", "Pod", "LimitRange"), NODE).known
    assert (known.can_see("LimitRange"), known.known("LimitRange")) == (True, ())


def test_a_snapshot_of_one_namespace_shows_that_one() -> None:
    limits = make.obj("LimitRange", "limits", "shop")
    known = read(head("Node", "LimitRange", namespace="shop"), NODE, limits, namespace="shop").known
    assert [each["metadata"]["name"] for each in known.known("LimitRange")] == ["limits"]
    assert not read(head("Node", "LimitRange", namespace="shop"), NODE, limits).known.can_see("LimitRange")


def test_what_a_snapshot_could_not_read_is_missing_in_its_words() -> None:
    known = read(head("Node", notCaptured=[{"kind": "StorageClass", "why": "forbidden"}]), NODE).known
    assert known.read("StorageClass") == Missing("StorageClass", "forbidden")


@pytest.mark.parametrize(
    ("items", "why"),
    [
        pytest.param([POD], "not captured", id="files without nodes"),
        pytest.param(
            [head("Pod", notCaptured=[{"kind": "Node", "why": "forbidden"}]), POD], "forbidden", id="forbidden"
        ),
    ],
)
def test_without_nodes_in_the_input_there_is_no_answer(items: list[Object], why: str) -> None:
    with pytest.raises(NotCaptured) as raised:
        read(*items)
    assert (raised.value.key, raised.value.values["why"]) == ("nodes-not-captured", why)


def test_a_cluster_without_a_node_is_answered() -> None:
    assert read(head("Node", "Pod"), POD).known.known("Node") == ()


def test_nothing_of_a_kind_that_was_asked_about_is_no_proof_that_it_does_not_exist() -> None:
    with pytest.raises(NotCaptured) as raised:
        read(NODE, POD, subjects=(Reference("Deployment", "default", "web"),))
    assert (raised.value.key, raised.value.values["kind"]) == ("not-captured", "Deployment")
    assert read(NODE, POD, subjects=(Reference("Pod", "default", "gone"),)).known.can_see("Pod")


@pytest.mark.parametrize(
    ("captured", "given", "version"),
    [
        pytest.param("v1.34.1", None, (1, 34, 1), id="the server that was captured"),
        pytest.param("v1.34.1", (1, 33, 0), (1, 33, 0), id="the version that was given"),
        pytest.param("", None, (1, 36, 3), id="the newest where nothing tells"),
        pytest.param(5, None, (1, 36, 3), id="what is no version tells nothing"),
    ],
)
def test_whose_rules_count(captured: Any, given: Any, version: tuple[int, int, int]) -> None:
    found = read(head("Node", serverVersion=captured), NODE, version=given, gates={"SomeGate": False})
    assert (found.features.version, found.features.gates) == (version, {"SomeGate": False})


def test_what_the_files_hold_twice_is_told_and_the_last_counts() -> None:
    found = read(NODE, make.node("n1", unschedulable=True), POD)
    assert found.repeated == (Reference("Node", None, "n1"),)
    assert found.known.known("Node")[0]["spec"] == {"unschedulable": True}
