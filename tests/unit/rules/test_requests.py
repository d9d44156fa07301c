"""What a pod requests; the same pods are given to the real PodRequests by tests/oracle."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.rules import requests
from kubectl_lab.domain.rules.requests import Gates
from kubectl_lab.errors import BadInput

Object = dict[str, Any]
GI = 2**30


def container(name: str = "main", *, limits: Object | None = None, sidecar: bool = False, **asked: Any) -> Object:
    resources = {"requests": {key.replace("_", "-"): value for key, value in asked.items()}}
    made = {"name": name, "resources": resources | ({"limits": limits} if limits else {})}
    return made | ({"restartPolicy": "Always"} if sidecar else {})


def pod(*containers: Object, steps: tuple[Object, ...] = (), status: Object | None = None, **spec: Any) -> Object:
    made = make.pod("web", spec={"containers": list(containers), "initContainers": list(steps), **spec})
    return made | ({"status": {"phase": "Running", **status}} if status else {})


def of(*containers: Object, **parts: Any) -> dict[str, int]:
    return dict(requests.of_pod(pod(*containers, **parts)))


def test_containers_are_summed() -> None:
    assert of(container(cpu="1", memory="1Gi"), container("b", cpu="250m")) == {"cpu": 1250, "memory": GI}


def test_a_pod_is_rounded_once_after_summing() -> None:
    assert of(container(cpu="100u"), container("b", cpu="100u")) == {"cpu": 1}
    assert of(container(memory="0.4"), container("b", memory="0.4")) == {"memory": 1}


def test_an_init_step_sets_the_least_of_each_resource() -> None:
    assert of(container(cpu="1", memory="3Gi"), steps=(container("init", cpu="2", memory="1Gi"),)) == {
        "cpu": 2000,
        "memory": 3 * GI,
    }


def test_init_steps_run_one_after_another() -> None:
    assert of(container(cpu="1"), steps=(container("a", cpu="2"), container("b", cpu="3"))) == {"cpu": 3000}


def test_a_sidecar_is_added_to_the_containers() -> None:
    assert of(container(cpu="1"), steps=(container("proxy", sidecar=True, cpu="1"),)) == {"cpu": 2000}


def test_an_init_step_runs_beside_the_sidecars_before_it_only() -> None:
    first, proxy, last = container("a", cpu="3"), container("proxy", sidecar=True, cpu="1"), container("b", cpu="3")
    assert of(container(cpu="1"), steps=(first, proxy)) == {"cpu": 3000}
    assert of(container(cpu="1"), steps=(first, proxy, last)) == {"cpu": 4000}


def test_pod_level_requests_replace_what_the_containers_ask_for() -> None:
    level = {"requests": {"cpu": "500m"}}
    assert of(container(cpu="1", memory="1Gi"), resources=level) == {"cpu": 500, "memory": GI}


def test_pod_level_requests_of_other_resources_do_not_count() -> None:
    level = {"requests": {"ephemeral-storage": "1", "hugepages-2Mi": "4Mi"}}
    assert of(container(cpu="1"), resources=level) == {"cpu": 1000, "hugepages-2Mi": 4 * 2**20}


def test_pod_level_limits_stand_in_for_requests_that_nobody_makes() -> None:
    level = {"limits": {"cpu": "2", "memory": "2Gi", "hugepages-2Mi": "2Mi", "example.com/x": "1"}}
    assert of(container(cpu="1", hugepages_2Mi="2Mi"), resources=level) == {
        "cpu": 1000,
        "memory": 2 * GI,
        "hugepages-2Mi": 2**21,
    }


def test_a_server_without_pod_level_resources_counts_the_containers() -> None:
    made = pod(container(cpu="1"), resources={"requests": {"cpu": "5"}})
    assert requests.of_pod(made, Gates(pod_level=False)) == {"cpu": 1000}


def test_overhead_comes_on_top_of_pod_level_requests_too() -> None:
    overhead = {"cpu": "100m", "memory": "1Gi"}
    assert of(container(cpu="1"), overhead=overhead, resources={"requests": {"cpu": "3"}}) == {
        "cpu": 3100,
        "memory": GI,
    }


def test_limits_stand_in_for_requests_a_container_does_not_make() -> None:
    assert of(container(limits={"cpu": "2", "memory": "1Gi"}, cpu="1")) == {"cpu": 1000, "memory": GI}
    assert of({"name": "a", "resources": {"limits": {"cpu": "2"}}}) == {"cpu": 2000}


@pytest.mark.parametrize(
    ("resource", "counted"),
    [
        pytest.param("cpu", True, id="cpu"),
        pytest.param("ephemeral-storage", True, id="ephemeral-storage"),
        pytest.param("hugepages-1Gi", True, id="huge pages"),
        pytest.param("attachable-volumes-csi-x", True, id="attachable volumes"),
        pytest.param("example.com/gpu", True, id="an extended resource"),
        pytest.param("kubernetes.io/x", True, id="a native one with its prefix"),
        pytest.param("requests.kubernetes.io/x", True, id="a native one whatever stands before it"),
        pytest.param("storage", False, id="an unknown name without a prefix"),
        pytest.param("requests.example.com/gpu", False, id="a quota's name"),
        pytest.param("example.com/" + "x" * 64, False, id="a name that is too long"),
        pytest.param("Example.com/gpu", False, id="a prefix that is no domain"),
        pytest.param("x" * 245 + "/gpu", False, id="a prefix too long for a quota's name"),
    ],
)
def test_only_resources_that_the_scheduler_counts_are_there(resource: str, counted: bool) -> None:
    assert requests.counts(resource) is counted
    assert (resource in of({"name": "a", "resources": {"requests": {resource: "1"}}})) is counted


def resizing(
    asked: str, *, moved: str | None, allocated: str | None, infeasible: bool = False, step: bool = False
) -> Object:
    """A pod whose container asks for `asked` CPU."""
    state: Object = {"name": "main"}
    state |= {"resources": {"requests": {"cpu": moved}}} if moved else {}
    state |= {"allocatedResources": {"cpu": allocated}} if allocated else {}
    status: Object = {"initContainerStatuses" if step else "containerStatuses": [state]}
    reason = "Infeasible" if infeasible else "Deferred"
    status["conditions"] = [{"type": "PodResizePending", "status": "True", "reason": reason}]
    if step:
        return pod(steps=(container(sidecar=True, cpu=asked),), status=status)
    return pod(container(cpu=asked), status=status)


@pytest.mark.parametrize(
    ("made", "milli"),
    [
        pytest.param(resizing("2", moved="1", allocated="1"), 2000, id="growing, what is asked for"),
        pytest.param(resizing("1", moved="2", allocated="1"), 2000, id="shrinking, what still runs"),
        pytest.param(resizing("1", moved="1", allocated="3"), 3000, id="what is allocated"),
        pytest.param(resizing("5", moved="1", allocated="2", infeasible=True), 2000, id="never what cannot be granted"),
        pytest.param(resizing("5", moved="5", allocated="5", infeasible=True), 5000, id="unless it runs already"),
        pytest.param(resizing("1", moved=None, allocated="3"), 1000, id="nothing without the state's resources"),
        pytest.param(resizing("1", moved="2", allocated="1", step=True), 2000, id="of a sidecar"),
    ],
)
def test_on_a_node_a_resize_counts_with_the_most(made: Object, milli: int) -> None:
    assert requests.on_node(made) == {"cpu": milli}


def test_a_resize_counts_for_no_pod_that_is_to_be_placed_and_on_no_older_server() -> None:
    made = resizing("1", moved="2", allocated="2")
    assert requests.of_pod(made) == {"cpu": 1000}
    assert requests.on_node(made, Gates(resize=False)) == {"cpu": 1000}


def test_a_resize_of_a_plain_init_step_does_not_count() -> None:
    state = {"name": "init", "resources": {"requests": {"cpu": "9"}}, "allocatedResources": {"cpu": "9"}}
    made = pod(container(), steps=(container("init", cpu="1"),), status={"initContainerStatuses": [state]})
    assert requests.on_node(made) == {"cpu": 1000}


def test_states_that_say_the_same_as_the_spec_change_nothing() -> None:
    state = {"name": "main", "resources": {}}
    assert requests.on_node(pod({"name": "main"}, status={"containerStatuses": [state]})) == {}


def test_a_pod_level_resize_counts_on_servers_that_have_it() -> None:
    status = {"resources": {"requests": {"cpu": "3"}}, "allocatedResources": {"cpu": "1"}}
    made = pod(container(cpu="1"), resources={"requests": {"cpu": "2"}}, status=status)
    assert requests.on_node(made) == {"cpu": 3000}
    assert requests.on_node(made, Gates(pod_level_resize=False)) == {"cpu": 2000}
    assert requests.of_pod(made) == {"cpu": 2000}


def test_an_infeasible_pod_level_resize_counts_what_runs_and_nothing_where_that_is_silent() -> None:
    condition = {"type": "PodResizePending", "reason": "Infeasible"}
    status = {"resources": {"requests": {"cpu": "1"}}, "conditions": [condition]}
    made = pod(container(), resources={"requests": {"cpu": "2", "memory": "1"}}, status=status)
    assert requests.on_node(made) == {"cpu": 1000, "memory": 0}


def test_pods_that_ask_for_the_same_share_one_answer() -> None:
    assert requests.on_node(pod(container(cpu="7"))) is requests.on_node(pod(container(cpu="7")))


def test_an_amount_that_is_no_quantity_names_its_pod() -> None:
    with pytest.raises(BadInput) as refused:
        requests.of_pod(pod(container(cpu="4 GB")))
    assert refused.value.key == "quantity-of-object"
    assert refused.value.values == {"object": "Pod default/web", "value": "4 GB"}


def test_a_list_in_place_of_an_amount_is_refused_alike() -> None:
    with pytest.raises(BadInput, match="quantity-of-object"):
        requests.on_node(pod(container(cpu=["1"])))


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"containers": "x"}, id="containers that are a text"),
        pytest.param({"containers": [None, 3, {"resources": []}]}, id="containers that are none"),
        pytest.param({"containers": [{"resources": {"requests": [1], "limits": "x"}}]}, id="lists that are none"),
        pytest.param({"containers": [], "initContainers": {}, "overhead": 1, "resources": 4}, id="other parts"),
        pytest.param({"containers": [{"resources": {"requests": {5: "1"}}}]}, id="a resource that is a number"),
    ],
)
def test_a_pod_of_an_odd_shape_asks_for_nothing(spec: Object) -> None:
    odd = {"spec": spec, "status": {"containerStatuses": [None, {"resources": [], "name": 4}]}}
    assert requests.on_node(odd) == {}
    assert requests.of_pod(odd) == {}


def test_a_list_of_a_node_holds_the_number_of_pods_too() -> None:
    node = make.node("n1")
    listed = {"cpu": "1500m", "memory": "1Gi", "pods": "110", "foo": "1"}
    assert requests.of_list(node, listed) == {"cpu": 1500, "memory": GI, "pods": 110}
    assert requests.of_list(node, None) == {}


def test_a_node_s_list_that_cannot_be_read_names_the_node() -> None:
    with pytest.raises(BadInput) as refused:
        requests.of_list(make.node("n1"), {"cpu": "many"})
    assert refused.value.values == {"object": "Node n1", "value": "many"}
