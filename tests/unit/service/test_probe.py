"""A probe: whom it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.probe import Asked, elsewhere, questions, unasked
from unit.service.cases import address_of, case, endpoint, endpoint_slice, pod, service
from unit.service.probing import DECLARES, PODS, WEB, answers, of_pods

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case


def asked(subject: Case) -> list[str]:
    return [short(each) for each in questions(subject)]


def short(each: Asked) -> str:
    """`https:pod/web-1:8080`."""
    return f"{'https:' * each.is_https}{each.object.kind.lower()}/{each.object.name}:{each.number}"


def test_the_service_and_each_backend_are_asked() -> None:
    assert asked(case(WEB, *PODS[:2])) == ["service/web:80", "pod/web-1:8080", "pod/web-2:8080"]


def test_at_most_five_backends_of_a_port_are_asked() -> None:
    assert asked(case(WEB, *PODS)) == ["service/web:80", *(f"pod/web-{number}:8080" for number in range(1, 6))]


def test_a_pod_of_two_families_is_asked_once() -> None:
    both = service("web", {"app": "web"}, ipFamilies=["IPv4", "IPv6"])
    addresses = {"podIPs": [{"ip": "10.1.0.1"}, {"ip": "fd00::1"}]}
    assert asked(case(both, pod("web-1", status=addresses))) == ["service/web:80", "pod/web-1:80"]


@pytest.mark.parametrize(
    ("port", "is_https"),
    [
        pytest.param({"port": 443}, True, id="443 speaks TLS"),
        pytest.param({"port": 80, "targetPort": 8443}, True, id="so does a target port known for it"),
        pytest.param({"port": 9000, "name": "https-admin"}, True, id="and a port named for it"),
        pytest.param({"port": 9000, "appProtocol": "HTTPS"}, True, id="and one that says so"),
        pytest.param({"port": 443, "appProtocol": "kubernetes.io/h2c"}, False, id="what is said beats the number"),
        pytest.param({"port": 80}, False, id="80 does not"),
    ],
)
def test_tls_is_tried_where_it_is_to_be_expected(port: dict[str, Any], is_https: bool) -> None:
    found = questions(case(service("web", {"app": "web"}, port), PODS[0]))
    assert [each.is_https for each in found] == [is_https, is_https]


UDP = service("web", {"app": "web"}, {"port": 53, "protocol": "UDP"}, {"port": 80, "name": "http"})
MANUAL = service("web", None)


@pytest.mark.parametrize(
    ("subject", "expected", "why"),
    [
        pytest.param(case(WEB, *PODS[:1]), 2, "", id="all of a plain Service is asked"),
        pytest.param(case(UDP, *PODS[:1]), 2, "not TCP: 53/UDP", id="a UDP port is not asked"),
        pytest.param(case(WEB), 0, "no pod gets traffic: 80/TCP", id="nor a port without backend"),
        pytest.param(
            case(WEB, pod("web-1", ready=False)), 0, "no pod gets traffic: 80/TCP", id="nor a pod that is not ready"
        ),
        pytest.param(
            case(service("web", {"app": "web"}, type="ExternalName", externalName="example.com")),
            0,
            "ExternalName",
            id="nor an outside name",
        ),
        pytest.param(
            case(MANUAL, endpoint_slice("web-a", "web", endpoint("192.0.2.1"))),
            0,
            "not a pod of this cluster: 192.0.2.1; no pod gets traffic: 80/TCP",
            id="nor an address that somebody wrote by hand",
        ),
        pytest.param(
            case(MANUAL, PODS[0], endpoint_slice("web-a", "web", endpoint("192.0.2.1", pod="web-1"))),
            0,
            "not a pod of this cluster: 192.0.2.1; no pod gets traffic: 80/TCP",
            id="also where it is said to be a pod's and that pod has another",
        ),
        pytest.param(
            case(MANUAL, PODS[0], endpoint_slice("web-a", "web", endpoint(address_of("web-1"), pod="web-1"))),
            1,
            "",
            id="a pod in a hand-made slice is asked, the Service is not: who knows where it leads",
        ),
        pytest.param(
            case(
                WEB,
                PODS[0],
                endpoint_slice(
                    "web-a", "web", endpoint(address_of("web-1"), pod="web-1"), endpoint("192.0.2.1", ready=False)
                ),
            ),
            1,
            "not a pod of this cluster: 192.0.2.1",
            id="a stranger among the endpoints keeps the Service from being asked",
        ),
    ],
)
def test_only_tcp_and_only_pods_of_the_cluster_are_asked(subject: Case, expected: int, why: str) -> None:
    assert len(questions(subject)) == expected
    assert unasked(subject, answers(subject)) == why


def test_where_all_backends_are_dead_one_pod_is_asked_where_else_it_listens() -> None:
    subject = case(WEB, pod("web-1", ports=DECLARES), pod("web-2", ports=DECLARES))
    assert [short(each) for each in elsewhere(subject, of_pods(subject, "refused"))] == ["pod/web-1:5000"]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        pytest.param([{"containerPort": 8080}], 0, id="the target port is not asked twice"),
        pytest.param([{"containerPort": number} for number in range(1, 9)], 3, id="three others at most"),
        pytest.param([{"containerPort": "web"}, {"containerPort": []}], 0, id="what is no number is none"),
        pytest.param([], 0, id="a pod that declares none is not searched"),
    ],
)
def test_only_declared_ports_are_tried(ports: list[dict[str, Any]], expected: int) -> None:
    subject = case(WEB, pod("web-1", ports=ports))
    assert len(elsewhere(subject, of_pods(subject, "refused"))) == expected


def test_where_a_backend_answers_no_other_port_is_asked() -> None:
    subject = case(WEB, pod("web-1", ports=DECLARES), pod("web-2", ports=DECLARES))
    assert elsewhere(subject, answers(subject, web_1="refused")) == ()
