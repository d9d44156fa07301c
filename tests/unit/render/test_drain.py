"""How a drain reads, to the letter; the words themselves are the catalogue's."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from kubectl_lab import render
from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain.model import Drain, DrainOptions
from kubectl_lab.domain.drain.plan import plan
from kubectl_lab.domain.drain.signals import Event, Progress
from kubectl_lab.render import drain as view
from kubectl_lab.result import Reference
from make import budget, empty_dir, node, owner, pod

NOW = datetime(2026, 1, 2, tzinfo=UTC)
POD = Reference("Pod", "shop", "web")
SET = owner("ReplicaSet", "web")


def planned(*pods: dict[str, Any], budgets: tuple[dict[str, Any], ...] = (), **flags: Any) -> Drain:
    options = DrainOptions(**{"mode": "client", **flags})
    return plan([node("n1")], pods, budgets, {("default", "agent"): "live"}, options, NOW)


def text(result: Drain, lang: str = "en") -> str:
    out = io.StringIO()
    render.show(result, "text", out, lang=lang, width=200)
    return out.getvalue()


def test_a_clear_plan_is_a_table_and_a_sum() -> None:
    result = planned(pod("web", owned_by=SET, labels={"app": "web"}), budgets=(budget("web"),))
    assert text(result) == (
        "node/n1  will be cordoned; pods that leave: 1, that stay: 0\n"
        "  ACTION   POD           CONTROLLER       BUDGET (ALLOWED)   NOTES\n"
        "  evict    default/web   ReplicaSet/web   web (1)            -\n"
        "plan: nodes: 1; pods that leave: 1, that stay: 0\n"
    )


def test_a_refused_plan_names_every_flag_and_the_line_with_all_of_them() -> None:
    agent = pod("agent", owned_by=owner("DaemonSet", "agent"))
    shown = text(planned(agent, pod("bare", volumes=(empty_dir(),))), "fr")
    assert "node/n1  reste tel quel : un pod demande une option qui n'a pas été donnée\n" in shown
    assert "  refuse   default/bare    -                 -                   DRN002 DRN003\n" in shown
    assert (
        "avec toutes les options : kubectl lab drain --ignore-daemonsets --delete-emptydir-data --force\n"
        "plan : nœuds : 1 ; pods qui partent : 0, qui restent : 0, qui demandent une option : 2 ;"
    ) in shown


def test_of_many_findings_alike_five_are_spelled_out() -> None:
    shown = text(planned(*(pod(f"bare-{number}") for number in range(8))))
    assert shown.count("error DRN003") == 5
    assert "    … and 3 more DRN003 (all of them with -o json)\n" in shown
    assert shown.count("$ kubectl lab drain --force") == 1


@pytest.mark.parametrize(
    ("event", "line", "note"),
    [
        pytest.param(Event(NOW, "cordoned", "n1"), "node/n1 cordoned", "", id="cordoned"),
        pytest.param(
            Event(NOW, "cordoned", "n1", details={"already": True}), "node/n1 already cordoned", "", id="already"
        ),
        pytest.param(Event(NOW, "evicting", "n1", POD), "evicting pod shop/web", "", id="evicting"),
        pytest.param(Event(NOW, "evicted", "n1", POD), "pod/web evicted", "", id="evicted"),
        pytest.param(Event(NOW, "deleted", "n1", POD), "pod/web deleted", "", id="deleted"),
        pytest.param(Event(NOW, "node", "n1", details={"outcome": "drained"}), "node/n1 drained", "", id="drained"),
        pytest.param(
            Event(NOW, "node", "n1", details={"outcome": "timeout"}),
            "",
            "node n1: not empty in time",
            id="a node not drained",
        ),
        pytest.param(
            Event(NOW, "blocked", "n1", POD, {"budget": "b", "waiting": 1}),
            "",
            "pod shop/web waits for the budget b",
            id="blocked by a budget that nobody has seen",
        ),
        pytest.param(
            Event(NOW, "failed", "n1", POD, {"reason": "no"}), "", "pod shop/web was not removed: no", id="failed"
        ),
    ],
)
def test_kubectl_s_lines_go_to_stdout_and_what_it_never_says_to_stderr(event: Event, line: str, note: str) -> None:
    assert view.line(event) == line
    assert view.note(event, "en") == note


def test_a_failure_of_ours_is_told_in_words() -> None:
    lost = {"error": "api-not-found-cluster-wide", "values": {"resource": "nodes", "name": "n9"}}
    event = Event(NOW, "failed", "n1", POD, {"reason": lost})
    assert view.note(event, "en") == "pod shop/web was not removed: nothing is named n9 among the nodes"
    found = finding("DRN035", None, node="n1", status="404", reason=lost)
    assert "rien ne s'appelle n9 parmi les nodes" in view.sentence(found, "fr")


def test_a_blocked_pod_names_its_budget_and_the_numbers() -> None:
    numbers = {"disruptionsAllowed": 0, "currentHealthy": 2, "desiredHealthy": 2, "expectedPods": 3}
    event = Event(NOW, "blocked", "n1", POD, {"budget": "web", **numbers, "waiting": 4})
    assert view.note(event, "en") == (
        "pod shop/web waits for the budget web: 2 healthy of 3, 2 needed, 0 may go (waiting: 4)"
    )


def test_progress_says_for_which_budget_pods_wait() -> None:
    quiet = Progress(5, 3, 94, 61, 0, "", 0)
    assert view.progress(quiet, "en") == "3/5 nodes, 61/94 pods"
    waiting = Progress(5, 3, 94, 61, 4, "web-pdb", 0)
    assert view.progress(waiting, "en") == "3/5 nodes, 61/94 pods, 4 waiting for budget web-pdb (0 allowed)"


def test_of_no_node_nothing_is_shown() -> None:
    assert text(Drain("apply", "drained", ())) == ""


def test_a_line_of_jsonl_has_a_sentence_and_its_facts() -> None:
    assert view.event(Event(NOW, "evicted", "n1", POD), "fr") == {
        "time": "2026-01-02T00:00:00.000Z",
        "event": "evicted",
        "node": "n1",
        "pod": {"kind": "Pod", "namespace": "shop", "name": "web"},
        "message": "pod shop/web évincé de n1",
        "details": {},
    }
