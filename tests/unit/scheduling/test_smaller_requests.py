"""The largest request with which the pod fits somewhere."""

from __future__ import annotations

from typing import Any

import pytest

import make
from unit.scheduling.asking import answer, fixes, found, node, of_workload, pending, said, taint


def container(name: str = "main", limits: dict[str, str] | None = None, **amounts: str) -> dict[str, Any]:
    listed = {key.replace("_", "-"): value for key, value in amounts.items()}
    return {"name": name, "resources": {"requests": listed} | ({"limits": limits} if limits else {})}


def asking(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return pending(spec={"containers": list(containers), **spec})


def repairs(pod: Any, *nodes: Any, **known: Any) -> list[Any]:
    finding = found("SCH001", answer(pod, *nodes, **known))
    assert finding is not None
    assert said(finding)
    return list(finding.details["repairs"])


def test_the_largest_amount_that_fits_on_some_node_is_told() -> None:
    finding = found("SCH001", answer(asking(container(cpu="8")), node("n1", cpu="2"), node("n2", cpu="3500m")))
    assert "lower the request: cpu of the container main to 3500m (nodes that then take it: 1)" in said(finding)


def test_nodes_that_have_more_than_that_count_too() -> None:
    (found_,) = repairs(asking(container(cpu="8")), node("n1", cpu="3"), node("n2", cpu="3"), node("n3", cpu="1"))
    assert (found_["changes"], found_["nodes"]) == (["lower"], 2)


def test_what_others_take_is_not_free() -> None:
    old = make.pod("old", spec={"containers": [container(cpu="1500m")]})
    (found_,) = repairs(asking(container(cpu="4")), node("n1"), pods=(old,))
    assert "cpu=2500m" in found_["command"]


def test_a_template_is_changed_in_place() -> None:
    web = of_workload(make.deployment("web"), asking(container(memory="16Gi")))
    assert fixes(found("SCH001", answer(web, node("n1")))) == [
        "kubectl -n default set resources deployment/web -c main --requests=memory=8192Mi"
    ]


def test_a_pod_is_made_anew() -> None:
    (command,) = fixes(found("SCH001", answer(asking(container(cpu="8")), node("n1"))))
    assert command.split(" | ") == [
        "kubectl -n default get pod/web -o yaml",
        "kubectl set resources --local -f - -c main --requests=cpu=4000m -o yaml",
        "kubectl -n default replace --force -f -",
    ]


def test_of_a_job_the_number_alone_is_told() -> None:
    job = make.obj("Job", "report", "default", api="batch/v1")
    (found_,) = repairs(of_workload(job, asking(container(cpu="8"))), node("n1"))
    assert (found_["nodes"], found_["command"]) == (1, None)


def test_several_resources_are_lowered_together() -> None:
    (found_,) = repairs(asking(container(cpu="8", memory="16Gi")), node("n1"))
    assert found_["changes"] == ["lower", "lower"]
    assert "--requests=cpu=4000m,memory=8192Mi" in found_["command"]


def test_the_container_that_asks_for_most_gives() -> None:
    pod = asking(container("small", cpu="1"), container("large", cpu="7"))
    (found_,) = repairs(pod, node("n1"))
    assert "-c large --requests=cpu=3000m" in found_["command"]


def test_few_bytes_are_told_as_they_are() -> None:
    (found_,) = repairs(asking(container(memory="1Gi")), node("n1", memory="1000"))
    assert "memory=1000" in found_["command"]


def test_a_limit_stands_in_for_the_request() -> None:
    (found_,) = repairs(asking(container(limits={"cpu": "8"})), node("n1"))
    assert "cpu=4000m" in found_["command"]


@pytest.mark.parametrize(
    ("pod", "closed"),
    [
        pytest.param(asking(container(cpu="8")), node("n1", taint("team")), id="a taint refuses it as well"),
        pytest.param(asking(container(cpu="8")), node("n1", cpu="0"), id="nothing at all is free"),
        pytest.param(
            asking(container("a", cpu="3"), container("b", cpu="3")), node("n1", cpu="1"), id="both must give"
        ),
        pytest.param(asking(container(), overhead={"cpu": "8"}), node("n1"), id="no container asks for it"),
        pytest.param(
            asking(container(cpu="5"), initContainers=[container("step", cpu="8")]),
            node("n1"),
            id="a step asks for more",
        ),
        pytest.param(asking(container(hugepages_2Mi="2Mi")), node("n1"), id="not to be had in parts"),
        pytest.param(
            pending(),
            {**node("n1"), "status": {"allocatable": {"cpu": "4", "pods": "0"}}},
            id="no room for one more pod",
        ),
    ],
)
def test_where_a_smaller_request_does_not_help_none_is_proposed(pod: Any, closed: Any) -> None:
    assert [each for each in repairs(pod, closed) if "lower" in each["changes"]] == []


def test_a_node_that_lacks_one_thing_counts_for_the_larger_change_too() -> None:
    pod = asking(container(cpu="8", memory="16Gi"))
    other = node("n2", cpu="16", memory="12Gi")
    found_ = repairs(pod, node("n1"), other)
    assert [(each["changes"], each["nodes"]) for each in found_] == [(["lower"], 1), (["lower", "lower"], 2)]
