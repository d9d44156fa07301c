"""What stands in front of Services is read too: routes of any namespace, backends in others, certificates by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.cluster import service as reading
from kubectl_lab.cluster.service import Wanted
from kubectl_lab.errors import ApiError, Forbidden, NotFound, ServerError
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference
from unit.cluster.shop_server import shop
from unit.service.cases import NOW, pod, service, slices_of

if TYPE_CHECKING:
    from kubectl_lab.domain.service.inventory import Inventory
    from unit.cluster.shop_server import Shop

Object = dict[str, Any]
WEB = service("web", {"app": "web"})
HEALTHY = (make.node("n1"), WEB, pod("a"), *slices_of(WEB, pod("a")))
API = "gateway.networking.k8s.io/v1"
SERVED = ("HTTPRoute", "GRPCRoute", "Gateway", "GatewayClass")


def read(of: Shop, *subjects: Reference, namespace: str | None = "shop") -> Inventory:
    return reading.read(of.cluster, Wanted(subjects, namespace), NOW, sleep=lambda _: None)


def route(name: str, backend: str, *, namespace: str = "shop", of: str | None = None) -> Object:
    reference = {"name": backend, "port": 80, **({"namespace": of} if of else {})}
    return make.obj("HTTPRoute", name, namespace, api=API, spec={"rules": [{"backendRefs": [reference]}]})


def ingress(name: str, *secrets: str, backend: str = "web") -> Object:
    service = {"name": backend, "port": {"number": 80}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": {"service": service}}]
    tls = [{"hosts": ["x.example"], "secretName": secret} for secret in secrets]
    spec = {"tls": tls, "rules": [{"host": "x.example", "http": {"paths": paths}}]}
    return make.obj("Ingress", name, "shop", api="networking.k8s.io/v1", spec=spec)


SHOP, TLS = Reference("Ingress", "shop", "shop"), Reference("Service", "shop", "web")


def test_a_server_without_the_gateway_api_is_asked_once_and_nothing_is_told_of_it() -> None:
    with shop(*HEALTHY) as held:
        found = read(held, TLS)
        assert [each for each in held.asked if "gateway" in each or "route" in each] == [f"/apis/{API}"]
    assert found.missing() == []
    assert not found.can_see("HTTPRoute")


def test_routes_are_read_of_all_namespaces_since_they_may_lead_across() -> None:
    with shop(*HEALTHY, route("far", "web", namespace="other", of="shop"), gateway=SERVED) as held:
        found = read(held, TLS)
        assert {"httproutes *", "grpcroutes *", "gateways *", "referencegrants *", "namespaces *"} <= set(held.asked)
    assert (found.extent("HTTPRoute"), len(found.known("HTTPRoute"))) == ("cluster", 1)


def test_only_the_kinds_that_are_served_are_asked_for() -> None:
    with shop(*HEALTHY, gateway=("HTTPRoute",)) as held:
        found = read(held, TLS)
        assert not {"grpcroutes *", "gateways *", "referencegrants *"} & set(held.asked)
    assert found.missing() == []


def test_grants_that_an_old_release_lacks_are_not_told() -> None:
    with shop(*HEALTHY, gateway=SERVED, refused={"referencegrants": 404}) as held:
        assert read(held, TLS).missing() == []


def test_routes_that_may_not_be_read_everywhere_are_read_in_the_namespace() -> None:
    with shop(*HEALTHY, route("near", "web"), gateway=SERVED, refused={"httproutes@*": 403}) as held:
        found = read(held, TLS)
        assert "httproutes shop" in held.asked
    assert (found.extent("HTTPRoute"), len(found.known("HTTPRoute"))) == ("namespace", 1)


def test_routes_that_may_not_be_read_at_all_are_told() -> None:
    with shop(*HEALTHY, gateway=SERVED, refused={"httproutes": 403}) as held:
        found = read(held, TLS)
    assert found.missing() == [
        ("HTTPRoute", Missing("HTTPRoute", "forbidden: cannot list httproutes in namespace shop"))
    ]


def test_over_all_namespaces_there_is_no_namespace_to_fall_back_to() -> None:
    with shop(*HEALTHY, gateway=SERVED, refused={"httproutes": 403}) as held:
        found = read(held, namespace=None)
    assert found.missing() == [("HTTPRoute", Missing("HTTPRoute", "forbidden: cannot list httproutes in the cluster"))]


def test_a_discovery_that_is_denied_is_told_for_routes() -> None:
    with shop(*HEALTHY, refused={f"/apis/{API}": 403}) as held:
        found = read(held, TLS)
    assert dict(found.missing())["HTTPRoute"].why == f"forbidden: cannot get /apis/{API}"
    assert set(dict(found.missing())) == {"HTTPRoute", "GRPCRoute"}


def test_the_backends_of_a_route_are_read_where_they_live() -> None:
    far = service("db", {"app": "db"}, namespace="data")
    with shop(*HEALTHY, route("shop", "db", of="data"), far, gateway=SERVED) as held:
        found = read(held, Reference("HTTPRoute", "shop", "shop"))
        assert {"services data", "endpointslices data", "pods data", "networkpolicies data"} <= set(held.asked)
    assert found.get("Service", "data", "db") is not None


def test_an_ingress_is_read_with_the_whole_of_its_namespace() -> None:
    with shop(*HEALTHY, ingress("shop")) as held:
        found = read(held, SHOP)
        assert {"services shop", "endpointslices shop", "pods shop"} <= set(held.asked)
    assert found.extent("Pod") == "namespace"


# --- certificates


def secret(name: str) -> Object:
    return make.obj("Secret", name, "shop")


def test_secrets_are_read_by_name_and_never_listed() -> None:
    with shop(*HEALTHY, ingress("shop", "tls", "gone"), secret("tls"), secret("other")) as held:
        found = read(held, SHOP)
        assert [each for each in held.asked if each.startswith("secrets")] == ["secrets shop gone", "secrets shop tls"]
    assert [each["metadata"]["name"] for each in found.known("Secret")] == ["tls"]
    assert found.can_see("Secret")


def test_without_certificates_no_secret_is_spoken_of() -> None:
    with shop(*HEALTHY, ingress("shop")) as held:
        found = read(held, SHOP)
    assert "Secret" not in dict(found.missing())
    assert not found.can_see("Secret")


def test_a_secret_that_may_not_be_read_is_told_by_its_name() -> None:
    with shop(*HEALTHY, ingress("shop", "tls"), secret("tls"), refused={"secrets": 403}) as held:
        found = read(held, SHOP)
    assert dict(found.missing())["Secret"].why == "forbidden: cannot get secrets tls in namespace shop"


@pytest.mark.parametrize(
    ("count", "told"), [(3, None), (4, "not read: 4 are named, ask about one Ingress")], ids=["a few", "more"]
)
def test_an_overview_reads_a_few_secrets_and_says_so_where_there_are_more(count: int, told: str | None) -> None:
    with shop(*HEALTHY, *(ingress(f"i{number}", f"tls{number}") for number in range(count))) as held:
        found = read(held)
        assert len([each for each in held.asked if each.startswith("secrets")]) == (0 if told else count)
    missing = dict(found.missing()).get("Secret")
    assert (missing and missing.why) == told


def test_for_one_service_only_the_certificates_before_it_are_read() -> None:
    other = ingress("other", "far", backend="api")
    with shop(*HEALTHY, ingress("shop", "tls"), other) as held:
        read(held, TLS)
        assert [each for each in held.asked if each.startswith("secrets")] == ["secrets shop tls"]


# --- what was asked about by name


@pytest.mark.parametrize(
    ("kind", "plural", "status", "error"),
    [
        pytest.param("Ingress", "ingresses", 403, Forbidden, id="Ingresses that may not be read"),
        pytest.param("HTTPRoute", "httproutes", 403, Forbidden, id="routes that may not be read"),
        pytest.param("HTTPRoute", "httproutes", 404, NotFound, id="an API that the server does not have"),
        pytest.param("Ingress", "ingresses", 500, ServerError, id="a server that fails"),
    ],
)
def test_what_was_asked_about_and_cannot_be_seen_is_not_said_to_be_absent(
    kind: str, plural: str, status: int, error: type[ApiError]
) -> None:
    with shop(*HEALTHY, refused={plural: status}) as held, pytest.raises(error):
        read(held, Reference(kind, "shop", "shop"))


def test_a_route_of_a_namespace_is_answered_by_who_may_read_that_only() -> None:
    with shop(*HEALTHY, route("shop", "web"), gateway=SERVED, refused={"httproutes@*": 403}) as held:
        assert read(held, Reference("HTTPRoute", "shop", "shop")).get("HTTPRoute", "shop", "shop") is not None
