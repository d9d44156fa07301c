"""Many Services at a glance."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from kubectl_lab.domain.service.model import NotChecked, Place, ServiceEntry, ServiceExplanation
from unit.render.entries import entry, found, node_port, pods, web, written
from unit.service.cases import case, service

BROKEN = found("SVC911", "breaks", Place("endpoints"))


def named(name: str, one: ServiceEntry) -> ServiceEntry:
    return dataclasses.replace(one, service=dataclasses.replace(one.service, name=name))


FEW = (
    named("empty", entry(web(), BROKEN)),
    named("web", entry(case(service("web", {"app": "web"}, node_port(), 80, type="NodePort"), *pods(3, unready=1)))),
)


def overview(*entries: ServiceEntry, namespace: str | None = "shop", **rest: Any) -> list[str]:
    return written(ServiceExplanation(entries, overview=True, namespace=namespace), **rest).splitlines()


def test_one_line_each_and_the_counts() -> None:
    assert overview(*FEW) == [
        "NAME   TYPE       PORTS          BACKENDS  VERDICT  CAUSE",
        "empty  ClusterIP  80             0/0       BROKEN   SVC911 SVC911",
        "web    NodePort   9002:31234,80  2/3       HEALTHY",
        "services: 2; broken: 1, healthy: 1",
    ]


def test_in_french() -> None:
    assert overview(*FEW, lang="fr")[1].split()[-4:] == ["EN", "PANNE", "SVC911", "SVC911"]
    assert overview(*FEW, lang="fr")[-1] == "services : 2 ; en panne : 1, sains : 1"


def test_all_namespaces_are_named() -> None:
    lines = overview(*FEW, namespace=None)
    assert [line.split()[0] for line in lines[:3]] == ["NAMESPACE", "shop", "shop"]


def test_of_no_service_nothing_is_shown() -> None:
    assert overview() == []


def unknown(why: str) -> ServiceEntry:
    denied = NotChecked("EndpointSlices", why, "decides-slices")
    return dataclasses.replace(FEW[1], verdict="unknown", not_checked=(denied,))


@pytest.mark.parametrize(
    ("width", "cause"),
    [
        (200, "EndpointSlices: a cause that takes so very many words that no terminal holds them"),
        (10_000, "EndpointSlices: a cause that takes so very many words that no terminal holds them"),
        (93, "EndpointSlices: a cause that takes so very…"),
        (92, "EndpointSlices: a cause that takes so…"),
        (20, "EndpointSlices: a cause…"),
    ],
)
def test_a_cause_is_cut_on_a_word(width: int, cause: str) -> None:
    lines = overview(unknown("a cause that takes so very many words that no terminal holds them"), width=width)
    assert lines[1].endswith(f"UNKNOWN  {cause}")
    assert len(lines[1]) <= max(width, 74)


def test_with_wide_a_cause_is_told_whole() -> None:
    long = "a cause that takes so very many words that no terminal holds them"
    assert overview(unknown(long), width=40, form="wide")[1].endswith(long)


def test_a_cause_of_one_long_word_is_cut_in_it() -> None:
    denied = dataclasses.replace(unknown(""), not_checked=(NotChecked("x" * 90, "y"),))
    assert overview(denied, width=80)[1].endswith("UNKNOWN  " + "x" * 29 + "…")


def test_each_port_that_fares_differently_is_counted() -> None:
    two = entry(web(*pods(2), ports=({"port": 80, "name": "a"}, {"port": 90, "targetPort": "none", "name": "b"})))
    assert overview(two)[1].split()[2:4] == ["80,90", "2/2,0/2"]


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (service("x", None, type="ExternalName", externalName="db.example.com", clusterIP=""), "-"),
        (service("x", {"app": "web"}, clusterIP="None"), "1/2"),
    ],
    ids=["an alias has none", "a headless Service without ports counts its addresses"],
)
def test_backends(made: dict[str, Any], shown: str) -> None:
    assert overview(entry(case(made, *pods(2, unready=1))))[1].split()[3] == shown


def test_what_could_not_be_decided_names_what_is_missing() -> None:
    lines = overview(unknown("forbidden"), unknown("forbidden"))
    assert lines[1].endswith("UNKNOWN  EndpointSlices: forbidden")
    assert lines[-1] == "NOT CHECKED  EndpointSlices (which addresses get the traffic): forbidden"
    assert len(lines) == 5


def test_an_udp_port_says_so() -> None:
    dns = service("dns", {"app": "web"}, node_port(port=53, protocol="UDP"), type="NodePort")
    assert overview(entry(case(dns)))[1].split()[2] == "53:31234/UDP"


def test_a_thousand_services_are_told_quickly() -> None:
    many = overview(*(FEW * 500))
    assert len(many) == 1002
