"""IPv4 and IPv6 of a Service and its pods."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.service import families
from kubectl_lab.domain.service.verdict import verdict
from unit.service.cases import case, pod, service

WEB = {"app": "web"}
FOUR, SIX = "10.1.0.1", "2001:db8::1"


def dual(*addresses: str) -> Any:
    return pod(ip=None, status={"podIPs": [{"ip": each} for each in addresses]})


@pytest.mark.parametrize(
    ("asked", "addresses", "expected"),
    [
        pytest.param(["IPv4"], [FOUR], None, id="one and one"),
        pytest.param(["IPv4", "IPv6"], [FOUR, SIX], None, id="two and two"),
        pytest.param(["IPv4"], [FOUR, SIX], None, id="more than asked"),
        pytest.param(["IPv6"], [], None, id="no address yet is another finding's"),
        pytest.param(["IPv6"], [FOUR], ("error", "breaks", ["IPv6"], None), id="none of its families"),
        pytest.param(
            ["IPv4", "IPv6"],
            [FOUR],
            ("warning", "degrades", ["IPv6"], '{"spec":{"ipFamilyPolicy":"SingleStack","ipFamilies":["IPv4"]}}'),
            id="the second is missing",
        ),
        pytest.param(
            ["IPv6", "IPv4"], [FOUR], ("warning", "degrades", ["IPv6"], None), id="the first is missing and stays"
        ),
    ],
)
def test_families_of_pods(asked: Any, addresses: Any, expected: Any) -> None:
    subject = case(service("web", WEB, ipFamilies=asked), dual(*addresses))
    judged = list(families.family_without_pods(subject))
    told = [
        (each.finding.severity, each.effect, each.finding.details["families"], each.finding.details["patch"])
        for each in judged
    ]
    assert told == ([expected] if expected else [])
    assert [verdict(subject, [each]) for each in judged] == [
        "broken" if each.effect == "breaks" else "degraded" for each in judged
    ]


@pytest.mark.parametrize(
    ("spec", "rest"),
    [
        pytest.param({"type": "ExternalName"}, {}, id="an ExternalName"),
        pytest.param({}, {"missing": ["Pod"]}, id="pods that cannot be read"),
    ],
)
def test_who_is_not_judged(spec: Any, rest: Any) -> None:
    subject = case(service("web", WEB, ipFamilies=["IPv6"], **spec), dual(FOUR), **rest)
    assert list(families.family_without_pods(subject)) == []


@pytest.mark.parametrize(
    ("spec", "applied", "expected"),
    [
        ({"ipFamilyPolicy": "PreferDualStack"}, True, ["IPv4"]),
        ({"ipFamilyPolicy": "PreferDualStack"}, False, []),
        ({"ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv4", "IPv6"]}, True, []),
        ({"ipFamilyPolicy": "SingleStack"}, True, []),
        ({"ipFamilyPolicy": "PreferDualStack", "type": "ExternalName"}, True, []),
    ],
    ids=str,
)
def test_a_preference_that_got_one_family(spec: Any, applied: bool, expected: Any) -> None:
    made = service("web", WEB, **spec)
    if not applied:
        del made["metadata"]["uid"], made["metadata"]["resourceVersion"]
    assert [each.finding.details["family"] for each in families.one_family_of_two(case(made, pod()))] == expected
