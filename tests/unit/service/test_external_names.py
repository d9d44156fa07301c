"""ExternalName Services: addresses (SVC055), what is ignored (SVC056), foreign hosts (SVC057), aliases to nowhere (SVC058)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.service.external_names import RULES, service_named
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.verdict import verdict
from kubectl_lab.render import data
from kubectl_lab.result import Reference
from unit.service.cases import case, codes, endpoint, endpoint_slice, pod, service

if TYPE_CHECKING:
    from kubectl_lab.domain.rules.asks import Extent
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]
EVERYWHERE: dict[str, Extent] = {"Service": "cluster"}


def alias(name: str, *ports: Any, of: str = "db", selector: Object | None = None, namespace: str = "shop") -> Object:
    made = service(of, selector, 1, namespace=namespace, type="ExternalName", externalName=name)
    made["spec"]["ports"] = [each if isinstance(each, dict) else {"port": each} for each in ports]
    return made


def found(asked: Case) -> list[Judged]:
    return [each for rule in RULES for each in rule(asked)]


def details(judged: Judged) -> Object:
    return dict(judged.finding.details)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("db.data.svc", ("data", "db")),
        ("db.data.svc.cluster.local", ("data", "db")),
        ("db-0.db.data.svc.cluster.local", ("data", "db")),
        ("db.svc1.svc.cluster.local", ("svc1", "db")),
        ("svc.svc.svc", ("svc", "svc")),
        ("db.data.svc.clusterset.local", None),
        ("db.data.svc.example.com", None),
        ("db.data.svcs.example.com", None),
        ("db.data", None),
        ("db.svc", None),
        ("a.b.db.data.svc", None),
        (".data.svc", None),
        ("", None),
    ],
)
def test_names_inside_the_cluster(name: str, meant: tuple[str, str] | None) -> None:
    assert service_named(name) == (Reference("Service", *meant) if meant else None)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(alias("db.example.com"), [], id="an alias of an outside name"),
        pytest.param(alias("db.example.com."), [], id="with the dot of a full name"),
        pytest.param(alias("10.0.0.1"), ["SVC055"], id="an address"),
        pytest.param(alias("10.0.0.1", 80, selector={"a": "b"}), ["SVC055"], id="an address is one mistake"),
        pytest.param(alias("10.0.0.256"), [], id="digits that are no address"),
        pytest.param(alias("db.example.com", selector={"app": "db"}), ["SVC056"], id="a selector"),
        pytest.param(alias("db.example.com", 5432), ["SVC056"], id="a port"),
        pytest.param(alias("db.example.com", 443), ["SVC056", "SVC057"], id="a port of TLS"),
        pytest.param(alias("db.data.svc.cluster.local", 80), ["SVC056"], id="inside the cluster hosts are the same"),
        pytest.param(service("db", {"app": "db"}, 80), [], id="a Service that is no alias"),
        pytest.param(
            service("db", {"app": "db"}, 80, externalName="10.0.0.1"), [], id="a name that the type does not use"
        ),
    ],
)
def test_codes(asked: Object, expected: list[str]) -> None:
    assert codes(found(case(asked, slices=False))) == expected


def test_a_foreign_host_is_told_with_its_ports() -> None:
    told = next(each.finding for each in found(case(alias("db.example.com", 443))) if each.finding.code == "SVC057")
    assert data.message(told.to_dict(), "en").endswith("(ports: 443)")


def test_an_address_breaks_the_alias_and_becomes_a_slice() -> None:
    asked = case(alias("10.0.0.1", {"port": 5432, "name": "pg"}))
    (judged,) = found(asked)
    assert (judged.effect, judged.place, verdict(asked, [judged])) == ("breaks", Place("service"), "broken")
    service_, slice_ = json.loads(details(judged)["manifest"])["items"]
    port = {"name": "pg", "port": 5432, "protocol": "TCP"}
    assert service_["spec"] == {"type": "ClusterIP", "clusterIP": "None", "ports": [port]}
    assert slice_["metadata"]["labels"]["kubernetes.io/service-name"] == "db"
    assert (slice_["addressType"], slice_["ports"]) == ("IPv4", [port])
    assert slice_["endpoints"] == [{"addresses": ["10.0.0.1"]}]
    (bare,) = found(case(alias("10.0.0.1")))
    assert "ports" not in json.loads(details(bare)["manifest"])["items"][0]["spec"]


def test_everything_that_is_ignored_is_told_once() -> None:
    left = endpoint_slice("db-x", "db", endpoint("10.1.1.1"))
    empty = endpoint_slice("db-y", "db")
    (judged,) = found(case(alias("db.example.com", 1, 2, selector={"app": "db"}), left, empty))
    seen = details(judged)
    assert [(each["phrase"], *each["values"].values()) for each in seen["ignored"]] == [
        ("service.alias-selector", ["app=db"]),
        ("service.alias-ports", ["1", "2"]),
        ("service.alias-slices", ["db-x"]),
    ]
    assert json.loads(seen["patch"]) == {"spec": {"selector": None, "ports": None}}
    assert (seen["slices"], seen["endpoints"]) == (["db-x"], "db")
    assert (judged.effect, judged.finding.severity) == ("none", "warning")


def test_slices_alone_need_no_patch_and_a_manifest_none_either() -> None:
    (judged,) = found(case(alias("db.example.com"), endpoint_slice("db-x", "db", endpoint("10.1.1.1"))))
    assert (details(judged)["patch"], details(judged)["slices"]) == (None, ["db-x"])
    written = alias("db.example.com", 5432)
    written["metadata"] = {"name": "db", "namespace": "shop"}
    (judged,) = found(case(written))
    assert [details(judged)[name] for name in ("patch", "slices", "endpoints")] == [None] * 3


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        pytest.param("db", [], id="an Ingress looks up its backend's port there"),
        pytest.param("other", ["SVC056"], id="an Ingress to another Service does not"),
    ],
)
def test_ports_for_an_ingress_are_not_ignored(backend: str, expected: list[str]) -> None:
    spec = {"defaultBackend": {"service": {"name": backend, "port": {"number": 5432}}}}
    ingress = make.obj("Ingress", "shop", "shop", spec=spec)
    assert codes(found(case(alias("db.example.com", 5432), ingress))) == expected


DATA = service("postgres", {"app": "pg"}, 5432, namespace="data")


@pytest.mark.parametrize(
    ("asked", "others", "extents", "key"),
    [
        pytest.param(alias("postgres.data.svc.cluster.local"), [DATA], EVERYWHERE, None, id="it is there"),
        pytest.param(alias("Postgres.Data.svc.cluster.local."), [DATA], EVERYWHERE, None, id="in another spelling"),
        pytest.param(alias("pg-0.postgres.data.svc.cluster.local"), [DATA], EVERYWHERE, None, id="one of its pods"),
        pytest.param(alias("pg.data.svc.cluster.local"), [DATA], EVERYWHERE, "absent", id="it is not there"),
        pytest.param(alias("pg.data.svc.cluster.local"), [DATA], {}, None, id="another namespace was not read"),
        pytest.param(alias("pg.shop.svc.cluster.local"), [], {}, "absent", id="this namespace was"),
        pytest.param(alias("pg.shop.svc"), [], {"Service": "some"}, None, id="part of it is not all"),
        pytest.param(alias("db.shop.svc.cluster.local"), [], {}, "loop", id="it leads to itself"),
        pytest.param(
            alias("b.shop.svc"), [alias("db.shop.svc", of="b")], {}, "loop", id="it leads to itself by another"
        ),
        pytest.param(
            alias("b.shop.svc"), [alias("c.shop.svc", of="b")], {}, "absent", id="an alias of an alias to nowhere"
        ),
        pytest.param(alias("b.shop.svc"), [alias("x.example", of="b")], {}, None, id="an alias of an outside alias"),
        pytest.param(
            alias("b.shop.svc"),
            [alias("c.shop.svc", of="b"), alias("b.shop.svc", of="c")],
            {},
            "loop",
            id="it leads into a circle of others",
        ),
    ],
)
def test_where_it_leads(asked: Object, others: list[Object], extents: dict[str, Extent], key: str | None) -> None:
    judged = found(case(asked, *others, extents=extents))
    assert [each["phrase"] for each in (details(one)["why"] for one in judged)] == (
        [f"service.alias-{key}"] if key else []
    )
    assert all(verdict(case(asked), [each]) == "broken" for each in judged)


def test_what_manifests_do_not_hold_may_be_in_the_cluster() -> None:
    outside = case(alias("pg.data.svc.cluster.local"), pod(), extents=EVERYWHERE, manifests=True, slices=None)
    assert found(outside) == []
    assert codes(found(case(alias("db.shop.svc"), manifests=True, slices=None))) == ["SVC058"]


def test_a_near_name_is_offered() -> None:
    (judged,) = found(case(alias("postgers.data.svc.cluster.local"), DATA, extents=EVERYWHERE))
    seen = details(judged)
    assert (seen["target"], seen["targetNamespace"], seen["near"]) == ("postgers", "data", "postgres")
    assert json.loads(seen["patch"]) == {"spec": {"externalName": "postgres.data.svc.cluster.local"}}
    assert seen["why"]["values"]["hint"] == {"phrase": "service.alias-near", "values": {"near": "postgres"}}


def test_a_near_name_is_no_patch_of_a_manifest_or_of_an_alias_before_it() -> None:
    written = alias("postgers.data.svc.cluster.local")
    written["metadata"] = {"name": "db", "namespace": "shop"}
    (judged,) = found(case(written, DATA, extents=EVERYWHERE))
    assert details(judged)["patch"] is None
    between = alias("postgers.data.svc.cluster.local", of="b")
    (judged,) = found(case(alias("b.shop.svc"), between, DATA, extents=EVERYWHERE))
    assert (details(judged)["near"], details(judged)["patch"]) == ("postgres", None)
