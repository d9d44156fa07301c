"""Whom NoExecute deletes, and when: as the taint eviction controller does it."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.domain.scheduling.features import COMPARISON, Features
from unit.taints.asking import (
    CORDON,
    HOUR_AGO,
    MINUTE_AGO,
    NOW,
    Object,
    ask,
    evicted,
    first,
    node,
    pod,
    question,
    taint,
    tolerates,
)

MAINT = "maint:NoExecute"


def tainted(*taints: Object) -> Object:
    return node("n1") | {"spec": {"taints": list(taints)}}


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(120, (120, "12:01:00"), id="a while counts from the taint"),
        pytest.param(0, (0, "11:59:00"), id="no time at all is at once"),
        pytest.param(-5, (0, "11:59:00"), id="less than none is none"),
    ],
)
def test_a_toleration_for_a_while_ends(seconds: int, expected: tuple[int, str]) -> None:
    web = pod("web", tolerates("maint", seconds=seconds))
    assert evicted(node("n1", MAINT, added=MINUTE_AGO), web) == {"web": expected}


def test_without_a_toleration_a_pod_goes_at_once_and_with_one_for_ever_never() -> None:
    found = evicted(node("n1", MAINT, added=MINUTE_AGO), pod("web"), pod("agent", tolerates("maint")))
    assert found == {"web": (0, "11:59:00")}


def test_a_pod_that_came_after_the_taint_has_its_own_countdown() -> None:
    web = pod("web", tolerates("maint", seconds=90), started="2026-01-01T11:59:30Z")
    assert evicted(node("n1", MAINT, added=HOUR_AGO), web) == {"web": (90, "12:01:00")}


def test_a_pod_that_no_kubelet_has_taken_counts_from_when_it_was_made() -> None:
    web = pod("web", tolerates("maint", seconds=90), started=None, creationTimestamp=MINUTE_AGO)
    assert evicted(node("n1", MAINT, added=HOUR_AGO), web) == {"web": (90, "12:00:30")}


def test_a_taint_of_which_nobody_wrote_down_the_time_gives_seconds_only() -> None:
    found = evicted(node("n1", MAINT), pod("web", tolerates("maint", seconds=90)), pod("db"))
    assert found == {"web": (90, None), "db": (0, None)}


def test_a_time_beyond_the_calendar_is_none() -> None:
    web = pod("web", tolerates("maint", seconds=2**62))
    assert evicted(node("n1", MAINT, added=MINUTE_AGO), web) == {"web": (2**62, None)}


def test_the_first_toleration_that_matches_counts_not_the_longest() -> None:
    web = pod("web", tolerates("maint", seconds=30), tolerates("maint"))
    assert evicted(node("n1", MAINT, added=MINUTE_AGO), web) == {"web": (30, "11:59:30")}


def test_other_effects_delete_nothing() -> None:
    found = first(node("n1", "a:NoSchedule", "b:PreferNoSchedule", added=MINUTE_AGO), pod("web"))
    assert found.evicts == ()
    assert [each.evicts for each in found.taints] == [(), ()]


def test_each_taint_tells_what_it_would_do_alone_and_the_node_what_all_do() -> None:
    web = pod("web", tolerates("a", seconds=300), tolerates("b", seconds=60))
    found = first(node("n1", "a:NoExecute", "b:NoExecute", added=MINUTE_AGO), web)
    assert [each.evicts[0].seconds for each in found.taints] == [300, 60]
    assert [each.seconds for each in found.evicts] == [60]


@pytest.mark.parametrize(
    ("second", "seconds", "expected"),
    [
        pytest.param(
            "2026-01-01T11:59:30Z", 10, "12:04:00", id="a shorter toleration of a later taint changes nothing"
        ),
        pytest.param("2026-01-01T11:59:00Z", 10, "11:59:10", id="of two at the same time the shorter counts"),
        pytest.param(
            "2026-01-01T12:30:00Z", 10, "12:04:00", id="a taint that comes when the pod is gone does not matter"
        ),
    ],
)
def test_the_clock_is_set_once(second: str, seconds: int, expected: str) -> None:
    one, two = taint("a:NoExecute", MINUTE_AGO), taint("b:NoExecute", second)
    web = pod("web", tolerates("a", seconds=300), tolerates("b", seconds=seconds))
    assert evicted(tainted(one, two), web) == {"web": (seconds, expected)}


def test_a_later_taint_that_is_not_tolerated_deletes_when_it_comes() -> None:
    one, two = taint("a:NoExecute", MINUTE_AGO), taint("b:NoExecute", "2026-01-01T11:59:30Z")
    assert evicted(tainted(one, two), pod("web", tolerates("a", seconds=300))) == {"web": (0, "11:59:30")}


def test_a_first_taint_that_is_tolerated_for_ever_sets_no_clock() -> None:
    one, two = taint("a:NoExecute", HOUR_AGO), taint("b:NoExecute", MINUTE_AGO)
    web = pod("web", tolerates("a"), tolerates("b", seconds=20))
    assert evicted(tainted(one, two), web) == {"web": (20, "11:59:20")}


def test_one_unknown_time_of_two_leaves_the_deletion_without_one() -> None:
    one, two = taint("a:NoExecute", MINUTE_AGO), taint("b:NoExecute")
    web = pod("web", tolerates("a", seconds=300), tolerates("b", seconds=20))
    assert evicted(tainted(one, two), web) == {"web": (20, None)}


def test_what_is_finished_or_ending_is_deleted_like_all_others_and_said_to_be_so() -> None:
    ended, ending = pod("job", phase="Succeeded"), make.terminating(pod("old"))
    found = {
        each.pod.name: each for each in first(node("n1", MAINT, added=MINUTE_AGO), ended, ending, pod("web")).evicts
    }
    assert [name for name, each in found.items() if each.costs] == ["web"]
    assert found["job"].finished
    assert found["old"].terminating


def test_the_first_deletion_comes_first() -> None:
    soon, late, now = (pod(name, *made) for name, made in _TOLERATING.items())
    found = evicted(node("n1", MAINT, added=MINUTE_AGO), late, soon, now)
    assert list(found) == ["now", "soon", "late"]


_TOLERATING = {
    "soon": [tolerates("maint", seconds=10)],
    "late": [tolerates("maint", seconds=20)],
    "now": [],
}


def test_who_tolerates_and_for_how_long() -> None:
    pods = [pod("a", tolerates("maint", seconds=10)), pod("b", tolerates("maint")), pod("c")]
    found = first(node("n1", MAINT, "maint:NoSchedule"), *pods)
    assert [(each.pod.name, each.seconds) for each in found.taints[0].tolerated_by] == [("a", 10), ("b", None)]
    assert [(each.pod.name, each.seconds) for each in found.taints[1].tolerated_by] == [("a", None), ("b", None)]


def test_pods_of_other_nodes_do_not_matter() -> None:
    found = first(node("n1", MAINT), pod("web", node="n2"))
    assert (found.evicts, found.taints[0].tolerated_by) == ((), ())


def test_comparing_operators_count_where_their_gate_is_on() -> None:
    web = pod("web", {"key": "age", "operator": "Gt", "value": "3", "effect": "NoExecute"})
    aged = node("n1", "age=5:NoExecute")
    assert list(evicted(aged, web)) == ["web"]
    assert evicted(aged, web, features=Features(gates={COMPARISON: True})) == {}


def test_the_document_has_times_of_the_api() -> None:
    zoned = taint("a:NoExecute", "2026-01-01T13:59:00+02:00")
    made = ask(tainted(zoned), pod("web")).to_dict()["nodes"][0]
    assert made["evicts"][0]["at"] == "2026-01-01T11:59:00Z"
    assert made["taints"][0]["timeAdded"] == "2026-01-01T13:59:00+02:00"


def test_the_very_ends_of_the_calendar_are_times_too() -> None:
    ends = taint("a:NoExecute", "0001-01-01T00:00:00+14:00")
    web = pod("web", started=None)
    made = ask(tainted(ends), web).to_dict()["nodes"][0]
    assert made["evicts"][0]["at"].startswith("0001-01-01T00:00:00")


def test_a_cordon_alone_has_no_taint_to_tell_of() -> None:
    found = first(node("n1", unschedulable=True), pod("web"))
    assert found.unschedulable
    assert found.taints == ()
    assert first(node("n1", CORDON, unschedulable=True)).taints[0].text == CORDON


def test_now_is_when_a_pretended_taint_comes() -> None:
    about = question("n1", add=["maint:NoExecute"])
    found = first(node("n1", "old:NoExecute", added=HOUR_AGO), pod("web", tolerates("", seconds=60)), about=about)
    assert [(each.text, each.pretended) for each in found.taints] == [(MAINT, True), ("old:NoExecute", False)]
    assert found.taints[0].evicts[0].at is not None
    assert (found.taints[0].evicts[0].at - NOW).total_seconds() == 60


def test_a_taint_that_comes_when_the_pod_is_gone_deletes_nothing_more() -> None:
    one, two = taint("a:NoExecute", MINUTE_AGO), taint("b:NoExecute", "2026-01-01T12:30:00Z")
    assert evicted(tainted(one, two), pod("web", tolerates("a", seconds=10))) == {"web": (0, "11:59:10")}
