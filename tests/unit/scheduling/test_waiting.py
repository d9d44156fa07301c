"""Pods that the scheduler does not try."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.result import Reference
from unit.scheduling.asking import answer, codes, fixes, found, node, of_workload, pending, said, subject, taint

GATED = {"schedulingGates": [{"name": "quota"}, {"name": "batch"}]}


def test_gates_are_named_and_the_nodes_judged_all_the_same() -> None:
    explained = answer(pending(spec=GATED), node("n1"), node("n2", taint("team")))
    assert explained.gates == ("quota", "batch")
    assert explained.feasible == ("n1",)
    assert "quota, batch" in said(found("SCH004", explained))
    assert fixes(found("SCH004", explained)) == [
        """kubectl -n default patch pod/web --type=json -p '[{"op":"remove","path":"/spec/schedulingGates"}]'"""
    ]


def test_a_gated_pod_that_no_node_would_take_has_no_text_of_the_scheduler() -> None:
    explained = answer(pending(spec=GATED), node("n1", taint("team")))
    assert explained.message is None
    assert "SCH001" in codes(explained)
    assert "SCH014" not in codes(explained)


def test_a_pod_without_gates_is_tried() -> None:
    assert found("SCH004", answer(pending(), node("n1"))) is None


def test_of_a_pod_that_a_controller_owns_the_gates_are_not_patched() -> None:
    about = Reference("Job", "default", "batch")
    pod = pending(spec=GATED)
    explained = answer(subject(pod, template_of=about, pod_path="/spec/template/spec"), node("n1"))
    assert fixes(found("SCH004", explained)) == []


def test_another_scheduler_is_named_and_the_template_can_go_back_to_the_default_one() -> None:
    web = make.deployment("web")
    explained = answer(of_workload(web, pending(spec={"schedulerName": "batch"})), node("n1", taint("team")))
    finding = found("SCH005", explained)
    assert "asks for the scheduler batch" in said(finding)
    assert fixes(finding)[0].startswith("kubectl -n default patch deployment/web --type=json -p ")
    assert '"path":"/spec/template/spec/schedulerName","value":"default-scheduler"' in fixes(finding)[0]
    assert explained.message is None


def test_of_a_pod_itself_the_scheduler_cannot_change() -> None:
    finding = found("SCH005", answer(pending(spec={"schedulerName": "batch"}), node("n1")))
    assert fixes(finding) == []


def test_the_default_scheduler_by_its_name_is_no_other() -> None:
    assert found("SCH005", answer(pending(spec={"schedulerName": "default-scheduler"}), node("n1"))) is None


CLAIMS = [
    pytest.param([{"name": "gpu", "resourceClaimName": "one"}], "resourceclaim/one", id="a claim by its name"),
    pytest.param(
        [{"name": "gpu", "resourceClaimTemplateName": "any"}], "resourceclaimtemplate/any", id="a template of a claim"
    ),
]


@pytest.mark.parametrize(("claims", "absent"), CLAIMS)
def test_a_claim_that_does_not_exist_is_waited_for(claims: list[object], absent: str) -> None:
    explained = answer(pending(spec={"resourceClaims": claims}), node("n1"), ResourceClaim=[], ResourceClaimTemplate=[])
    assert found("SCH006", explained).details["absent"] == [absent]  # type: ignore[union-attr]
    assert absent in said(found("SCH006", explained))


@pytest.mark.parametrize(("claims", "absent"), CLAIMS)
def test_what_was_not_captured_is_not_taken_for_absent(claims: list[object], absent: str) -> None:
    assert absent
    assert found("SCH006", answer(pending(spec={"resourceClaims": claims}), node("n1"))) is None


def test_a_claim_that_exists_is_not_waited_for() -> None:
    claims = [{"name": "gpu", "resourceClaimName": "one"}, {"name": "odd"}]
    explained = answer(
        pending(spec={"resourceClaims": claims}),
        node("n1"),
        ResourceClaim=[make.obj("ResourceClaim", "one", "default")],
    )
    assert found("SCH006", explained) is None


def test_once_a_claim_was_made_from_the_template_that_claim_counts() -> None:
    pod = pending(spec={"resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "any"}]})
    pod["status"]["resourceClaimStatuses"] = [{"name": "gpu", "resourceClaimName": "web-gpu"}]
    made = make.obj("ResourceClaim", "web-gpu", "default")
    explained = answer(pod, node("n1"), ResourceClaim=[made], ResourceClaimTemplate=[])
    assert found("SCH006", explained) is None


@pytest.mark.parametrize(
    ("pod", "state"),
    [
        pytest.param(make.pod("web", phase="Succeeded"), "it has ended (Succeeded)", id="finished"),
        pytest.param(make.terminating(make.pod("web")), "it is being deleted", id="being deleted"),
    ],
)
def test_what_is_over_has_no_verdict(pod: dict[str, object], state: str) -> None:
    explained = answer(pod, node("n1", taint("team")))
    assert codes(explained) == ["SCH016"]
    assert state in said(found("SCH016", explained))
    assert (explained.judged, explained.nodes, explained.feasible, explained.message) == (False, (), (), None)


def test_a_workload_that_is_being_deleted_is_judged() -> None:
    web = make.terminating(make.deployment("web"))
    assert answer(of_workload(web, pending()), node("n1")).judged
