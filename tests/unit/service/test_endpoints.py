"""What the endpoint-slice controller makes of Services and pods, and what a slice says to kube-proxy."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.service import endpoints
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.domain.service.model import EndpointPort
from make import node, terminating
from unit.service.cases import (
    NOW,
    address_of,
    case,
    endpoint,
    endpoint_slice,
    inventory,
    pod,
    service,
    workload,
)

SELECTOR = {"app": "web"}
NAMED = service("web", SELECTOR, {"name": "http", "port": 80, "targetPort": "web"})
WEB = {"name": "web", "containerPort": 8080}


def spec_with(*ports: Any, inits: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {"containers": [{"ports": [port]} for port in ports], "initContainers": list(inits)}


@pytest.mark.parametrize(
    ("spec", "families"),
    [
        pytest.param({"ipFamilies": ["IPv6", "IPv4"]}, ("IPv6", "IPv4"), id="as the server says"),
        pytest.param({}, ("IPv4",), id="a manifest without a word about it"),
        pytest.param({"ipFamilyPolicy": "RequireDualStack"}, ("IPv4", "IPv6"), id="dual stack asked"),
        pytest.param({"ipFamilyPolicy": "PreferDualStack"}, ("IPv4",), id="dual stack only preferred"),
        pytest.param({"clusterIP": "fd00::10"}, ("IPv6",), id="the family of the cluster IP that it asks for"),
        pytest.param({"clusterIPs": ["10.0.0.1", "fd00::10"]}, ("IPv4", "IPv6"), id="those of both cluster IPs"),
        pytest.param({"clusterIP": "None", "clusterIPs": ["None"]}, ("IPv4",), id="None is no address"),
        pytest.param({"ipFamilies": ["IPv5", 4], "clusterIPs": 7}, ("IPv4",), id="garbage"),
    ],
)
def test_families(spec: dict[str, Any], families: tuple[str, ...]) -> None:
    assert endpoints.families_of({"spec": spec}) == families


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("10.0.0.1", ("IPv4", "10.0.0.1")),
        ("010.000.0.08", ("IPv4", "10.0.0.8")),
        ("FD00:0:0::1", ("IPv6", "fd00::1")),
        ("::ffff:10.0.0.1", ("IPv4", "10.0.0.1")),
        ("10.0..1", None),
        ("10.0.0.1_0", None),
        ("None", None),
        ("", None),
    ],
)
def test_addresses_are_read_as_the_controller_reads_them(written: str, read: tuple[str, str] | None) -> None:
    assert endpoints.read_address(written) == read


@pytest.mark.parametrize(
    ("port", "target"),
    [
        ({"port": 80, "targetPort": 8080}, 8080),
        ({"port": 80, "targetPort": "web"}, "web"),
        ({"port": 80}, 80),
        ({"port": 80, "targetPort": 0}, 80),
        ({"port": 80, "targetPort": ""}, 80),
        ({"port": 80, "targetPort": True}, 80),
        ({"port": "x"}, 0),
    ],
)
def test_target_port_defaults_to_the_port(port: dict[str, Any], target: int | str) -> None:
    assert endpoints.target_of(port) == target


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        pytest.param(spec_with(WEB), 8080, id="the port of that name"),
        pytest.param(spec_with({"name": "other", "containerPort": 1}), None, id="no such name"),
        pytest.param(spec_with(WEB | {"protocol": "UDP"}), None, id="the name under another protocol"),
        pytest.param(spec_with(WEB, WEB | {"containerPort": 9}), 8080, id="twice: the first container wins"),
        pytest.param(
            spec_with(WEB, inits=({"restartPolicy": "Always", "ports": [WEB | {"containerPort": 9}]},)),
            8080,
            id="a container wins over a sidecar",
        ),
        pytest.param(
            spec_with(inits=({"restartPolicy": "Always", "ports": [WEB | {"containerPort": 9}]},)), 9, id="a sidecar's"
        ),
        pytest.param(spec_with(inits=({"ports": [WEB]},)), None, id="an ordinary init container's never"),
        pytest.param(spec_with({"name": "web", "containerPort": "8080"}), None, id="a port that is no number"),
        pytest.param({"containers": "garbage", "initContainers": [7]}, None, id="garbage"),
    ],
)
def test_a_named_target_is_looked_up_in_the_pod(spec: dict[str, Any], number: int | None) -> None:
    assert endpoints.resolve(spec, "web", "TCP") == number


def test_a_numeric_target_is_taken_as_it_is() -> None:
    assert endpoints.resolve({}, 5000, "TCP") == 5000
    assert endpoints.resolve({}, 0, "TCP") is None


def test_a_port_that_the_pod_lacks_is_left_out_of_its_slice() -> None:
    two = service("web", SELECTOR, {"name": "http", "port": 80, "targetPort": "web"}, {"name": "x", "port": 90})
    assert endpoints.ports_in(two, {}) == (EndpointPort("x", 90, "TCP"),)
    assert endpoints.ports_in(NAMED, {}) == ()


def predicted(subject: Any, *objects: Any, **rest: Any) -> list[tuple[str | None, bool, bool, bool]]:
    found = case(subject, *objects, slices=False, **rest).predicted
    return [(each.address, each.ready, each.serving, each.terminating) for each in found]


PUBLISHING = service("web", SELECTOR, publishNotReadyAddresses=True)
PLAIN = service("web", SELECTOR)
A = address_of("a")


@pytest.mark.parametrize(
    ("subject", "backend", "made"),
    [
        pytest.param(PLAIN, pod("a"), [(A, True, True, False)], id="ready"),
        pytest.param(PLAIN, pod("a", ready=False), [(A, False, False, False)], id="not ready"),
        pytest.param(PLAIN, terminating(pod("a")), [(A, False, True, True)], id="terminating and serving"),
        pytest.param(PUBLISHING, pod("a", ready=False), [(A, True, False, False)], id="published though not ready"),
        pytest.param(PUBLISHING, terminating(pod("a")), [(A, True, True, True)], id="published though terminating"),
        pytest.param(PUBLISHING, pod("a", phase="Succeeded"), [], id="finished, even if published"),
        pytest.param(PLAIN, pod("a", phase="Failed"), [], id="failed"),
        pytest.param(PLAIN, pod("a", phase="Pending"), [(A, True, True, False)], id="pending with an address"),
        pytest.param(PLAIN, pod("a", ip=None), [], id="without an address"),
        pytest.param(PLAIN, pod("a", node="gone"), [], id="its node is gone"),
        pytest.param(PLAIN, pod("a", node=""), [], id="it has no node"),
        pytest.param(PUBLISHING, pod("a", node="gone"), [(A, True, True, False)], id="published though homeless"),
        pytest.param(PLAIN, pod("a", {"app": "other"}), [], id="not selected"),
        pytest.param(PLAIN, pod("a", status={"podIPs": []}), [(A, True, True, False)], id="podIP alone"),
        pytest.param(PLAIN, pod("a", status={"podIPs": [{"ip": "fd00::1"}]}), [], id="only of another family"),
        pytest.param(PLAIN, pod("a", status={"podIPs": [4, {"ip": "x"}], "conditions": 4}), [], id="garbage"),
    ],
)
def test_which_pods_become_endpoints(subject: Any, backend: Any, made: list[Any]) -> None:
    assert predicted(subject, backend) == made


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param({"missing": ["Node"]}, id="nodes are denied"),
        pytest.param({"extents": {"Node": "some"}}, id="only some nodes were read"),
        pytest.param({"live": False}, id="a file need not hold all nodes"),
    ],
)
def test_a_node_that_nobody_looked_for_counts_as_there(rest: dict[str, Any]) -> None:
    assert predicted(PLAIN, pod("a", node="n9"), **rest) == [(A, True, True, False)]


def test_dual_stack_is_an_endpoint_a_family() -> None:
    both = pod("a", status={"podIPs": [{"ip": "10.0.0.1"}, {"ip": "FD00::0:1"}, {"ip": "10.0.0.2"}]})
    dual = service("web", SELECTOR, ipFamilies=["IPv6", "IPv4"])
    made = case(dual, both, pod("b", ip="10.0.0.9"), slices=False).predicted
    assert [(each.family, each.address) for each in made] == [
        ("IPv6", "fd00::1"),
        ("IPv4", "10.0.0.1"),
        ("IPv4", "10.0.0.9"),
    ]


def test_zone_is_the_nodes_label_and_node_the_pods() -> None:
    zoned = node("n1", labels={"topology.kubernetes.io/zone": "a"})
    (made,) = case(PLAIN, pod("a"), zoned, slices=False).predicted
    assert (made.node, made.zone) == ("n1", "a")
    (without,) = case(PLAIN, pod("a"), slices=False).predicted
    assert (without.node, without.zone) == ("n1", None)


@pytest.mark.parametrize(
    ("spec", "hostname"),
    [
        ({"hostname": "db-0", "subdomain": "web"}, "db-0"),
        ({"hostname": "db-0", "subdomain": "other"}, None),
        ({"subdomain": "web"}, None),
        ({"hostname": "db-0"}, None),
    ],
)
def test_a_hostname_needs_the_services_name_as_subdomain(spec: dict[str, Any], hostname: str | None) -> None:
    (made,) = case(PLAIN, pod("a", spec=spec), slices=False).predicted
    assert made.hostname == hostname


def test_manifests_promise_one_ready_endpoint_a_workload_that_wants_pods() -> None:
    dual = service("web", SELECTOR, {"port": 80, "targetPort": "web"}, ipFamilies=["IPv4", "IPv6"])
    wanted = workload("Deployment", "web", SELECTOR, WEB, replicas=3)
    idle = workload("Deployment", "idle", SELECTOR, WEB, replicas=0)
    made = case(dual, wanted, idle, slices=None, manifests=True).predicted
    assert [(each.family, each.replicas, each.ready) for each in made] == [("IPv4", 3, True), ("IPv6", 3, True)]
    assert {each.ports for each in made} == {(EndpointPort("", 8080, "TCP"),)}
    assert {each.workload.name for each in made if each.workload} == {"web"}


@pytest.mark.parametrize(
    ("conditions", "read"),
    [
        ({}, (True, True, False)),
        ({"ready": True}, (True, True, False)),
        ({"ready": False}, (False, False, False)),
        ({"ready": False, "terminating": True}, (False, True, True)),
        ({"ready": False, "serving": True, "terminating": True}, (False, True, True)),
        ({"ready": False, "serving": False, "terminating": True}, (False, False, True)),
        ({"ready": None, "serving": "x", "terminating": None}, (True, True, False)),
    ],
)
def test_absent_conditions_of_a_slice(conditions: dict[str, Any], read: tuple[bool, bool, bool]) -> None:
    (found,) = endpoints.read_slice(endpoint_slice("s", "web", endpoint("192.0.2.1") | {"conditions": conditions}))
    assert (found.ready, found.serving, found.terminating) == read


def test_a_slice_is_read_whole() -> None:
    rest = {"nodeName": "n1", "zone": "a", "hostname": "db-0", "hints": {"forZones": [{"name": "a"}, 7]}}
    made = endpoint_slice("s", "web", endpoint("192.0.2.1", pod="p") | rest, ports=[{"name": "x", "port": 1}])
    (found,) = endpoints.read_slice(made)
    assert found.pod is not None
    assert (found.pod.kind, found.pod.namespace, found.pod.name) == ("Pod", "shop", "p")
    assert (found.node, found.zone, found.hostname, found.slice, found.hints) == ("n1", "a", "db-0", "s", ("a", ""))
    assert found.ports == (EndpointPort("x", 1, "TCP"),)


def test_odd_slices_do_not_raise() -> None:
    several = {"addresses": ["192.0.2.1", "192.0.2.2"], "targetRef": {"kind": "VirtualMachine", "name": "x"}}
    ports = [{"name": "all"}, {"port": 0}, {"port": True}, 7]
    made = endpoint_slice("s", "web", {"addresses": []}, {"addresses": 4}, several, ports=ports)
    (found,) = endpoints.read_slice(made)
    assert (found.address, found.pod, found.ports) == ("192.0.2.1", None, ())
    assert list(endpoints.read_slice({"metadata": {"name": "s"}, "endpoints": "x"})) == []


@pytest.mark.parametrize(
    ("families", "address_type", "works"),
    [
        (["IPv4"], "IPv4", True),
        (["IPv4"], "IPv6", False),
        (["IPv4", "IPv6"], "IPv6", True),
        ([], "IPv6", True),
        (["IPv4"], "FQDN", False),
        ([], "FQDN", False),
    ],
)
def test_only_slices_of_the_services_families_are_used(families: list[str], address_type: str, works: bool) -> None:
    subject = case(
        service("web", ipFamilies=families), endpoint_slice("s", "web", endpoint("x"), addressType=address_type)
    )
    assert bool(subject.ports[0].working) == works
    assert bool(subject.backends(subject.ports[0])) == works


def test_without_a_word_about_nodes_every_pod_with_a_node_counts() -> None:
    around = Inventory({}, now=NOW)
    assert not endpoints.is_homeless(pod("a"), around)
    assert endpoints.is_homeless(pod("a", node=""), inventory())
