"""What an explanation reads: how many requests, which, and what a refusal leaves unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.cluster import service as reading
from kubectl_lab.cluster.service import Wanted
from kubectl_lab.errors import ApiError, Forbidden, ServerError
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference
from unit.cluster.shop_server import GATEWAY, Shop, shop
from unit.service.cases import NOW, endpoint, endpoint_slice, pod, service, slices_of

if TYPE_CHECKING:
    from kubectl_lab.domain.service.inventory import Inventory

Object = dict[str, Any]
WEB = service("web", {"app": "web"})
HEALTHY = (make.node("n1"), WEB, pod("a"), pod("b"), *slices_of(WEB, pod("a"), pod("b")))
BASIS = [
    "/apis/gateway.networking.k8s.io/v1",
    "endpointslices shop kubernetes.io/service-name in (web)",
    "ingressclasses *",
    "ingresses shop",
    "networkpolicies shop",
    "nodes *",
    "services shop",
]


def ref(name: str, kind: str = "Service") -> Reference:
    return Reference(kind, "shop", name)


def never(_seconds: float) -> None:
    raise AssertionError("nothing was to be waited for")


def read(of: Shop, *names: str, namespace: str | None = "shop", **rest: Any) -> Inventory:
    wanted = Wanted(tuple(ref(name) for name in names), namespace, rest.pop("client", None))
    return reading.read(of.cluster, wanted, NOW, sleep=rest.pop("sleep", never), **rest)


def test_a_healthy_service_costs_its_surroundings_and_its_own_pods() -> None:
    with shop(*HEALTHY) as held:
        found = read(held, "web")
        assert held.asked == sorted([*BASIS, "pods shop app=web"])
    assert [found.extent(kind) for kind in ("Service", "EndpointSlice", "Pod", "Node")] == [
        "namespace",
        "some",
        "some",
        "cluster",
    ]
    assert len(found.known("Pod")) == 2


def test_a_few_services_by_name_share_their_lists() -> None:
    with shop(*HEALTHY, service("api", {"app": "api"})) as held:
        read(held, "web", "api")
        slices = [each for each in held.asked if each.startswith("endpointslices")]
    assert slices == ["endpointslices shop kubernetes.io/service-name in (api,web)"]


def test_many_names_cost_the_lists_of_the_whole_namespace() -> None:
    with shop(*HEALTHY) as held:
        read(held, "web", "b", "c", "d")
        assert {"endpointslices shop", "pods shop"} <= set(held.asked)


def test_a_name_that_no_label_can_hold_is_not_asked_for_as_one() -> None:
    with shop(*HEALTHY) as held:
        read(held, "w" * 64)
        assert "endpointslices shop" in held.asked


def test_nothing_matches_and_the_namespace_is_looked_at_as_a_whole() -> None:
    lonely = service("web", {"app": "wbe"})
    with shop(lonely, pod("a"), pod("far", {"app": "wbe"}, namespace="other")) as held:
        found = read(held, "web")
        assert {"pods shop", "pods * app=wbe", "deployments shop", "events shop reason=FailedCreate"} <= set(held.asked)
    assert {each["metadata"]["name"] for each in found.known("Pod")} == {"a", "far"}
    assert found.extent("Pod") == "cluster"


def test_pods_of_other_namespaces_that_may_not_be_read_are_not_missed() -> None:
    with shop(service("web", {"app": "wbe"}), pod("a"), refused={"pods@*": 403}) as held:
        found = read(held, "web")
    assert (found.extent("Pod"), found.missing()) == ("namespace", [])


def test_a_name_that_is_not_there_is_looked_for_in_all_namespaces() -> None:
    with shop(*HEALTHY, service("api", {}, namespace="other")) as held:
        found = read(held, "api")
        assert "services *" in held.asked
    assert found.get("Service", "other", "api") is not None


# --- the overview


def services(count: int, *, broken: int = 0) -> list[Object]:
    made: list[Object] = []
    for number in range(count):
        labels = {"app": f"s{number}"}
        each, backend = service(f"s{number}", labels), pod(f"p{number}", labels)
        is_broken = number < broken
        made += [each, *slices_of(each, *([] if is_broken else [backend])), *([] if is_broken else [backend])]
    return made


def requests(held: list[Object], namespace: str | None) -> int:
    with shop(*held) as around:
        read(around, namespace=namespace)
        return len(around.asked)


@pytest.mark.parametrize("namespace", ["shop", None])
@pytest.mark.parametrize("broken", [0, 1])
def test_an_overview_costs_the_same_whatever_the_number_of_services(namespace: str | None, broken: int) -> None:
    costs = {requests(services(count, broken=broken), namespace) for count in (1, 10, 100)}
    assert len(costs) == 1
    assert max(costs) <= 25


def tls_ingress(name: str, secret: str) -> Object:
    spec = {"tls": [{"hosts": ["x.example"], "secretName": secret}], "rules": []}
    return make.obj("Ingress", name, "shop", api="networking.k8s.io/v1", spec=spec)


def worst() -> list[Object]:
    """A namespace in which every further list has its reason."""
    held = services(30, broken=30)
    held += [service("alias", type="ExternalName", externalName="db.data.svc"), service("bare")]
    held += [pod("unready", {"app": "x"}, ready=False), service("x", {"app": "x"}, type="LoadBalancer")]
    held += [pod(name, {"app": "x"}, owned_by=make.owner(name, "o")) for name in ("StatefulSet", "Job", "ReplicaSet")]
    labels = {"endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io"}
    held.append(endpoint_slice("m", "x", labels={"kubernetes.io/service-name": "x", **labels}))
    return [*held, *(tls_ingress(f"i{number}", f"tls{number}") for number in range(9))]


def test_the_worst_namespace_costs_at_most_25_requests() -> None:
    kinds = ("HTTPRoute", "GRPCRoute", "Gateway")
    with shop(*worst(), gateway=kinds) as held:
        read(held, sleep=lambda _: None)
        first = list(dict.fromkeys(held.asked))
    assert len(first) <= 25, first


# --- what is denied

KINDS = {
    "endpointslices": "EndpointSlice",
    "pods": "Pod",
    "nodes": "Node",
    "networkpolicies": "NetworkPolicy",
    "ingresses": "Ingress",
    "ingressclasses": "IngressClass",
}


@pytest.mark.parametrize("plural", KINDS)
def test_a_kind_that_may_not_be_listed_is_missing_with_a_reason(plural: str) -> None:
    place = "the cluster" if plural in ("nodes", "ingressclasses") else "namespace shop"
    with shop(*HEALTHY, refused={plural: 403}) as held:
        found = read(held, "web")
    kind = KINDS[plural]
    assert found.missing() == [(kind, Missing(kind, f"forbidden: cannot list {plural} in {place}"))]


def test_over_all_namespaces_the_reason_says_so() -> None:
    with shop(*HEALTHY, refused={"pods": 403}) as held:
        found = read(held, namespace=None)
    assert found.read("Pod") == Missing("Pod", "forbidden: cannot list pods in the cluster")


def test_without_services_nothing_can_be_said() -> None:
    with shop(*HEALTHY, refused={"services": 403}) as held, pytest.raises(Forbidden):
        read(held, "web")


def test_an_api_that_the_server_does_not_have_is_missing_too() -> None:
    with shop(*HEALTHY, refused={"networkpolicies": 404}) as held:
        found = read(held, "web")
    assert found.read("NetworkPolicy") == Missing("NetworkPolicy", "not served: networking.k8s.io/v1")


@pytest.mark.parametrize("plural", ["services", "endpointslices", "pods"])
def test_what_decides_must_be_answered(plural: str) -> None:
    with shop(*HEALTHY, refused={plural: 500}) as held, pytest.raises(ServerError):
        read(held, "web")


def test_a_server_that_fails_over_something_else_takes_only_that_away() -> None:
    with shop(*HEALTHY, refused={"ingresses": 503}) as held:
        found = read(held, "web")
    assert found.missing() == [("Ingress", Missing("Ingress", "failed: 503"))]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_would_only_help_to_find_the_cause_may_fail(status: int) -> None:
    alone = service("alone", {"app": "nobody"})
    refused = {"pods@*": status, f"/apis/{GATEWAY}/v1": status, "nodes": status}
    with shop(make.node("n1"), alone, refused=refused) as held:
        found = read(held, "alone")
        assert "pods * app=nobody" in held.asked
    assert found.can_see("Pod")
    assert [(kind, each.why) for kind, each in found.missing() if kind in ("HTTPRoute", "Node")] == [
        ("Node", f"failed: {status}"),
        ("HTTPRoute", f"failed: {status}"),
    ]


@pytest.mark.parametrize("plural", ["services", "nodes"])
def test_credentials_that_are_not_accepted_end_it(plural: str) -> None:
    with shop(*HEALTHY, refused={plural: 401}) as held, pytest.raises(ApiError):
        read(held, "web")


# --- what does not fit together


def test_slices_that_lag_behind_are_read_once_more_after_two_seconds() -> None:
    waited: list[float] = []
    with shop(make.node("n1"), WEB, pod("a"), pod("b"), *slices_of(WEB, pod("a"))) as held:

        def settle(seconds: float) -> None:
            waited.append(seconds)
            held.held = list(HEALTHY)

        found = read(held, "web", sleep=settle)
        assert held.asked.count("services shop") == held.asked.count("pods shop app=web") == 2
        assert held.asked.count("nodes *") == 1
    assert waited == [2.0]
    assert found.earlier is not None
    count = [len(each.slices("shop", "web")[0]["endpoints"]) for each in (found.earlier, found)]
    assert count == [1, 2]


def test_what_fits_together_is_read_once() -> None:
    with shop(*HEALTHY) as held:
        assert read(held, "web").earlier is None


# --- who asks


@pytest.mark.parametrize(
    ("client", "more"),
    [
        pytest.param(Reference("Pod", "shop", "a"), ["namespaces *", "pods shop a"], id="a pod of the same namespace"),
        pytest.param(
            Reference("Pod", "front", "a"),
            ["namespaces *", "networkpolicies front", "pods front a"],
            id="a pod of another one, with its rules",
        ),
        pytest.param(
            Reference("Namespace", None, "front"),
            ["namespaces *", "networkpolicies front"],
            id="any pod of a namespace",
        ),
        pytest.param("192.0.2.1", ["namespaces *", "pods * status.podIP=192.0.2.1"], id="an address"),
    ],
)
def test_who_asks_is_read_with_the_rules_of_its_namespace(client: Reference | str, more: list[str]) -> None:
    with shop(*HEALTHY) as held:
        read(held, "web", client=client)
        assert held.asked == sorted([*BASIS, "pods shop app=web", *more])


def test_an_address_of_a_pod_brings_the_rules_of_that_pod() -> None:
    caller = pod("caller", {"run": "x"}, namespace="front", ip="192.0.2.1")
    with shop(*HEALTHY, caller, endpoint_slice("x", "x", endpoint("1.2.3.4"))) as held:
        read(held, "web", client="192.0.2.1")
        assert "networkpolicies front" in held.asked


def test_a_client_that_may_not_be_looked_at_ends_it_and_takes_no_pods_away() -> None:
    with shop(*HEALTHY, refused={"pods@front": 403}) as held, pytest.raises(Forbidden):
        read(held, "web", client=Reference("Pod", "front", "a"))
    with shop(*HEALTHY, refused={"pods@*": 403}) as held:
        assert read(held, "web", client="192.0.2.1").can_see("Pod")
