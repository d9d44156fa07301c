"""TNT001, TNT006, TNT008: pods that are deleted, budgets that do not hold it back, pods that are kept out."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.objects import Missing
from kubectl_lab.render import data
from unit.taints.asking import (
    HOUR_AGO,
    MINUTE_AGO,
    Object,
    ask,
    codes,
    details,
    node,
    pending,
    pod,
    question,
    tolerates,
)

MAINT = "maint:NoExecute"


@pytest.mark.parametrize(
    ("seconds", "added", "severity", "when"),
    [
        pytest.param(None, MINUTE_AGO, "error", ("when-now", "0s"), id="at once is an error"),
        pytest.param(360, MINUTE_AGO, "error", ("when-in", "5m"), id="within five minutes too"),
        pytest.param(361, MINUTE_AGO, "warning", ("when-in", "5m1s"), id="later a warning"),
        pytest.param(10, HOUR_AGO, "error", ("when-now", "0s"), id="overdue is now"),
        pytest.param(300, None, "error", ("when-after", "5m"), id="without a time the seconds decide"),
        pytest.param(301, None, "warning", ("when-after", "5m1s"), id="and more of them are a warning"),
    ],
)
def test_how_soon_decides_how_bad_it_is(seconds: int | None, added: str | None, severity: str, when: object) -> None:
    tolerations = [] if seconds is None else [tolerates("maint", seconds=seconds)]
    (found,) = details("TNT001", node("n1", MAINT, added=added), pod("web", *tolerations))
    assert found["severity"] == severity
    assert (found["when"]["phrase"].removeprefix("taints."), found["when"]["values"]["time"]) == when


def test_the_pods_are_named_up_to_five() -> None:
    pods = [pod(f"web-{number}") for number in range(7)]
    (found,) = details("TNT001", node("n1", MAINT), *pods)
    assert found["count"] == 7
    assert found["pods"]["phrase"] == "taints.some"
    assert found["pods"]["values"] == {"names": [f"default/web-{number}" for number in range(5)], "left": 2}


def test_the_cure_removes_what_can_be_removed() -> None:
    made = node("n1", MAINT, "node.kubernetes.io/not-ready:NoExecute", "gpu:NoSchedule", ready="False")
    found = data.findings_in(data.document(ask(made, pod("web")), "en"))[0]
    assert found["fix"] == ["kubectl taint nodes n1 maint:NoExecute-"]


def test_a_rehearsal_has_nothing_to_remove() -> None:
    (found,) = details("TNT001", node("n1"), pod("web"), about=question("n1", add=[MAINT]))
    assert found["removals"] is None


def test_an_effect_that_kubectl_does_not_know_it_cannot_remove() -> None:
    made = {**node("n1"), "spec": {"taints": [{"key": "node.kubernetes.io/out-of-service", "effect": "Odd"}]}}
    (found,) = details("TNT009", made)
    assert found["removal"] is None


def test_nothing_is_lost_with_what_is_finished_or_ending() -> None:
    gone = [pod("job", phase="Failed"), make.terminating(pod("old"))]
    assert codes(node("n1", MAINT), *gone) == []


def budget(name: str, namespace: str = "default") -> Object:
    return make.budget(name, namespace)


def test_budgets_that_select_a_deleted_pod_are_named() -> None:
    web = [pod(name, labels={"app": "web"}) for name in ("web-1", "web-2")]
    objects = [node("n1", MAINT), *web, pod("db"), budget("b"), budget("a"), budget("c", "shop")]
    (found,) = details("TNT006", *objects)
    assert found["budgets"] == ["default/a", "default/b"]
    assert found["count"] == 2
    assert found["pods"]["values"]["names"] == ["default/web-1", "default/web-2"]


def test_a_pod_that_stays_needs_no_budget() -> None:
    web = pod("web", tolerates("maint"), labels={"app": "web"})
    assert codes(node("n1", MAINT), web, budget("a")) == []


def test_budgets_that_may_not_be_read_are_told_where_they_matter() -> None:
    denied = [Missing("PodDisruptionBudget", "forbidden")]
    assert [each.what for each in ask(node("n1", MAINT), pod("web"), missing=denied).not_evaluated] == [
        "poddisruptionbudgets"
    ]
    assert ask(node("n1", "a:NoSchedule"), pod("web"), missing=denied).not_evaluated == ()


def test_pods_that_a_taint_keeps_out_are_told_with_their_cure() -> None:
    (found,) = data.findings_in(data.document(ask(node("n1", "team=blue:NoSchedule"), pending("web")), "en"))
    assert (found["code"], found["details"]["count"]) == ("TNT008", 1)
    assert found["fix"] == ["kubectl taint nodes n1 team:NoSchedule-"]


def test_a_cordon_is_cured_by_its_own_finding() -> None:
    made = node("n1", "node.kubernetes.io/unschedulable:NoSchedule", unschedulable=True)
    (found,) = details("TNT008", made, pending("web"))
    assert found["removal"] is None
