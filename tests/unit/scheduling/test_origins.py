"""Where a toleration comes from."""

from __future__ import annotations

import json
from typing import Any

import pytest

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling import origins
from kubectl_lab.domain.scheduling.added_tolerations import NAMESPACE_ANNOTATION

Object = dict[str, Any]
NOT_READY = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
USUAL = NOT_READY | {"tolerationSeconds": 300}
UNUSUAL = NOT_READY | {"tolerationSeconds": 60}
DISK = {"key": "node.kubernetes.io/disk-pressure", "operator": "Exists", "effect": "NoSchedule"}
MEMORY = DISK | {"key": "node.kubernetes.io/memory-pressure"}
TEAM = {"key": "team", "operator": "Exists"}
GPU = {"key": "example.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
KATA = make.obj("RuntimeClass", "kata") | {"scheduling": {"tolerations": [TEAM]}}
NAMESPACE = make.obj("Namespace", "default", annotations={NAMESPACE_ANNOTATION: json.dumps([TEAM])})
ASKS_GPU = {"containers": [{"resources": {"requests": {"example.com/gpu": "1"}}}]}
OWNER = make.owner("ReplicaSet", "web")
EMPTY: Object = {}


def template(*tolerations: Object) -> Object:
    return {"spec": {"tolerations": list(tolerations)}}


def applied(*tolerations: Object) -> Object:
    return {origins.LAST_APPLIED: json.dumps({"spec": {"tolerations": list(tolerations)}})}


def origin(
    toleration: Object,
    of: Object | None,
    *found: Object,
    spec: Object = EMPTY,
    qos: str = "BestEffort",
    daemon: bool = False,
    **rest: Any,
) -> tuple[str, bool]:
    pod = make.pod("web", spec={"tolerations": [toleration]} | spec, **rest)
    pod["status"]["qosClass"] = qos
    known = KnownObjects({each["kind"]: [each] for each in found})
    (made,) = origins.sourced(pod, known, of, is_daemon=daemon)
    assert made.toleration == toleration
    return made.origin, made.certain


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        pytest.param(TEAM, "pod", id="the template's own"),
        pytest.param(USUAL, "pod", id="the template decides, whatever it looks like"),
    ],
)
def test_what_the_template_has_is_the_pods(toleration: Object, expected: str) -> None:
    assert origin(toleration, template(toleration), owned_by=OWNER) == (expected, True)


@pytest.mark.parametrize(
    ("toleration", "expected", "rest"),
    [
        pytest.param(USUAL, "default", {}, id="five minutes by default"),
        pytest.param(UNUSUAL, "default", {}, id="any seconds, since the server's flags may say so"),
        pytest.param(NOT_READY, "pod", {}, id="for ever is nobody's default"),
        pytest.param(NOT_READY, "daemonset", {"daemon": True}, id="for ever is a DaemonSet's"),
        pytest.param(DISK, "daemonset", {"daemon": True}, id="pressure is a DaemonSet's"),
        pytest.param(DISK, "pod", {}, id="pressure of another owner is nobody's"),
        pytest.param(MEMORY, "daemonset", {"daemon": True, "qos": "Burstable"}, id="of two the earlier"),
        pytest.param(MEMORY, "namespace", {"qos": "Burstable"}, id="memory pressure of a pod that requests something"),
        pytest.param(MEMORY, "pod", {"qos": "BestEffort"}, id="memory pressure of a pod that requests nothing"),
        pytest.param(GPU, "extended-resource", {"spec": ASKS_GPU}, id="the resource it requests"),
        pytest.param(GPU, "pod", {}, id="a resource that it does not request"),
        pytest.param(TEAM, "pod", {}, id="nothing explains it"),
    ],
)
def test_what_the_template_lacks_was_added(toleration: Object, expected: str, rest: Object) -> None:
    assert origin(toleration, template(), owned_by=OWNER, **rest) == (expected, True)


def test_the_runtime_class_explains_before_the_namespace() -> None:
    kata = {"runtimeClassName": "kata"}
    assert origin(TEAM, template(), KATA, NAMESPACE, spec=kata)[0] == "runtimeclass"
    assert origin(TEAM, template(), KATA, NAMESPACE)[0] == "namespace"
    assert origin(TEAM, template(), KATA)[0] == "pod"
    assert origin(TEAM, template(), NAMESPACE, namespace="shop")[0] == "pod"


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        pytest.param(USUAL, ("default", False), id="the shape of a default"),
        pytest.param(UNUSUAL, ("pod", False), id="other seconds may be written by hand"),
        pytest.param(TEAM, ("pod", False), id="no shape that is known"),
    ],
)
def test_of_an_owner_that_is_not_known_the_shape_alone_tells(toleration: Object, expected: tuple[str, bool]) -> None:
    assert origin(toleration, None, owned_by=OWNER) == expected


@pytest.mark.parametrize(
    ("toleration", "annotations", "expected"),
    [
        pytest.param(USUAL, {}, ("default", False), id="the shape of a default may have been written by hand"),
        pytest.param(TEAM, {}, ("pod", True), id="nobody else could have added it"),
        pytest.param(USUAL, applied(USUAL), ("pod", True), id="it was applied so"),
        pytest.param(USUAL, applied(), ("default", True), id="it was applied without"),
        pytest.param(UNUSUAL, applied(), ("default", True), id="applied without, any seconds are the server's"),
        pytest.param(USUAL, {origins.LAST_APPLIED: "{"}, ("default", False), id="what was applied is no JSON"),
        pytest.param(USUAL, {origins.LAST_APPLIED: "[]"}, ("default", False), id="what was applied is no object"),
    ],
)
def test_of_a_bare_pod_what_was_applied_tells(
    toleration: Object, annotations: Object, expected: tuple[str, bool]
) -> None:
    assert origin(toleration, None, annotations=annotations) == expected


def test_what_was_applied_says_nothing_of_a_pod_that_a_controller_made() -> None:
    assert origin(USUAL, None, owned_by=OWNER, annotations=applied(USUAL)) == ("default", False)


def test_what_is_pretended_stands_last_and_is_told_so() -> None:
    pod = make.pod("web", spec={"tolerations": [TEAM]})
    made = origins.sourced(pod, KnownObjects({}), template(TEAM), [TEAM])
    assert [(each.origin, each.certain) for each in made] == [("pod", True), ("what-if", True)]
