"""What a certificate says of itself: certificates made here, whole, odd and damaged."""

from __future__ import annotations

import base64
import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from certificates import Authority
from kubectl_lab.domain.rules import certificates
from kubectl_lab.domain.rules.certificates import Certificate, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

START = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORITY = Authority("an authority")


def certificate(
    *names: str, common: str = "", extensions: Iterable[x509.ExtensionType] = (), issuer: str | None = None
) -> bytes:
    """A certificate signed with its own key, valid for 365 days from START; `issuer`: it calls itself somebody else's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else [])
    signer = subject if issuer is None else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(START).not_valid_after(START + timedelta(days=365))
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    for each in extensions:
        builder = builder.add_extension(each, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def read(pem: bytes) -> Certificate:
    found = certificates.read(pem)
    assert isinstance(found, Certificate)
    return found


def named(*names: str, **fields: Any) -> Certificate:
    return Certificate(names, (), "", START, START, False, **fields)


def test_names_and_times_are_those_of_the_certificate() -> None:
    found = read(certificate("shop.example", "*.shop.example", common="anything"))
    assert found.names == ("shop.example", "*.shop.example")
    assert found.common_name == "anything"
    assert (found.not_before, found.not_after) == (START, START + timedelta(days=365))


def test_addresses_stand_apart_from_names() -> None:
    found = read(AUTHORITY.server("shop.example", "10.0.0.1").certificate)
    assert (found.names, found.addresses) == (("shop.example",), ("10.0.0.1",))


def test_a_certificate_without_alternative_names_has_none_whatever_its_common_name() -> None:
    found = read(certificate(common="*.k8s-lab.com"))
    assert (found.names, found.common_name) == ((), "*.k8s-lab.com")
    assert not certificates.covers(found, "www.k8s-lab.com")


def test_a_subject_may_have_no_common_name() -> None:
    assert read(certificate("shop.example")).common_name == ""


@pytest.mark.parametrize(
    ("pem", "itself"),
    [
        pytest.param(certificate("a.example", common="a"), True, id="its own key signed it"),
        pytest.param(AUTHORITY.pem, True, id="a root authority"),
        pytest.param(AUTHORITY.server("a.example").certificate, False, id="an authority signed it"),
        pytest.param(certificate("a.example", common="a", issuer="b"), False, id="it names another issuer"),
    ],
)
def test_self_signed(pem: bytes, itself: bool) -> None:
    assert read(pem).self_signed is itself


def test_an_issuer_of_the_same_name_with_another_key_is_not_itself() -> None:
    found = read(Authority("twin").server("twin").certificate)
    assert not found.self_signed


def test_the_first_certificate_of_a_chain_counts() -> None:
    chain = AUTHORITY.server("leaf.example").certificate + AUTHORITY.pem
    assert read(chain).names == ("leaf.example",)
    assert read(b"a line of text\n" + chain).names == ("leaf.example",)


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        pytest.param(b"", "no-pem", id="nothing"),
        pytest.param(b"hello", "no-pem", id="a word"),
        pytest.param(AUTHORITY.server("a").key, "no-pem", id="a key in the certificate's place"),
        pytest.param(b"-----BEGIN CERTIFICATE-----", "broken", id="no end"),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "broken", id="no certificate inside"
        ),
        pytest.param(AUTHORITY.pem[:200], "broken", id="cut"),
        pytest.param(AUTHORITY.pem.replace(b"\n", b"")[:-30], "broken", id="without its line ends"),
    ],
)
def test_what_is_no_certificate_is_a_value_and_not_an_error(pem: bytes, why: str) -> None:
    found = certificates.read(pem)
    assert isinstance(found, Unreadable)
    assert found.why == why


@example(b"\x01", 11)  # a version that there is not
@given(st.binary(max_size=300), st.integers(0, 400))
def test_damaged_bytes_never_raise(noise: bytes, at: int) -> None:
    whole = base64.b64decode(b"".join(certificate("a.example").splitlines()[1:-1]))
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    body = base64.encodebytes(damaged)
    pem = b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(certificates.read(pem), Certificate | Unreadable)


@pytest.mark.parametrize(
    ("names", "host", "covered"),
    [
        (["shop.example"], "shop.example", True),
        (["shop.example"], "www.shop.example", False),
        (["a.example", "shop.example"], "shop.example", True),
        pytest.param(["*.k8s-lab.com"], "www.k8s-lab.com", True, id="a wildcard covers one label"),
        pytest.param(["*.k8s-lab.com"], "k8s-lab.com", False, id="a wildcard does not cover the name itself"),
        pytest.param(["*.k8s-lab.com"], "a.b.k8s-lab.com", False, id="a wildcard does not cover two labels"),
        pytest.param(["*.shop.example"], "*.shop.example", True, id="a wildcard host needs the wildcard"),
        pytest.param(["www.shop.example"], "*.shop.example", False, id="one name does not cover a wildcard host"),
        pytest.param(["w*.shop.example"], "www.shop.example", False, id="a wildcard is a whole label"),
        pytest.param(["*"], "shop", False, id="a star alone covers nothing"),
        pytest.param(["SHOP.example"], "shop.EXAMPLE", True, id="case does not matter"),
        pytest.param(["shop.example"], "shop.example.", True, id="the root's dot does not matter"),
        pytest.param([], "shop.example", False, id="no names"),
    ],
)
def test_a_host_is_covered(names: list[str], host: str, covered: bool) -> None:
    assert certificates.covers(named(*names), host) is covered
