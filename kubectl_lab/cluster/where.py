"""Whom an error talks about: names of a target, never a credential."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kubectl_lab.cluster import tls

if TYPE_CHECKING:
    from kubectl_lab.cluster.target import Identity, Target

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Where:
    """`server` is host:port, `source` what gave it, `credential` the kind and place of the user's credential.

    `impersonated` is the user of `--as`. Absent parts are "".
    """

    server: str
    context: str
    user: str
    cluster: str
    source: str
    credential: str
    impersonated: str = ""

    def values(self) -> dict[str, Any]:
        """The placeholders that every entry about a server may use; what is absent reads "-"."""
        names = ("server", "context", "user", "cluster", "source", "credential")
        return {name: getattr(self, name) or "-" for name in names}


def where_of(target: Target) -> Where:
    """The names of a target."""
    parts = urlsplit(target.server)
    host = parts.hostname or ""
    server = f"{f'[{host}]' if ':' in host else host}:{parts.port or _PORTS[parts.scheme]}"
    given = target.sources.get("server")
    return Where(
        server=server,
        context=target.context,
        user=target.user,
        cluster=target.cluster,
        source=given.source if given else "",
        credential=_credential(target.identity),
        impersonated=target.identity.impersonation.user,
    )


def _credential(identity: Identity) -> str:
    """The kubeconfig's own word for what is sent, so that it reads the same in every language."""
    kinds = {
        f"tokenFile {identity.token_file}": identity.token_file,
        "token": identity.token,
        "username": identity.username,
        f"exec {identity.exec_plugin.command if identity.exec_plugin else ''}": identity.exec_plugin,
        f"client-certificate{_expired(identity.client_certificate)}": identity.client_certificate,
    }
    # token and tokenFile are one credential, of which the file wins
    given = [name for name, value in kinds.items() if value and not (name == "token" and identity.token_file)]
    return ", ".join(given)


def _expired(certificate: bytes | None) -> str:
    """` (expired …)` where the machine's clock says so; the server's counts, so that it is still sent."""
    end = tls.not_after(certificate or b"")
    now = datetime.now(UTC)  # noqa: TID251 - a certificate's dates mean nothing without the clock
    return f" (expired {end:%Y-%m-%dT%H:%M:%SZ})" if end and end < now else ""
