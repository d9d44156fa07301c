"""What the API server would make of a pod that is created."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling import admission
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.objects import Missing

Object = dict[str, Any]


def container(name: str = "main", **resources: Object) -> Object:
    return {"name": name, "resources": resources} if resources else {"name": name}


def pod(*containers: Object, **spec: Any) -> Object:
    return {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"containers": list(containers), **spec}}


def known(**found: Any) -> KnownObjects:
    return KnownObjects(found)


def admitted(of: Object, **found: Any) -> Object:
    before = copy.deepcopy(of)
    made: Object = dict(admission.admitted(of, admission.Server(known(**found), Features()))["spec"])
    assert of == before, "nothing that was handed in is changed"
    return made


def requests(spec: Object, kind: str = "containers") -> list[Object]:
    return [each.get("resources", {}).get("requests", {}) for each in spec[kind]]


def limit_range(*items: Object, namespace: str = "shop") -> Object:
    return make.obj("LimitRange", "limits", namespace, spec={"limits": list(items)})


def priority_class(name: str, value: int, **rest: Any) -> Object:
    return make.obj("PriorityClass", name) | {"value": value} | rest


@pytest.mark.parametrize("kind", ["containers", "initContainers"])
def test_a_request_that_is_absent_is_the_limit(kind: str) -> None:
    spec = {kind: [container(limits={"cpu": "2", "memory": "1Gi"}, requests={"cpu": "1"})]}
    made = admission.defaulted({"spec": spec})["spec"]
    assert requests(made, kind) == [{"cpu": "1", "memory": "1Gi"}]


@pytest.mark.parametrize(
    ("level", "asked"),
    [
        pytest.param({"limits": {"cpu": "4"}}, {"cpu": "1500m", "memory": "1024"}, id="what the containers request"),
        pytest.param(
            {"limits": {"cpu": "4"}, "requests": {"cpu": "3"}},
            {"cpu": "3", "memory": "1024"},
            id="its own request first",
        ),
        pytest.param(
            {"limits": {"hugepages-2Mi": "2Mi", "example.com/gpu": "1"}},
            {"cpu": "1500m", "memory": "1024", "hugepages-2Mi": "2Mi"},
            id="the limit where no container asks, of the resources a pod as a whole can have",
        ),
        pytest.param({"requests": {"cpu": "1"}}, {"cpu": "1"}, id="without limits nothing is added"),
    ],
)
def test_requests_of_the_pod_as_a_whole(level: Object, asked: Object) -> None:
    containers = container(requests={"cpu": "1"}), container("b", requests={"cpu": "500m", "memory": "1Ki"})
    made = admission.defaulted(pod(*containers, resources=level))
    assert made["spec"]["resources"]["requests"] == asked


def test_an_amount_that_is_no_quantity_stays_for_the_filters_to_tell_of() -> None:
    made = admission.defaulted(pod(container(requests={"cpu": "much"}), resources={"limits": {"cpu": "4"}}))
    assert made["spec"]["resources"]["requests"] == {"cpu": "4"}


def test_ports_get_their_protocol_and_on_the_hosts_network_their_host_port() -> None:
    ports = [{"containerPort": 80}, {"containerPort": 53, "hostPort": 5353, "protocol": "UDP"}]
    with_ports = pod({"name": "main", "ports": ports}, hostNetwork=True)
    assert admission.defaulted(with_ports)["spec"]["containers"][0]["ports"] == [
        {"containerPort": 80, "hostPort": 80, "protocol": "TCP"},
        {"containerPort": 53, "hostPort": 5353, "protocol": "UDP"},
    ]
    elsewhere = admission.defaulted(pod({"name": "main", "ports": ports}))
    assert "hostPort" not in elsewhere["spec"]["containers"][0]["ports"][0]


@pytest.mark.parametrize(
    "odd", [{}, {"spec": 1}, {"spec": {"containers": "x"}}, {"spec": {"containers": [1, {"ports": 2}]}}]
)
def test_an_odd_shape_is_no_failure(odd: Object) -> None:
    assert admission.admitted(odd, admission.Server(known(), Features()))["spec"]["tolerations"]


@pytest.mark.parametrize(
    ("item", "limits", "asked"),
    [
        pytest.param({"default": {"cpu": "2"}}, {"cpu": "2"}, {"cpu": "2"}, id="a default limit is the request too"),
        pytest.param({"defaultRequest": {"cpu": "1"}}, {}, {"cpu": "1"}, id="a default request alone"),
        pytest.param({"max": {"cpu": "4"}}, {"cpu": "4"}, {"cpu": "4"}, id="the maximum is a limit"),
        pytest.param({"min": {"cpu": "1"}}, {}, {"cpu": "1"}, id="the minimum is a request"),
        pytest.param(
            {"min": {"cpu": "1"}, "max": {"cpu": "4"}, "default": {"cpu": "2"}, "defaultRequest": {"cpu": "1500m"}},
            {"cpu": "2"},
            {"cpu": "1500m"},
            id="what is named comes first",
        ),
    ],
)
def test_a_container_gets_what_the_limit_range_gives(item: Object, limits: Object, asked: Object) -> None:
    made = admitted(pod(container()), LimitRange=[limit_range({"type": "Container"} | item)])
    assert made["containers"][0]["resources"] == {
        name: each for name, each in (("limits", limits), ("requests", asked)) if each
    }


def test_a_container_keeps_what_it_asks_for_itself() -> None:
    limits = limit_range({"type": "Container", "default": {"cpu": "2"}, "defaultRequest": {"memory": "1Gi"}})
    made = admitted(pod(container(requests={"cpu": "1"})), LimitRange=[limits])
    assert made["containers"][0]["resources"] == {"limits": {"cpu": "2"}, "requests": {"cpu": "1", "memory": "1Gi"}}


def test_of_two_limit_ranges_the_first_that_gives_it_counts() -> None:
    ranges = [limit_range({"type": "Container", "default": {"cpu": each}}) for each in ("1", "2")]
    assert requests(admitted(pod(container()), LimitRange=ranges)) == [{"cpu": "1"}]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(limit_range({"type": "Pod", "default": {"cpu": "2"}}), id="limits of pods are no defaults"),
        pytest.param(
            limit_range({"type": "Container", "default": {"cpu": "2"}}, namespace="ops"), id="another namespace"
        ),
    ],
)
def test_a_limit_range_that_gives_nothing(other: Object) -> None:
    assert requests(admitted(pod(container()), LimitRange=[other])) == [{}]


def test_limits_of_the_pod_as_a_whole_are_settled_before_the_limit_range() -> None:
    limits = limit_range({"type": "Container", "defaultRequest": {"cpu": "2"}})
    made = admitted(pod(container(), resources={"limits": {"cpu": "1"}}), LimitRange=[limits])
    assert made["resources"]["requests"] == {"cpu": "1"}


HIGH, LOW = priority_class("high", 1000), priority_class("low", 10, globalDefault=True, preemptionPolicy="Never")


@pytest.mark.parametrize(
    ("name", "classes", "found"),
    [
        pytest.param("high", [HIGH, LOW], ("high", 1000, "PreemptLowerPriority"), id="the class it names"),
        pytest.param("", [HIGH, LOW], ("low", 10, "Never"), id="the default class, with its policy"),
        pytest.param(
            "",
            [LOW, priority_class("lower", 5, globalDefault=True)],
            ("lower", 5, "PreemptLowerPriority"),
            id="of two default classes the lowest",
        ),
        pytest.param("", [HIGH], (None, 0, "PreemptLowerPriority"), id="without a default class 0"),
        pytest.param("gone", [HIGH, LOW], ("gone", None, None), id="a class that is not there gives nothing"),
        pytest.param("", Missing("PriorityClass", "forbidden"), (None, None, None), id="no class is guessed unseen"),
        pytest.param(
            "system-node-critical",
            Missing("PriorityClass", "not captured"),
            ("system-node-critical", 2_000_001_000, "PreemptLowerPriority"),
            id="every server has the system's classes",
        ),
        pytest.param("odd", [priority_class("odd", 1) | {"value": "x"}], ("odd", 0, "PreemptLowerPriority"), id="odd"),
    ],
)
def test_the_priority(name: str, classes: Any, found: tuple[object, ...]) -> None:
    made = admitted(pod(container(), **({"priorityClassName": name} if name else {})), PriorityClass=classes)
    assert tuple(made.get(part) for part in ("priorityClassName", "priority", "preemptionPolicy")) == found


KATA = make.obj("RuntimeClass", "kata") | {
    "overhead": {"podFixed": {"cpu": "250m"}},
    "scheduling": {
        "nodeSelector": {"kata": "yes"},
        "tolerations": [{"key": "kata", "operator": "Exists"}, {"key": "a", "operator": "Exists"}],
    },
}


def test_a_runtime_class_brings_overhead_nodes_and_tolerations() -> None:
    own = {"key": "a", "operator": "Equal", "value": "1", "effect": "NoSchedule"}
    made = admitted(pod(runtimeClassName="kata", nodeSelector={"a": "b"}, tolerations=[own]), RuntimeClass=[KATA])
    assert made["overhead"] == {"cpu": "250m"}
    assert made["nodeSelector"] == {"a": "b", "kata": "yes"}
    assert [each["key"] for each in made["tolerations"]] == [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
        "kata",
        "a",
    ]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([make.obj("RuntimeClass", "kata")], id="one that says nothing"),
        pytest.param([make.obj("RuntimeClass", "other")], id="one that is not there"),
        pytest.param([KATA | {"overhead": None, "scheduling": {}}], id="one with empty parts"),
    ],
)
def test_a_runtime_class_that_brings_nothing(found: list[Object]) -> None:
    made = admitted(pod(runtimeClassName="kata"), RuntimeClass=found)
    assert {"overhead", "nodeSelector"}.isdisjoint(made)
    assert len(made["tolerations"]) == 2


def test_a_daemons_tolerations_stand_behind_its_own_and_leave_nothing_to_add() -> None:
    short = {
        "key": "node.kubernetes.io/not-ready",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 60,
    }
    made = admitted(dict(admission.daemon(pod(tolerations=[short]))))
    assert made["tolerations"][0] == {"key": short["key"], "operator": "Exists", "effect": "NoExecute"}
    assert [each["key"].rpartition("/")[2] for each in made["tolerations"]] == [
        "not-ready",
        "unreachable",
        "disk-pressure",
        "memory-pressure",
        "pid-pressure",
        "unschedulable",
    ]
    assert not any("tolerationSeconds" in each for each in made["tolerations"])


FORBIDDEN = {kind: Missing(kind, "forbidden") for kind in ("LimitRange", "PriorityClass", "RuntimeClass")}


@pytest.mark.parametrize(
    ("spec", "found", "told"),
    [
        pytest.param({}, {}, [], id="what nobody captured does not matter to who names nothing"),
        pytest.param(
            {},
            FORBIDDEN,
            ["limitranges: forbidden", "priorityclasses: forbidden", "runtimeclasses: forbidden"],
            id="what was asked for in vain may matter",
        ),
        pytest.param(
            {"priorityClassName": "high", "runtimeClassName": "kata"},
            {},
            ["priorityclasses high: not captured", "runtimeclasses kata: not captured"],
            id="classes that are named and not captured",
        ),
        pytest.param(
            {"priorityClassName": "high", "runtimeClassName": "kata"},
            {"PriorityClass": [LOW], "RuntimeClass": [KATA]},
            ["priorityclasses high: not found"],
            id="a class that does not exist",
        ),
        pytest.param({"priorityClassName": "system-node-critical"}, {"PriorityClass": []}, [], id="the system's own"),
        pytest.param({"priorityClassName": "system-node-critical"}, {}, [], id="the system's own, not captured"),
    ],
)
def test_what_admission_would_have_needed(spec: Object, found: Object, told: list[str]) -> None:
    assert [f"{each.what}: {each.why}" for each in admission.unresolved(pod(**spec), known(**found))] == told
