"""What the recording server needs of TLS and of tunnels."""

from __future__ import annotations

import select
import ssl
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import socket
    import threading

    from certificates import Authority, Leaf

_NAMES: WeakKeyDictionary[Any, str | None] = WeakKeyDictionary()


def _note_name(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
    """The name asked for is told only here, with the socket of the handshake."""
    _NAMES[connection] = name


def name_asked(connection: ssl.SSLSocket) -> str | None:
    """The name that a client asked for in its handshake, None for an address."""
    return _NAMES.get(connection)


def server_context(leaf: Leaf, client_authority: Authority | None = None) -> ssl.SSLContext:
    """A server's TLS context that asks for client certificates of `client_authority`, without insisting."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = _note_name
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        chain.write_bytes(leaf.certificate + leaf.key)
        context.load_cert_chain(chain)
    if client_authority:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=client_authority.pem.decode())
    return context


def pump(here: socket.socket, there: socket.socket, stopping: threading.Event) -> None:
    """Copy both ways until one side ends; `here` may be TLS, whose buffer select does not see."""
    ends = {here: there, there: here}
    deadline = time.monotonic() + 60
    while not stopping.is_set() and time.monotonic() < deadline:
        waiting = isinstance(here, ssl.SSLSocket) and here.pending()
        for source in [here] if waiting else select.select([here, there], [], [], 0.2)[0]:
            data = source.recv(65536)
            if not data:
                return
            ends[source].sendall(data)
