"""A probe: whom it asks, and what the answers come to (SVC130-SVC134)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.service.explain import entry
from kubectl_lab.domain.service.probe import Answer, Asked, elsewhere, judge, questions, unasked
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference
from unit.service.cases import address_of, case, codes, endpoint, endpoint_slice, pod, service

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.probe import Outcome

WEB = service("web", {"app": "web"}, (80, 8080))
SERVICE = Reference("Service", "shop", "web")
PODS = [pod(f"web-{number}") for number in range(1, 8)]
DECLARES: list[dict[str, Any]] = [{"containerPort": 5000}, {"containerPort": 53, "protocol": "UDP"}]
POLICY = make.obj("NetworkPolicy", "deny", "shop", spec={"podSelector": {"matchLabels": {"app": "web"}}})


def asked(subject: Case) -> list[str]:
    return [short(each) for each in questions(subject)]


def short(each: Asked) -> str:
    """`https:pod/web-1:8080`."""
    return f"{'https:' * each.is_https}{each.object.kind.lower()}/{each.object.name}:{each.number}"


def answers(subject: Case, **outcomes: Outcome) -> list[Answer]:
    """The answers to all questions, by the object's name with `_` for `-`; without one "answers" (HTTP 200)."""
    made = []
    for each in questions(subject):
        outcome = outcomes.get(each.object.name.replace("-", "_"), "answers")
        made.append(Answer(each, outcome, {"answers": 200, "fails": 503}.get(outcome)))
    return made


def of_pods(subject: Case, outcome: Outcome) -> list[Answer]:
    """All pods with one outcome, the Service with it too."""
    return [Answer(each, outcome) for each in questions(subject)]


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


def test_a_port_that_answers_is_an_info_and_leaves_the_verdict() -> None:
    subject = case(WEB, *PODS[:2])
    found = judge(subject, answers(subject))
    assert codes(found) == ["SVC130"]
    assert found[0].effect == "none"
    assert found[0].finding.details["answer"] == {"phrase": "service.probe-http", "values": {"status": 200}}
    assert found[0].finding.details["pods"] == 2


def test_what_listens_without_http_answers_too() -> None:
    subject = case(WEB, *PODS[:1])
    found = judge(subject, of_pods(subject, "listens"))
    assert codes(found) == ["SVC130"]
    assert found[0].finding.details["answer"] == {"phrase": "service.probe-listens", "values": {}}


def test_each_port_is_judged_by_its_own_answers() -> None:
    two = service("web", {"app": "web"}, {"port": 80, "name": "a"}, {"port": 81, "name": "b"})
    subject = case(two, *PODS[:1])
    made = [Answer(each, "refused" if each.port == 81 else "answers", 200) for each in questions(subject)]
    found = judge(subject, made)
    assert [(each.finding.code, each.finding.details["port"]) for each in found] == [("SVC130", 80), ("SVC131", 81)]
    assert entry(subject, more=found).verdict == "degraded"


@pytest.mark.parametrize(("outcome", "code"), [("refused", "SVC131"), ("silent", "SVC132")])
def test_a_port_that_no_backend_answers_on_is_broken(outcome: Outcome, code: str) -> None:
    subject = case(WEB, *PODS[:2])
    found = judge(subject, of_pods(subject, outcome))
    assert codes(found) == [code]
    assert found[0].finding.details["pods"] == ["web-1", "web-2"]
    made = entry(subject, more=found)
    assert made.verdict == "broken"
    marked = {hop.source for hop in made.hops if hop.finding == code}
    assert marked == {"pod/shop/web-1", "pod/shop/web-2"}


@pytest.mark.parametrize(("outcome", "code"), [("refused", "SVC131"), ("silent", "SVC132")])
def test_one_dead_backend_of_two_marks_its_own_hop_alone(outcome: Outcome, code: str) -> None:
    subject = case(WEB, *PODS[:2])
    found = judge(subject, answers(subject, web_2=outcome))
    assert codes(found) == [code]
    assert found[0].finding.object == Reference("Pod", "shop", "web-2")
    made = entry(subject, more=found)
    assert made.verdict == "degraded"
    assert [hop.source for hop in made.hops if hop.finding == code] == ["pod/shop/web-2"]


def test_two_ways_of_being_dead_are_two_findings() -> None:
    subject = case(WEB, *PODS[:2])
    found = judge(subject, answers(subject, web_1="refused", web_2="silent", web="silent"))
    assert codes(found) == ["SVC131", "SVC132"]
    assert entry(subject, more=found).verdict == "broken"


def test_five_dead_backends_of_seven_do_not_prove_the_port_broken() -> None:
    subject = case(WEB, *PODS)
    found = judge(subject, of_pods(subject, "refused"))
    assert codes(found) == ["SVC131"] * 5
    assert entry(subject, more=found).verdict == "degraded"


def test_a_dead_tcp_port_does_not_condemn_udp_of_the_same_number() -> None:
    both = service("dns", {"app": "web"}, {"port": 53, "name": "tcp"}, {"port": 53, "name": "udp", "protocol": "UDP"})
    subject = case(both, *PODS[:1])
    found = judge(subject, of_pods(subject, "refused"))
    assert codes(found) == ["SVC131"]
    assert entry(subject, more=found).verdict == "degraded"


def test_a_failing_backend_degrades() -> None:
    subject = case(WEB, *PODS[:2])
    found = judge(subject, answers(subject, web_2="fails"))
    assert codes(found) == ["SVC134"]
    expected = {"service": "web", "namespace": "shop", "port": 80, "status": 503, "objects": ["pod/web-2"], "pod": "web-2"}
    assert found[0].finding.details == expected
    assert entry(subject, more=found).verdict == "degraded"


def test_a_service_that_fails_where_no_asked_pod_does_is_named_itself() -> None:
    subject = case(WEB, *PODS[:1])
    found = judge(subject, answers(subject, web="fails"))
    assert codes(found) == ["SVC134"]
    assert (found[0].finding.details["objects"], found[0].finding.details["pod"]) == (["service/web"], None)


@pytest.mark.parametrize("outcome", ["refused", "silent"])
def test_a_service_that_does_not_answer_where_its_pods_do_is_a_finding_of_its_own(outcome: Outcome) -> None:
    subject = case(WEB, *PODS[:2])
    found = judge(subject, answers(subject, web=outcome))
    assert codes(found) == ["SVC133"]
    assert found[0].finding.details["hint"] == {"phrase": f"service.probe-service-{outcome}", "values": {}}
    assert found[0].finding.details["patch"] is None
    assert entry(subject, more=found).verdict == "degraded"


def test_a_dead_pod_explains_a_dead_service() -> None:
    subject = case(WEB, *PODS[:2])
    assert codes(judge(subject, answers(subject, web="refused", web_2="refused"))) == ["SVC131"]


def test_a_service_that_could_not_be_asked_says_nothing() -> None:
    subject = case(WEB, *PODS[:1])
    made = answers(subject, web="unknown")
    assert codes(judge(subject, made)) == ["SVC130"]
    assert unasked(subject, [Answer(each.asked, each.outcome, why="no endpoints") for each in made][:1]) == (
        "not answered: no endpoints"
    )


def test_of_nothing_but_unknowns_nothing_is_found() -> None:
    subject = case(WEB, *PODS[:1])
    assert judge(subject, of_pods(subject, "unknown")) == ()


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


def test_a_pod_that_answers_elsewhere_shows_the_wrong_target_port() -> None:
    subject = case(WEB, pod("web-1", ports=DECLARES))
    made = of_pods(subject, "refused")
    more = [Answer(each, "answers", 404) for each in elsewhere(subject, made)]
    found = judge(subject, [*made, *more])
    assert codes(found) == ["SVC133"]
    details = found[0].finding.details
    assert (details["number"], details["hint"]["values"]) == (5000, {"target": 8080})
    assert details["patch"] == '{"spec": {"ports": [{"port": 80, "protocol": "TCP", "targetPort": 5000}]}}'
    assert entry(subject, more=found).verdict == "broken"


def test_a_pod_that_is_dead_everywhere_is_just_dead() -> None:
    subject = case(WEB, pod("web-1", ports=DECLARES))
    made = of_pods(subject, "refused")
    more = [Answer(each, "refused") for each in elsewhere(subject, made)]
    assert codes(judge(subject, [*made, *more])) == ["SVC131"]


@pytest.mark.parametrize("outcome", ["refused", "silent"])
def test_silence_behind_a_policy_proves_nothing(outcome: Outcome) -> None:
    subject = case(WEB, pod("web-1", ports=DECLARES), POLICY)
    made = of_pods(subject, outcome)
    assert judge(subject, made) == ()
    assert elsewhere(subject, made) == ()
    assert unasked(subject, made) == "no answer past a NetworkPolicy: web-1"


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"podSelector": {}, "policyTypes": ["Egress"]}, id="a policy for egress alone"),
        pytest.param({"podSelector": {"matchLabels": {"app": "db"}}}, id="a policy of other pods"),
    ],
)
def test_a_policy_that_shuts_nobody_out_excuses_nobody(spec: dict[str, Any]) -> None:
    subject = case(WEB, *PODS[:1], make.obj("NetworkPolicy", "other", "shop", spec=spec))
    assert codes(judge(subject, of_pods(subject, "silent"))) == ["SVC132"]


def test_what_was_not_asked_is_told_of_this_service_alone() -> None:
    subject = case(WEB, *PODS[:1])
    subject.inventory.lack(SERVICE, Missing("Probe", "not TCP: 53/UDP"))
    subject.inventory.lack(Reference("Service", "shop", "other"), Missing("Probe", "ExternalName"))
    assert [(each.what, each.why) for each in entry(subject).not_checked] == [("Probe", "not TCP: 53/UDP")]


def test_good_answers_never_turn_a_verdict() -> None:
    blind = case(WEB, *PODS[:1], slices=None)
    assert questions(blind)
    assert entry(blind, more=judge(blind, answers(blind))).verdict == "unknown"
