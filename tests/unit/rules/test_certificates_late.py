"""Once a run has prepared itself, a certificate of whatever kind is read with what is in memory."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

from kubectl_lab.domain.rules import certificates

START = datetime(2026, 1, 1, tzinfo=UTC)
PROGRAM = """
import sys
from kubectl_lab.domain.rules import certificates
certificates.preload()
pem, late = sys.stdin.buffer.read(), []
sys.addaudithook(lambda event, given: late.append(given[0]) if event == "import" else None)
print(certificates.read(pem).self_signed, certificates.read(b"-----BEGIN CERTIFICATE-----"), late)
"""
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
KINDS: dict[str, Any] = {
    "EC": (ec.generate_private_key(ec.SECP384R1()), hashes.SHA384(), {}),
    "RSA": (rsa.generate_private_key(65537, 2048), hashes.SHA256(), {}),
    "RSA, signed with PSS": (rsa.generate_private_key(65537, 2048), hashes.SHA256(), {"rsa_padding": PSS}),
    "Ed25519": (ed25519.Ed25519PrivateKey.generate(), None, {}),
    "Ed448": (ed448.Ed448PrivateKey.generate(), None, {}),
    "DSA": (dsa.generate_private_key(2048), hashes.SHA256(), {}),
}


def signed(kind: str) -> bytes:
    """A certificate that names hosts, addresses and whatever else may stand there, signed with its own key."""
    key, digest, how = KINDS[kind]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "web"), x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")])
    others = (x509.RFC822Name("a@web.example"), x509.UniformResourceIdentifier("https://web.example"))
    network = x509.DirectoryName(name), x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))
    hosts = x509.DNSName("web.example"), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(START).not_valid_after(START + timedelta(days=365))
    builder = builder.add_extension(x509.SubjectAlternativeName([*hosts, *others, *network]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.sign(key, digest, **how).public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_imported_for_it(kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], input=signed(kind), capture_output=True, check=True)
    assert done.stdout.decode() == "True Unreadable(why='broken') []\n"


def test_to_prepare_twice_does_no_harm() -> None:
    certificates.preload()
    certificates.preload()
    assert {name for name in certificates._LATE if name not in sys.modules} == set()
