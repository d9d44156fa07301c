"""What a TLS certificate says of itself: for which names, from when to when, who signed it. Its bytes are never repeated.

Sources: RFC 5280 (validity), RFC 9525 (names: only the subject alternative names count, a wildcard stands for one label),
as Go's crypto/x509 and browsers do it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

BEGIN = b"-----BEGIN CERTIFICATE-----"
_KEYS = "cryptography.hazmat.primitives.asymmetric"
_LATE = (
    "cryptography.x509",
    "cryptography.x509.oid",
    "cryptography.exceptions",
    "cryptography.hazmat.backends.openssl.backend",
    "cryptography.hazmat.primitives.hashes",
    *(f"{_KEYS}.{kind}" for kind in ("dsa", "ec", "ed25519", "ed448", "padding", "rsa", "utils")),
    "ipaddress",
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The first certificate of a chain: the one that a server shows for itself.

    `names`, `addresses`: DNS names and IP addresses of its subject alternative names. `common_name`: of the subject, which
    clients no longer look at. Times are aware.
    """

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    common_name: str
    not_before: datetime
    not_after: datetime
    self_signed: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No certificate came of it. `no-pem`: there is not one PEM block of that kind; `broken`: there is, and it is none."""

    why: Literal["no-pem", "broken"]


def preload() -> None:
    """Import all that `read` may need, also what the library looks up only when a key or a name of that kind comes."""
    import importlib

    for module in _LATE:
        importlib.import_module(module)


def read(pem: bytes) -> Certificate | Unreadable:
    """The first certificate of PEM text; what is before and between the blocks does not matter."""
    if BEGIN not in pem:
        return Unreadable("no-pem")
    import warnings

    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's opinions of old certificates are not for the user
        try:
            return _described(x509.load_pem_x509_certificates(pem)[0])
        except (
            ValueError,
            TypeError,
            UnsupportedAlgorithm,
            x509.DuplicateExtension,
            x509.InvalidVersion,
            x509.UnsupportedGeneralNameType,
        ):
            return Unreadable("broken")


def _described(certificate: x509.Certificate) -> Certificate:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    alternatives = [each.value for each in certificate.extensions if each.oid == x509.SubjectAlternativeName.oid]
    names = [name for each in alternatives for name in each.get_values_for_type(x509.DNSName)]
    addresses = [str(address) for each in alternatives for address in each.get_values_for_type(x509.IPAddress)]
    common = [str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return Certificate(
        names=tuple(names),
        addresses=tuple(addresses),
        common_name=common[0] if common else "",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        self_signed=_signed_itself(certificate),
    )


def _signed_itself(certificate: x509.Certificate) -> bool:
    """Issuer and subject are one, and its own key made the signature."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def covers(certificate: Certificate, host: str) -> bool:
    """Whether a client that asks for the host accepts the names; a host `*.shop.example` needs that very name."""
    wanted = _plain(host)
    wildcard = f"*.{wanted.partition('.')[2]}"
    return any(_plain(name) in (wanted, wildcard) for name in certificate.names)


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")
