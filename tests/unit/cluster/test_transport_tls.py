"""What is trusted, and where the key goes: nowhere but memory."""

from __future__ import annotations

import ssl
import stat
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certificates import Authority
from kubectl_lab import errors
from kubectl_lab.cluster import tls

AUTHORITY = Authority()
CLIENT = AUTHORITY.client("ada")


def test_strict_verification_is_off_and_the_rest_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    make = ssl.SSLContext.__new__

    def strict(made: type[ssl.SSLContext], protocol: Any) -> ssl.SSLContext:
        """As the newest Python makes them by default."""
        context = make(made, protocol)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl.SSLContext, "__new__", staticmethod(strict))
    made = tls.context(AUTHORITY.pem, insecure=False)
    assert not made.verify_flags & ssl.VERIFY_X509_STRICT
    assert (made.check_hostname, made.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_a_given_authority_is_the_only_one() -> None:
    assert tls.context(AUTHORITY.pem, insecure=False).cert_store_stats()["x509_ca"] == 1


def test_a_comment_with_accents_beside_the_authority_is_passed_over() -> None:
    pem = "# autorité de l'école\n".encode() + AUTHORITY.pem
    assert tls.context(pem, insecure=False).cert_store_stats()["x509_ca"] == 1


def test_without_an_authority_the_system_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: asked.append(True))
    tls.context(None, insecure=False)
    tls.context(AUTHORITY.pem, insecure=False, system=True)
    tls.context(AUTHORITY.pem, insecure=False)
    assert asked == [True, True]


@pytest.mark.parametrize("pem", [b"", b"\xff\xfe", b"no certificate"])
def test_an_authority_without_a_certificate_is_refused(pem: bytes) -> None:
    with pytest.raises(errors.BadKubeconfig) as caught:
        tls.context(pem, insecure=False, cluster="c")
    assert caught.value.values == {"cluster": "c"}


@pytest.mark.skipif(sys.platform != "linux", reason="memory files are Linux'")
def test_on_linux_the_key_never_has_a_path_on_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryDirectory", None)
    paths: list[str] = []
    load = ssl.SSLContext.load_cert_chain

    def note(made: ssl.SSLContext, certificate: str, key: str, password: Any) -> None:
        paths.extend([certificate, key])
        assert all(str(Path(path).readlink()).startswith("/memfd:") for path in paths)
        load(made, certificate, key, password)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", note)
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    tls.load_client_certificate(tls.context(None, insecure=True), CLIENT.certificate, CLIENT.key, user="ada")
    assert len(paths) == 2
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) == before


@pytest.mark.parametrize("good", [True, False], ids=["a key that fits", "a key that does not"])
def test_elsewhere_the_key_is_ours_alone_and_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, good: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    modes: list[int] = []
    load = ssl.SSLContext.load_cert_chain

    def note(made: ssl.SSLContext, certificate: str, key: str, password: Any) -> None:
        modes.extend(stat.S_IMODE(Path(path).stat().st_mode) for path in (key, Path(key).parent))
        load(made, certificate, key, password)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", note)
    key = CLIENT.key if good else AUTHORITY.client().key
    made = tls.context(None, insecure=True)
    try:
        tls.load_client_certificate(made, CLIENT.certificate, key, user="ada")
    except errors.BadCredentials:
        assert not good
    assert modes == [0o600, 0o700]
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_tells_its_end() -> None:
    end = x509.load_pem_x509_certificate(CLIENT.certificate).not_valid_after_utc
    assert tls.not_after(b"# a comment\n" + CLIENT.certificate) == end
    assert tls.not_after(CLIENT.key + CLIENT.certificate) == end


@pytest.mark.parametrize(
    "year", [1999, 2049, 2050, 2131], ids=["20th century", "UTCTime", "GeneralizedTime", "far away"]
)
def test_an_end_is_read_in_both_forms_of_time(year: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 60)])
    end = datetime(year, 2, 3, 4, 5, 6, tzinfo=UTC)
    begin = datetime(1998, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, end)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    assert tls.not_after(pem) == end


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n\xff\n-----END CERTIFICATE-----\n",
        CLIENT.certificate[:200] + b"\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate_has_no_end(pem: bytes) -> None:
    assert tls.not_after(pem) is None
