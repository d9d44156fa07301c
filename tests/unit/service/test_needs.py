"""What is asked for besides: nothing for what works, and for the rest no more than tells why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.rules.asks import Ask, merged
from kubectl_lab.domain.service.endpoints import MIRRORING
from kubectl_lab.domain.service.needs import Scope, needs, selected_pods
from unit.service.cases import case, endpoint, endpoint_slice, pod, service, workload

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case

NARROW, BROAD, EVERYWHERE = Scope("shop", narrow=True), Scope("shop"), Scope(None)
WEB = service("web", {"app": "web"})
MAKERS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")


def asked(scope: Scope, *cases: Case) -> set[str]:
    """`Pod shop app=web`: kind, namespace, selectors or name."""
    return {_words(ask) for ask in needs(cases, scope)}


def _words(ask: Ask) -> str:
    parts = (ask.kind, ask.namespace or "*", ask.labels, ask.fields, ask.name)
    return " ".join(part for part in parts if part)


def owned(kind: str, name: str) -> dict[str, Any]:
    return pod(name, owned_by=make.owner(kind, "web"))


@pytest.mark.parametrize("scope", [NARROW, BROAD, EVERYWHERE])
def test_what_works_costs_nothing_more(scope: Scope) -> None:
    assert asked(scope, case(WEB, pod("a"), pod("b"))) == set()


LONELY = case(WEB, pod("a", {"app": "other"}))


def test_a_selector_without_pods_asks_whom_it_meant() -> None:
    everyone = {f"{kind} shop" for kind in ("Pod", *MAKERS)}
    assert asked(NARROW, LONELY) == everyone | {"Pod * app=web", "Event shop reason=FailedCreate"}


def test_all_pods_of_the_namespace_are_known_already_where_all_services_were_asked() -> None:
    makers = {f"{kind} shop" for kind in MAKERS}
    assert asked(BROAD, LONELY) == makers | {"Pod * app=web", "Event shop type=Warning"}
    assert asked(EVERYWHERE, LONELY) == {f"{kind} *" for kind in MAKERS} | {"Event * type=Warning"}


def lonely(*selectors: dict[str, str]) -> list[Case]:
    return [case(service(f"s{number}", each), pod("a")) for number, each in enumerate(selectors)]


@pytest.mark.parametrize(
    ("selectors", "labels"),
    [
        pytest.param([{"app": "x", "tier": "y"}], ["app=x,tier=y"], id="the whole selector of a single one"),
        pytest.param([{"app": "x"}, {"app": "y"}], ["app in (x,y)"], id="several with one key make one list"),
        pytest.param([{"app": "x"}, {"run": "y"}], ["app in (x)", "run in (y)"], id="a list for each key"),
        pytest.param([{f"k{number}": "x"} for number in range(4)], [], id="too many keys: not looked for"),
        pytest.param([{"app": f"v{number}"} for number in range(101)], [], id="too many values: not looked for"),
    ],
)
def test_pods_in_other_namespaces_cost_few_lists(selectors: list[dict[str, str]], labels: list[str]) -> None:
    asks = [ask for ask in needs(lonely(*selectors), BROAD) if ask.kind == "Pod"]
    assert [ask.labels for ask in asks] == labels
    assert all((ask.namespace, ask.extent, ask.optional) == (None, "cluster", True) for ask in asks)


def test_pods_that_may_not_be_read_are_no_reason_to_look_for_others() -> None:
    assert asked(NARROW, case(WEB, missing=["Pod"])) == set()


def test_the_pods_of_a_named_service_are_those_it_selects() -> None:
    named = case(service("web", {"tier": "front", "app": "web"}))
    assert [_words(ask) for ask in selected_pods([named, case(service("bare"))], NARROW)] == [
        "Pod shop app=web,tier=front"
    ]
    assert list(selected_pods([named], BROAD)) == []


STRAY = case(WEB, pod("a"), endpoint_slice("s", "web", endpoint("10.1.0.1", pod="a"), endpoint("10.1.0.2", pod="gone")))


def test_a_pod_of_a_slice_that_the_selector_did_not_bring_is_looked_for() -> None:
    assert asked(NARROW, STRAY) == {"Pod shop"}
    assert asked(BROAD, STRAY) == set()


def test_endpoints_of_pods_that_are_all_known_need_no_other() -> None:
    plain = endpoint_slice("s", "web", endpoint("10.1.0.1", pod="a"), endpoint("10.1.0.2"))
    assert asked(NARROW, case(WEB, pod("a"), plain)) == set()
    assert asked(NARROW, case(WEB, plain, missing=["Pod"])) == set()


HANDMADE = case(service("web"), endpoint_slice("s", "web", endpoint("10.1.0.1"), labels={}))


def test_what_a_person_made_is_compared_with_all_that_has_addresses() -> None:
    assert asked(NARROW, HANDMADE) == {"EndpointSlice shop", "Pod shop", "Service *"}
    assert asked(BROAD, HANDMADE) == {"Service *"}
    assert asked(EVERYWHERE, HANDMADE) == set()


def test_the_api_server_makes_the_slices_of_its_own_service() -> None:
    assert asked(NARROW, case(service("kubernetes", namespace="default"))) == set()
    assert asked(NARROW, case(service("kubernetes"))) != set()


@pytest.mark.parametrize(
    ("name", "scope", "expected"),
    [
        pytest.param("db.data.svc.cluster.local", NARROW, {"Service *"}, id="a Service of another namespace"),
        pytest.param("db.data.svc", BROAD, {"Service *"}, id="written short"),
        pytest.param("db.data.svc", EVERYWHERE, set(), id="known already"),
        pytest.param("db.shop.svc", NARROW, set(), id="a Service of the same namespace"),
        pytest.param("db.example.com", NARROW, set(), id="a name outside"),
        pytest.param("a.db.data.svc", NARROW, set(), id="a pod's own name"),
    ],
)
def test_an_alias_asks_for_what_it_points_to(name: str, scope: Scope, expected: set[str]) -> None:
    assert asked(scope, case(service("web", type="ExternalName", externalName=name))) == expected


def mirrored(name: str) -> Case:
    labels = {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": MIRRORING}
    return case(service(name, {"app": "web"}), pod("a"), endpoint_slice(name, name, labels=labels))


def test_v1_endpoints_are_read_for_mirrored_slices_only() -> None:
    assert asked(NARROW, mirrored("web")) == {"Endpoints shop web"}
    assert asked(EVERYWHERE, mirrored("web")) == {"Endpoints shop web"}
    assert asked(BROAD, *(mirrored(f"s{number}") for number in range(4))) == {"Endpoints shop"}
    assert asked(NARROW, case(WEB, pod("a"), slices=None)) == set()


def test_v1_endpoints_are_read_where_they_cannot_hold_all() -> None:
    def holding(count: int) -> Case:
        listed = [endpoint(f"10.1.{number // 250}.{number % 250}") for number in range(count)]
        return case(WEB, pod("a"), endpoint_slice("s", "web", *listed))

    assert asked(NARROW, holding(1001)) == {"Endpoints shop web"}
    assert asked(NARROW, holding(1000)) == set()


def test_owners_are_read_by_kind_where_there_are_some() -> None:
    several = [owned("ReplicaSet", "a"), owned("StatefulSet", "b"), owned("DaemonSet", "c"), owned("Widget", "d")]
    assert asked(NARROW, case(WEB, *several)) == {"ReplicaSet shop", "StatefulSet shop"}


def pending(**spec: Any) -> Case:
    return case(service("web", {"app": "web"}, type="LoadBalancer", **spec), pod("a"))


def test_the_servers_words_are_asked_for_what_does_not_work() -> None:
    unready = case(WEB, pod("a", ready=False), pod("b"))
    assert asked(NARROW, unready) == {"Event shop involvedObject.kind=Pod,involvedObject.name=a"}
    assert asked(BROAD, unready) == {"Event shop type=Warning"}
    assert asked(NARROW, pending()) == {"Event shop involvedObject.kind=Service,involvedObject.name=web"}


def test_many_pods_that_are_not_ready_cost_one_list() -> None:
    assert asked(NARROW, case(WEB, *(pod(f"p{number}", ready=False) for number in range(4)))) == {
        "Event shop type=Warning"
    }


def test_a_pod_that_ends_and_a_load_balancer_that_answered_need_no_words() -> None:
    assert asked(NARROW, case(WEB, make.terminating(pod("a", ready=False)), pod("b"))) == set()
    answered = service("web", {"app": "web"}, type="LoadBalancer")
    answered["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    assert asked(NARROW, case(answered, pod("a"))) == set()


@pytest.mark.parametrize("annotation", ["service.kubernetes.io/topology-mode", None])
def test_zones_that_are_asked_for_may_have_been_refused(annotation: str | None) -> None:
    zonal = service("web", {"app": "web"}, **({} if annotation else {"trafficDistribution": "PreferSameZone"}))
    zonal["metadata"]["annotations"] = {annotation: "Auto"} if annotation else {}
    assert asked(NARROW, case(zonal, pod("a"))) == {"Event shop involvedObject.kind=Service,involvedObject.name=web"}


def test_a_list_that_two_services_need_is_asked_once() -> None:
    both = [case(service(name, {"app": "none"}), pod("a")) for name in ("a", "b")]
    found = [_words(ask) for ask in needs(both, NARROW)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("ask", "extent"),
    [
        (Ask("Pod", "shop"), "namespace"),
        (Ask("Pod", None), "cluster"),
        (Ask("Pod", "shop", labels="a=b"), "some"),
        (Ask("Event", None, fields="type=Warning"), "some"),
        (Ask("Secret", "shop", name="tls"), "some"),
        (Ask("Pod", None, labels="a=b", known="cluster"), "cluster"),
    ],
)
def test_how_much_is_known_afterwards(ask: Ask, extent: str) -> None:
    assert ask.extent == extent


def test_of_two_readings_of_an_object_the_later_counts() -> None:
    old, new, other = (
        workload("Deployment", name, {}, replicas=count) for name, count in (("a", 1), ("a", 2), ("b", 1))
    )
    assert merged([[old, other], [new]]) == (new, other)
