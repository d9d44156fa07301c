"""TNT003, TNT004, TNT005, TNT009, TNT010: taints that mean more than others."""

from __future__ import annotations

import pytest

from kubectl_lab.render import data
from unit.taints.asking import CORDON, HOUR_AGO, ask, codes, details, node, pod, question

UNREACHABLE = ("node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute")
OUT = "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"


def test_a_cordon_is_told_with_its_cure() -> None:
    (found,) = data.findings_in(data.document(ask(node("n1", CORDON, unschedulable=True)), "en"))
    assert found["code"] == "TNT003"
    assert found["fix"] == ["kubectl uncordon n1"]


@pytest.mark.parametrize(
    ("made", "phrase", "removal"),
    [
        pytest.param(node("n1", unschedulable=True), "cordon-without-taint", None, id="the field alone"),
        pytest.param(
            node("n1", CORDON),
            "taint-without-cordon",
            ["node.kubernetes.io/unschedulable:NoSchedule-"],
            id="the taint alone",
        ),
    ],
)
def test_half_a_cordon_is_a_warning(made: dict[str, object], phrase: str, removal: object) -> None:
    (found,) = details("TNT004", made)
    assert found["what"]["phrase"] == f"taints.{phrase}"
    assert found["removal"] == removal
    assert codes(made) == ["TNT004"]


def test_a_pretended_cordon_taint_cannot_be_removed_yet() -> None:
    (found,) = details("TNT004", node("n1"), about=question("n1", add=[CORDON]))
    assert found["removal"] is None


def test_the_unschedulable_key_with_another_effect_is_no_cordon() -> None:
    assert codes(node("n1", "node.kubernetes.io/unschedulable:NoExecute")) == []


def test_a_taint_of_a_condition_is_told_once_for_both_effects() -> None:
    (found,) = details("TNT005", node("n1", *UNREACHABLE, ready="Unknown"))
    assert found["taints"] == list(UNREACHABLE)
    assert (found["severity"], found["condition"], found["status"]) == ("info", "Ready", "Unknown")
    assert found["outcome"]["phrase"] == "taints.put-back"


def test_a_taint_that_its_condition_no_longer_calls_for_is_about_to_go_and_needs_no_word() -> None:
    assert codes(node("n1", *UNREACHABLE, ready="True")) == []


@pytest.mark.parametrize(
    ("made", "remove", "condition"),
    [
        (node("n1", *UNREACHABLE, ready="Unknown"), "node.kubernetes.io/unreachable", "Ready"),
        (node("n1", CORDON, unschedulable=True), CORDON, "spec.unschedulable"),
    ],
)
def test_to_ask_for_its_removal_is_a_warning(made: dict[str, object], remove: str, condition: str) -> None:
    about = question("n1", remove=[remove])
    (found,) = details("TNT005", made, about=about)
    assert (found["severity"], found["condition"]) == ("warning", condition)
    assert codes(made, about=about) == ["TNT005"]


def test_to_add_what_the_condition_does_not_call_for_is_a_warning_too() -> None:
    about = question("n1", add=["node.kubernetes.io/disk-pressure:NoSchedule"])
    (found,) = details("TNT005", node("n1"), about=about)
    assert (found["severity"], found["status"]) == ("warning", "-")
    assert found["outcome"]["phrase"] == "taints.taken-away"


def test_to_add_what_the_condition_calls_for_is_what_the_controller_does() -> None:
    about = question("n1", add=[UNREACHABLE[0]])
    assert details("TNT005", node("n1", ready="Unknown"), about=about) == []


def test_an_own_taint_may_be_removed_and_stays_away() -> None:
    assert codes(node("n1", "team=blue:NoSchedule"), about=question("n1", remove=["team"])) == []


@pytest.mark.parametrize(("ready", "state"), [("True", "ready"), ("False", "not-ready"), ("Unknown", "not-ready")])
def test_out_of_service_is_a_warning_and_worse_on_a_node_that_runs(ready: str, state: str) -> None:
    (found,) = details("TNT009", node("n1", OUT, ready=ready))
    assert found["state"]["phrase"] == f"taints.out-of-service-{state}"
    assert found["removal"] == ["node.kubernetes.io/out-of-service:NoExecute-"]


def test_a_rehearsal_of_out_of_service_has_nothing_to_remove() -> None:
    (found,) = details("TNT009", node("n1"), about=question("n1", add=[OUT]))
    assert found["removal"] is None


def test_a_taint_that_takes_anothers_place_is_said_to() -> None:
    about = question("n1", add=["team=green:NoSchedule"])
    (found,) = details("TNT010", node("n1", "team=blue:NoSchedule"), node("n2", "team=blue:NoSchedule"), about=about)
    assert (found["node"], found["before"], found["taint"]) == ("n1", "team=blue:NoSchedule", "team=green:NoSchedule")


def test_a_taint_that_is_replaced_is_not_told_as_removed() -> None:
    about = question("n1", add=["team=green:NoExecute"])
    (entry,) = ask(node("n1", "team=blue:NoExecute", "x:NoSchedule", added=HOUR_AGO), pod("web"), about=about).nodes
    assert entry.removed == ()
    assert [each.text for each in entry.taints] == ["team=green:NoExecute", "x:NoSchedule"]
