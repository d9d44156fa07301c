"""What a probe's answers come to (SVC130-SVC134)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.service.explain import entry
from kubectl_lab.domain.service.probe import Answer, elsewhere, judge, questions, unasked
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference
from unit.service.cases import case, codes, pod, service
from unit.service.probing import DECLARES, PODS, POLICY, SERVICE, WEB, answers, of_pods

if TYPE_CHECKING:
    from kubectl_lab.domain.service.probe import Outcome


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
    expected = {
        "service": "web",
        "namespace": "shop",
        "port": 80,
        "status": 503,
        "objects": ["pod/web-2"],
        "pod": "web-2",
    }
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
