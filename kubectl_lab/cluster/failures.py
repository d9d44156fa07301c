"""What a request that got no answer means: the exception of the HTTP library -> one LabError.

Judged by the exceptions of the standard library in its cause chain and, for time-outs and proxies, by class name: the HTTP
library itself is known to `transport.py` only. No text of those exceptions reaches a user, save OpenSSL's date-free reason.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

from kubectl_lab.errors import BadCredentials, LabError, NotKubernetes, TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_lab.cluster.where import Where

# OpenSSL's verify codes (x509_vfy.h)
_NOT_YET_VALID, _EXPIRED, _NAME_CODES = 9, 10, (62, 63, 64)
# what OpenSSL says when plain text comes instead of TLS
_PLAIN_TEXT = (
    "WRONG_VERSION_NUMBER",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "HTTP_REQUEST",
    "UNEXPECTED_MESSAGE",
)
# TLS alerts by which a server refuses the client's certificate
_REFUSED_CERTIFICATE = {
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "expired",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "revoked",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "unknown",
    "SSLV3_ALERT_BAD_CERTIFICATE": "bad certificate",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "unsupported",
    "TLSV1_ALERT_UNKNOWN_CA": "unknown authority",
    "TLSV1_ALERT_ACCESS_DENIED": "access denied",
    "TLSV1_ALERT_DECRYPT_ERROR": "bad signature",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "certificate required",
}
_LOST = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
_TIMEOUTS = ("ConnectTimeoutError", "ReadTimeoutError")


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that caused it, each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        found = waiting.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        causes = (found.__cause__, found.__context__, *found.args)
        waiting.extend(cause for cause in causes if isinstance(cause, BaseException))


def is_lost(error: BaseException) -> bool:
    """The connection was reset or closed before the answer began (the request may have happened all the same)."""
    found = list(chain(error))
    if any(type(cause).__name__ == "ProxyError" or isinstance(cause, http.client.IncompleteRead) for cause in found):
        return False
    return any(isinstance(cause, _LOST) for cause in found)


def translate(
    error: BaseException, where: Where, *, proxy: str = "", proxy_source: str = "", dates: Callable[[], str] = str
) -> LabError:
    """The LabError of an exchange that failed. `dates` looks up until when the server's certificate is valid ("": unknown)."""
    found = list(chain(error))
    values = where.values()
    if any(type(cause).__name__ == "ProxyError" for cause in found):
        why = _why(found)
        return Unreachable("proxy-dead", proxy=proxy or "-", origin=proxy_source or "-", why=why, **values)
    for cause in found:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause, where, dates)
    for cause in found:
        if isinstance(cause, ssl.SSLError):
            return _tls(cause, where)
    if any(isinstance(cause, socket.gaierror) for cause in found):
        return Unreachable("host-unknown", host=values["server"].rpartition(":")[0], **values)
    if any(isinstance(cause, TimeoutError) or type(cause).__name__ in _TIMEOUTS for cause in found):
        return TimedOut("timed-out", **values)
    return _connection(found, where)


def _connection(found: list[BaseException], where: Where) -> LabError:
    for cause in found:
        if isinstance(cause, ConnectionRefusedError):
            return Unreachable("refused", **where.values())
    if any(
        isinstance(cause, http.client.IncompleteRead) or type(cause).__name__ == "InvalidChunkLength" for cause in found
    ):
        return NotKubernetes("answer-cut", **where.values())
    if is_lost(found[0]):
        return Unreachable("connection-lost", **where.values())
    if any(isinstance(cause, http.client.HTTPException) for cause in found):
        return NotKubernetes("answer-not-http", **where.values())
    return Unreachable("no-route", why=_why(found), **where.values())


def _why(found: list[BaseException]) -> str:
    """The operating system's word for it, or OpenSSL's reason; never a class name."""
    for cause in found:
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return cause.reason.replace("_", " ").lower()
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, ssl.SSLError):
            return cause.strerror.lower()
    for cause in found:
        if isinstance(cause, OSError) and cause.args and isinstance(cause.args[0], str) and "Tunnel" in cause.args[0]:
            return cause.args[0].lower()
    if any(isinstance(cause, TimeoutError) or type(cause).__name__ in _TIMEOUTS for cause in found):
        return "timed out"
    return "no answer"


def _untrusted(error: ssl.SSLCertVerificationError, where: Where, dates: Callable[[], str]) -> LabError:
    code, why = error.verify_code, error.verify_message.rstrip(".")
    if code in (_EXPIRED, _NOT_YET_VALID):
        return Unreachable("server-certificate-dates", dates=dates() or why, **where.values())
    if code in _NAME_CODES:
        return Unreachable("server-certificate-name", why=why, **where.values())
    return Unreachable("server-certificate-authority", why=why, **where.values())


def _tls(error: ssl.SSLError, where: Where) -> LabError:
    reason = error.reason or ""
    if reason in _PLAIN_TEXT:
        return Unreachable("https-to-http", **where.values())
    if reason in _REFUSED_CERTIFICATE:
        return BadCredentials("client-certificate-refused", why=_REFUSED_CERTIFICATE[reason], **where.values())
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Unreachable("connection-lost", **where.values())
    return Unreachable("tls-failed", why=reason.replace("_", " ").lower() or "-", **where.values())
