"""The two ends of a connection for tests of the client: credentials that are given, a target for a recording server, and a
server that streams (a watch), whose every line and end the test decides."""

from __future__ import annotations

import contextlib
import http.server
import json
import queue
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

from kubectl_lab.cluster.target import Identity, Source, Target
from kubectl_lab.cluster.transport import Transport

if TYPE_CHECKING:
    from kubectl_lab.cluster.clients import Pair
    from recording import Recorder


class Given:
    """Credentials that are what the test says; `renewals` is what each `refresh` puts in their place."""

    def __init__(
        self, headers: list[tuple[str, str]] | None = None, *, pair: Pair | None = None, renewals: int = 0
    ) -> None:
        self.sent = headers or []
        self.pair = pair
        self.renewals = renewals
        self.asked = 0

    def headers(self) -> list[tuple[str, str]]:
        """As given, and how often they were asked for."""
        self.asked += 1
        return self.sent

    def client_certificate(self) -> Pair | None:
        """As given."""
        self.asked += 1
        return self.pair

    def refresh(self) -> bool:
        """True as often as there are renewals; each makes another token."""
        if not self.renewals:
            return False
        self.renewals -= 1
        self.sent = [("Authorization", f"Bearer renewed-{self.renewals}")]
        return True


class Clock:
    """Time that passes only in `sleep`."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Now."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.slept.append(seconds)
        self.now += seconds


def target(server: str, **changes: Any) -> Target:
    """A target whose names can be looked for in messages."""
    values: dict[str, Any] = {
        "namespace": "shop",
        "context": "ctx-a",
        "cluster": "cluster-a",
        "user": "ada",
        "sources": {"server": Source(server, "/k/config: clusters[0]")},
    }
    return Target(server=server, **values | changes)


def transport(
    server: Recorder | str, credentials: Given | None = None, *, clock: Clock | None = None, **changes: Any
) -> Transport:
    """A transport to it; `changes` are fields of the target, `warn` and `workers` the transport's."""
    url = server if isinstance(server, str) else server.url
    own = {name: changes.pop(name) for name in ("warn", "workers") if name in changes}
    timing: dict[str, Any] = {"clock": clock, "sleep": clock.sleep} if clock else {}
    return Transport(target(url, **changes), credentials or Given(), **own, **timing)


def identity(**fields: Any) -> Identity:
    """An identity, for the names that errors take from it."""
    return Identity(**fields)


def no_such_name(*_: object, **__: object) -> None:
    """What the resolver says of a name it does not know; tests ask no real one."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class Streamer(http.server.ThreadingHTTPServer):
    """A plain HTTP server whose answer to each GET is a script: lines to send, then HOLD or CUT, else the end."""

    daemon_threads = True
    HOLD, CUT = "hold", "cut"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _StreamHandler)
        self.scripts: queue.Queue[tuple[int, list[Any]]] = queue.Queue()
        self.paths: list[str] = []
        self.released = threading.Event()
        self.ended = 0
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def script(self, *steps: Any, status: int = 200) -> None:
        """The answer to the next request not yet answered: documents or raw bytes, then HOLD (keep it open) or CUT."""
        self.scripts.put((status, list(steps)))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.released.set()
        self.shutdown()
        self._thread.join(10)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what is tested."""


class _StreamHandler(http.server.BaseHTTPRequestHandler):
    server: Streamer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        with contextlib.suppress(queue.Empty, OSError):
            status, steps = self.server.scripts.get(timeout=5)
            self._send(status, steps)
        self.close_connection = True

    def _send(self, status: int, steps: list[Any]) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for step in steps:
            if step == Streamer.HOLD:
                self._hold()
                return
            if step == Streamer.CUT:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            data = step if isinstance(step, bytes) else json.dumps(step).encode() + b"\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.write(b"0\r\n\r\n")

    def _hold(self) -> None:
        """Until the client goes away or the server is stopped."""
        self.connection.settimeout(0.05)
        while not self.server.released.is_set():
            with contextlib.suppress(TimeoutError):
                if not self.connection.recv(1):
                    break
        self.server.ended += 1
