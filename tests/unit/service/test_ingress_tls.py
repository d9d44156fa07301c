"""The certificates of an Ingress: which Secrets are read, and what is wrong with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509

import make
from kubectl_lab.domain.service import ingress_tls, ingresses
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.domain.service.model import Place
from unit.service.cases import inventory, service
from unit.service.front_cases import AUTHORITY, details, ingress, ingress_class, judged, tls_secret

if TYPE_CHECKING:
    from datetime import datetime

    from kubectl_lab.domain.service.fronts import Front

Object = dict[str, Any]
WEB, NGINX = service("web", {"app": "web"}), ingress_class()
LEAF = x509.load_pem_x509_certificate(AUTHORITY.server("shop.example").certificate)
TODAY = LEAF.not_valid_before_utc + timedelta(hours=30)


def tls(*hosts: str, secret: str = "shop-tls") -> Object:
    return {"hosts": list(hosts), "secretName": secret} if hosts else {"secretName": secret}


def read(*objects: Object, now: datetime = TODAY, live: bool = True, missing: tuple[str, ...] = ()) -> Front:
    """The first Ingress, seen now: the certificates of the tests are valid around today."""
    known = inventory(WEB, NGINX, *objects, missing=missing)
    kinds = ("Service", "Ingress", "IngressClass", "Secret")
    return ingresses.read(Inventory({kind: known.read(kind) for kind in kinds}, now=now, live=live))[0]


def codes(*objects: Object, **rest: Any) -> set[str]:
    return set(judged(read(*objects, **rest))) - {"SVC104"}


def subject(*entries: Object, **rest: Any) -> Object:
    return ingress(tls=list(entries or [tls("shop.example")]), **rest)


def test_the_secrets_that_ingresses_name_are_wanted_each_once() -> None:
    listed = (
        subject(tls("a"), tls("b", secret="other"), tls("c"), {"hosts": ["d"]}),
        subject(tls("a"), namespace="blog"),
        ingress("plain"),
    )
    assert ingresses.secrets_wanted(inventory(*listed)) == (
        ("shop", "shop-tls"),
        ("shop", "other"),
        ("blog", "shop-tls"),
    )


def test_a_good_certificate_is_silent() -> None:
    assert codes(subject(), tls_secret()) == set()


def test_an_absent_secret_degrades_the_way_in() -> None:
    front = read(subject())
    found = judged(front)["SVC105"]
    assert (found.effect, found.place) == ("degrades", Place("entry", "ingress/shop/shop"))
    assert found.finding.details == {
        "ingress": "shop",
        "namespace": "shop",
        "secret": "shop-tls",
        "hosts": ["shop.example"],
    }
    assert not front.is_shut()


@pytest.mark.parametrize(
    ("entry", "hosts"),
    [
        pytest.param(tls("a.example", "b.example"), ["a.example", "b.example"], id="the hosts of the entry"),
        pytest.param(tls(), ["shop.example"], id="else those of the rules"),
    ],
)
def test_the_hosts_of_a_secret_are_told(entry: Object, hosts: list[str]) -> None:
    assert details(read(subject(entry)), "SVC105")["hosts"] == hosts


def test_a_secret_for_every_host_is_told_so() -> None:
    assert details(read(subject(tls(), host="")), "SVC105")["hosts"] == ["*"]


def test_a_secret_named_twice_is_told_once() -> None:
    front = read(subject(tls("a.example"), tls("b.example")))
    assert [each.finding.code for each in front.judged()].count("SVC105") == 1


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param({"missing": ("Secret",)}, id="denied"),
        pytest.param({"live": False}, id="files do not hold everything"),
    ],
)
def test_a_secret_that_could_not_be_seen_is_not_absent(rest: Any) -> None:
    assert codes(subject(), **rest) == set()


def test_a_denied_secret_is_not_judged_though_others_are_known() -> None:
    assert codes(subject(), tls_secret(drop=["tls.key"]), missing=("Secret",)) == set()


@pytest.mark.parametrize(
    ("secret", "phrase", "values"),
    [
        pytest.param(tls_secret(drop=["tls.key"]), "lacks", {"keys": ["tls.key"]}, id="no key"),
        pytest.param(tls_secret(drop=["tls.crt", "tls.key"]), "lacks", {"keys": ["tls.crt", "tls.key"]}, id="neither"),
        pytest.param(tls_secret(tls_key=b""), "lacks", {"keys": ["tls.key"]}, id="an empty key"),
        pytest.param(tls_secret(tls_crt=b"hello"), "unreadable", {}, id="no certificate inside"),
        pytest.param(tls_secret(kind="Opaque"), "type", {"type": "Opaque"}, id="an opaque Secret"),
        pytest.param(tls_secret(kind=""), "type", {"type": "Opaque"}, id="a manifest that says no type"),
        pytest.param(
            {**tls_secret(), "data": {"tls.crt": "%%", "tls.key": "AA=="}},
            "lacks",
            {"keys": ["tls.crt"]},
            id="no base64",
        ),
        pytest.param({**tls_secret(), "data": 3}, "lacks", {"keys": ["tls.crt", "tls.key"]}, id="garbage"),
    ],
)
def test_a_secret_that_cannot_serve(secret: Object, phrase: str, values: Object) -> None:
    front = read(subject(), secret)
    assert judged(front)["SVC106"].effect == "degrades"
    seen = details(front, "SVC106")
    assert seen["problem"] == {"phrase": f"service.tls-{phrase}", "values": values}
    assert (seen["secret"], seen["hosts"]) == ("shop-tls", ["shop.example"])


@pytest.mark.parametrize(
    ("now", "phrase"),
    [
        pytest.param(LEAF.not_valid_after_utc, "tls-expired", id="the end itself is too late"),
        pytest.param(LEAF.not_valid_before_utc - timedelta(seconds=1), "tls-early", id="before its first second"),
    ],
)
def test_a_certificate_has_its_time(now: datetime, phrase: str) -> None:
    secret = tls_secret(tls_crt=AUTHORITY.server("shop.example").certificate)
    secret["data"]["tls.crt"] = pem_of(LEAF)
    assert details(read(subject(), secret, now=now), "SVC106")["problem"]["phrase"] == f"service.{phrase}"


def pem_of(certificate: x509.Certificate) -> str:
    import base64

    from cryptography.hazmat.primitives.serialization import Encoding

    return base64.b64encode(certificate.public_bytes(Encoding.PEM)).decode()


def test_a_manifest_may_hold_its_values_as_text() -> None:
    leaf = AUTHORITY.server("shop.example")
    values = {"tls.crt": leaf.certificate.decode(), "tls.key": leaf.key.decode()}
    manifest = {**make.obj("Secret", "shop-tls", "shop"), "type": "kubernetes.io/tls", "stringData": values}
    assert codes(subject(), manifest, live=False) == set()
    assert codes(subject(), {**manifest, "stringData": {"tls.crt": "x"}}, live=False) == {"SVC106"}


@pytest.mark.parametrize(
    ("entries", "secrets", "expected"),
    [
        pytest.param([tls("shop.example")], [tls_secret("shop-tls", "*.example")], {}, id="a wildcard"),
        pytest.param(
            [tls("shop.example", "www.shop.example")],
            [tls_secret()],
            {"shop-tls": ["www.shop.example"]},
            id="one of two",
        ),
        pytest.param(
            [tls()], [tls_secret("shop-tls", "b.example")], {"shop-tls": ["shop.example"]}, id="hosts of the rules"
        ),
        pytest.param(
            [tls(), tls(secret="b")],
            [tls_secret("shop-tls", "b.example"), tls_secret("b")],
            {},
            id="entries without hosts serve together",
        ),
        pytest.param(
            [tls(), tls(secret="b")], [tls_secret("shop-tls", "b.example")], {}, id="one of them could not be judged"
        ),
        pytest.param(
            [tls(), tls("shop.example", secret="b")],
            [tls_secret("shop-tls", "b.example"), tls_secret("b")],
            {},
            id="a host that another entry names is that one's affair",
        ),
        pytest.param(
            [tls("b.example"), tls("b.example", "c.example")],
            [tls_secret("shop-tls", "a.example")],
            {"shop-tls": ["b.example", "c.example"]},
            id="each host once",
        ),
    ],
)
def test_hosts_that_a_certificate_does_not_cover(entries: Any, secrets: Any, expected: Any) -> None:
    front = read(subject(*entries), *secrets)
    found = [each.finding for each in front.judged() if each.finding.code == "SVC107"]
    assert {each.details["secret"]: each.details["hosts"] for each in found} == expected
    assert {each.severity for each in found} <= {"warning"}


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["a.example"], {"phrase": "service.tls-names", "values": {"names": ["a.example"], "more": 0}}),
        (list("abcdefg"), {"phrase": "service.tls-names-more", "values": {"names": list("abcde"), "more": 2}}),
        (["10.0.0.1"], {"phrase": "service.tls-no-names", "values": {"common": "10.0.0.1"}}),
    ],
    ids=["one", "many", "none"],
)
def test_what_the_certificate_is_for_is_told(names: list[str], hint: Object) -> None:
    assert details(read(subject(), tls_secret("shop-tls", *names)), "SVC107")["hint"] == hint


def test_no_value_of_a_secret_is_in_a_finding() -> None:
    secret = tls_secret("shop-tls", "a.example", kind="Opaque", password=b"sEcretP@ss")
    told = repr([each.finding for each in read(subject(), secret).judged()])
    for value in (*secret["data"].values(), "sEcretP@ss"):
        assert value[:40] not in told
    assert ingress_tls.KEY not in told
