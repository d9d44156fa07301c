"""A connection that another thread can cut: what a watch needs to end within a second, wherever it is waiting."""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TICK = 0.2


def keep_alive_options() -> list[tuple[int, int, int]]:
    """Socket options that notice a dead peer after about a minute, where the system knows them."""
    wanted = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
    known = [(socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in wanted if hasattr(socket, name)]
    return [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *known]


def dial(host: str, port: int, timeout: float, stop: threading.Event) -> socket.socket:
    """A TCP connection to the first address that takes it; tries no longer than `timeout` seconds each, and until `stop`.

    Raises OSError; InterruptedError when stopped.
    """
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        made = socket.socket(family, kind, protocol)
        try:
            _connect(made, address, time.monotonic() + timeout, stop)
        except OSError as error:
            made.close()
            if stop.is_set():
                raise
            failure = error
            continue
        made.settimeout(timeout)
        return made
    raise failure


def _connect(made: socket.socket, address: Any, end: float, stop: threading.Event) -> None:
    for option in keep_alive_options():
        made.setsockopt(*option)
    made.setblocking(False)  # noqa: FBT003 - the socket's own signature
    with contextlib.suppress(BlockingIOError):
        made.connect(address)
    with selectors.DefaultSelector() as selector:
        selector.register(made, selectors.EVENT_WRITE)
        while not selector.select(_TICK):
            if stop.is_set():
                raise InterruptedError
            if time.monotonic() > end:
                raise TimeoutError
    code = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, errno_text(code))  # the constructor picks ConnectionRefusedError and its like


def errno_text(code: int) -> str:
    """The system's words for an error number."""
    import os

    return os.strerror(code)


class Interrupter:
    """While the block lasts, `stop` shuts down every connection that `pool` makes, in whatever they wait.

    `pool`: a urllib3 connection pool nobody else uses. Its connections come from its class attribute `ConnectionCls` and
    their sockets from `_new_conn`, the two seams that urllib3's own SOCKS support uses. A duplicate of each socket is kept:
    TLS takes the original over before its handshake, and a shutdown reaches both.
    """

    def __init__(self, pool: Any, stop: threading.Event) -> None:
        self._connections: list[Any] = []
        self._sockets: list[socket.socket] = []
        self._make: Callable[..., Any] = pool.ConnectionCls
        self._stop = stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._guard, name="watch-guard", daemon=True)
        pool.ConnectionCls = self._connection

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for each in (*self._connections, *self._sockets):
            each.close()

    def _connection(self, **settings: Any) -> Any:
        made = self._make(**settings)
        made._new_conn = lambda: self._dial(made)  # noqa: SLF001 - see the class
        self._connections.append(made)
        return made

    def _dial(self, connection: Any) -> socket.socket:
        made = dial(connection.host, connection.port, connection.timeout, self._stop)
        self._sockets.append(made.dup())
        return made

    def _guard(self) -> None:
        while not self._over.wait(_TICK):
            if self._stop.is_set():
                for each in list(self._sockets):
                    with contextlib.suppress(OSError):  # closed by the other end already
                        each.shutdown(socket.SHUT_RDWR)


def documents(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The JSON objects of a stream, one a line; a last line without its end is dropped.

    Raises ValueError on a line that is no JSON object.
    """
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        if b"\n" not in chunk:
            continue
        *lines, last = bytes(rest).split(b"\n")
        rest = bytearray(last)
        for line in lines:
            if line.strip():
                yield _object(line)


def _object(line: bytes) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError(type(found).__name__)  # noqa: TRY004 - the caller knows one class for "not a document"
    return found
