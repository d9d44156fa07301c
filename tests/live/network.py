"""Network namespaces of a test's own: one for a control plane, one for its pods, and a cable between them.

Nothing in them has a way out: the addresses are of the range for documentation (TEST-NET-2), and the only route, which an
API server insists on, leads into the namespace of the pods and ends there.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.server
import os
import shutil
import socket
import socketserver
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

CLONE_NEWNET = 0x40000000
FOLDER = Path("/run/netns")
NETWORK = "198.51.100."
GATEWAY, END = f"{NETWORK}1", f"{NETWORK}254"
SILENCE = 30.0  # seconds that a mute listener holds a connection, unless it is closed before


class NoNamespacesError(Exception):
    """Why they cannot be made here."""


@dataclass(slots=True)
class Network:
    """`control` and `pods`: names of the namespaces. Addresses are given to `pods` as listeners ask for them."""

    control: str
    pods: str
    listeners: list[Listener] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def listen(self, number: int, port: int, status: int = 200, **options: Any) -> Listener:
        """Somebody listens at an address of the pods."""
        made = Listener(self.address(number), port, status, self.pods, **options)
        self.listeners.append(made)
        return made

    def address(self, number: int) -> str:
        """An address that the pods' side has, whether or not anybody listens there."""
        address = f"{NETWORK}{number}"
        if address not in self.taken:
            self.taken.add(address)
            _ip("-n", self.pods, "addr", "add", f"{address}/24", "dev", "pods")
        return address


@contextlib.contextmanager
def network(name: str) -> Iterator[Network]:
    """Two namespaces as long as the block runs. Raises NoNamespacesError where they cannot be made."""
    made = Network(f"{name}-control", f"{name}-pods")
    try:
        _make(made)
        yield made
    finally:
        for listener in made.listeners:
            listener.close()
        for each in (made.control, made.pods):
            if (FOLDER / each).exists():
                _ip("netns", "del", each)


def _make(made: Network) -> None:
    if os.geteuid() or shutil.which("ip") is None:
        raise NoNamespacesError("network namespaces need root and the program ip")
    try:
        for each in (made.control, made.pods):
            _ip("netns", "add", each)
            _ip("-n", each, "link", "set", "lo", "up")
        _ip("-n", made.control, "link", "add", "nodes", "type", "veth", "peer", "name", "pods", "netns", made.pods)
        _ip("-n", made.control, "addr", "add", f"{GATEWAY}/24", "dev", "nodes")
        _ip("-n", made.control, "link", "set", "nodes", "up")
        _ip("-n", made.pods, "link", "set", "pods", "up")
        _ip("-n", made.pods, "addr", "add", f"{END}/24", "dev", "pods")
        _ip("-n", made.control, "route", "add", "default", "via", END)
        with entered(made.control):
            pass
    except (subprocess.CalledProcessError, OSError) as failure:
        said = failure.stderr if isinstance(failure, subprocess.CalledProcessError) else failure
        raise NoNamespacesError(f"network namespaces cannot be made here: {said}") from failure


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextlib.contextmanager
def entered(name: str) -> Iterator[None]:
    """This thread, the threads and processes that it starts, and the sockets that it opens are in the namespace meanwhile."""
    with Path("/proc/thread-self/ns/net").open() as before, (FOLDER / name).open() as wanted:
        _enter(wanted.fileno())
        try:
            yield
        finally:
            _enter(before.fileno())


def _enter(descriptor: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Listener(http.server.ThreadingHTTPServer):
    """Answers every GET with one status and writes its headers down; `says`: bytes instead of HTTP; `mute`: nothing at all."""

    daemon_threads = True

    def __init__(
        self,
        address: str,
        port: int,
        status: int,
        namespace: str,
        *,
        says: bytes = b"",
        mute: bool = False,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.address = address
        self.status, self.says, self.mute, self.sent_headers = status, says, mute, headers
        self.paths: list[str] = []
        self.seen_headers: list[dict[str, str]] = []
        self.over = threading.Event()
        with entered(namespace):
            super().__init__((address, port), _Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def server_bind(self) -> None:
        """Without looking the address' name up, as the class would."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left is no error."""

    def close(self) -> None:
        """Stop; a mute one lets go."""
        self.over.set()
        self.shutdown()
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Listener

    def handle(self) -> None:
        if self.server.mute:
            self.server.over.wait(SILENCE)
        elif self.server.says:
            self.request.sendall(self.server.says)
            with contextlib.suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)
        else:
            super().handle()

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.seen_headers.append({name.lower(): value for name, value in self.headers.items()})
        body = b"hello\n"
        self.send_response(self.server.status)
        for name, value in (*self.server.sent_headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing on stderr."""
