"""HTTP clients for one target: TLS context, proxy, credentials. The HTTP library itself is handed in by `transport`."""

from __future__ import annotations

import base64
import functools
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

from kubectl_lab.cluster import tls
from kubectl_lab.errors import BadCredentials, BadKubeconfig
from kubectl_lab.version import __version__

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from kubectl_lab.cluster.target import Target

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

Pair = tuple[bytes, bytes]


class CredentialSource(Protocol):
    """What `credentials.Credentials` gives; safe to call from several threads."""

    def headers(self) -> list[tuple[str, str]]:
        """Authorization and impersonation."""
        ...

    def client_certificate(self) -> Pair | None:
        """Certificate and key, PEM."""
        ...

    def refresh(self) -> bool:
        """After a 401: is there a new credential to try?"""
        ...


@dataclass(frozen=True, slots=True)
class Library:
    """The few names of the Kubernetes client and urllib3 that are used; `failures`: what a request may raise."""

    client: Any
    configuration: Any
    headers: Any
    insecure_warning: type[Warning]
    failures: tuple[type[BaseException], ...]


@functools.cache
def user_agent() -> str:
    """`kubectl-lab/0.1.0 (linux/amd64)`."""
    import platform

    machine = platform.machine().lower()
    return f"kubectl-lab/{__version__} ({platform.system().lower()}/{_ARCHITECTURES.get(machine, machine)})"


class Clients:
    """Makes clients. Over http no credential is sent, only whom to impersonate (kubectl's rule)."""

    def __init__(
        self, target: Target, credentials: CredentialSource, workers: int, library: Callable[[], Library]
    ) -> None:
        self._target, self._credentials, self._workers, self._library = target, credentials, workers, library
        self._secure = target.server.startswith("https:")
        self._lock = threading.Lock()
        self._client: Any = None
        self._pair: Pair | None = None
        self._context: ssl.SSLContext | None = None

    def shared(self) -> Any:
        """The client whose connections all requests share; another one once the client certificate has changed."""
        pair = self._credentials.client_certificate() if self._secure else None
        with self._lock:
            if self._client is None or pair != self._pair:
                self._pair = pair
                self._context = self._tls(pair) if self._secure else None
                self._client = self._make()
            return self._client

    def fresh(self) -> Any:
        """A client with no connection yet; whoever asks for it closes it."""
        self.shared()
        with self._lock:
            return self._make()

    def headers(self, accept: str, content_type: str, *, compressed: bool = True) -> Any:
        """The headers of a request; a header may stand there more than once."""
        headers = self._library().headers({"Accept": accept, "User-Agent": user_agent()})
        if content_type:
            headers["Content-Type"] = content_type
        if compressed and not self._target.disable_compression:
            headers["Accept-Encoding"] = "gzip"
        for name, value in self._credentials.headers():
            if name == "Authorization" and not self._secure:
                continue  # whom to impersonate is sent over http too, as kubectl does: without it somebody else would ask
            if any(character in value for character in "\r\n\0"):
                raise BadCredentials("header-control-character", header=name, user=self._target.user or "-")
            # http.client sends Latin-1; a name in UTF-8 must arrive as kubectl sends it
            headers.add(name, value.encode().decode("latin-1"))
        return headers

    def renew(self) -> bool:
        """After a 401: are there new credentials?"""
        return self._secure and self._credentials.refresh()

    def refusal(self) -> ssl.SSLError | None:
        """Whether the server closes connections because of the client certificate that was sent, as far as can be seen."""
        if self._pair is None or self._context is None or self._target.proxy:
            return None
        return tls.refusal(self._target.server, self._target.tls_server_name, self._context)

    def close(self) -> None:
        """Close the shared connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _tls(self, pair: Pair | None) -> ssl.SSLContext:
        target = self._target
        made = tls.context(target.ca, insecure=target.insecure, cluster=target.cluster)
        if pair:
            tls.load_client_certificate(made, *pair, user=target.user)
        return made

    def _make(self) -> Any:
        library, target = self._library(), self._target
        settings: dict[str, Any] = {"proxy": "", "no_proxy": "", "retries": False, "host": target.server}
        if target.proxy:
            settings |= self._proxy(target.proxy)
        if self._secure:
            settings |= {"verify_ssl": not target.insecure, "tls_server_name": target.tls_server_name or None}
        client = library.client(library.configuration(connection_pool_maxsize=self._workers, **settings))
        if self._secure:
            client.pool_manager.connection_pool_kw["ssl_context"] = self._context
        if target.insecure:
            warnings.simplefilter("ignore", library.insecure_warning)
        return client

    def _proxy(self, url: str) -> dict[str, Any]:
        """Settings for a proxy; Go trusts the cluster's authority for an https proxy too, and so do we."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise BadKubeconfig("bad-proxy-scheme", scheme=parts.scheme or "-", source=self._target.proxy_source or "-")
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        settings: dict[str, Any] = {"proxy": bare.geturl(), "proxy_headers": {}}
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            settings["proxy_headers"] = {"proxy-authorization": f"Basic {base64.b64encode(login).decode()}"}
        if parts.scheme == "https":
            target = self._target
            trust = tls.context(target.ca, insecure=target.insecure, cluster=target.cluster, system=True)
            settings["proxy_ssl_context"] = trust
        return settings


def bare_proxy(url: str | None) -> str:
    """A proxy's URL as it may be shown: without user and password."""
    parts = urlsplit(url or "")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
