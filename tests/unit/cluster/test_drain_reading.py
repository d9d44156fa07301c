from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_lab.cluster import Listing
from kubectl_lab.cluster import drain as reading
from kubectl_lab.domain.drain.model import DrainOptions
from kubectl_lab.domain.drain.rights import Right
from kubectl_lab.errors import Forbidden, NotFound
from kubectl_lab.objects import Missing
from make import budget, node, owner, pod

if TYPE_CHECKING:
    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.write import Writer

AGENT = owner("DaemonSet", "agent")


class FakeCluster:
    """At the seam Cluster: holds objects by kind, refuses the kinds in `denied`, notes every request."""

    def __init__(self, *held: dict[str, Any], denied: tuple[str, ...] = ()) -> None:
        self._held, self._denied = held, denied
        self.asked: list[str] = []

    def _of(self, kind: str) -> list[dict[str, Any]]:
        if kind in self._denied:
            raise Forbidden("forbidden", status=403)
        return [each for each in self._held if each["kind"] == kind]

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
        self.asked.append(f"get {kind} {name}")
        for each in self._of(kind):
            if each["metadata"]["name"] == name and each["metadata"].get("namespace") == namespace:
                return each
        raise NotFound("api-not-found", status=404)

    def list(self, kind: str, *, label_selector: str = "", field_selector: str = "", limit: int = 500) -> Listing:
        self.asked.append(f"list {kind} {label_selector}{field_selector} {limit}".replace("  ", " "))
        return Listing(tuple(self._of(kind)), "5")


def read(cluster: FakeCluster, *names: str, selector: str = "", **flags: Any) -> reading.Reading:
    return reading.read(cast("LiveCluster", cluster), names, selector, DrainOptions(**flags), 500)


def test_one_node_costs_a_list_of_its_pods_only() -> None:
    cluster = FakeCluster(node("n1"), pod("web"))
    read(cluster, "n1")
    assert cluster.asked == ["get Node n1", "list Pod spec.nodeName=n1 500", "list PodDisruptionBudget 500"]


def test_several_nodes_cost_one_list_of_all_pods_and_what_is_elsewhere_is_left_out() -> None:
    cluster = FakeCluster(node("n1"), node("n2"), pod("web"), pod("far", node="n9"))
    found = read(cluster, selector="a=b")
    assert cluster.asked == ["list Node a=b 500", "list Pod 500", "list PodDisruptionBudget 500"]
    assert [each["metadata"]["name"] for each in found.pods.items] == ["web"]


def test_a_node_named_twice_is_read_once_in_the_order_of_the_names() -> None:
    cluster = FakeCluster(node("n1"), node("n2"))
    assert [each["metadata"]["name"] for each in read(cluster, "n2", "n1", "n2").nodes] == ["n2", "n1"]


def test_a_node_that_is_not_there_ends_it_before_anything_else_is_read() -> None:
    cluster = FakeCluster(node("n1"))
    with pytest.raises(NotFound):
        read(cluster, "n1", "nope")
    assert cluster.asked == ["get Node n1", "get Node nope"]


def test_a_selector_without_nodes_reads_nothing_more() -> None:
    cluster = FakeCluster()
    assert read(cluster, selector="a=b").nodes == ()
    assert cluster.asked == ["list Node a=b 500"]


def test_without_evictions_no_budget_is_asked_or_watched() -> None:
    cluster = FakeCluster(node("n1"), budget("b"))
    found = read(cluster, "n1", disable_eviction=True)
    assert found.budget_objects == ()
    assert "list PodDisruptionBudget 500" not in cluster.asked
    assert [each.kind for each in found.watched(500)] == ["Pod"]


def test_budgets_are_watched_even_where_there_are_none_yet() -> None:
    found = read(FakeCluster(node("n1")), "n1")
    assert [each.kind for each in found.watched(500)] == ["Pod", "PodDisruptionBudget"]


def test_budgets_that_may_not_be_read_are_missing_not_absent() -> None:
    found = read(FakeCluster(node("n1"), denied=("PodDisruptionBudget",)), "n1")
    assert found.budget_objects == Missing("PodDisruptionBudget", "forbidden")
    assert [each.kind for each in found.watched(500)] == ["Pod"]


@pytest.mark.parametrize(
    ("held", "denied", "existence"),
    [
        pytest.param(True, (), "live", id="there"),
        pytest.param(False, (), "not found", id="gone"),
        pytest.param(True, ("DaemonSet",), "forbidden", id="not readable"),
    ],
)
def test_a_daemonset_is_looked_up_once_for_all_its_pods(held: bool, denied: tuple[str, ...], existence: str) -> None:
    objects = [node("n1"), pod("a1", owned_by=AGENT), pod("a2", owned_by=AGENT)]
    if held:
        objects.append({"kind": "DaemonSet", "metadata": {"name": "agent", "namespace": "default"}})
    cluster = FakeCluster(*objects, denied=denied)
    assert read(cluster, "n1").daemonsets == {("default", "agent"): existence}
    assert cluster.asked.count("get DaemonSet agent") == 1


def test_a_daemonset_of_another_node_is_not_looked_up() -> None:
    cluster = FakeCluster(node("n1"), node("n2"), pod("a1", node="n9", owned_by=AGENT))
    assert read(cluster, "n1", "n2").daemonsets == {}


def test_a_right_is_asked_with_its_subresource() -> None:
    class FakeWriter:
        def review(self, *words: object, **named: object) -> bool:
            return (words, named) == (("create", "pods"), {"subresource": "eviction", "namespace": "shop"})

    assert reading.may(cast("Writer", FakeWriter()), Right("create", "pods", "eviction", ("shop",)), "shop")
