"""Which proxy a request goes through: Go's rules for the environment (httpproxy), client-go's for `proxy-url`."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.servers import Server

_VARIABLES = {"https": ("HTTPS_PROXY", "https_proxy"), "http": ("HTTP_PROXY", "http_proxy")}
SCHEMES = ("http", "https")


def from_environment(server: Server, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The URL of the proxy for this server and the variable that names it, None for a direct connection.

    Upper case first, the first that is not empty; never for `localhost` and loopback addresses; `ALL_PROXY` is ignored, as Go
    ignores it. A value without scheme is an http proxy. Raises ValueError, holding the variable's name only, on a value that is
    no URL.
    """
    variable = next((name for name in _VARIABLES[server.scheme] if environ.get(name)), None)
    exceptions = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    if variable is None or not _goes_through(server.host, server.port, exceptions):
        return None
    given = environ[variable]
    return usable(given if "://" in given else f"http://{given}", variable), variable


def usable(url: str, source: str) -> str:
    """The proxy's URL. Raises ValueError, holding `source` only, on what is no URL of a host, scheme included."""
    try:
        parts = urlsplit(url)
        if "://" in url and parts.hostname and (parts.port is None or parts.port > 0):
            return parts.geturl()
    except ValueError:
        pass
    raise ValueError(source)


def _goes_through(host: str, port: int, exceptions: str) -> bool:
    address = _address(host)
    if host == "localhost" or (address and address.is_loopback):
        return False
    rules = [rule.strip().lower() for rule in exceptions.split(",")]
    return not any(_excepts(rule, host.strip().lower(), port, address) for rule in rules if rule)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _excepts(rule: str, host: str, port: int, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
    """Whether one rule of NO_PROXY holds: `*`, a CIDR, an address, `host`, `.suffix`, `*.suffix`, each with `:port` or not."""
    if rule == "*":
        return True
    if "/" in rule:
        return address is not None and _in_network(rule, address)
    name, only = _split(rule)
    if only not in ("", str(port)) or not name:
        return False
    wanted = _address(name)
    if wanted or address:
        return wanted == address
    suffix = name[1:] if name.startswith("*.") else name
    return host.endswith(suffix if suffix.startswith(".") else f".{suffix}") or host == suffix


def _in_network(rule: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return False


def _split(rule: str) -> tuple[str, str]:
    """Host and port of a rule; an IPv6 address without brackets has no port."""
    if rule.startswith("["):
        name, _, rest = rule[1:].partition("]")
        return name, rest.removeprefix(":")
    name, colon, port = rule.rpartition(":")
    return (name, port) if colon and ":" not in name else (rule, "")
