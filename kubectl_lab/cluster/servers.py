"""The `server` of a cluster, read as client-go does: a URL, or `host:port` which means plain http (rest/url_utils.go)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[^\x00-\x20\x7f<>\"#%/:?@\[\\\]^`{|}]+")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Server:
    """A server: `url` without trailing slash, query and fragment; `host` without brackets; `port` as given or the scheme's own."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def secure(self) -> bool:
        """Whether credentials may be sent at all."""
        return self.scheme == "https"


def parse(text: str) -> Server:
    """The server of a `server` field or flag.

    Raises ValueError on what is no http(s) URL, or one that holds credentials; it does not hold the text, which may be secret.
    """
    try:
        found = _parse(text)
    except ValueError:  # urlsplit quotes what it refuses
        found = None
    if found is None:
        raise ValueError
    return found


def _parse(text: str) -> Server | None:
    if re.search(r"[\x00-\x20\x7f]", text):  # urlsplit would drop some of them in silence
        return None
    parts = urlsplit(text)
    if not parts.scheme or not parts.netloc:
        parts = urlsplit(f"http://{text}")
        if parts.path not in ("", "/"):
            return None
    scheme, bare = parts.scheme.lower(), parts.netloc
    # as written: to Go's proxy rules LOCALHOST is not localhost
    host = bare[1:].partition("]")[0] if bare.startswith("[") else bare.partition(":")[0]
    if scheme not in _PORTS or "@" in bare or not _is_host(host, bracketed=bare.startswith("[")):
        return None
    if not re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(:[0-9]*)?", bare):
        return None
    port = parts.port if parts.port is not None else _PORTS[scheme]
    if not 0 < port <= _LAST_PORT:
        return None
    return Server(f"{scheme}://{bare.removesuffix(':')}{parts.path.rstrip('/')}", scheme, host, port)


def _is_host(host: str, *, bracketed: bool) -> bool:
    if not bracketed:
        return bool(_HOST.fullmatch(host))
    try:
        return ipaddress.ip_address(host).version == 6  # noqa: PLR2004 - the version's name is its number
    except ValueError:
        return False
