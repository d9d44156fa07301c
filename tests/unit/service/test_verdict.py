"""What facts and findings come to; the findings here are invented, so that each effect stands alone."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.domain.service.verdict import broken_ports, verdict
from kubectl_lab.result import Finding
from make import terminating
from unit.service.cases import case, inventory, pod, service, workload

WEB = service("web", {"app": "web"}, {"name": "http", "port": 80}, {"name": "admin", "port": 9000})
NO_SELECTOR: Any = service("db", None, {"name": "db", "port": 5432})


def found(effect: Any, place: Place | None = None, ports: tuple[int, ...] = ()) -> Judged:
    return Judged(Finding("SVC999", "error", None), effect, place or Place("service"), ports)


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        pytest.param([], "healthy", id="working backends and nothing found"),
        pytest.param([found("none")], "healthy", id="a finding without effect changes nothing"),
        pytest.param([found("degrades")], "degraded", id="one that degrades does"),
        pytest.param(
            [found("breaks", Place("entry", "loadbalancer"))], "degraded", id="a broken entry leaves the others"
        ),
        pytest.param([found("breaks", Place("pod", "shop/web-1"))], "degraded", id="so does a broken pod"),
        pytest.param([found("breaks", Place("service", "80"))], "degraded", id="one broken port of two"),
        pytest.param([found("breaks", Place("service"))], "broken", id="all ports broken at the Service"),
        pytest.param([found("breaks", Place("endpoints"))], "broken", id="all ports broken behind it"),
        pytest.param(
            [found("breaks", Place("service", "80")), found("breaks", Place("endpoints", "9000"))],
            "broken",
            id="each port broken at a place of its own",
        ),
        pytest.param([found("breaks", Place("pod"), (80, 9000))], "broken", id="a gate that shuts every port"),
        pytest.param([found("breaks", Place("pod"), (80,))], "degraded", id="a gate that shuts one port"),
    ],
)
def test_effects_make_the_verdict(judged: list[Judged], expected: str) -> None:
    assert verdict(case(WEB, pod()), judged) == expected


def test_severity_makes_no_verdict() -> None:
    assert verdict(case(WEB, pod()), [Judged(Finding("SVC999", "error", None), "none", Place("service"))]) == "healthy"


def test_no_backend_is_broken_even_without_a_finding() -> None:
    assert verdict(case(WEB), []) == "broken"


def test_a_port_that_no_pod_has_degrades_while_another_works() -> None:
    named = service(
        "web", {"app": "web"}, {"name": "a", "port": 80}, {"name": "b", "port": 81, "targetPort": "metrics"}
    )
    assert verdict(case(named, pod()), []) == "degraded"


def test_only_terminating_pods_that_serve_are_a_degraded_service() -> None:
    assert verdict(case(WEB, terminating(pod())), []) == "degraded"


@pytest.mark.parametrize(
    ("spec", "pods", "expected"),
    [
        pytest.param({}, [pod()], "healthy", id="without ports a ready address is enough"),
        pytest.param({}, [pod(ready=False)], "broken", id="without a ready address nothing answers"),
    ],
)
def test_headless_without_ports(spec: dict[str, Any], pods: list[Any], expected: str) -> None:
    assert verdict(case(service("web", {"app": "web"}, clusterIP="None", **spec), *pods), []) == expected


def test_a_headless_service_without_ports_breaks_by_a_finding() -> None:
    headless = case(service("web", {"app": "web"}, clusterIP="None"), pod())
    assert verdict(headless, [found("breaks", Place("service"))]) == "broken"
    assert verdict(headless, [found("breaks", Place("entry"))]) == "degraded"


def test_slices_that_were_denied_leave_it_unknown_however_ready_the_pods() -> None:
    denied = case(WEB, pod(), slices=None)
    assert denied.is_predicted
    assert verdict(denied, []) == "unknown"
    assert verdict(denied, [found("breaks")]) == "broken"


def test_manifests_have_the_verdict_of_what_would_be() -> None:
    web = workload("Deployment", "web", {"app": "web"})
    would_be = case(WEB, web, slices=None, missing=["Pod"], manifests=True, live=False)
    assert verdict(would_be, []) == "healthy"
    assert [port.working for port in would_be.ports] == [1, 1]


def test_a_service_alone_is_unknown() -> None:
    assert verdict(case(WEB, slices=None, missing=["Pod"], manifests=True, live=False), []) == "unknown"


@pytest.mark.parametrize(("effect", "expected"), [("none", "healthy"), ("degrades", "degraded"), ("breaks", "broken")])
def test_an_external_name_needs_no_endpoints(effect: str, expected: str) -> None:
    alias = case(service("db", None, type="ExternalName", externalName="db.example.com"))
    assert verdict(alias, [found(effect)]) == expected


def test_broken_ports_are_those_named_or_all() -> None:
    subject = case(WEB, pod())
    assert broken_ports(subject, [found("breaks", Place("endpoints", "80"))]) == {80}
    assert broken_ports(subject, [found("breaks")]) == {80, 9000}
    assert broken_ports(subject, [found("degrades"), found("breaks", Place("front", "80"))]) == frozenset()


def test_what_was_denied_is_not_taken_for_none() -> None:
    assert not inventory(missing=["Pod"]).can_see("Pod", "Node")
    assert inventory().can_see("Pod", "Node")
