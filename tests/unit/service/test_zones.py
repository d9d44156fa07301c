"""Preferences of near backends that are not kept, and those that are."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import zones
from unit.service.cases import case, endpoint, endpoint_slice, pod, service

WEB = {"app": "web"}


def node(name: str, zone: str = "", ready: str = "True") -> Any:
    return make.node(name, ready=ready, labels={"topology.kubernetes.io/zone": zone} if zone else {})


A, B = node("n1", "za"), node("n2", "zb")


def at(address: str, zone: str, *, hinted: str = "", **rest: Any) -> Any:
    hints: dict[str, Any] = {"hints": {"forZones": [{"name": hinted}]}} if hinted else {}
    return endpoint(address, zone=zone, **hints, **rest)


def asking(**spec: Any) -> Any:
    return service("web", WEB, **{"trafficDistribution": "PreferSameZone", **spec})


def why(subject: Any, *endpoints: Any, around: Any = (A, B), **rest: Any) -> Any:
    written = endpoint_slice("s", "web", *endpoints)
    judged = list(zones.zone_preference(case(subject, written, *around, **rest)))
    assert all((each.effect, each.finding.severity) == ("none", "info") for each in judged)
    return [each.finding.details["why"] for each in judged]


def phrases(found: Any) -> list[str]:
    return [each["phrase"] for each in found]


BOTH = (at("10.1.0.1", "za", hinted="za"), at("10.1.0.2", "zb", hinted="zb"))


def test_hints_for_every_zone_are_in_force() -> None:
    assert why(asking(), *BOTH) == []


@pytest.mark.parametrize(
    ("endpoints", "around", "phrase"),
    [
        pytest.param(BOTH[:1], (A, B), "service.zones-empty", id="a zone without an endpoint"),
        pytest.param((at("10.1.0.1", "za"),), (A,), "service.zones-unhinted", id="zones and no hints"),
        pytest.param((BOTH[0], at("10.1.0.2", "zb")), (A, B), "service.zones-unhinted", id="one without hints"),
        pytest.param((at("10.1.0.1", ""),), (node("n1"),), "service.zones-none", id="nodes without zones"),
    ],
)
def test_what_is_missing_is_said(endpoints: Any, around: Any, phrase: str) -> None:
    assert phrases(why(asking(), *endpoints, around=around)) == [phrase]


@pytest.mark.parametrize(
    ("endpoints", "around"),
    [
        pytest.param(BOTH[:1], (A, node("n2", "zb", ready="False")), id="a zone whose nodes are down"),
        pytest.param(BOTH[:1], (A, node("n2")), id="a node without a zone"),
        pytest.param((), (A, B), id="no endpoint at all"),
        pytest.param((at("10.1.0.1", "za", ready=False),), (A, B), id="endpoints that are not ready carry no hints"),
    ],
)
def test_what_is_no_trouble_of_zones(endpoints: Any, around: Any) -> None:
    assert why(asking(), *endpoints, around=around) == []


@pytest.mark.parametrize(
    "spec",
    [
        {"trafficDistribution": None},
        {"trafficDistribution": "PreferSameNode"},
        {"clusterIP": "None"},
        {"type": "ExternalName"},
    ],
    ids=str,
)
def test_who_did_not_ask_or_has_no_proxy_is_not_told(spec: Any) -> None:
    assert why(asking(**spec), at("10.1.0.1", "za")) == []


def test_the_controllers_own_words_come_first() -> None:
    made = service("web", WEB)
    made["metadata"]["annotations"] = {"service.kubernetes.io/topology-mode": "Auto"}
    about = {"involvedObject": {"kind": "Service", "namespace": "shop", "name": "web"}}
    text = "Insufficient number of endpoints (1)"
    event = make.obj("Event", "e", "shop") | about | {"reason": "TopologyAwareHintsDisabled", "message": text}
    assert why(made, at("10.1.0.1", "za"), around=(A, B, event)) == [text]
    made["metadata"]["annotations"] = {"service.kubernetes.io/topology-mode": "Disabled"}
    assert why(made, at("10.1.0.1", "za"), around=(A, B, event)) == []


def test_zones_are_not_counted_without_nodes_or_slices() -> None:
    assert why(asking(), *BOTH[:1], missing=["Node"]) == []
    assert list(zones.zone_preference(case(asking(), pod(), slices=None))) == []
