"""Ports and endpoints of a Service as tables."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

import make
from kubectl_lab.domain.service.model import Endpoint, EndpointPort, Port, ServiceEntry
from kubectl_lab.result import Reference
from unit.render.entries import entry, node_port, pods, shown, web
from unit.service.cases import case, endpoint, endpoint_slice, pod, service

HTTP = EndpointPort("", 80, "TCP")
READY = Endpoint(
    "10.0.0.1",
    "IPv4",
    (HTTP,),
    Reference("Pod", "shop", "web-0"),
    "n1",
    None,
    ready=True,
    serving=True,
    terminating=False,
)


def table(one: ServiceEntry, heading: str, **rest: Any) -> list[list[str]]:
    """The rows of the table with this first heading, heading included."""
    lines = shown(one, **rest).splitlines()
    start = next(at for at, line in enumerate(lines) if line.split()[:1] == [heading])
    rows: list[list[str]] = []
    for line in lines[start:]:
        cells = re.split(r"  +", line.strip())
        if rows and (cells == [""] or (cells[0].isalpha() and cells[0].isupper())):
            break
        rows.append(cells)
    return rows


def with_endpoint(**changes: Any) -> ServiceEntry:
    one = dataclasses.replace(READY, **changes)
    return ServiceEntry(
        Reference("Service", "shop", "web"), "ClusterIP", "healthy", (Port("", 80, 80, None, "TCP"),), (one,)
    )


def test_names_and_node_ports_have_columns_only_where_there_are_some() -> None:
    assert table(entry(web(*pods(2))), "PORT") == [["PORT", "TARGET", "BACKENDS"], ["80", "8080", "2 of 2"]]
    ports = (node_port(name="http"), {"port": 53, "targetPort": "dns", "protocol": "UDP", "name": "dns"})
    both = entry(case(service("web", {"app": "web"}, *ports, type="NodePort"), *pods(1)))
    assert table(both, "PORT") == [
        ["PORT", "NAME", "TARGET", "NODEPORT", "BACKENDS"],
        ["9002", "http", "5000", "31234", "1 of 1"],
        ["53/UDP", "dns", "dns", "-", "0 of 1"],
    ]


def test_backends_that_are_left_while_they_end_are_told() -> None:
    ending = make.terminating(pod("web-0"))
    assert table(entry(web(ending)), "PORT")[1][-1] == "0 of 1, ending: 1"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "ready"),
        ({"ready": False, "serving": False}, "not ready"),
        ({"ready": False, "serving": False, "reason": "CrashLoopBackOff"}, "not ready: CrashLoopBackOff"),
        ({"ready": False, "terminating": True}, "terminating, serving"),
        ({"ready": False, "serving": False, "terminating": True}, "terminating"),
        ({"serving": False}, "ready, not serving"),
        ({"ports": ()}, "ready, no port"),
    ],
)
def test_the_state_of_an_endpoint(changes: dict[str, Any], state: str) -> None:
    assert table(with_endpoint(**changes), "ADDRESS")[1][-1] == state


def test_an_endpoint_without_a_port_is_marked_though_it_is_ready() -> None:
    lacking = table(with_endpoint(ports=()), "ADDRESS")
    assert lacking == [
        ["ADDRESS", "PORT", "POD", "NODE", "STATE"],
        ["10.0.0.1", "none", "web-0", "n1", "ready, no port"],
    ]


def test_a_headless_service_without_ports_lacks_none() -> None:
    made = entry(case(service("db", {"app": "web"}, clusterIP="None"), *pods(1)))
    assert table(made, "ADDRESS") == [["ADDRESS", "POD", "NODE", "STATE"], ["10.1.161.5", "web-0", "n1", "ready"]]


def test_a_zone_has_a_column_where_there_is_one() -> None:
    assert table(with_endpoint(zone="a"), "ADDRESS")[0] == ["ADDRESS", "PORT", "POD", "NODE", "ZONE", "STATE"]


def test_would_be_pods_name_their_workload_and_how_many() -> None:
    imagined = with_endpoint(
        address=None, pod=None, node=None, workload=Reference("Deployment", "shop", "web"), replicas=3
    )
    assert shown(imagined).splitlines()[-2:] == [
        "  PORT  POD             STATE",
        "  80    deployment/web  would-be pods: 3",
    ]


def test_what_does_not_work_comes_first_and_after_ten_the_rest_is_counted() -> None:
    many = entry(web(*pods(13, unready=2)))
    rows = table(many, "ADDRESS")
    assert [row[-1] for row in rows[1:4]] == ["not ready: CrashLoopBackOff", "not ready: CrashLoopBackOff", "ready"]
    assert "  … and 3 more (all of them with -o wide)" in shown(many).splitlines()
    assert len(table(many, "ADDRESS", form="wide")) == 1 + 13


def test_pods_stand_by_name_in_whatever_order_a_slice_has_them() -> None:
    mixed = dataclasses.replace(entry(web(*pods(3))), endpoints=entry(web(*pods(3))).endpoints[::-1])
    assert [row[2] for row in table(mixed, "ADDRESS")[1:]] == ["web-0", "web-1", "web-2"]


def test_addresses_made_by_hand_have_neither_pod_nor_node() -> None:
    by_hand = endpoint_slice("web-1", "web", endpoint("192.0.2.7"))
    assert table(entry(case(service("web", None), by_hand)), "ADDRESS") == [
        ["ADDRESS", "PORT", "STATE"],
        ["192.0.2.7", "80", "ready"],
    ]


def test_the_ports_of_an_alias_are_not_listed() -> None:
    assert "PORT" not in shown(entry(case(service("db", None, 80, type="ExternalName", externalName="db.example.com"))))


def test_a_row_wider_than_the_terminal_is_not_wrapped() -> None:
    long = "w" * 63
    said = shown(with_endpoint(pod=Reference("Pod", "shop", long), node="n" * 63), width=50)
    assert any(long in line and "n" * 63 in line and line.endswith("ready") for line in said.splitlines())
