"""What holds for every plan, whatever the pods and flags."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab.domain.drain.model import GOING, Drain, DrainOptions
from kubectl_lab.domain.drain.plan import daemonsets_of, plan
from kubectl_lab.objects import Missing
from make import budget, empty_dir, node, owner, pod, terminating
from unit.drain.server import START

if TYPE_CHECKING:
    from collections.abc import Sequence

Object = dict[str, Any]
OWNERS = (
    None,
    owner("ReplicaSet", "web"),
    owner("DaemonSet", "agent"),
    owner("DaemonSet", "gone"),
    owner("DaemonSet", "hidden"),
    owner("DaemonSet", "other", api="apps.kruise.io/v1"),
    owner("ReplicaSet", "loose", controller=False),
)
DAEMONSETS: dict[tuple[str, str], Any] = {("default", "gone"): "not found", ("default", "hidden"): "forbidden"}


@st.composite
def some_pod(draw: st.DrawFn, number: int) -> Object:
    made = pod(
        f"p{number}",
        node=draw(st.sampled_from(("n1", "n2", "other", ""))),
        owned_by=draw(st.sampled_from(OWNERS)),
        phase=draw(st.sampled_from(("Running", "Running", "Pending", "Succeeded", "Failed", "Unknown"))),
        ready=draw(st.booleans()),
        volumes=draw(st.sampled_from(((), (empty_dir(),), (empty_dir("shm", medium="Memory"),)))),
        labels=draw(st.sampled_from((None, {"app": "web"}, {"app": "db"}))),
        annotations=draw(st.sampled_from((None, None, {"kubernetes.io/config.mirror": "x"}))),
    )
    ended = draw(st.sampled_from((None, None, "2026-01-01T11:00:00Z", "2026-01-01T12:00:20Z")))
    return terminating(made, ended) if ended else made


@st.composite
def some_budget(draw: st.DrawFn, number: int) -> Object:
    selector = draw(st.sampled_from(({}, {"matchLabels": {"app": "web"}}, {"matchLabels": {"app": "db"}})))
    numbers: dict[str, Any] = {name: draw(st.integers(0, 4)) for name in ("allowed", "healthy", "desired", "expected")}
    policy = draw(st.sampled_from(({}, {"unhealthyPodEvictionPolicy": "AlwaysAllow"})))
    return budget(
        f"b{number}", selector=selector, spec=policy, status={"observedGeneration": draw(st.integers(0, 1))}, **numbers
    )


@st.composite
def several(draw: st.DrawFn, one: Any, most: int) -> list[Object]:
    return [draw(one(number)) for number in range(draw(st.integers(0, most)))]


def flags() -> st.SearchStrategy[DrainOptions]:
    return st.builds(
        DrainOptions,
        force=st.booleans(),
        ignore_daemonsets=st.booleans(),
        delete_emptydir_data=st.booleans(),
        disable_eviction=st.booleans(),
        skip_wait_for_delete_timeout=st.sampled_from((0, 10)),
    )


clusters = st.tuples(several(some_pod, 8), several(some_budget, 3))
Cluster = tuple[list[Object], list[Object]]


def planned(cluster: Cluster, options: DrainOptions, *, budgets: Sequence[Object] | Missing | None = None) -> Drain:
    pods, known = cluster
    live: dict[tuple[str, str], Any] = dict.fromkeys(daemonsets_of(pods, options), "live")
    seen = known if budgets is None else budgets
    return plan([node("n1"), node("n2")], pods, seen, {**live, **DAEMONSETS}, options, START)


def going(result: Drain) -> set[str]:
    return {entry.reference.name for each in result.nodes for entry in each.pods if entry.action in GOING}


@given(clusters, flags())
def test_every_pod_of_a_node_has_exactly_one_action_and_no_other_pod_has_any(
    cluster: Cluster, options: DrainOptions
) -> None:
    result = planned(cluster, options)
    for each in result.nodes:
        there = sorted(entry["metadata"]["name"] for entry in cluster[0] if entry["spec"]["nodeName"] == each.name)
        assert sorted(entry.reference.name for entry in each.pods) == there
        assert all(entry.outcome is None for entry in each.pods)


@given(clusters, flags())
def test_force_never_shrinks_what_goes(cluster: Cluster, options: DrainOptions) -> None:
    gentle, forced = (dataclasses.replace(options, force=force) for force in (False, True))
    assert going(planned(cluster, gentle)) <= going(planned(cluster, forced))


@given(clusters, flags())
def test_no_permission_makes_another_pod_refused(cluster: Cluster, options: DrainOptions) -> None:
    def refused(allowed: DrainOptions) -> set[str]:
        result = planned(cluster, allowed)
        return {entry.reference.name for each in result.nodes for entry in each.pods if entry.action == "refuse"}

    for flag in ("force", "ignore_daemonsets", "delete_emptydir_data"):
        more: dict[str, Any] = {flag: True}
        assert refused(dataclasses.replace(options, **more)) <= refused(options)


@given(clusters, flags())
def test_every_refused_pod_has_an_error_and_no_skipped_one_has(cluster: Cluster, options: DrainOptions) -> None:
    for each in planned(cluster, options).nodes:
        for entry in each.pods:
            severities = [found.severity for found in entry.findings]
            assert ("error" in severities) or entry.action != "refuse"
            assert entry.action != "skip" or severities == ["info"]
            assert not entry.budgets or entry.action == "evict"


@given(clusters, flags())
def test_a_node_is_blocked_exactly_when_a_pod_of_it_has_an_error(cluster: Cluster, options: DrainOptions) -> None:
    result = planned(cluster, options)
    for each in result.nodes:
        errors = [found for entry in each.pods for found in entry.findings if found.severity == "error"]
        assert each.outcome == ("blocked" if errors else "clear")
    assert result.is_good == all(each.outcome == "clear" for each in result.nodes)


@given(clusters, flags())
def test_budgets_never_change_which_pods_go(cluster: Cluster, options: DrainOptions) -> None:
    unread = Missing("PodDisruptionBudget", "forbidden")
    without = planned(cluster, options, budgets=unread)
    assert going(planned(cluster, options)) == going(without)
    assert [found.code for found in without.findings] == ["DRN016"]


@given(clusters, flags())
def test_the_document_of_a_plan_names_every_pod_once(cluster: Cluster, options: DrainOptions) -> None:
    document = planned(cluster, options).to_dict()
    names = [entry["name"] for each in document["nodes"] for entry in each["pods"]]
    assert len(names) == len(set(names))
    assert (document["apiVersion"], document["kind"]) == ("kubectl-lab/v1", "Drain")
