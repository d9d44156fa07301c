"""Services in files: what is captured, what is imagined, and what nobody can know from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.cluster import service_files
from kubectl_lab.cluster.snapshot import SnapshotCluster
from kubectl_lab.domain.service.workloads import WOULD_BE_POD
from kubectl_lab.errors import NotCaptured
from kubectl_lab.objects import Missing
from unit.service.cases import NOW, endpoint_slice, pod, service, workload

if TYPE_CHECKING:
    from kubectl_lab.domain.service.inventory import Inventory

Object = dict[str, Any]
APP = {"app": "web"}
WEB, MAKER = service("web", APP), workload("Deployment", "web", APP)


def files(*items: Object) -> SnapshotCluster:
    data = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}).encode()
    return SnapshotCluster.read(["-"], lambda: data, "shop")


def read(*items: Object, namespace: str | None = "shop") -> Inventory:
    return service_files.read(files(*items), namespace, NOW)


def head(*kinds: str, missing: dict[str, str] | None = None, **fields: Any) -> Object:
    return {
        "apiVersion": "kubectl-lab/v1",
        "kind": "Snapshot",
        "capturedAt": "2026-01-01T00:00:00Z",
        "captured": [{"kind": kind, "count": 0} for kind in kinds],
        "notCaptured": [{"kind": kind, "why": why} for kind, why in (missing or {}).items()],
        **fields,
    }


def bare(name: str = "alone") -> Object:
    made = pod(name)
    del made["status"]
    return made


@pytest.mark.parametrize(
    ("items", "manifests"),
    [
        pytest.param([WEB, MAKER], True, id="a template without pods"),
        pytest.param([WEB, bare()], True, id="a pod that has no status"),
        pytest.param([WEB, MAKER, bare()], True, id="both"),
        pytest.param([WEB, MAKER, pod("a")], False, id="pods that ran"),
        pytest.param([WEB, MAKER, pod("a"), bare()], False, id="some pods that ran"),
        pytest.param([WEB, MAKER, endpoint_slice("s", "web")], False, id="slices that a controller made"),
        pytest.param([WEB], False, id="a Service alone"),
        pytest.param([head("Pod", "EndpointSlice"), WEB, MAKER], False, id="a snapshot without pods"),
        pytest.param([head("Pod"), WEB, MAKER], False, id="pods were looked for, and there were none"),
    ],
)
def test_manifests_are_what_nobody_has_applied(items: list[Object], manifests: bool) -> None:
    assert read(*items).manifests is manifests


def test_a_pod_that_nobody_has_applied_is_no_pod_without_an_address() -> None:
    found = read(WEB, bare())
    assert found.read("Pod") == Missing("Pod", "not captured")
    assert [each["metadata"]["name"] for each in found.known(WOULD_BE_POD)] == ["alone"]


def told(found: Inventory) -> set[str]:
    return {kind for kind, _ in found.missing()}


ALWAYS = {"EndpointSlice", "NetworkPolicy", "Ingress", "Endpoints"}
MAKERS = {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController"}
INGRESS = make.obj("Ingress", "shop", "shop", api="networking.k8s.io/v1")
ROUTE = make.obj("HTTPRoute", "shop", "shop", api="gateway.networking.k8s.io/v1")
POLICY = make.obj("NetworkPolicy", "deny", "shop", api="networking.k8s.io/v1")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([WEB], ALWAYS | MAKERS | {"Pod"}, id="a Service alone"),
        pytest.param([WEB, MAKER], ALWAYS | {"Pod"}, id="with a template, the others are taken not to be"),
        pytest.param([WEB, pod("a")], ALWAYS | MAKERS | {"Event", "Node"}, id="pods may have events and have nodes"),
        pytest.param(
            [WEB, MAKER, INGRESS],
            (ALWAYS | {"Pod", "IngressClass", "Secret"}) - {"Ingress"},
            id="an Ingress has a class and certificates",
        ),
        pytest.param(
            [WEB, MAKER, ROUTE],
            ALWAYS | {"Pod", "Gateway", "GRPCRoute", "ReferenceGrant"},
            id="where one kind of the Gateway API is, the others matter",
        ),
        pytest.param(
            [WEB, MAKER, POLICY], (ALWAYS | {"Pod", "Namespace"}) - {"NetworkPolicy"}, id="policies choose namespaces"
        ),
    ],
)
def test_a_kind_that_the_files_do_not_hold_is_told_where_it_matters(items: list[Object], expected: set[str]) -> None:
    assert told(read(*items)) == expected


def test_what_a_snapshot_could_not_read_is_told_in_its_words() -> None:
    found = read(head("Service", "Pod", missing={"NetworkPolicy": "forbidden"}), WEB)
    assert found.read("NetworkPolicy") == Missing("NetworkPolicy", "forbidden")


def test_what_a_snapshot_looked_for_in_vain_is_not_there() -> None:
    found = read(head("Service", "Pod", "NetworkPolicy"), WEB)
    assert (found.can_see("NetworkPolicy"), list(found.known("NetworkPolicy"))) == (True, [])


@pytest.mark.parametrize(
    ("items", "extent"),
    [
        pytest.param([WEB], "namespace", id="a file of one namespace"),
        pytest.param([WEB, service("db", namespace="data")], "cluster", id="a file of several"),
        pytest.param([head("Service"), WEB], "cluster", id="a snapshot of all"),
        pytest.param([head("Service", namespace="shop"), WEB], "namespace", id="a snapshot of one"),
    ],
)
def test_how_much_of_the_services_is_known(items: list[Object], extent: str) -> None:
    assert read(*items).extent("Service") == extent


def test_a_snapshot_of_another_namespace_says_nothing_of_this_one() -> None:
    with pytest.raises(NotCaptured):
        read(head("Service", "EndpointSlice", namespace="other"), namespace="shop")


def test_without_services_files_say_nothing() -> None:
    with pytest.raises(NotCaptured):
        read(pod("a"))
    assert read(head("Service")).known("Service") == ()


def test_files_are_no_cluster() -> None:
    assert read(WEB).live is False


def test_of_two_objects_of_one_identity_the_last_counts_and_is_told_once() -> None:
    made = files(WEB, service("web", {"app": "other"}), service("web", {"app": "last"}), service("web", namespace="b"))
    assert made.repeated == (("Service", "shop", "web"),)
    assert made.get("Service", "web", "shop")["spec"]["selector"] == {"app": "last"}


def test_kinds_that_are_not_known_are_counted() -> None:
    widgets = [make.obj("Widget", name, "shop", api="example.com/v1") for name in ("a", "b")]
    assert files(WEB, *widgets).unknown_kinds() == {"Widget": 2}
    assert files(WEB, MAKER, ROUTE, make.obj("ConfigMap", "c", "shop")).unknown_kinds() == {}


def test_routes_without_a_namespace_are_of_the_one_asked_about() -> None:
    found = read(WEB, make.obj("HTTPRoute", "shop", api="gateway.networking.k8s.io/v1"))
    assert found.get("HTTPRoute", "shop", "shop") is not None
