"""Headless Services: ports that nobody translates (SVC060), StatefulSets without names (SVC061), names of pods (SVC062)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service.dns import RULES
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.verdict import verdict
from unit.service.cases import case, codes, endpoint, endpoint_slice, pod, service, workload

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]
APP = {"app": "web"}
HTTP = [{"containerPort": 8080, "name": "http"}]
POD = pod("web-0", ports=HTTP)


def found(asked: Case) -> list[Judged]:
    return [each for rule in RULES for each in rule(asked)]


def details(judged: Judged) -> Object:
    return dict(judged.finding.details)


def headless(*ports: Any, selector: Object | None = APP, name: str = "web") -> Object:
    return service(name, selector, *ports, clusterIP="None")


@pytest.mark.parametrize(
    ("asked", "objects", "targets"),
    [
        pytest.param(headless((80, 8080)), [POD], [[8080]], id="another number"),
        pytest.param(headless((80, "http")), [POD], [[8080]], id="a name that means another number"),
        pytest.param(headless((8080, "http")), [POD], [], id="a name that means the same"),
        pytest.param(headless((8080, 8080)), [POD], [], id="the same number"),
        pytest.param(headless(), [POD], [], id="no port at all"),
        pytest.param(headless((80, 8080)), [], [[8080]], id="another number before there is any pod"),
        pytest.param(headless((80, "http")), [], [], id="a name before there is any pod"),
        pytest.param(service("web", APP, (80, 8080)), [POD], [], id="a cluster IP translates"),
        pytest.param(
            headless({"name": "a", "port": 80, "targetPort": 9}, {"name": "b", "port": 81}),
            [POD],
            [[9]],
            id="only the port that differs",
        ),
        pytest.param(
            headless((80, "http")),
            [POD, pod("web-1", ports=[{"containerPort": 81, "name": "http"}])],
            [[8080, 81]],
            id="several numbers",
        ),
        pytest.param(headless((80, 9), selector=None), [], [], id="without selector the slices tell, not targetPort"),
        pytest.param(
            headless((80, 80), selector=None),
            [endpoint_slice("web-1", "web", endpoint("10.9.9.9"), ports=[{"name": "", "port": 8080}])],
            [[8080]],
            id="a slice made by hand on another port",
        ),
    ],
)
def test_nobody_translates(asked: Object, objects: list[Object], targets: list[list[int]]) -> None:
    judged = found(case(asked, *objects))
    assert [details(each)["target"] for each in judged] == targets
    assert {each.finding.code for each in judged} <= {"SVC060"}
    assert all(each.effect == "none" for each in judged)


def test_the_port_becomes_the_pods() -> None:
    first, second = found(
        case(headless({"name": "a", "port": 80, "targetPort": 8080}, {"name": "b", "port": 9, "targetPort": 10}), POD)
    )
    assert json.loads(details(second)["patch"]) == [{"op": "replace", "path": "/spec/ports/1/port", "value": 10}]
    assert details(first)["port"] == 80


@pytest.mark.parametrize(
    ("asked", "pods"),
    [
        pytest.param(
            headless({"name": "a", "port": 80, "targetPort": 81}, {"name": "b", "port": 81}),
            [POD],
            id="two ports alike",
        ),
        pytest.param(
            headless((80, "http")),
            [POD, pod("web-1", ports=[{"containerPort": 81, "name": "http"}])],
            id="several numbers",
        ),
        pytest.param(headless((80, 81)) | {"metadata": {"name": "web", "namespace": "shop"}}, [POD], id="a manifest"),
    ],
)
def test_no_patch_where_it_would_not_do(asked: Object, pods: list[Object]) -> None:
    assert details(found(case(asked, *pods))[0])["patch"] is None


def stateful(name: Any = "web", **spec: Any) -> Object:
    return workload("StatefulSet", "db", APP, serviceName=name, **spec)


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        pytest.param([stateful()], None, id="this very Service, headless"),
        pytest.param([stateful("peers"), headless(name="peers")], None, id="another one that is headless"),
        pytest.param([stateful("")], None, id="none is asked for"),
        pytest.param([stateful(None)], None, id="none is written"),
        pytest.param([stateful("peers")], "absent", id="one that is not there"),
        pytest.param([stateful("peers"), service("peers", APP)], "not-headless", id="one with a cluster IP"),
        pytest.param(
            [stateful("peers"), headless(name="peers", selector={"app": "x"})], "selects-others", id="one for others"
        ),
        pytest.param(
            [stateful("peers"), headless(name="peers", selector=None)], "selects-others", id="one without selector"
        ),
        pytest.param([workload("Deployment", "db", APP, serviceName="x")], None, id="a Deployment has no such thing"),
        pytest.param([workload("StatefulSet", "db", {"app": "x"}, serviceName="y")], None, id="other pods"),
    ],
)
def test_the_service_that_a_statefulset_names(objects: list[Object], why: str | None) -> None:
    judged = found(case(headless(), POD, *objects))
    assert [details(each)["why"]["phrase"] for each in judged] == ([f"service.governing-{why}"] if why else [])


def test_without_names_the_service_is_degraded_where_dns_is() -> None:
    asked = case(headless(), POD, stateful("peers"))
    (judged,) = found(asked)
    assert (judged.effect, judged.place, verdict(asked, [judged])) == ("degrades", Place("entry", "dns"), "degraded")
    assert (details(judged)["statefulset"], details(judged)["serviceName"]) == ("db", "peers")
    plain = case(service("web", APP, (80, 8080)), POD, stateful("peers"))
    (judged,) = found(plain)
    assert (judged.place, verdict(plain, [judged])) == (Place("service"), "degraded")


def test_the_missing_service_is_written() -> None:
    (judged,) = found(case(service("web", APP, (80, "http"), {"name": "b", "port": 9}), POD, stateful("peers")))
    made = json.loads(details(judged)["manifest"])
    assert made["metadata"] == {"name": "peers", "namespace": "shop"}
    assert made["spec"] == {
        "clusterIP": "None",
        "selector": APP,
        "ports": [
            {"name": "port-80", "port": 8080, "protocol": "TCP"},
            {"name": "b", "port": 9, "protocol": "TCP"},
        ],
    }
    assert details(judged)["see"] is None


def test_the_missing_service_of_one_without_ports_has_none() -> None:
    by_expression = stateful("peers", selector={"matchExpressions": []})
    (judged,) = found(case(headless(), POD, by_expression))
    assert json.loads(details(judged)["manifest"])["spec"] == {"clusterIP": "None", "selector": APP}


def test_a_service_that_is_there_is_looked_at_and_not_written_over() -> None:
    (judged,) = found(case(headless(), POD, stateful("peers"), service("peers", APP)))
    assert (details(judged)["manifest"], details(judged)["see"]) == (None, "peers")


def test_a_service_that_was_not_read_may_be_there() -> None:
    assert found(case(headless(), POD, stateful("peers"), extents={"Service": "some"})) == []
    assert found(case(headless(), POD, stateful("peers"), missing=["Service"])) == []


def test_would_be_pods_of_a_statefulset_are_judged_too() -> None:
    asked = case(headless((80, 8080)), stateful("peers"), slices=None, manifests=True)
    assert codes(found(asked)) == ["SVC060", "SVC061"]


def slice_of(*hostnames: str | None) -> Object:
    return endpoint_slice("web-x", "web", *(endpoint(f"10.1.0.{n}", hostname=each) for n, each in enumerate(hostnames)))


@pytest.mark.parametrize(
    ("asked", "hostnames", "expected"),
    [
        pytest.param(headless(), ["web-0", "web-1"], ["web-0", "web-1"], id="names in the slice"),
        pytest.param(headless(), [None, "web-1"], ["web-1"], id="the pods that have one"),
        pytest.param(headless(), [None], None, id="no name in the slice"),
        pytest.param(service("web", APP), ["web-0"], None, id="with a cluster IP DNS answers with that"),
    ],
)
def test_names_of_pods(asked: Object, hostnames: list[str | None], expected: list[str] | None) -> None:
    judged = found(case(asked, slice_of(*hostnames)))
    assert [details(each)["hostnames"] for each in judged] == ([expected] if expected else [])
    assert [(each.finding.code, details(each)["hostname"]) for each in judged] == (
        [("SVC062", expected[0])] if expected else []
    )


def test_many_names_are_counted() -> None:
    (judged,) = found(case(headless(), slice_of(*(f"web-{n}" for n in range(5)))))
    assert details(judged)["hostnames"][3]["values"] == {"count": 2}
