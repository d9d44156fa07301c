"""Certificates for tests, made in memory: an authority, the servers and clients it vouches for."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_NOW = datetime.now(UTC)  # noqa: TID251 - certificates are valid around the moment of the test
_USAGE = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate as a server sees it."""
        return x509.load_pem_x509_certificate(self.certificate).public_bytes(serialization.Encoding.DER)


class Authority:
    """A certificate authority. `key_usage=False`, `critical=False`: the sloppy ones that clusters have."""

    def __init__(self, name: str = "lab test authority", *, key_usage: bool = True, critical: bool = True) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        builder = _builder(self._name, self._name, self._key, timedelta(days=-1), timedelta(days=30))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=critical)
        if key_usage:
            on = {"key_cert_sign", "crl_sign", "digital_signature"}
            usage = x509.KeyUsage(**{name: name in on for name in _USAGE})
            builder = builder.add_extension(usage, critical=True)
            identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
            builder = builder.add_extension(identifier, critical=False)
        self.certificate = builder.sign(self._key, hashes.SHA256())
        self.pem: bytes = self.certificate.public_bytes(serialization.Encoding.PEM)

    def server(self, *names: str, expired: bool = False) -> Leaf:
        """A server's certificate for these names and addresses (default: 127.0.0.1 and localhost); no authority key id."""
        wanted = names or ("127.0.0.1", "localhost")
        alternatives = x509.SubjectAlternativeName([_alternative(name) for name in wanted])
        return self._issue(wanted[0], [(alternatives, False)], ExtendedKeyUsageOID.SERVER_AUTH, expired=expired)

    def client(self, user: str = "ada", *, expired: bool = False) -> Leaf:
        """A user's certificate."""
        return self._issue(user, [], ExtendedKeyUsageOID.CLIENT_AUTH, expired=expired)

    def _issue(
        self,
        subject: str,
        extensions: list[tuple[x509.ExtensionType, bool]],
        usage: x509.ObjectIdentifier,
        *,
        expired: bool,
    ) -> Leaf:
        key = ec.generate_private_key(ec.SECP256R1())
        end = timedelta(hours=-1) if expired else timedelta(days=2)
        builder = _builder(_name(subject), self._name, key, timedelta(days=-1), end)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Leaf(certificate.public_bytes(serialization.Encoding.PEM), _pem(key))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: timedelta, end: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW + start)
        .not_valid_after(_NOW + end)
    )
