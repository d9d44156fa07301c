"""TNT002, TNT007: deleted pods that come back to die again, workloads that lose replicas."""

from __future__ import annotations

from typing import Any

import pytest

import make
from unit.taints.asking import MINUTE_AGO, WEB, Object, codes, details, node, pod, tolerates

MAINT = "maint:NoExecute"
A_WHILE = tolerates("maint", seconds=60)
DAEMON = make.owner("DaemonSet", "agent")


def returns(*objects: Object) -> list[tuple[Any, str]]:
    """(workload, where its replacement lands)."""
    return [(each["workload"], each["where"]["phrase"].partition("-")[2]) for each in details("TNT002", *objects)]


def test_a_daemons_pod_is_made_for_the_same_node_again() -> None:
    found = returns(node("n1", MAINT, added=MINUTE_AGO), pod("agent-x", A_WHILE, owned_by=DAEMON))
    assert found == [("DaemonSet default/agent", "always")]


def test_a_static_pod_comes_back_and_stands_for_itself() -> None:
    static = make.mirror("proxy", spec={"tolerations": [A_WHILE]})
    ((workload, where),) = returns(node("n1", MAINT, added=MINUTE_AGO), static)
    assert (workload["phrase"], workload["values"]) == ("taints.static-pod", {"name": "kube-system/proxy"})
    assert where == "always"


def test_a_replacement_that_no_other_node_takes_lands_on_the_same() -> None:
    objects = [node("n1", MAINT), node("n2", "gpu:NoSchedule"), pod("web-1", A_WHILE, owned_by=WEB)]
    assert returns(*objects) == [("ReplicaSet default/web-1", "only")]


def test_where_there_is_another_node_it_may_go_there() -> None:
    objects = [node("n1", MAINT), node("n2"), pod("web-1", A_WHILE, owned_by=WEB)]
    assert returns(*objects) == [("ReplicaSet default/web-1", "perhaps")]


@pytest.mark.parametrize(
    ("made", "web"),
    [
        pytest.param(node("n1", MAINT), pod("web-1", owned_by=WEB), id="a taint that is not tolerated keeps it out"),
        pytest.param(
            node("n1", MAINT, "maint:NoSchedule"),
            pod("web-1", tolerates("maint", effect="NoExecute", seconds=60), owned_by=WEB),
            id="so does the same taint for new pods",
        ),
        pytest.param(node("n1", MAINT), pod("web-1", A_WHILE), id="a bare pod does not come back"),
        pytest.param(
            node("n1", MAINT, unschedulable=True), pod("web-1", A_WHILE, owned_by=WEB), id="a cordon keeps it out"
        ),
    ],
)
def test_no_loop_where_the_replacement_cannot_land(made: Object, web: Object) -> None:
    assert "TNT002" not in codes(made, web)


def test_the_room_of_the_deleted_pod_is_free_for_its_replacement() -> None:
    full = {"containers": [{"name": "main", "resources": {"requests": {"cpu": "10"}}}]}
    objects = [node("n1", MAINT), pod("web-1", A_WHILE, owned_by=WEB, spec=full)]
    assert returns(*objects) == [("ReplicaSet default/web-1", "only")]


def test_one_finding_a_workload_and_node() -> None:
    objects = [node("n1", MAINT), *(pod(f"web-{number}", A_WHILE, owned_by=WEB) for number in range(3))]
    assert len(returns(*objects)) == 1


# --- replicas


def lost(*objects: Object) -> list[tuple[str, str, int, int]]:
    """(kind, name, lost, of how many)."""
    return [(each["kind"], each["name"], each["lost"], each["replicas"]) for each in details("TNT007", *objects)]


def web(number: int, node: str = "n1", **rest: Any) -> Object:
    return pod(f"web-{number}", node=node, owned_by=WEB, **rest)


def test_pods_of_all_nodes_are_counted_together() -> None:
    objects = [node("n1", MAINT), node("n2", MAINT), node("n3"), web(1), web(2, "n2"), web(3, "n3")]
    assert lost(*objects) == [("ReplicaSet", "web-1", 2, 3)]
    (found,) = details("TNT007", *objects)
    assert found["nodes"]["values"]["names"] == ["n1", "n2"]


def test_the_deployment_above_is_named_with_its_replicas() -> None:
    replicas = make.replicaset("web-1", ownerReferences=[make.owner("Deployment", "web")])
    objects = [node("n1", MAINT), web(1), replicas, make.deployment("web", replicas=4)]
    assert lost(*objects) == [("Deployment", "web", 1, 4)]


def test_more_pods_than_replicas_are_all_counted() -> None:
    """A roll-out has some of both templates."""
    objects = [node("n1", MAINT), web(1), web(2), make.replicaset("web-1", replicas=1)]
    assert lost(*objects) == [("ReplicaSet", "web-1", 2, 2)]


def test_a_daemonset_has_as_many_as_it_has_pods() -> None:
    agents = [pod(name, node=where, owned_by=DAEMON) for name, where in (("a", "n1"), ("b", "n2"))]
    assert lost(node("n1", MAINT), node("n2"), *agents, make.daemonset("agent")) == [("DaemonSet", "agent", 1, 2)]


def test_the_hardest_hit_comes_first() -> None:
    db = make.owner("StatefulSet", "db")
    objects = [node("n1", MAINT), node("n2"), web(1), web(2, "n2"), pod("db-0", owned_by=db)]
    assert [name for _, name, _, _ in lost(*objects)] == ["db", "web-1"]


def test_bare_pods_and_static_ones_are_no_replicas() -> None:
    assert lost(node("n1", MAINT), pod("web"), make.mirror("proxy")) == []


def test_what_is_being_deleted_anyway_is_no_loss() -> None:
    objects = [node("n1", MAINT), web(1), make.terminating(web(2)), web(3, phase="Failed")]
    assert lost(*objects) == [("ReplicaSet", "web-1", 1, 1)]
