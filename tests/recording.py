"""A server that writes down what it is asked, plain or TLS, that can also stand in as a proxy; and the certificates for it.

It stands in for no API server: it answers what a test told it to, so that the bytes of two clients can be compared.

    with Recorder() as server:                      # http://127.0.0.1:PORT
    with Recorder(authority.server("127.0.0.1")):   # https
    with Recorder(upstream=other.address):          # a proxy: CONNECT goes to `other`, whatever name was asked
"""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Literal, Self, cast
from urllib.parse import urlsplit

import wire

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from certificates import Authority, Leaf

Fault = Literal["", "reset", "close", "cut"]
JSON = (("Content-Type", "application/json"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says. `fault`: reset or close the connection before any byte, or cut the body in half.

    `delay` is in seconds, before the first byte; stopping the server ends it early. Without `length` no Content-Length is
    sent and the connection is closed after the body, as a watch's is.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = JSON
    delay: float = 0.0
    fault: Fault = ""
    length: bool = True


def answer(document: object, status: int = 200, *headers: tuple[str, str]) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(document).encode(), JSON + headers)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request: `path` with its query, as sent; `sni` as the client named the server, None without TLS or for addresses.

    `client_certificate` is DER. `connection` numbers the TCP connections, from 1.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    sni: str | None = None
    client_certificate: bytes | None = None
    connection: int = 0

    def values(self, name: str) -> list[str]:
        """All values of a header, whatever the case of its name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def value(self, name: str) -> str | None:
        """The header's only value, None when it was not sent."""
        found = self.values(name)
        assert len(found) <= 1, f"{name} was sent {len(found)} times"
        return found[0] if found else None


_PODS = {"name": "pods", "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": ["get", "list", "watch"]}
KUBERNETES: dict[str, Answer] = {
    "/api": answer({"kind": "APIVersions", "versions": ["v1"]}),
    "/apis": answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": []}),
    "/api/v1": answer(
        {"kind": "APIResourceList", "groupVersion": "v1", "resources": [{**_PODS, "shortNames": ["po"]}]}
    ),
    "/version": answer({"major": "1", "minor": "36", "gitVersion": "v1.36.3"}),
}
PODS = answer({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []})


class Recorder(socketserver.ThreadingTCPServer):
    """A recording server on 127.0.0.1 (or ::1); start and stop it with `with`.

    Answers: `answers[path without query]`, an Answer or a list used up one by one (its last repeats), else what `default`
    makes of the request. Under `prefix` the same paths are known. By default: enough for `kubectl get pods`.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        leaf: Leaf | None = None,
        *,
        client_authority: Authority | None = None,
        upstream: tuple[str, int] | None = None,
        address: str = "127.0.0.1",
        prefix: str = "",
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, 0), _Handler)
        self.context = wire.server_context(leaf, client_authority) if leaf else None
        self.upstream = upstream
        self.prefix = prefix
        self.requests: list[Recorded] = []
        self.handshake_failures: list[str] = []
        self.answers: dict[str, Answer | list[Answer]] = dict(KUBERNETES)
        self.default: Callable[[Recorded], Answer] = lambda _: PODS
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.open: set[socket.socket] = set()
        self.connections = 0
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return cast("tuple[str, int]", self.server_address[:2])

    @property
    def url(self) -> str:
        """`https://127.0.0.1:PORT`, or http; no trailing slash."""
        host, port = self.address
        return f"{'https' if self.context else 'http'}://{f'[{host}]' if ':' in host else host}:{port}{self.prefix}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping.set()
        self.shutdown()
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self.server_close()

    def forget(self) -> None:
        """Start a new record."""
        with self.lock:
            self.requests.clear()
            self.handshake_failures.clear()

    def asked(self, path: str) -> list[Recorded]:
        """The requests for this path, with or without a query."""
        return [request for request in list(self.requests) if urlsplit(request.path).path == self.prefix + path]

    def reply(self, request: Recorded) -> Answer:
        """Record the request, choose the answer."""
        with self.lock:
            self.requests.append(request)
            known = self.answers.get(urlsplit(request.path).path.removeprefix(self.prefix))
            if isinstance(known, list):
                known = known.pop(0) if len(known) > 1 else known[0]
        return known or self.default(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no failure of a test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder
    sni: str | None = None
    certificate: bytes | None = None

    def setup(self) -> None:
        self.plain: socket.socket = self.request
        with self.server.lock:
            self.server.connections += 1
            self.number = self.server.connections
            self.server.open.add(self.plain)
        if self.server.context:
            try:
                self._handshake(self.server.context)
            except OSError as error:
                self.server.handshake_failures.append(str(error))
                self._gone()
                raise
        super().setup()

    def _handshake(self, context: ssl.SSLContext) -> None:
        wrapped = context.wrap_socket(self.plain, server_side=True, do_handshake_on_connect=False)
        with self.server.lock:  # wrapping took the file descriptor over
            self.server.open.discard(self.plain)
            self.server.open.add(wrapped)
        self.request = wrapped
        wrapped.settimeout(10)
        wrapped.do_handshake()
        wrapped.settimeout(None)
        self.sni, self.certificate = wire.name_asked(wrapped), wrapped.getpeercert(binary_form=True)

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self._gone()

    def _gone(self) -> None:
        with self.server.lock:
            self.server.open.discard(self.request)
        self.request.close()

    def log_message(self, format: str, *args: Any) -> None:
        """The record is enough."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        recorded = Recorded(
            self.command,
            self.path,
            tuple(self.headers.items()),
            self.rfile.read(length) if length else b"",
            self.sni,
            self.certificate,
            self.number,
        )
        reply = self.server.reply(recorded)
        if self.command == "CONNECT" and self.server.upstream and reply is PODS:
            self._tunnel(self.server.upstream)
        else:
            self._say(reply)

    def _say(self, reply: Answer) -> None:
        if reply.delay and self.server.stopping.wait(reply.delay):
            self.close_connection = True
            return
        if reply.fault in ("reset", "close"):
            self._drop(abruptly=reply.fault == "reset")
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.length:
            self.send_header("Content-Length", str(len(reply.body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if reply.fault == "cut" else reply.body)
        self.close_connection = reply.fault == "cut" or not reply.length or self.close_connection

    def _drop(self, *, abruptly: bool) -> None:
        self.close_connection = True
        if abruptly:  # linger 0 makes close() send RST
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()

    def _tunnel(self, upstream: tuple[str, int]) -> None:
        self.close_connection = True
        with socket.create_connection(upstream, timeout=10) as there:
            self.send_response_only(200)
            self.end_headers()
            wire.pump(self.request, there, self.server.stopping)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = do_HEAD = _serve  # noqa: N815 - http.server's names
