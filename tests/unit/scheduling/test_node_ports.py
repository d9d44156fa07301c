"""Host ports that are taken."""

from __future__ import annotations

from typing import Any

import pytest

import make
from judging import judge, made_ready, only, said, state

TEXT = "node(s) didn't have free ports for the requested pod ports"


def port(number: object, protocol: str | None = None, address: str | None = None) -> dict[str, Any]:
    made = {"containerPort": 80, "hostPort": number, "protocol": protocol, "hostIP": address}
    return {key: value for key, value in made.items() if value is not None}


def pod(name: str, *ports: dict[str, Any], where: str = "containers", node: str = "n1", **rest: Any) -> dict[str, Any]:
    return make.pod(name, node=node, spec={where: [{"name": "main", "ports": list(ports), **rest}]})


@pytest.mark.parametrize(
    ("wanted", "taken", "conflict"),
    [
        pytest.param(port(80), port(80), True, id="the same number"),
        pytest.param(port(80), port(81), False, id="another number"),
        pytest.param(port(80), port(80, "TCP"), True, id="without a protocol it is TCP"),
        pytest.param(port(80, "TCP"), port(80, "UDP"), False, id="another protocol"),
        pytest.param(port(80), port(80, address="0.0.0.0"), True, id="without an address it is 0.0.0.0"),
        pytest.param(port(80), port(80, address="127.0.0.1"), True, id="0.0.0.0 wants every address"),
        pytest.param(port(80, address="127.0.0.1"), port(80), True, id="0.0.0.0 has every address"),
        pytest.param(port(80, address="127.0.0.1"), port(80, address="127.0.0.1"), True, id="the same address"),
        pytest.param(port(80, address="127.0.0.1"), port(80, address="127.0.0.2"), False, id="another address"),
        pytest.param(port(80, address="::"), port(80, address="127.0.0.1"), False, id=":: is an address like others"),
        pytest.param(port(80, address="::"), port(80), True, id="0.0.0.0 has :: too"),
        pytest.param(port(0), port(0), False, id="0 is no host port"),
        pytest.param(port("80"), port(80), False, id="a text is no number"),
        pytest.param({"containerPort": 80}, {"containerPort": 80}, False, id="ports of containers are no host ports"),
    ],
)
def test_two_ports(wanted: dict[str, Any], taken: dict[str, Any], conflict: bool) -> None:
    found = judge("NodePorts", pod("web", wanted, node=""), state(make.node("n1"), pods=[pod("other", taken)]))
    assert (only(found).text if found else None) == (TEXT if conflict else None)
    assert found is None or found.preemption_may_help


@pytest.mark.parametrize(
    ("policy", "counts"),
    [
        pytest.param("Always", True, id="a sidecar"),
        pytest.param("OnFailure", False, id="an init container with another policy"),
        pytest.param(None, False, id="an ordinary init container"),
    ],
)
def test_which_init_containers_count_on_both_sides(policy: str | None, counts: bool) -> None:
    one = pod("web", port(80), where="initContainers", node="", restartPolicy=policy)
    other = pod("other", port(80), where="initContainers", restartPolicy=policy)
    plain = pod("plain", port(80))
    assert (judge("NodePorts", one, state(make.node("n1"), pods=[plain])) is not None) is counts
    assert (judge("NodePorts", plain, state(make.node("n1"), pods=[other])) is not None) is counts


@pytest.mark.parametrize(
    ("version", "counts"),
    [
        pytest.param((1, 33, 5), False, id="1.33.5 does not look at them"),
        pytest.param((1, 33, 6), True, id="1.33.6 does"),
        pytest.param((1, 34, 0), True, id="so does 1.34"),
    ],
)
def test_sidecars_by_the_version_of_the_server(version: tuple[int, int, int], counts: bool) -> None:
    sidecar = pod("web", port(80), where="initContainers", node="", restartPolicy="Always")
    other = pod("other", port(80), where="initContainers", restartPolicy="Always")
    plain = pod("plain", port(80))
    assert (judge("NodePorts", sidecar, state(make.node("n1"), pods=[plain], version=version)) is not None) is counts
    assert (judge("NodePorts", plain, state(make.node("n1"), pods=[other], version=version)) is not None) is counts


def test_a_pod_of_another_node_takes_nothing() -> None:
    assert (
        judge("NodePorts", pod("web", port(80)), state(make.node("n1"), pods=[pod("o", port(80), node="n2")])) is None
    )


def test_a_finished_pod_takes_nothing() -> None:
    done = {**pod("done", port(80)), "status": {"phase": "Succeeded"}}
    assert judge("NodePorts", pod("web", port(80)), state(make.node("n1"), pods=[done])) is None


def test_pods_that_left_the_node_hold_nothing_and_those_that_came_do() -> None:
    found = state(make.node("n1"), pods=[pod("other", port(80))])
    made = made_ready("NodePorts", pod("web", port(80), port(443), node=""), found)
    assert made is not None
    node = found.nodes[0]
    assert made.refusal(node.with_pods(removed=node.pods)) is None
    came = made.refusal(node.with_pods(removed=node.pods, added=[pod("new", port(443), node="")]))
    assert "443/TCP by the pod default/new" in said(came)


def test_ports_and_pods_in_conflict_are_named() -> None:
    wanted = pod("web", port(80), port(443, address="10.0.0.1"), port(53, "UDP"), node="")
    pods = [pod("one", port(443)), pod("two", port(80, address="10.0.0.1")), pod("three", port(80, address="10.0.0.2"))]
    found = judge("NodePorts", wanted, state(make.node("n1"), pods=pods))
    assert said(found) == "host ports are taken: 80/TCP by the pod default/two, 10.0.0.1:443/TCP by the pod default/one"
    assert said(found, "fr") == (
        "des ports de l'hôte sont pris : 80/TCP par le pod default/two, 10.0.0.1:443/TCP par le pod default/one"
    )
    conflicts = only(found).details["conflicts"]
    assert [each["takenBy"]["name"] for each in conflicts] == ["two", "three", "one"]
    assert conflicts[-1] == {
        "hostIP": "10.0.0.1",
        "protocol": "TCP",
        "port": 443,
        "takenBy": {"hostIP": "0.0.0.0", "protocol": "TCP", "port": 443, "namespace": "default", "name": "one"},
    }


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"containers": "x", "initContainers": 5}, id="containers that are no list"),
        pytest.param(
            {"containers": [None, {"ports": {}}, {"ports": [None, {"hostPort": {}}]}]}, id="ports that are none"
        ),
    ],
)
def test_odd_shapes_take_nothing(spec: dict[str, Any]) -> None:
    odd = make.pod("odd", spec=spec)
    assert judge("NodePorts", odd, state(make.node("n1"))) is None
    assert judge("NodePorts", pod("web", port(80)), state(make.node("n1"), pods=[odd])) is None
