"""Whom to believe to be the server: certificate authority, `insecure-skip-tls-verify`, the name to check, the proxy asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_lab.cluster import proxies
from kubectl_lab.cluster.material import Material, material
from kubectl_lab.errors import BadKubeconfig, BadUsage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.flags import Flags
    from kubectl_lab.cluster.kubeconfig import Entry, Reader
    from kubectl_lab.cluster.servers import Server


@dataclass(frozen=True, slots=True)
class Trust:
    """`ca` is PEM, None for the system's trust store; `server_name` is the name to ask and check, "" for the host's."""

    authority: Material
    ca: bytes | None = field(repr=False)
    insecure: bool
    server_name: str


def trust(entry: Entry, flags: Flags, read: Reader) -> Trust:
    """The cluster's trust with the flags on top.

    `--insecure-skip-tls-verify` drops the file's authority, `--certificate-authority` the file's insecurity, and `--server` the
    file's `tls-server-name`. Raises BadKubeconfig or BadUsage where an authority is given twice or cannot be read, for an http
    server too, as kubectl does.
    """
    authority = material(entry, "certificate-authority", "--certificate-authority", flags.certificate_authority)
    insecure = bool(entry.values.get("insecure-skip-tls-verify"))
    if flags.insecure_skip_tls_verify or flags.certificate_authority:
        insecure = bool(flags.insecure_skip_tls_verify)
        if not flags.certificate_authority:
            authority = Material("", b"", "", "")
    if authority.file and authority.data:
        raise BadKubeconfig("kubeconfig-file-and-data", field=authority.source)
    name = flags.tls_server_name or ("" if flags.server else entry.text("tls-server-name"))
    return Trust(authority, authority.bytes(read) or None, insecure, name)


def check(found: Trust) -> None:
    """What only a TLS server asks for. Raises BadKubeconfig or BadUsage on both trust and distrust, or on no certificate."""
    if found.authority and found.insecure:
        raise BadKubeconfig("insecure-and-authority", field=found.authority.source)
    if found.ca and b"-----BEGIN CERTIFICATE-----" not in found.ca:
        if found.authority.flag:
            raise BadUsage("authority-not-pem", field=found.authority.source)
        raise BadKubeconfig("authority-not-pem", field=found.authority.source)


def proxy(server: Server, entry: Entry, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """The proxy's URL and what names it, (None, "") for none; `proxy-url` wins over the environment and its exceptions.

    Raises BadKubeconfig on a proxy that is no URL or of another scheme than http and https.
    """
    source = entry.source("proxy-url")
    try:
        if asked := entry.text("proxy-url"):
            found: tuple[str, str] | None = (proxies.usable(asked, source), source)
        else:
            found = proxies.from_environment(server, environ)
    except ValueError as error:
        raise BadKubeconfig("bad-proxy", source=error) from None
    if found is None:
        return None, ""
    if (scheme := found[0].partition("://")[0].lower()) not in proxies.SCHEMES:
        raise BadKubeconfig("bad-proxy-scheme", source=found[1], scheme=scheme)
    return found
