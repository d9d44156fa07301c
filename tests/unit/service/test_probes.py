"""SVC026 and SVC027: what the readiness probe asks, and whether there is one."""

from __future__ import annotations

import json
from typing import Any

import pytest

import make
from kubectl_lab.domain.service import probes
from kubectl_lab.render import data
from unit.service.cases import Object, case, codes, pod, service

SERVICE = service("web", {"app": "web"}, (80, 8080))
HTTP = {"name": "http", "containerPort": 8080}
ADMIN = {"name": "admin", "containerPort": 9000}


def container(*ports: Object, name: str = "main", **probe: Any) -> Object:
    made: Object = {"name": name, "image": "x", "ports": list(ports)}
    return made | ({"readinessProbe": probe} if probe else {})


def get(port: Any) -> Object:
    return {"httpGet": {"port": port, "path": "/"}}


def ill(*containers: Object, **rest: Any) -> Object:
    return pod("web-1", ready=rest.pop("ready", False), spec={"containers": list(containers)}, **rest)


def asked(subject: Object, *around: Object, service: Object = SERVICE, **rest: Any) -> list[Any]:
    return list(probes.probe_of_another_port(case(service, subject, *around, **rest)))


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        pytest.param(ill(container(HTTP, **get(8081))), [8081], id="a number that nobody declares, nor the Service"),
        pytest.param(ill(container(HTTP, **get(8080))), [], id="the target port"),
        pytest.param(ill(container(HTTP, ADMIN, **get(9000))), [], id="another declared port"),
        pytest.param(
            ill(container(HTTP), container(name="b", **get(8080))), [], id="a port that another container declares"
        ),
        pytest.param(ill(container(**get(8081))), [], id="undeclared, as all are"),
        pytest.param(ill(container(ADMIN, **get(8080))), [], id="undeclared, and the target port"),
        pytest.param(ill(container(HTTP, **get("http"))), [], id="a name of its own container"),
        pytest.param(ill(container(HTTP, **get("web"))), ["web"], id="a name that its container lacks"),
        pytest.param(
            ill(container(HTTP), container(name="b", **get("http"))), ["http"], id="a name of another container is none"
        ),
        pytest.param(ill(container(HTTP, tcpSocket={"port": 81})), [81], id="a TCP probe"),
        pytest.param(ill(container(HTTP, grpc={"port": 82})), [82], id="a gRPC probe"),
        pytest.param(ill(container(HTTP, exec={"command": ["true"]})), [], id="a command asks no port"),
        pytest.param(ill(container(HTTP, **get("8081"))), ["8081"], id="digits as text are a number"),
        pytest.param(ill(container(HTTP, **get(None))), [], id="garbage asks nothing"),
        pytest.param(ill(container(HTTP, **get(8081)), ready=True), [], id="a pod that is ready has the right probe"),
    ],
)
def test_a_probe_that_asks_another_port(subject: Object, told: list[int | str]) -> None:
    judged = asked(subject)
    assert [each.finding.details["asked"] for each in judged] == told
    assert {each.effect for each in judged} <= {"none"}


def test_the_probe_is_told_once_and_mended_in_the_template() -> None:
    owner = make.owner("StatefulSet", "web")
    second = {**ill(container(HTTP, **get(8081)), owned_by=owner), "metadata": {**pod("web-2")["metadata"]}}
    (judged,) = asked(ill(container(HTTP, **get(8081)), owned_by=owner), second)
    found = judged.finding.to_dict()
    assert data.message(found, "en") == (
        "the readiness probe of web-1 (container main) asks port 8081, the Service sends to 8080"
    )
    assert data.fixes(found)[0].startswith("kubectl -n shop patch statefulset/web -p ")
    made = json.loads(found["details"]["template"])["spec"]["template"]["spec"]["containers"]
    assert made == [{"name": "main", "readinessProbe": {"httpGet": {"port": 8080}}}]


@pytest.mark.parametrize(
    ("owner", "subject"),
    [
        pytest.param(None, SERVICE, id="a bare pod cannot be patched"),
        pytest.param(
            make.owner("StatefulSet", "web"), service("web", {"app": "web"}, 80, 8080), id="of two targets either"
        ),
    ],
)
def test_without_a_sure_cure_none_is_offered(owner: Object | None, subject: Object) -> None:
    listed = [{"port": 80, "name": "a"}, {"port": 8080, "name": "b"}]
    several = {**subject, "spec": subject["spec"] | ({"ports": listed} if owner else {})}
    (judged,) = asked(ill(container(HTTP, **get(8081)), owned_by=owner), service=several)
    assert data.fixes(judged.finding.to_dict()) == []


def test_where_the_service_reaches_no_port_of_the_pod_its_probe_is_not_the_cause() -> None:
    assert asked(ill(container(HTTP, **get(8081))), service=service("web", {"app": "web"}, (80, "nobody"))) == []


def test_templates_are_not_ready_and_no_news() -> None:
    assert asked(ill(container(HTTP, **get(8081))), manifests=True, slices=None) == []


# --- no probe at all


def unprobed(subject: Object, *around: Object, detailed: bool = True, **rest: Any) -> list[Any]:
    return list(probes.without_probe(case(SERVICE, subject, *around, detailed=detailed, **rest)))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(ill(container(HTTP), ready=True), ["SVC027"], id="the container of the port has none"),
        pytest.param(ill(container(HTTP, **get(8080)), ready=True), [], id="it has one"),
        pytest.param(ill(container(), ready=True), ["SVC027"], id="the only container has none"),
        pytest.param(ill(container(), container(name="b"), ready=True), [], id="of several silent ones nobody knows"),
        pytest.param(ill(container(HTTP, **get(8080)), container(name="b"), ready=True), [], id="a helper needs none"),
        pytest.param(ill(container(HTTP)), [], id="a pod that is not ready gets no traffic"),
    ],
)
def test_ready_as_soon_as_it_starts(subject: Object, expected: list[str]) -> None:
    assert codes(unprobed(subject)) == expected


def test_that_is_told_in_detail_only() -> None:
    subject = ill(container(HTTP), ready=True)
    assert unprobed(subject, detailed=False) == []
    assert unprobed(subject, manifests=True, slices=None) == []


def test_controllers_are_named_once_and_bare_pods_by_themselves() -> None:
    owner = make.owner("DaemonSet", "web")
    around = [pod(f"web-{number}", owned_by=owner) for number in (2, 3)]
    (judged,) = unprobed(pod("web-1"), *around)
    assert judged.finding.details["workloads"] == ["pod/web-1", "daemonset/web"]
