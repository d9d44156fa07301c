"""The engine without a world: signals that come late, twice or for others."""

from __future__ import annotations

from typing import Any

from kubectl_lab.domain.drain.engine import Engine
from kubectl_lab.domain.drain.model import DrainOptions
from kubectl_lab.domain.drain.plan import plan
from kubectl_lab.domain.drain.signals import Answer, Cordon, Event, Interrupt, ListPods, PodSeen, PodsListed, Remove
from kubectl_lab.result import Reference
from make import node, pod
from unit.drain.cast import web
from unit.drain.server import START

CORDON = Cordon("n1", "node-cluster-n1")
LIST = ListPods("n1")


def engine(*pods: Any, **flags: Any) -> Engine:
    options = DrainOptions(**flags)
    planned = plan([node("n1")], pods, (), {}, options, START)
    return Engine(planned, options, pods, (), started=0.0, wall=START, jitter=lambda: 0.5)


def test_a_last_list_that_comes_after_the_end_changes_nothing() -> None:
    run = engine()
    assert list(run.requests(0.0)) == [CORDON]
    run.on(Answer(CORDON), 0.1)
    assert list(run.requests(0.1)) == [LIST]
    run.on(Interrupt(), 0.2)
    assert list(run.requests(0.2)) == []
    before = run.result()
    run.on(Answer(LIST, pods=[web(9)]), 0.3)
    assert run.result() == before


def test_a_cordon_that_is_answered_after_the_end_is_still_told() -> None:
    run = engine()
    run.requests(0.0)
    run.on(Interrupt(), 0.1)
    run.requests(6.0)
    assert run.is_finished
    run.on(Answer(CORDON), 6.1)
    assert (run.result().nodes[0].outcome, run.result().nodes[0].cordoned) == ("untouched", "by-us")


def test_a_node_emptied_at_the_moment_of_its_timeout_is_looked_at_once_more() -> None:
    run = engine(web(1), timeout=10.0)
    run.requests(0.0)
    run.on(Answer(CORDON), 0.0)
    (removal,) = run.requests(0.0)
    run.on(Answer(removal), 0.1)
    run.on(PodSeen(web(1), gone=True), 10.0)
    assert list(run.requests(10.0)) == [LIST]
    run.on(Answer(LIST), 10.1)
    assert run.result().outcome == "drained"


def test_another_pod_of_the_same_name_means_that_ours_is_gone() -> None:
    run = engine(web(1))
    run.on(PodSeen({**web(1), "metadata": {**web(1)["metadata"], "uid": "another"}}), 0.0)
    (entry,) = run.result().nodes[0].pods
    assert (entry.outcome, [found.code for found in entry.findings]) == ("skipped", ["DRN033"])


def test_pods_that_are_not_of_the_plan_are_no_concern() -> None:
    run = engine(web(1))
    run.on(PodSeen(pod("stranger"), gone=True), 0.0)
    run.on(PodSeen({}, gone=True), 0.0)
    assert run.progress().pods_done == 0


def test_a_pod_told_gone_twice_is_told_once() -> None:
    run = engine(web(1))
    run.on(PodSeen(web(1), gone=True), 0.0)
    run.on(PodsListed([]), 0.1)
    assert [event.event for event in run.take_events()] == ["skipped"]
    assert run.take_events() == []


def test_a_node_begun_without_waiting_names_each_pod_once_and_in_order() -> None:
    run = engine(web(2), web(1))
    run.requests(0.0)
    run.on(Answer(CORDON), 0.1)
    sent = [request.pod for request in run.requests(0.1) if isinstance(request, Remove)]
    assert sent == ["web-2", "web-1"]
    assert run.wake_at(0.1) is None


def test_an_event_is_one_line_with_its_time() -> None:
    event = Event(START, "evicted", "n1", Reference("Pod", "default", "web-1"), {"x": 1})
    assert event.to_dict() == {
        "time": "2026-01-01T12:00:00.000Z",
        "event": "evicted",
        "node": "n1",
        "pod": {"kind": "Pod", "namespace": "default", "name": "web-1"},
        "message": "",
        "details": {"x": 1},
    }
    assert Event(START, "node", "n1").to_dict()["pod"] is None
