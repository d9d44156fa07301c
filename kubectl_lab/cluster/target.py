"""Which server, as whom, in which namespace: what kubeconfig files, flags and environment come to.

Frozen values; whatever holds a credential keeps it out of its `repr`. Made by `config.resolve`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ExecPlugin:
    """The `exec` part of a kubeconfig user; `cluster` is the `spec.cluster` for KUBERNETES_EXEC_INFO, None if not asked."""

    api_version: str
    command: str
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    interactive_mode: str = "IfAvailable"
    install_hint: str = ""
    cluster: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Impersonation:
    """`--as` and its companions."""

    user: str = ""
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. Certificate and key are PEM bytes; `token_file` wins over `token` as long as it can be read."""

    token: str = field(default="", repr=False)
    token_file: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    client_certificate: bytes | None = field(default=None, repr=False)
    client_key: bytes | None = field(default=None, repr=False)
    exec_plugin: ExecPlugin | None = None
    impersonation: Impersonation = Impersonation()


@dataclass(frozen=True, slots=True)
class Source:
    """A value and the flag, variable or `file: entry` that gave it."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """One server, one identity, one namespace.

    `server` is a validated URL without trailing slash, scheme lower-case; over `http` no credential is ever
    sent, and `identity` holds none, only the impersonation. `ca` is
    PEM, None for the system's trust store. `proxy` is the URL to use for this server whatever its origin, already decided
    (None: direct); `proxy_source` names the variable or field. `request_timeout` is in seconds, None for no bound.
    `context`, `cluster`, `user` are the kubeconfig's names ("" where there is none). `sources` has the keys `server`,
    `context`, `user`, `namespace`.
    """

    server: str
    namespace: str
    context: str = ""
    cluster: str = ""
    user: str = ""
    ca: bytes | None = field(default=None, repr=False)
    insecure: bool = False
    tls_server_name: str = ""
    proxy: str | None = field(default=None, repr=False)
    proxy_source: str = ""
    disable_compression: bool = False
    request_timeout: float | None = None
    identity: Identity = Identity()
    sources: Mapping[str, Source] = field(default_factory=dict)
