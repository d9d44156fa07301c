from __future__ import annotations

import functools

import pytest

from kubectl_lab.domain.drain.signals import Cordon, ListPods, Remove
from kubectl_lab.domain.rules import label_selectors
from make import budget, mirror, node, owner, pod, terminating, uid
from unit.drain import responses
from unit.drain.cast import SET, web, web_budget, webs
from unit.drain.world import Fault, Killed, World, codes, outcomes


def agent(name: str = "agent", **rest: object) -> dict[str, object]:
    return pod(name, owned_by=owner("DaemonSet", "agent"), **rest)  # type: ignore[arg-type]


def test_a_node_takes_its_slowest_pod_and_at_most_one_second_more() -> None:
    world = World([node("n1")], webs(20), terminates=5.0)
    result = world.drain()
    assert result.outcome == "drained"
    assert set(outcomes(result).values()) == {"evicted"}
    assert world.time < 6
    assert len(world.removals()) == 20


def test_a_node_without_pods_is_cordoned_and_drained() -> None:
    world = World([node("n1")])
    result = world.drain()
    assert (result.outcome, result.nodes[0].outcome, result.nodes[0].cordoned) == ("drained", "drained", "by-us")
    assert world.story() == [("cordoned", "n1"), ("node", "n1")]


def test_a_drain_of_no_nodes_is_drained_and_asks_nothing() -> None:
    world = World([])
    assert world.drain().outcome == "drained"
    assert world.sent == []


def test_a_node_of_daemonset_and_mirror_pods_alone_is_drained_and_they_stay() -> None:
    world = World([node("n1")], [agent(), mirror("static")])
    result = world.drain(ignore_daemonsets=True)
    assert result.outcome == "drained"
    assert outcomes(result) == {"agent": None, "static": None}
    assert world.removals() == []
    assert codes(result) == []  # neither is taken for a pod that came meanwhile


def test_a_pod_selector_that_matches_nothing_drains_the_node_and_leaves_its_pods() -> None:
    world = World([node("n1")], webs(2))
    result = world.drain(pod_selector=label_selectors.parse("app=none"))
    assert (result.outcome, result.nodes[0].pods, codes(result)) == ("drained", (), [])
    assert world.removals() == []


def test_a_node_found_cordoned_is_not_cordoned_again() -> None:
    world = World([node("n1", unschedulable=True)], webs(1))
    result = world.drain()
    assert (result.outcome, result.nodes[0].cordoned) == ("drained", "already")
    assert not any(isinstance(request, Cordon) for _, request in world.sent)
    assert world.events[0].event == "cordoned"
    assert world.events[0].details == {"already": True}


def test_all_nodes_are_cordoned_before_the_first_eviction_and_emptied_one_after_another() -> None:
    world = World([node("n1"), node("n2")], webs(4, nodes=("n1", "n2")))
    result = world.drain()
    assert result.outcome == "drained"
    story = world.story()
    assert story[:2] == [("cordoned", "n1"), ("cordoned", "n2")]
    assert story.index(("node", "n1")) < story.index(("evicting", "web-1"))
    assert [(event, what) for event, what in story if event == "node"] == [("node", "n1"), ("node", "n2")]


def test_the_events_of_a_pod_are_evicting_then_evicted_each_once() -> None:
    world = World([node("n1")], webs(3), [web_budget(maxUnavailable=1)])
    world.drain()
    for name in ("web-0", "web-1", "web-2"):
        of_pod = [event for event, what in world.story() if what == name and event != "blocked"]
        assert of_pod == ["evicting", "evicted"]


def test_a_refused_node_is_left_as_it_was_and_the_others_are_drained() -> None:
    world = World([node("n1"), node("n2")], [pod("bare"), web(0, node="n2")])
    result = world.drain()
    assert result.outcome == "blocked"
    assert [(each.outcome, each.cordoned) for each in result.nodes] == [("blocked", "no"), ("drained", "by-us")]
    assert outcomes(result) == {"bare": None, "web-0": "evicted"}
    assert "unschedulable" not in world.nodes["n1"]["spec"]


def test_pods_are_deleted_without_asking_a_budget_when_eviction_is_disabled() -> None:
    world = World([node("n1")], webs(3), [web_budget(minAvailable=3)])
    result = world.drain(disable_eviction=True)
    assert result.outcome == "drained"
    assert set(outcomes(result).values()) == {"deleted"}
    assert ("deleted", "web-0") in world.story()


def test_no_more_requests_than_pod_parallel_are_in_flight_while_terminating_pods_hold_no_slot() -> None:
    world = World([node("n1")], webs(30), terminates=10.0)
    assert world.drain(pod_parallel=4).outcome == "drained"
    assert world.most_in_flight == 4
    assert world.time < 11


def test_cordons_too_are_never_more_at_once_than_pod_parallel() -> None:
    world = World([node(f"n{number}") for number in range(9)])
    assert world.drain(pod_parallel=2).outcome == "drained"
    assert world.most_in_flight == 2


def test_a_cordon_that_fails_fails_its_node_alone_and_touches_none_of_its_pods() -> None:
    world = World([node("n1"), node("n2")], webs(4, nodes=("n1", "n2")))
    world.faults["n1"] = [Fault(responses.denied_by_webhook())]
    result = world.drain()
    assert result.outcome == "failed"
    assert [(each.outcome, each.cordoned) for each in result.nodes] == [("failed", "no"), ("drained", "by-us")]
    assert outcomes(result) == {"web-0": None, "web-2": None, "web-1": "evicted", "web-3": "evicted"}
    assert codes(result) == ["DRN035"]


def test_pods_of_a_node_whose_cordon_failed_are_not_told_about_any_more() -> None:
    world = World([node("n1"), node("n2")], webs(2, nodes=("n1", "n2")))
    world.faults["n1"] = [Fault(responses.denied_by_webhook())]
    world.at(1.0, lambda: world.server.remove_pod(("default", "web-0")))
    result = world.drain()
    assert outcomes(result)["web-0"] is None
    assert ("skipped", "web-0") not in world.story()


def test_a_cordon_is_tried_again_after_a_passing_failure_not_sooner_than_the_server_says() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(responses.server_trouble(after=7.0)), Fault(responses.connection_lost())]
    assert world.drain().outcome == "drained"
    moments = [at for at, request in world.sent if isinstance(request, Cordon)]
    assert len(moments) == 3
    assert moments[1] - moments[0] >= 7.0


def test_a_cordon_is_given_up_after_five_passing_failures() -> None:
    world = World([node("n1")], webs(1))
    world.faults["n1"] = [Fault(responses.server_trouble()) for _ in range(9)]
    result = world.drain()
    assert (result.outcome, codes(result)) == ("failed", ["DRN035"])
    assert len([request for _, request in world.sent if isinstance(request, Cordon)]) == 5


def test_the_pods_of_a_node_that_is_deleted_are_watched_to_their_end() -> None:
    world = World([node("n1")], webs(2))
    world.faults["n1"] = [Fault(responses.no_such("n1"))]
    result = world.drain()
    assert (result.outcome, result.nodes[0].cordoned) == ("drained", "no")
    assert set(outcomes(result).values()) == {"evicted"}


def test_a_pod_deleted_by_others_counts_as_gone_and_is_never_asked_for() -> None:
    world = World([node("n1")], webs(2), [web_budget(minAvailable=2)])
    world.at(5.0, lambda: world.server.remove_pod(("default", "web-1")))
    world.at(6.0, lambda: world.server.remove_budget(("default", "web-pdb")))
    result = world.drain()
    assert outcomes(result) == {"web-0": "evicted", "web-1": "skipped"}
    assert codes(result, "web-1") == ["DRN033"]
    assert result.outcome == "drained"


def test_a_pod_that_others_deleted_is_not_claimed_as_evicted() -> None:
    world = World([node("n1")], webs(2), [web_budget(minAvailable=2)])
    world.at(0.5, lambda: world.server.terminate(world.server.pods["default", "web-1"]))
    world.at(60.0, lambda: world.server.remove_budget(("default", "web-pdb")))
    world.faults["web-1"] = [Fault(responses.budget_empty("web-pdb")) for _ in range(9)]
    assert outcomes(world.drain())["web-1"] == "skipped"


def test_a_replacement_of_the_same_name_elsewhere_is_never_touched() -> None:
    db = pod("db-0", owned_by=SET, labels={"app": "db"})
    world = World([node("n1")], [db], [budget("db-pdb", selector={"matchLabels": {"app": "db"}}, desired=1, healthy=1)])
    world.at(4.0, lambda: world.server.remove_pod(("default", "db-0")))  # its StatefulSet makes it anew, elsewhere
    result = world.drain()
    assert (result.outcome, outcomes(result)) == ("drained", {"db-0": "skipped"})
    assert world.server.pods["default", "db-0"]["spec"]["nodeName"] == "elsewhere"
    assert world.server.accepted == []


def test_a_pod_replaced_under_the_same_name_on_the_same_node_is_told_and_left_alone() -> None:
    db = pod("db-0", owned_by=SET)
    world = World([node("n1")], [db])
    world.at(0.5, lambda: world.server.put_pod({**db, "metadata": {**db["metadata"], "uid": "another"}}))
    world.faults["db-0"] = [Fault(responses.server_trouble())]
    result = world.drain()
    assert result.outcome == "drained"
    assert ("default", "db-0") in world.server.pods
    assert codes(result) == ["DRN042"]
    assert len(world.removals()) == 1


def test_a_pod_that_came_meanwhile_is_told_and_neither_evicted_nor_waited_for() -> None:
    world = World([node("n1")], webs(1))
    world.at(1.0, lambda: world.server.put_pod(web(7)))
    result = world.drain()
    assert (result.outcome, codes(result)) == ("drained", ["DRN042"])
    assert world.removals("web-7") == []


def test_the_last_list_ends_the_node_even_when_it_fails() -> None:
    world = World([node("n1")])
    world.faults["n1"] = [Fault(arrives=True), Fault(responses.no_answer())]
    assert world.drain().outcome == "drained"
    assert sum(isinstance(request, ListPods) for _, request in world.sent) == 1


def test_a_pod_terminating_already_is_evicted_again_and_waited_for() -> None:
    world = World([node("n1")], [terminating(web(0), "2026-01-01T12:00:20Z")], [web_budget(minAvailable=1)])
    world.at(9.0, lambda: world.server.remove_pod(("default", "web-0")))
    result = world.drain()
    assert (result.outcome, outcomes(result)) == ("drained", {"web-0": "evicted"})
    assert world.time > 9


def test_a_pod_that_terminates_for_too_long_is_skipped_when_the_flag_says_so() -> None:
    world = World([node("n1")], webs(1), terminates=None)  # grace 30 s
    result = world.drain(skip_wait_for_delete_timeout=10)
    assert (result.outcome, outcomes(result), codes(result, "web-0")) == ("drained", {"web-0": "skipped"}, ["DRN009"])
    assert 41 <= world.time < 43


def test_finished_and_pending_pods_go_whatever_the_budget_says() -> None:
    pods = [web(0, phase="Pending", ready=False), web(1, phase="Succeeded", ready=False), web(2)]
    world = World([node("n1")], pods, [web_budget(minAvailable=9)])
    result = world.drain(timeout=20.0)
    assert outcomes(result) == {"web-0": "evicted", "web-1": "evicted", "web-2": "pending"}


def test_a_pod_with_a_finalizer_is_waited_for_and_named() -> None:
    world = World([node("n1")], [web(0, finalizers=["example.com/hold"])], terminates=None)
    result = world.drain(timeout=60.0)
    assert (result.outcome, codes(result, "web-0")) == ("timeout", ["DRN032"])
    details = result.nodes[0].pods[0].findings[0].details
    assert (details["limit"], details["seconds"], details["finalizers"]) == ("--timeout", "60", "example.com/hold")


def test_what_happens_while_the_watch_is_closed_is_learnt_from_the_list() -> None:
    world = World([node("n1")], webs(6), [web_budget(maxUnavailable=2)])
    world.at(0.5, lambda: world.close_watches(20.0))
    result = world.drain()
    assert result.outcome == "drained"
    assert set(outcomes(result).values()) == {"evicted"}


def test_two_drains_of_the_same_node_evict_each_pod_once() -> None:
    world = World([node("n1")], webs(6), [web_budget(maxUnavailable=2)])

    def other_drain(name: str) -> None:
        world.server.remove(Remove("default", name, uid("Pod", name, "default"), evict=True))

    for number in range(24):
        world.at(number / 4, functools.partial(other_drain, f"web-{number % 6}"))
    result = world.drain()
    assert result.outcome == "drained"
    assert set(outcomes(result).values()) <= {"evicted", "skipped"}
    assert world.server.broken == []
    assert len(world.server.accepted) == len(set(world.server.accepted)) == 6


def test_running_again_finishes_what_was_killed() -> None:
    world = World([node("n1")], webs(8), [web_budget(maxUnavailable=2)])
    world.at(3.5, world.kill)
    with pytest.raises(Killed):
        world.drain()
    again = world.restarted().drain()
    assert (again.outcome, again.nodes[0].cordoned) == ("drained", "already")
    assert len(world.server.accepted) == len(set(world.server.accepted)) == 8


def test_progress_counts_what_has_left_and_names_the_budget_that_is_waited_for() -> None:
    world = World([node("n1"), node("n2")], webs(4, nodes=("n1", "n2")), [web_budget("slow", maxUnavailable=1)])
    world.drain()
    first, last = world.progress[0], world.progress[-1]
    assert (first.nodes, first.nodes_done, first.pods, first.pods_done) == (2, 0, 4, 0)
    assert (last.nodes_done, last.pods_done, last.waiting) == (2, 4, 0)
    waits = [each for each in world.progress if each.waiting]
    assert waits
    assert {each.budget for each in waits} == {"slow"}
    assert [each.pods_done for each in world.progress] == sorted(each.pods_done for each in world.progress)


def test_pods_that_fail_or_stay_are_not_counted_as_done() -> None:
    world = World([node("n1")], webs(2), terminates=None)
    world.faults["web-0"] = [Fault(responses.forbidden())]
    world.drain(timeout=10.0)
    assert world.progress[-1].pods_done == 0
