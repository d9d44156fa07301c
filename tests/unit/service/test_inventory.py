"""What was read: how it is found again, and that what could not be read is never taken for nothing."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.objects import Missing
from unit.service.cases import NOW, endpoint_slice, inventory, pod


def names(found: Any) -> list[str]:
    return [each["metadata"]["name"] for each in found]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        pytest.param({"app": "web"}, ["a", "b"], id="one pair"),
        pytest.param({"app": "web", "tier": "front"}, ["b"], id="all pairs"),
        pytest.param({"app": "web", "tier": "back"}, [], id="a pair that nobody carries"),
        pytest.param({}, [], id="an empty selector selects nothing"),
        pytest.param({"app": None}, [], id="a value that is no text"),
        pytest.param({"app": "web", "tier": ["front"]}, [], id="a value that is a list, in a file"),
    ],
)
def test_pods_carry_all_pairs(selector: Any, expected: list[str]) -> None:
    elsewhere = pod("c", {"app": "web"}, namespace="other")
    around = inventory(pod("a"), pod("b", {"app": "web", "tier": "front"}), elsewhere)
    assert names(around.pods("shop", selector)) == expected


def test_pods_come_in_the_order_of_reading() -> None:
    around = inventory(*[pod(f"p{number}", {"app": "web", "n": str(number)}) for number in range(20)])
    assert names(around.pods("shop", {"app": "web"})) == [f"p{number}" for number in range(20)]


def test_slices_are_found_by_their_label_not_by_their_name() -> None:
    mine = endpoint_slice("anything", "web")
    other = endpoint_slice("web-1", "other")
    around = inventory(mine, other, endpoint_slice("web-2", "web", namespace="elsewhere"))
    assert names(around.slices("shop", "web")) == ["anything"]


def test_what_nobody_asked_for_reads_as_missing_but_is_not_told() -> None:
    around = Inventory({"Pod": Missing("Pod", "forbidden")}, now=NOW)
    assert isinstance(around.read("Service"), Missing)
    assert around.known("Service") == ()
    assert around.missing() == [("Pod", Missing("Pod", "forbidden"))]


def test_objects_are_found_by_namespace_and_name() -> None:
    around = inventory(pod("a"))
    assert around.get("Pod", "shop", "a") is not None
    assert around.get("Pod", "other", "a") is None
    assert names(around.known("Pod", "shop")) == ["a"]
    assert around.known("Pod", "other") == ()
    assert around.get("Node", None, "n1") is not None


def test_the_extent_of_a_reading_is_said() -> None:
    around = inventory(extents={"Pod": "cluster"})
    assert (around.extent("Pod"), around.extent("Service")) == ("cluster", "namespace")


def event(name: str, **times: Any) -> dict[str, Any]:
    about = {"kind": "Service", "namespace": "shop", "name": "web"}
    return {**make.obj("Event", name, "shop"), "involvedObject": about, **times}


def test_events_are_oldest_first_by_whatever_time_they_have() -> None:
    around = inventory(
        event("late", lastTimestamp="2026-01-01T10:00:00Z"),
        event("early", eventTime="2026-01-01T08:00:00.000000Z"),
        event("middle", series={"lastObservedTime": "2026-01-01T09:00:00.000000Z"}),
        event("none"),
    )
    assert names(around.events("Service", "shop", "web")) == ["none", "early", "middle", "late"]
    assert around.events("Service", "shop", "other") == ()


def test_what_is_derived_from_the_whole_is_worked_out_once() -> None:
    seen: list[Inventory] = []

    def count(around: Inventory) -> int:
        seen.append(around)
        return len(seen)

    around = inventory()
    assert (around.derived(count), around.derived(count)) == (1, 1)
    assert seen == [around]
