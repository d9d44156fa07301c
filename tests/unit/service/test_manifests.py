"""Manifests that a server would refuse: named before anything is applied, in the server's words, each problem once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kubectl_lab.domain.service import manifests, ports
from kubectl_lab.domain.service.verdict import verdict
from unit.service.cases import case, codes, pod, workload
from unit.service.cases import service as applied
from unit.service.manifest_table import (
    ACCEPTED,
    ACCEPTED_SLICES,
    REFUSED,
    REFUSED_SLICES,
    TARGETS,
    endpoint_slice,
    node_ports,
    service,
)

WEB = {"app": "web"}


def in_shop(obj: Any) -> Any:
    """As the file reader gives it: with the namespace of the command line."""
    return {**obj, "metadata": {**obj["metadata"], "namespace": "shop"}}


def written(obj: Any, *around: Any) -> Any:
    made = in_shop(obj)
    return case(made, made, *map(in_shop, around), slices=True if around else None, manifests=not around, live=False)


def found(subject: Any) -> list[Any]:
    return [judged for rule in manifests.RULES for judged in rule(subject)]


@pytest.mark.parametrize(("manifest", "field", "reason"), [pytest.param(*each[1:], id=each[0]) for each in REFUSED])
def test_what_a_server_refuses_is_one_finding(manifest: Any, field: str, reason: str) -> None:
    subject = written(manifest)
    (judged,) = found(subject)
    told = judged.finding.details
    assert (judged.finding.code, judged.effect, told["field"], told["kind"]) == ("SVC140", "breaks", field, "Service")
    assert told["reason"].startswith(reason)
    assert verdict(subject, [judged]) == "broken"


@pytest.mark.parametrize("manifest", [pytest.param(each, id=claim) for claim, each in ACCEPTED])
def test_what_a_server_accepts_is_no_finding(manifest: Any) -> None:
    assert found(written(manifest)) == []


@pytest.mark.parametrize("manifest", [pytest.param(each[1], id=each[0]) for each in REFUSED])
def test_what_a_server_has_completed_is_not_checked_again(manifest: Any) -> None:
    made = copy.deepcopy(manifest)
    made["metadata"]["resourceVersion"] = "1"
    assert found(written(made)) == []


@pytest.mark.parametrize(("target", "reason"), TARGETS.items())
def test_a_target_of_text_that_is_no_name(target: str, reason: str) -> None:
    subject = written(service({"port": 80, "targetPort": target}))
    (judged,) = found(subject)
    told = judged.finding.details
    assert (judged.finding.code, told["target"], told["reason"]) == ("SVC035", target, reason)
    advice = "service.target-digits" if target.isdigit() else "service.target-name"
    assert told["advice"]["phrase"] == advice
    assert verdict(subject, [judged]) == "broken"


def test_a_refused_target_is_not_missed_in_the_pods_too() -> None:
    around = workload("Deployment", "web", WEB, {"containerPort": 9376})
    made = in_shop(service({"port": 80, "targetPort": "9376"}))
    subject = case(made, made, around, slices=None, manifests=True, live=False)
    assert codes(each for rule in ports.RULES for each in rule(subject)) == []
    assert codes(manifests.text_as_target(case(applied("web", WEB, (80, "9376"))))) == []


@pytest.mark.parametrize(
    ("manifest", "near"),
    [
        (service({"port": 80, "targetport": 80}), "targetPort"),
        (service({"port": 80, "x": 80}), None),
        (service({"port": 80, "protocol": "tcp"}), "TCP"),
        (service({"port": 80, "protocol": "http"}), None),
        (service(type="nodeport"), "NodePort"),
        (service({"port": "80"}), "port: 80"),
        (service({"port": "http"}), None),
        (service({"port": 80, "name": 80}), 'name: "80"'),
        (service(selector={"app": True}), 'app: "true"'),
        (service(publishNotReadyAddresses="True"), "publishNotReadyAddresses: true"),
        (service(publishNotReadyAddresses="yes"), None),
        (service(clusterIP=["None"]), None),
        (service({"port": True}), None),
    ],
    ids=str,
)
def test_what_was_most_likely_meant_is_said(manifest: Any, near: Any) -> None:
    (judged,) = found(written(manifest))
    assert judged.finding.details["near"] == near
    assert bool(judged.finding.details["hint"]) == bool(near)


def test_what_cannot_be_decoded_is_checked_no_further() -> None:
    judged = found(written(service({"port": 80, "targetport": 1}, {"port": 80}, type="Nodeport")))
    assert [each.finding.details["field"] for each in judged] == ["spec.ports[0].targetport"]


def test_each_problem_is_told() -> None:
    judged = found(written(service({"port": 0}, {"port": 0}, type="x")))
    fields = [each.finding.details["field"] for each in judged]
    assert fields == [
        "spec.ports[0].name", "spec.ports[0].port", "spec.ports[1].name", "spec.ports[1].port", "spec.ports[1]", "spec.type"
    ]  # fmt: skip


@pytest.mark.parametrize(("made", "field", "reason"), [pytest.param(*each[1:], id=each[0]) for each in REFUSED_SLICES])
def test_a_slice_that_a_server_refuses_is_named(made: Any, field: str, reason: str) -> None:
    (judged,) = found(written(service(selector=None), made))
    told = judged.finding.details
    assert (told["kind"], told["name"], told["field"]) == ("EndpointSlice", "web-1", field)
    assert told["reason"].startswith(reason)
    assert (judged.finding.object.kind, judged.finding.object.name) == ("EndpointSlice", "web-1")


@pytest.mark.parametrize("made", [pytest.param(each, id=claim) for claim, each in ACCEPTED_SLICES])
def test_a_slice_that_a_server_accepts_is_not_named(made: Any) -> None:
    assert found(written(service(selector=None), made)) == []


def test_slices_of_others_and_those_of_a_server_are_not_checked() -> None:
    bad = endpoint_slice("127.0.0.1")
    assert found(written(service(name="other", selector=None), bad)) == []
    assert found(written(service(ports=None, selector=None, type="ExternalName", externalName="a.org"), bad)) == []
    made = {**bad, "metadata": {**bad["metadata"], "uid": "x"}}
    assert found(written(service(selector=None), made)) == []


# --- node ports


def taken(subject: Any) -> list[Any]:
    return [each.finding.details["others"] for each in found(subject) if each.finding.code == "SVC141"]


THE_ONE = node_ports({"port": 80, "nodePort": 31234})


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(node_ports({"port": 81, "nodePort": 31234}, name="api"), [["shop/api"]], id="in the same files"),
        pytest.param(
            node_ports({"port": 81, "nodePort": 31234, "protocol": "UDP"}, name="api"),
            [["shop/api"]],
            id="under another protocol: a number is given once",
        ),
        pytest.param(
            service({"port": 81, "nodePort": 31234}, name="api", type="LoadBalancer"), [["shop/api"]], id="a balancer's"
        ),
        pytest.param(node_ports({"port": 81, "nodePort": 31235}, name="api"), [], id="another number"),
        pytest.param(node_ports({"port": 81}, name="api"), [], id="none yet"),
        pytest.param(service({"port": 81, "nodePort": 31234}, name="api"), [], id="a ClusterIP has none"),
    ],
)
def test_a_node_port_that_another_service_wants(other: Any, expected: Any) -> None:
    mine, theirs = in_shop(THE_ONE), in_shop(other)
    assert taken(case(mine, mine, theirs, slices=None, live=False)) == expected


def test_a_captured_service_keeps_its_node_port_and_only_the_manifest_is_told() -> None:
    mine = in_shop(THE_ONE)
    theirs = applied("api", WEB, {"port": 80, "nodePort": 31234}, type="NodePort", namespace="other")
    assert taken(case(mine, mine, theirs, slices=None, live=False)) == [["other/api"]]
    assert taken(case(theirs, mine, theirs, pod(), slices=None, live=False)) == []


def test_a_node_port_of_a_type_that_has_none_is_refused_for_that_alone() -> None:
    mine = in_shop(service({"port": 80, "nodePort": 31234}))
    theirs = in_shop(node_ports({"port": 80, "nodePort": 31234}, name="api"))
    assert codes(found(case(mine, mine, theirs, slices=None, live=False))) == ["SVC140"]


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {"ports": "x", "selector": [1]},
        {"ports": [None, 3, {"port": {}}], "selector": {"a": None, 3: "x"}, "ipFamilies": [1], "externalIPs": [None]},
        {"type": ["x"], "clusterIP": 3, "sessionAffinityConfig": [], "loadBalancerSourceRanges": [1]},
    ],
    ids=str,
)
def test_odd_manifests_do_not_raise(spec: Any) -> None:
    made = {"kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}
    around = workload("Deployment", "web", {"a": "b"})
    subject = case(made, made, around, slices=None, manifests=True, live=False)
    assert set(codes(found(subject))) <= {"SVC140"}
    assert [judged for rule in ports.RULES for judged in rule(subject)] == []


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param([{"port": 80}], ["SVC034"], id="a sound port is judged"),
        pytest.param([{"port": 80, "targetport": 8080}], [], id="an unknown field may be the target"),
        pytest.param([{"port": 80, "protocol": "tcp"}], [], id="a protocol that is none"),
        pytest.param([{"port": 80, "targetPort": "80"}], [], id="a target that is no name"),
        pytest.param([{"port": 80, "name": "A"}, {"port": 81, "name": "b"}], ["SVC034"], id="the other port alone"),
    ],
)
def test_what_follows_from_a_refusal_is_not_told_besides(listed: Any, expected: Any) -> None:
    made = in_shop(service(*listed))
    around = workload("Deployment", "web", WEB, {"containerPort": 8080})
    subject = case(made, made, around, slices=None, manifests=True, live=False)
    assert codes(each for rule in ports.RULES for each in rule(subject)) == expected
