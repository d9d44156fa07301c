"""EndpointSlices against what their pods promise (SVC070-SVC074)."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import slices
from make import node, terminating
from unit.service.cases import address_of, case, codes, endpoint, endpoint_slice, pod, service

NAME = "kubernetes.io/service-name"
MANAGER = "endpointslice.kubernetes.io/managed-by"
STAFF = {NAME: "web", MANAGER: "staff"}
WEB = service("web", {"app": "web"})
PORT = [{"name": "", "port": 80, "protocol": "TCP"}]


def of(*pods: str, ports: Any = PORT, **fields: Any) -> dict[str, Any]:
    """The controller's slice with these pods, ready."""
    return endpoint_slice(
        "web-abc", "web", *(endpoint(address_of(each), pod=each) for each in pods), ports=ports, **fields
    )


def judged(*objects: Any, subject: Any = WEB, earlier: Any = None, **rest: Any) -> list[Any]:
    known = case(subject, *objects, **{"slices": False, **rest})
    known.inventory.earlier = earlier
    return [each for rule in slices.RULES for each in rule(known)]


def before(*objects: Any, subject: Any = WEB) -> Any:
    return case(subject, *objects, slices=False).inventory


DYING = {**WEB, "metadata": {**WEB["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}}
STRANGER = endpoint("192.0.2.10")


@pytest.mark.parametrize(
    ("objects", "rest"),
    [
        pytest.param([pod("a"), of("a")], {}, id="they agree"),
        pytest.param([pod("a"), pod("bb", ready=False)], {"slices": True}, id="the controller's own slices"),
        pytest.param([of()], {}, id="no pod and the placeholder"),
        pytest.param([], {}, id="no pod and no slice"),
        pytest.param([pod("a", ip=None)], {}, id="no slice, and no pod that would be an endpoint"),
        pytest.param([pod("a"), of()], {"subject": DYING}, id="the Service is being deleted"),
        pytest.param([pod("a")], {"subject": DYING}, id="being deleted, without slices"),
        pytest.param([pod("a"), of()], {"missing": ["Pod"]}, id="pods are denied"),
        pytest.param([pod("a")], {"slices": None}, id="slices are denied"),
        pytest.param([pod("a"), pod("b"), of("a")], {"live": False}, id="a capture need not fit together"),
        pytest.param([of("a")], {"live": False}, id="a capture need not hold the pod"),
        pytest.param([pod("a"), endpoint_slice("x", "y")], {"live": False}, id="a capture with other slices alone"),
        pytest.param([pod("a")], {"manifests": True}, id="manifests"),
        pytest.param([pod("a"), of()], {"subject": service("web")}, id="no selector"),
        pytest.param([of("a")], {"extents": {"Pod": "some"}}, id="only some pods were read"),
        pytest.param(
            [pod("a"), of("a", endpoints=[{**endpoint(address_of("a"), pod="a"), "zone": "b"}])], {}, id="zone"
        ),
        pytest.param([pod("a", node="gone"), of("a")], {}, id="the node is gone, which changes no slice"),
        pytest.param([pod("a"), of("a"), endpoint_slice("x", "web", labels=STAFF)], {}, id="an empty foreign slice"),
        pytest.param([make.obj("Endpoints", "web", "shop")], {}, id="v1 Endpoints that are whole"),
    ],
)
def test_silent(objects: list[Any], rest: dict[str, Any]) -> None:
    assert judged(*objects, **rest) == []


# --- SVC070


@pytest.mark.parametrize(
    ("objects", "key", "count"),
    [
        pytest.param([pod("a"), pod("b"), of("b")], "lacks", 1, id="a ready pod is missing"),
        pytest.param([pod("a", ready=False), of()], "lacks", 1, id="a pod that is not ready is missing"),
        pytest.param([pod("a", {"app": "x"}), of("a")], "extra", 1, id="a pod that lost its label"),
        pytest.param([pod("a", phase="Failed"), of("a")], "extra", 1, id="a finished pod"),
        pytest.param([pod("a", ready=False), of("a")], "outdated", 1, id="no longer ready"),
        pytest.param([terminating(pod("a")), of("a")], "outdated", 1, id="terminating"),
        pytest.param([pod("a"), of("a", ports=[{**PORT[0], "port": 81}])], "outdated", 1, id="another port"),
        pytest.param([pod("a"), pod("bb"), pod("ccc"), of("bb")], "lacks", 2, id="several"),
        pytest.param(
            [pod("a"), endpoint_slice("x", "web", endpoint("192.0.2.7"), labels=STAFF, ports=PORT)],
            "lacks",
            1,
            id="only a foreign slice",
        ),
    ],
)
def test_slices_unlike_the_prediction(objects: list[Any], key: str, count: int) -> None:
    found = next(each for each in judged(*objects) if each.finding.code == "SVC070")
    assert (found.effect, found.place.stretch, found.finding.severity) == ("degrades", "endpoints", "warning")
    assert found.finding.details["why"]["phrase"] == f"service.slice-{key}"
    assert found.finding.details["why"]["values"] == {"pod": found.finding.details["pod"]}
    assert found.finding.details["count"] == count


@pytest.mark.parametrize("live", [True, False])
def test_slices_without_one_port_of_two_break_that_port(live: bool) -> None:
    two = service("web", {"app": "web"}, {"name": "a", "port": 80}, {"name": "b", "port": 81})
    (found,) = judged(pod("a"), of("a", ports=[{"name": "a", "port": 80, "protocol": "TCP"}]), subject=two, live=live)
    assert (found.finding.code, found.effect, found.ports, found.place.name) == ("SVC070", "breaks", (81,), "81")


@pytest.mark.parametrize("live", [True, False])
def test_a_headless_service_without_ports_needs_no_port_to_be_held_up(live: bool) -> None:
    headless = service("web", {"app": "web"}, clusterIP="None")
    (found,) = judged(pod("a"), of(ports=None), subject=headless, live=live)
    assert (found.finding.code, found.effect, found.place.name) == ("SVC070", "breaks", "")


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(
    ("objects", "code"),
    [
        pytest.param([pod("a"), of()], "SVC070", id="a ready pod is missing, and there is no other"),
        pytest.param([pod("a"), of(endpoints=[endpoint("10.9.9.9", ready=False, pod="a")])], "SVC072", id="moved"),
    ],
)
def test_slices_that_keep_ready_pods_from_all_traffic_break_the_service(
    objects: list[Any], code: str, live: bool
) -> None:
    """A capture as well: nothing else would say why nothing answers."""
    (found,) = judged(*objects, live=live)
    assert (found.finding.code, found.finding.severity, found.effect) == (code, "error", "breaks")
    assert (found.place.stretch, found.place.name) == ("endpoints", "")


def test_a_pod_on_a_known_node_is_judged_beside_one_whose_node_is_gone() -> None:
    (found,) = judged(pod("a"), pod("bb", node="gone"), of("bb"), node("n1"))
    assert (found.finding.details["pod"], found.finding.details["count"]) == ("a", 1)


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        pytest.param(before(pod("a"), of()), ["SVC070"], id="the same two seconds before"),
        pytest.param(before(of()), [], id="the pod was not there yet"),
        pytest.param(before(pod("a", phase="Pending", ready=False), of()), ["SVC070"], id="already missing then"),
        pytest.param(before(pod("a", ready=False), of("a")), [], id="another difference then"),
        pytest.param(before(pod("a"), of("a")), [], id="it fitted then"),
        pytest.param(before(pod("a"), of(), subject=service("other")), [], id="the Service was not there yet"),
    ],
)
def test_a_difference_counts_if_two_readings_show_it(earlier: Any, expected: list[str]) -> None:
    assert codes(judged(pod("a"), of(), earlier=earlier)) == expected


# --- SVC072


@pytest.mark.parametrize(
    ("objects", "key"),
    [
        pytest.param([of("a")], "gone", id="the pod is gone"),
        pytest.param([pod("a", ip="10.9.9.9"), of("a"), of("a")], "moved", id="it has another address"),
        pytest.param([pod("a", ip=None), of("a")], "moved", id="it has none"),
    ],
)
def test_an_endpoint_of_a_pod_that_is_not_there(objects: list[Any], key: str) -> None:
    (found,) = judged(*objects)
    assert found.finding.code == "SVC072"
    assert (found.effect, found.place.stretch, found.place.name) == ("degrades", "pod", "shop/a")
    assert (found.finding.details["address"], found.finding.details["pod"]) == (address_of("a"), "a")
    assert found.finding.details["why"]["phrase"] == f"service.slice-pod-{key}"


def test_a_pod_that_is_gone_is_told_once() -> None:
    assert codes(judged(pod("bb"), of("a", "bb"))) == ["SVC072"]
    assert codes(judged(pod("bb"), of("a", "bb"), earlier=before(pod("a"), pod("bb"), of("a", "bb")))) == []


def test_a_pod_of_another_namespace_is_gone_only_where_all_were_read() -> None:
    far = endpoint("192.0.2.10") | {"targetRef": {"kind": "Pod", "namespace": "far", "name": "x"}}
    objects = [endpoint_slice("x", "web", far, labels=STAFF)]
    assert codes(judged(*objects)) == ["SVC071"]
    assert codes(judged(*objects, extents={"Pod": "cluster"})) == ["SVC072", "SVC071"]


# --- SVC071


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        pytest.param(STAFF, {"phrase": "service.slice-manager", "values": {"manager": "staff"}}, id="of somebody else"),
        pytest.param({NAME: "web"}, {"phrase": "service.slice-no-manager", "values": {}}, id="of nobody"),
    ],
)
def test_a_slice_of_another_manager_adds_addresses(labels: dict[str, str], words: dict[str, Any]) -> None:
    extra = endpoint_slice("extra", "web", STRANGER, labels=labels)
    (found,) = judged(pod("a"), of("a"), extra)
    assert (found.finding.code, found.finding.severity, found.effect) == ("SVC071", "warning", "none")
    told = found.finding.details
    assert (told["slice"], told["addresses"], told["manager"]) == ("extra", ["192.0.2.10"], words)


# --- SVC073


def test_v1_endpoints_that_are_cut_off() -> None:
    cut = make.obj("Endpoints", "web", "shop", annotations={"endpoints.kubernetes.io/over-capacity": "truncated"})
    (found,) = judged(pod("a"), of("a"), cut)
    assert (found.finding.code, found.finding.severity, found.effect) == ("SVC073", "info", "none")
    assert found.finding.details["count"] == 1
    assert judged(cut, subject=service("web")) == []


# --- SVC074


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param({}, id="live"),
        pytest.param({"live": False}, id="a capture that holds no slice at all"),
        pytest.param({"earlier": before(pod("a"))}, id="none two seconds before either"),
    ],
)
def test_pods_and_no_slice(rest: dict[str, Any]) -> None:
    (found,) = judged(pod("a"), **rest)
    assert (found.finding.code, found.effect, found.place.stretch) == ("SVC074", "breaks", "endpoints")
    assert (found.finding.details["selector"], found.finding.details["count"]) == ("app=web", 1)


@pytest.mark.parametrize(
    "earlier",
    [
        pytest.param(before(pod("a"), subject=service("other")), id="the Service was not there yet"),
        pytest.param(before(), id="the pod was not there yet"),
    ],
)
def test_a_slice_may_take_two_seconds_to_come(earlier: Any) -> None:
    assert judged(pod("a"), earlier=earlier) == []


# --- a second reading


@pytest.mark.parametrize(
    ("objects", "wanted"),
    [
        pytest.param([pod("a"), of()], True, id="a difference"),
        pytest.param([of("a")], True, id="a pod gone"),
        pytest.param([pod("a")], True, id="no slice"),
        pytest.param([pod("a"), of("a")], False, id="all fits"),
        pytest.param(
            [pod("a"), of("a"), endpoint_slice("x", "web", STRANGER, labels=STAFF)], False, id="foreign slices"
        ),
    ],
)
def test_what_is_read_twice(objects: list[Any], wanted: bool) -> None:
    assert slices.differs(case(WEB, *objects, slices=False)) is wanted


def test_odd_objects_do_not_raise() -> None:
    odd = [
        pod("a", status={"podIPs": 7, "conditions": 7}),
        of("a", endpoints=[7, {"addresses": 7}, {"addresses": ["x"], "targetRef": {"kind": "Pod"}}], ports=7),
        {"kind": "Endpoints", "metadata": {"name": "web", "namespace": "shop", "annotations": 7}},
    ]
    assert set(codes(judged(*odd))) <= {"SVC070", "SVC072"}
