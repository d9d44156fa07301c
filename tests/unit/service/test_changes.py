"""What a watch tells of two answers in a row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.changes import changes, in_use, is_reached
from kubectl_lab.domain.service.model import Endpoint, EndpointPort, Hop, Port, ServiceEntry, ServiceExplanation
from kubectl_lab.result import Finding, Reference

if TYPE_CHECKING:
    from kubectl_lab.domain.service.model import Verdict

WEB = Reference("Service", "shop", "web")
HTTP = EndpointPort("", 8080, "TCP")


def endpoint(address: str | None, **fields: Any) -> Endpoint:
    blank = Endpoint(address, "IPv4", (HTTP,), None, None, None, ready=True, serving=True, terminating=False)
    return replace(blank, **fields)


def entry(verdict: Verdict = "healthy", *endpoints: Endpoint, service: Reference = WEB, **fields: Any) -> ServiceEntry:
    return ServiceEntry(service, "ClusterIP", verdict, (Port("", 80, 8080, None, "TCP"),), endpoints, **fields)


def broken_by(code: str, **details: Any) -> ServiceEntry:
    hop = Hop("service/shop/web:80", "endpoints/shop/web", "broken", code)
    return entry("broken", hops=(hop,), findings=(Finding(code, "error", WEB, details),))


def told(before: ServiceEntry | None, after: ServiceEntry) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    first = ServiceExplanation((before,)) if before else None
    return [(each.added, each.removed) for each in changes(first, ServiceExplanation((after,)))]


A, B, C = endpoint("10.0.0.1"), endpoint("10.0.0.2"), endpoint("10.0.0.10")
ENDING = replace(A, ready=False, terminating=True)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(None, entry("healthy", A), [(("10.0.0.1",), ())], id="at first everything is told"),
        pytest.param(None, entry("broken"), [((), ())], id="also where nothing answers"),
        pytest.param(entry("healthy", A), entry("healthy", A), [], id="the same again is no news"),
        pytest.param(entry("healthy", A, B), entry("healthy", B, A), [], id="nor is another order"),
        pytest.param(entry("healthy", A), entry("degraded", A), [((), ())], id="another verdict is"),
        pytest.param(broken_by("SVC010"), broken_by("SVC020"), [((), ())], id="another cause is"),
        pytest.param(broken_by("SVC020", n=1), broken_by("SVC020", n=2), [], id="another count in it is not"),
        pytest.param(
            entry("healthy", A),
            entry("healthy", B, C),
            [(("10.0.0.2", "10.0.0.10"), ("10.0.0.1",))],
            id="who came, who went",
        ),
        pytest.param(
            entry("healthy", A, B),
            entry("degraded", A, replace(B, ready=False, serving=False)),
            [((), ("10.0.0.2",))],
            id="a pod that is not ready any more gets no traffic: it went",
        ),
    ],
)
def test_what_is_told(before: ServiceEntry | None, after: ServiceEntry, expected: list[Any]) -> None:
    assert told(before, after) == expected


def test_a_service_that_is_gone_is_told_with_all_its_addresses() -> None:
    (found,) = changes(ServiceExplanation((entry("healthy", A),)), ServiceExplanation(()))
    assert (found.service, found.entry, found.added, found.removed) == (WEB, None, (), ("10.0.0.1",))


def test_each_service_is_compared_with_itself() -> None:
    other = replace(WEB, name="db")
    before = ServiceExplanation((entry("healthy", A), entry("healthy", B, service=other)))
    after = ServiceExplanation((entry("broken", B, service=other), entry("healthy", A)))
    assert [each.service for each in changes(before, after)] == [other]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(entry("healthy", A, ENDING), {"10.0.0.1"}, id="ready ones"),
        pytest.param(
            entry("degraded", ENDING), {"10.0.0.1"}, id="where none is ready, those that serve while they end"
        ),
        pytest.param(entry("healthy", A, replace(B, ports=())), {"10.0.0.1"}, id="not one without a port"),
        pytest.param(replace(entry("healthy", replace(B, ports=())), ports=()), {"10.0.0.2"}, id="unless none has one"),
        pytest.param(entry("healthy", endpoint(None)), set(), id="not would-be pods, which have no address"),
    ],
)
def test_addresses_that_get_traffic(subject: ServiceEntry, expected: set[str]) -> None:
    assert in_use(subject) == expected


@pytest.mark.parametrize(
    ("verdicts", "healthy", "degraded"),
    [
        pytest.param(["healthy", "healthy"], True, True, id="all healthy"),
        pytest.param(["healthy", "degraded"], False, True, id="one degraded"),
        pytest.param(["degraded", "broken"], False, False, id="one broken"),
        pytest.param(["unknown"], False, False, id="what is not known is not reached"),
        pytest.param([], False, False, id="nothing is not all"),
    ],
)
def test_a_wait_is_over_when_everything_is_as_good_or_better(
    verdicts: list[Verdict], healthy: bool, degraded: bool
) -> None:
    answer = ServiceExplanation(tuple(entry(each) for each in verdicts))
    assert (is_reached(answer, "healthy"), is_reached(answer, "degraded")) == (healthy, degraded)
    assert not is_reached(answer, None)
