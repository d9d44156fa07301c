"""What to change so that some node takes the pod."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.subject import Sourced
from kubectl_lab.result import Reference
from unit.scheduling.asking import (
    answer,
    fixes,
    found,
    node,
    of_workload,
    pending,
    repaired,
    subject,
    taint,
    tolerating,
)

BLUE, RED = taint("team", "blue"), taint("tier", "red", "NoExecute")
BROKEN = taint("node.kubernetes.io/not-ready")
CORDON = taint("node.kubernetes.io/unschedulable")
WEB = make.deployment("web")


def commands(asked: Any, *nodes: Any, **known: Any) -> list[str]:
    return fixes(found("SCH001", answer(asked, *nodes, **known)))


def steps(command: str) -> Any:
    """The JSON patch of a command."""
    return json.loads(shlex.split(command)[-1])


def test_one_toleration_opens_all_nodes_with_the_taint_one_removal_one_node() -> None:
    found_ = repaired(pending(), node("n1", BLUE), node("n2", BLUE), node("n3", BLUE, RED))
    assert found_ == [(("tolerate",), 2), (("untaint",), 1), (("tolerate", "tolerate"), 3), (("untaint", "untaint"), 1)]


def test_the_number_is_of_nodes_that_take_the_pod_then() -> None:
    asking = {"containers": [{"name": "main", "resources": {"requests": {"cpu": "2"}}}]}
    full = node("n2", BLUE, cpu="1")
    assert repaired(pending(spec=asking), node("n1", BLUE), full)[0] == (("tolerate",), 1)


def test_a_template_gets_its_first_tolerations_as_a_list() -> None:
    assert commands(of_workload(WEB, pending()), node("n1", BLUE))[0].startswith(
        "kubectl -n default patch deployment/web"
    )
    assert steps(commands(of_workload(WEB, pending()), node("n1", BLUE))[0]) == [
        {"op": "add", "path": "/spec/template/spec/tolerations", "value": [tolerating("team", "blue")]}
    ]


def test_tolerations_that_are_there_stay() -> None:
    pod = pending("web", tolerating("gpu"))
    assert steps(commands(pod, node("n1", BLUE))[0]) == [
        {"op": "add", "path": "/spec/tolerations/-", "value": tolerating("team", "blue")}
    ]


def test_a_taint_without_a_value_is_tolerated_by_its_key() -> None:
    (step,) = steps(commands(pending(), node("n1", taint("gpu")))[0])
    assert step["value"] == [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}]


def test_a_pretended_toleration_is_part_of_the_change() -> None:
    pretended = tolerating("tier", "red", "NoExecute")
    asked = replace(subject(pending("web", pretended)), tolerations=(Sourced(pretended, "what-if"),))
    assert [each["value"] for each in steps(commands(asked, node("n1", BLUE, RED))[0])] == [
        pretended,
        tolerating("team", "blue"),
    ]


def owned(kind: str, path: str = "/spec/template/spec", **parts: Any) -> Any:
    """A live pod and the workload it is from."""
    owner = make.workload(kind, "web")
    about = Reference(kind, "default", "web")
    pod = pending("web-0") | {}
    pod["metadata"]["ownerReferences"] = [make.owner(kind, "web")]
    return replace(subject(pod), template_of=about, pod_path=path, **({"owner": owner} | parts))


def test_a_deployments_pod_is_cured_in_the_template() -> None:
    command = commands(owned("Deployment"), node("n1", BLUE))[0]
    assert shlex.split(command)[:5] == ["kubectl", "-n", "default", "patch", "deployment/web"]
    assert "delete pod" not in command


def test_a_statefulset_leaves_the_pod_that_waits_so_that_it_must_be_deleted() -> None:
    assert commands(owned("StatefulSet"), node("n1", BLUE))[0].endswith(" && kubectl -n default delete pod web-0")


def test_of_a_statefulset_itself_the_pods_that_wait_are_deleted() -> None:
    (command, _) = commands(of_workload(make.statefulset("web"), pending()), node("n1", BLUE))
    assert command.endswith(" && kubectl -n default delete pod -l app=web --field-selector=status.phase=Pending")


def test_pods_that_no_labels_tell_apart_are_left_alone() -> None:
    odd = make.statefulset("web", spec={"selector": {"matchExpressions": []}})
    (command, _) = commands(of_workload(odd, pending()), node("n1", BLUE))
    assert "delete" not in command


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(owned("Job"), id="a Job's template never changes"),
        pytest.param(owned("Deployment", owner=None), id="an owner that was not read"),
        pytest.param(owned("Foo", path=""), id="a kind whose template is not known"),
        pytest.param(replace(owned("Deployment"), template_of=Reference("Pod", "default", "web-0")), id="an owned pod"),
        pytest.param(pending(uid=""), id="a manifest"),
    ],
)
def test_what_cannot_be_patched_gets_no_command_but_the_number(asked: Any) -> None:
    assert repaired(asked, node("n1", BLUE))[0] == (("tolerate",), 1)
    assert commands(asked, node("n1", BLUE)) == ["kubectl taint node n1 team=blue:NoSchedule-"]


@pytest.mark.parametrize(
    ("closed", "command"),
    [
        pytest.param(node("n1", CORDON, unschedulable=True), "kubectl uncordon n1", id="cordoned"),
        pytest.param(node("n1", unschedulable=True), "kubectl uncordon n1", id="cordoned a moment ago"),
        pytest.param(node("n1", CORDON), "kubectl uncordon n1", id="the cordon's taint alone"),
        pytest.param(
            node("n1", CORDON, RED, unschedulable=True),
            "kubectl uncordon n1 && kubectl taint node n1 tier=red:NoExecute-",
            id="cordoned and tainted",
        ),
    ],
)
def test_a_cordon_is_ended_and_not_tolerated(closed: Any, command: str) -> None:
    assert commands(pending(), closed) == [command]


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param(node("n1", BROKEN), id="not ready"),
        pytest.param(node("n1", BROKEN, BLUE), id="not ready, and tainted besides"),
        pytest.param(node("n1", CORDON, BROKEN, unschedulable=True), id="not ready and cordoned"),
    ],
)
def test_what_a_controller_would_put_back_is_neither_removed_nor_tolerated(closed: Any) -> None:
    assert repaired(pending(), closed) == []


def test_a_node_that_is_refused_otherwise_too_gets_no_repair() -> None:
    ports = {"containers": [{"name": "main", "ports": [{"hostPort": 80, "containerPort": 80}]}]}
    taken = make.pod("old", spec=ports)
    assert repaired(pending(spec=ports), node("n1", BLUE), pods=(taken,)) == []


def test_a_node_of_a_file_is_edited_there() -> None:
    manifest = node("n1", BLUE, uid="")
    assert [each for each in commands(pending(), manifest) if "taint node" in each] == []


def test_only_the_first_few_changes_are_told() -> None:
    nodes = [node(f"n{number}", taint("team", str(number))) for number in range(20)]
    assert repaired(pending(), *nodes) == [(("tolerate",), 1)] * 3 + [(("untaint",), 1)] * 2


def test_many_tolerations_do_not_hide_a_cordon() -> None:
    nodes = [node(f"n{number}", taint("team", str(number))) for number in range(20)]
    assert (("uncordon",), 1) in repaired(pending(), *nodes, node("closed", unschedulable=True))


SSD = {"nodeSelector": {"disk": "ssd"}}


def affine(*terms: dict[str, Any]) -> dict[str, Any]:
    wanted = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    return {"affinity": {"nodeAffinity": wanted}}


def expressions(*listed: tuple[str, str, list[str]]) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": op, "values": values} for key, op, values in listed]}


@pytest.mark.parametrize(
    ("spec", "labels", "command"),
    [
        pytest.param(SSD, {}, "kubectl label node n1 disk=ssd", id="a label that is not there"),
        pytest.param(
            affine(expressions(("disk", "In", ["ssd", "nvme"]))),
            {},
            "kubectl label node n1 disk=ssd",
            id="any of several",
        ),
        pytest.param(affine(expressions(("gpu", "Exists", []))), {}, "kubectl label node n1 gpu=", id="any value"),
        pytest.param(
            affine(
                expressions(("a", "Exists", []), ("b", "Exists", [])),
                expressions(("cores", "Gt", ["4"])),
                {},
                expressions(("c", "Exists", [])),
            ),
            {},
            "kubectl label node n1 c=",
            id="the term that asks for the fewest",
        ),
        pytest.param(
            SSD | affine(expressions(("zone", "In", ["a"]))),
            {"disk": "ssd"},
            "kubectl label node n1 zone=a",
            id="the affinity alone",
        ),
        pytest.param(
            SSD | affine(expressions(("zone", "In", ["a"]))),
            {"zone": "a"},
            "kubectl label node n1 disk=ssd",
            id="the selector alone",
        ),
    ],
)
def test_a_label_that_the_pod_asks_for_is_given(spec: dict[str, Any], labels: dict[str, str], command: str) -> None:
    assert commands(pending(spec=spec), node("n1", labels=labels)) == [command]


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"nodeSelector": {"kubernetes.io/arch": "arm64"}}, id="what the kubelet says of the node"),
        pytest.param({"nodeSelector": {"topology.kubernetes.io/zone": "b"}}, id="where the node stands"),
        pytest.param(SSD, id="a label that the node has with another value"),
        pytest.param(affine(expressions(("disk", "In", ["ssd"]))), id="a label that the affinity wants otherwise"),
        pytest.param(affine(expressions(("disk", "NotIn", ["hdd"]))), id="a label that must not be"),
        pytest.param(affine(), id="no term at all"),
        pytest.param(affine(expressions(("disk", "In", []))), id="a malformed requirement"),
        pytest.param(
            affine({"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["n1"]}]}), id="its name"
        ),
    ],
)
def test_a_label_that_cannot_be_given_is_not_proposed(spec: dict[str, Any]) -> None:
    assert repaired(pending(spec=spec), node("n1", labels={"disk": "hdd"})) == []
