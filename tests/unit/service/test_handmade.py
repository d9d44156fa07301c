"""Services without a selector (SVC065-SVC069): endpoints that somebody makes by hand, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

import make
from make import terminating
from unit.service.cases import codes, endpoint, endpoint_slice, pod, service
from unit.service.handmade_cases import DB, HEALTHY, MANAGER, MIRRORED, NAME, OUTSIDE, details, judged, of

API_SERVER = service("kubernetes", None, namespace="default")


@pytest.mark.parametrize(
    ("subject", "objects", "rest"),
    [
        pytest.param(DB, [HEALTHY], {}, id="a slice with its label and its port"),
        pytest.param(DB, [of("any-name", OUTSIDE)], {}, id="whatever the slice's name"),
        pytest.param(DB, [of("db-1", endpoint("192.0.2.10", ready=None))], {}, id="conditions left out"),
        pytest.param(DB, [], {"slices": None}, id="slices may not be read"),
        pytest.param(service("db", {"app": "db"}), [], {}, id="it has a selector"),
        pytest.param(service("db", type="ExternalName", externalName="x.example"), [], {}, id="an ExternalName"),
        pytest.param(API_SERVER, [], {}, id="the API server's own Service"),
        pytest.param(service("db", None, clusterIP="None"), [of("db-1", OUTSIDE, ports=[])], {}, id="no ports at all"),
        pytest.param(DB, [HEALTHY, of("db-2", endpoint("192.0.2.11"))], {}, id="two slices"),
        pytest.param(DB, [HEALTHY, of("db-2", ports=[])], {}, id="a slice without endpoints"),
        pytest.param(DB, [of("db-1", endpoint("192.0.2.10", pod="a")), pod("a", ip="192.0.2.10")], {}, id="a pod's"),
        pytest.param(
            DB, [make.obj("Endpoints", "db", "shop")], {"live": False}, id="a file with v1 Endpoints and no slice"
        ),
    ],
)
def test_silent(subject: Any, objects: list[Any], rest: dict[str, Any]) -> None:
    assert judged(*objects, subject=subject, **rest) == []


# --- SVC065


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        pytest.param([], "none", id="no slice"),
        pytest.param([of("db-1")], "none", id="a slice without endpoints"),
        pytest.param([of("db-1", endpoint("db.example"), addressType="FQDN")], "family", id="a slice of DNS names"),
        pytest.param([of("db-1", endpoint("fd00::1"), addressType="IPv6")], "family", id="not the Service's family"),
        pytest.param([of("db-1", endpoint("192.0.2.10", ready=False))], "unready", id="no address is ready"),
        pytest.param([endpoint_slice("other-1", "", OUTSIDE, labels={})], "none", id="a slice of another name"),
    ],
)
def test_nobody_made_endpoints(objects: list[Any], why: str) -> None:
    (found,) = judged(*objects)
    assert (found.finding.code, found.effect, found.place.stretch) == ("SVC065", "breaks", "endpoints")
    assert found.finding.details["why"]["phrase"] == f"service.handmade-{why}"
    assert (found.finding.details["manifest"] is None) == (why != "none")


def test_an_endpoint_that_serves_while_it_ends_is_one() -> None:
    ending = endpoint("192.0.2.10", ready=False) | {
        "conditions": {"ready": False, "serving": True, "terminating": True}
    }
    assert judged(of("db-1", ending)) == []


def test_the_printed_slice_fits_the_service_but_for_the_address() -> None:
    two = service(
        "db",
        None,
        {"name": "sql", "port": 80, "targetPort": 5432},
        {"name": "dns", "port": 53, "targetPort": "dns", "protocol": "UDP"},
        ipFamilies=["IPv6"],
    )
    made = json.loads(
        details(endpoint_slice("db-1", "other", labels={NAME: "other"}), service("other"), subject=two)["manifest"]
    )
    assert made["metadata"] == {"name": "db-2", "namespace": "shop", "labels": {NAME: "db", MANAGER: "staff"}}
    assert made["ports"] == [
        {"name": "sql", "port": 5432, "protocol": "TCP"},
        {"name": "dns", "port": 53, "protocol": "UDP"},
    ]
    assert (made["addressType"], made["endpoints"]) == ("IPv6", [{"addresses": ["ADDRESS"]}])


# --- SVC066


@pytest.mark.parametrize(
    ("name", "labels", "code"),
    [
        pytest.param("db-1", {}, "SVC066", id="no label"),
        pytest.param("db", {}, "SVC066", id="named exactly like it"),
        pytest.param("db-1", {NAME: "bd"}, "SVC066", id="a label for a Service that does not exist"),
        pytest.param("db-1", {NAME: "db-main"}, "SVC065", id="another Service's"),
        pytest.param("db-main-1", {}, "SVC065", id="named like another Service"),
        pytest.param("dbx", {}, "SVC065", id="a name that only begins alike"),
    ],
)
def test_a_slice_named_like_the_service_lacks_its_label(name: str, labels: dict[str, str], code: str) -> None:
    (found,) = judged(endpoint_slice(name, "", OUTSIDE, labels=labels), service("db-main"))
    assert found.finding.code == code
    if code == "SVC066":
        assert (found.finding.details["slice"], found.finding.details["label"]) == (name, f"{NAME}=db")
        assert found.effect == "breaks"


# --- SVC068


OTHER = service("shop-api", clusterIP="10.96.3.4", clusterIPs=["10.96.3.4", "fd00::4"], namespace="api")
GONE = endpoint("192.0.2.10", pod="gone")


@pytest.mark.parametrize(
    ("objects", "why", "effect"),
    [
        pytest.param(
            [of("db-1", endpoint("10.96.3.4")), OTHER], ("cluster-ip", "api/shop-api"), "degrades", id="a cluster IP"
        ),
        pytest.param([of("db-1", GONE)], ("pod-gone", "gone"), "degrades", id="a pod that is gone"),
        pytest.param(
            [of("db-1", GONE), pod("gone", ip="192.0.2.99")],
            ("pod-gone", "gone"),
            "degrades",
            id="it has another address",
        ),
        pytest.param([HEALTHY, of("db-2", OUTSIDE)], ("twice", "db-1"), "none", id="listed twice alike"),
        pytest.param(
            [HEALTHY, of("db-2", endpoint("192.0.2.10", ready=False))],
            ("twice", "db-1"),
            "degrades",
            id="twice, once ready",
        ),
    ],
)
def test_addresses_that_do_not_belong_there(objects: list[Any], why: tuple[str, str], effect: str) -> None:
    (found,) = judged(*objects)
    assert (found.finding.code, found.effect, found.finding.severity) == ("SVC068", effect, "warning")
    assert found.finding.details["why"] == {"phrase": f"service.handmade-{why[0]}", "values": {"name": why[1]}}
    assert found.finding.details["resource"].startswith("endpointslice/db-")


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param({"missing": ["Pod"]}, id="pods are denied"),
        pytest.param({"extents": {"Pod": "some"}}, id="only some pods were read"),
        pytest.param({"live": False}, id="a file need not hold the pod"),
    ],
)
def test_a_pod_that_nobody_looked_for_is_not_gone(rest: dict[str, Any]) -> None:
    assert judged(of("db-1", GONE), **rest) == []


def test_a_pod_of_another_namespace_is_gone_only_where_all_were_read() -> None:
    far = endpoint("192.0.2.10") | {"targetRef": {"kind": "Pod", "namespace": "far", "name": "x"}}
    assert judged(of("db-1", far)) == []
    assert codes(judged(of("db-1", far), extents={"Pod": "cluster"})) == ["SVC068"]


def test_many_addresses_of_one_fault_are_one_finding() -> None:
    doubled = [endpoint(f"192.0.2.{number}") for number in range(5)]
    told = details(of("db-1", *doubled), of("db-2", *doubled))
    assert told["addresses"][:3] == ["192.0.2.0", "192.0.2.1", "192.0.2.2"]
    assert told["addresses"][3]["values"] == {"count": 2}


def test_one_address_on_two_ports_is_not_twice() -> None:
    two = service("db", None, {"name": "sql", "port": 5432}, {"name": "web", "port": 80})
    assert judged(HEALTHY, of("db-2", OUTSIDE, ports=[{"name": "web", "port": 80}]), subject=two) == []


# --- SVC069


def test_mirrored_slices_are_written_out_as_slices_of_ones_own() -> None:
    copy = of("db-x", OUTSIDE, labels=MIRRORED)
    (found,) = judged(copy, of("db-1", endpoint("192.0.2.11")))
    assert (found.finding.code, found.finding.severity, found.effect) == ("SVC069", "info", "none")
    (made,) = json.loads(found.finding.details["manifest"])["items"]
    assert (made["metadata"]["name"], made["metadata"]["labels"][MANAGER]) == ("db-2", "staff")
    assert (made["endpoints"], made["ports"]) == (copy["endpoints"], copy["ports"])


# --- garbage


def test_odd_objects_do_not_raise() -> None:
    odd = [
        {
            "kind": "EndpointSlice",
            "metadata": {"name": "db-7", "namespace": "shop", "labels": {NAME: "db"}},
            "endpoints": 7,
        },
        of("db-1", {"addresses": ["x"], "targetRef": 7, "conditions": []}, ports=7, addressType=None),
        make.obj("Endpoints", "db", "shop") | {"subsets": [7]},
        terminating(pod("db", status={"podIPs": 7})),
        {"kind": "Service", "metadata": {"name": "x"}, "spec": {"clusterIPs": [7], "clusterIP": 7}},
    ]
    assert codes(judged(*odd)) == ["SVC065"]
