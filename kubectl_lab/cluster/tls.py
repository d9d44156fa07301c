"""The TLS context: verification as kubectl does it, keys that stay off the disk."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kubectl_lab.errors import BadCredentials, BadKubeconfig

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTEGER, _UTC_TIME, _VERSION = 0x02, 0x17, 0xA0
_LOOK_SECONDS = 2.0


def context(ca: bytes | None, *, insecure: bool, cluster: str = "", system: bool = False) -> ssl.SSLContext:
    """A client context that trusts `ca` (PEM; None: the system's store; `system`: both).

    VERIFY_X509_STRICT is cleared: Go accepts authorities without keyUsage and leaves without authority key identifier,
    which Python >= 3.13 would refuse. Chain and host name stay checked. Raises BadKubeconfig if `ca` holds no certificate.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if insecure:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made
    if ca is None or system:
        made.load_default_certs()
    if ca is not None:
        try:
            made.load_verify_locations(cadata=ca.decode("ascii", "ignore"))
        except (ssl.SSLError, ValueError) as error:
            raise BadKubeconfig("ca-unusable", cluster=cluster or "-") from error
    return made


def load_client_certificate(made: ssl.SSLContext, certificate: bytes, key: bytes, *, user: str) -> None:
    """Put the client's certificate and key into the context, through memory where the system allows it.

    Raises BadCredentials that says which of the two cannot be used, or that they do not belong together.
    """
    parts = (("client-certificate", certificate, b" CERTIFICATE-"), ("client-key", key, b"PRIVATE KEY-"))
    for part, pem, mark in parts:
        if mark not in pem:
            raise BadCredentials("client-pem-unusable", user=user or "-", part=part)
    place = _in_memory if sys.platform == "linux" else _on_disk
    try:
        with place(certificate) as certificate_path, place(key) as key_path:
            made.load_cert_chain(certificate_path, key_path, password=_no_passphrase)
    except _EncryptedKeyError as error:
        raise BadCredentials("client-key-encrypted", user=user or "-") from error
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise BadCredentials("client-key-mismatch", user=user or "-") from error
        broken = "client-key" if not_after(certificate) else "client-certificate"
        raise BadCredentials("client-pem-unusable", user=user or "-", part=broken) from error


class _EncryptedKeyError(Exception):
    """OpenSSL asked for a passphrase; without the callback it would prompt on the terminal."""


def _no_passphrase() -> str:
    raise _EncryptedKeyError


@contextlib.contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    """A path to a file that exists in memory only."""
    descriptor = os.memfd_create("kubectl-lab", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, content)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _on_disk(content: bytes) -> Iterator[str]:
    """A 0600 file in a 0700 folder, gone when the block ends: OpenSSL reads certificates from files only."""
    with tempfile.TemporaryDirectory(prefix="kubectl-lab-") as folder:
        path = Path(folder, "pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
            file.write(content)
        yield str(path)


@contextlib.contextmanager
def _handshake(server: str, name: str, using: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    """A connection to look at after a failure; nothing is asked on it."""
    parts = urlsplit(server)
    address = (parts.hostname or "", parts.port or 443)
    with (
        socket.create_connection(address, timeout=_LOOK_SECONDS) as plain,
        using.wrap_socket(plain, server_hostname=name or parts.hostname) as secure,
    ):
        yield secure


def refusal(server: str, name: str, using: ssl.SSLContext) -> ssl.SSLError | None:
    """Why a server that closed the connection will not have the client's certificate; None if that is not the reason.

    In TLS 1.3 it says so after the handshake, when the request is under way already, and that answer is often lost.
    """
    try:
        with _handshake(server, name, using) as secure:
            secure.recv(1)
    except ssl.SSLError as error:
        return error
    except OSError:
        return None
    return None


def server_dates(server: str, name: str) -> str:
    """Until when a server's certificate is valid (RFC 3339), looked up without trusting it; "" if that fails."""
    try:
        with _handshake(server, name, context(None, insecure=True)) as secure:
            der = secure.getpeercert(binary_form=True)
    except OSError:
        return ""
    end = not_after(ssl.DER_cert_to_PEM_cert(der or b"").encode())
    return f"{end:%Y-%m-%dT%H:%M:%SZ}" if end else ""


def not_after(pem: bytes) -> datetime | None:
    """When the first certificate of a PEM text expires; None if there is none that can be read.

    Read from the DER (RFC 5280: TBSCertificate is version?, serial, algorithm, issuer, validity), because Python's ssl
    tells no date of a certificate that it does not trust.
    """
    end = b"-----END CERTIFICATE-----"
    start = pem.find(b"-----BEGIN CERTIFICATE-----")
    if start < 0 or end not in pem:
        return None
    try:
        der = ssl.PEM_cert_to_DER_cert(pem[start : pem.index(end, start) + len(end)].decode("ascii"))
        return _not_after(der)
    except (ValueError, IndexError):
        return None


def _not_after(der: bytes) -> datetime:
    certificate = _element(der, 0)
    position = _element(der, certificate[1])[1]
    wanted = [_INTEGER, 0x30, 0x30, 0x30]
    tag, begin, end = _element(der, position)
    if tag == _VERSION:
        position = end
    for expected in wanted:
        tag, begin, end = _element(der, position)
        if tag != expected:
            raise ValueError(tag)
        position = end
    first_end = _element(der, begin)[2]
    tag, begin, end = _element(der, first_end)
    text = der[begin:end].decode("ascii")
    if tag == _UTC_TIME:  # two digits of the year: 50 and later are 19xx (RFC 5280, 4.1.2.5.1)
        text = ("19" if text[:2] >= "50" else "20") + text
    if not text.endswith("Z"):  # DER has no other time zone (RFC 5280, 4.1.2.5)
        raise ValueError(text)
    # strptime would import its own half of the locale, in a run whose files may be gone
    return datetime.fromisoformat(f"{text[:8]}T{text[8:]}").astimezone(UTC)


def _element(der: bytes, position: int) -> tuple[int, int, int]:
    """Tag, first and last+1 byte of the content of the DER element at `position`."""
    tag, length = der[position], der[position + 1]
    begin = position + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(der[begin : begin + size], "big")
        begin += size
    return tag, begin, begin + length
