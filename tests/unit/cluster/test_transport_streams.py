"""A stream comes line by line, ends when it is told to, and leaves nothing behind."""

from __future__ import annotations

import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import peers
from certificates import Authority
from kubectl_lab import errors
from peers import Streamer
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE, TWO = {"type": "ADDED", "object": {"n": 1}}, {"type": "ADDED", "object": {"n": 2}}
AUTHORITY = Authority()


@pytest.fixture
def server() -> Iterator[Streamer]:
    with Streamer() as made:
        yield made


class Reader(threading.Thread):
    """Reads a stream in a thread of its own and writes down how it ended."""

    def __init__(self, url: str, stop: threading.Event, **changes: Any) -> None:
        super().__init__(daemon=True)
        self.stop, self.documents = stop, list[dict[str, Any]]()
        self.made = peers.transport(url, **changes)
        self.error: BaseException | None = None
        self.got = threading.Event()

    def run(self) -> None:
        try:
            for document in self.made.stream("/w", (("watch", "true"),), stop=self.stop):
                self.documents.append(document)
                self.got.set()
        except errors.LabError as error:
            self.error = error

    def end(self) -> float:
        """Stop it; the seconds that took."""
        began = time.monotonic()
        self.stop.set()
        self.join(10)
        return time.monotonic() - began


def sockets() -> int:
    """How many sockets this process holds."""
    held = [entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    return sum(str(entry.readlink()).startswith("socket:") for entry in held)


def test_documents_come_as_they_are_sent_however_they_are_cut(server: Streamer) -> None:
    line = b'{"type": "ADDED", "object": {"n": 1}}\n'
    server.script(line[:10], line[10:] + line + b"\n" + line[:5], line[5:], b'{"half": ')
    stop = threading.Event()
    assert list(peers.transport(server.url).stream("/w", (("a", "b"),), stop=stop)) == [ONE, ONE, ONE]
    assert server.paths == ["/w?a=b"]


def test_the_end_by_the_server_ends_the_stream(server: Streamer) -> None:
    server.script(ONE, TWO)
    assert list(peers.transport(server.url).stream("/w", (), stop=threading.Event())) == [ONE, TWO]


@pytest.mark.skipif(sys.platform != "linux", reason="counts sockets in /proc")
def test_stop_ends_a_waiting_stream_within_a_second_and_leaves_nothing(server: Streamer) -> None:
    threads, before = threading.active_count(), sockets()
    server.script(ONE, Streamer.HOLD)
    reader = Reader(server.url, threading.Event())
    reader.start()
    assert reader.got.wait(5)
    assert reader.end() < 1
    assert (reader.documents, reader.error) == ([ONE], None)
    assert threading.active_count() <= threads + 1  # the server's own thread of this connection may linger
    deadline = time.monotonic() + 5
    while sockets() > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert sockets() <= before


@pytest.mark.parametrize("secure", [False, True], ids=["before the answer begins", "in the TLS handshake"])
def test_stop_ends_a_stream_that_is_still_waiting(secure: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reader = Reader(f"{'https' if secure else 'http'}://127.0.0.1:{silent.getsockname()[1]}", threading.Event())
        reader.start()
        with silent.accept()[0] as connection:
            connection.recv(1)
            assert reader.end() < 1
        assert reader.error is None


@pytest.mark.skipif(sys.platform != "linux", reason="relies on a full backlog dropping connections")
def test_stop_ends_a_stream_that_is_still_connecting() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        queued = [socket.socket() for _ in range(2)]
        for connection in queued:
            connection.setblocking(False)
            connection.connect_ex(full.getsockname())
        reader = Reader(f"http://127.0.0.1:{full.getsockname()[1]}", threading.Event())
        reader.start()
        time.sleep(0.3)
        assert reader.is_alive()
        assert reader.end() < 1
        assert reader.error is None
        for connection in queued:
            connection.close()


def test_closing_the_iterator_closes_the_connection(server: Streamer) -> None:
    server.script(ONE, Streamer.HOLD)
    stream = peers.transport(server.url).stream("/w", (), stop=threading.Event())
    assert next(stream) == ONE
    stream.close()
    deadline = time.monotonic() + 5
    while not server.ended and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.ended == 1


def test_a_stream_that_breaks_off_is_an_error_after_what_came(server: Streamer) -> None:
    server.script(ONE, Streamer.CUT)
    stream = peers.transport(server.url).stream("/w", (), stop=threading.Event())
    assert next(stream) == ONE
    with pytest.raises(errors.LabError) as caught:
        next(stream)
    assert caught.value.key in ("answer-cut", "connection-lost")


def test_a_line_that_is_no_document_is_an_error(server: Streamer) -> None:
    server.script(b"<html>\n")
    with pytest.raises(errors.NotKubernetes):
        list(peers.transport(server.url).stream("/w", (), stop=threading.Event()))


def test_a_refusal_is_the_error_that_a_request_would_raise(server: Streamer) -> None:
    server.script({"kind": "Status", "message": "no"}, status=403)
    with pytest.raises(errors.Forbidden):
        list(peers.transport(server.url).stream("/w", (), stop=threading.Event()))


def test_a_refused_connection_is_the_error_that_a_request_would_raise() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(errors.Unreachable) as caught:
        list(peers.transport(f"http://127.0.0.1:{port}").stream("/w", (), stop=threading.Event()))
    assert caught.value.key == "refused"


def test_a_name_that_does_not_resolve_is_the_error_that_a_request_would_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", peers.no_such_name)
    with pytest.raises(errors.Unreachable) as caught:
        list(peers.transport("http://no-such-host.invalid").stream("/w", (), stop=threading.Event()))
    assert caught.value.key == "host-unknown"


def test_a_stream_over_tls_and_a_proxy_with_new_credentials_after_401() -> None:
    body = b'{"type": "ADDED", "object": {"n": 1}}\n'
    with Recorder(AUTHORITY.server()) as server, Recorder(upstream=server.address) as proxy:
        server.answers["/w"] = [answer({}, 401), Answer(body=body, length=False)]
        given = peers.Given([("Authorization", "Bearer old")], renewals=1)
        made = peers.transport(server, given, ca=AUTHORITY.pem, proxy=proxy.url)
        assert list(made.stream("/w", (), stop=threading.Event())) == [ONE]
        assert [request.value("Authorization") for request in server.requests] == ["Bearer old", "Bearer renewed-0"]
        assert [request.method for request in proxy.requests] == ["CONNECT", "CONNECT"]


def test_stop_ends_a_stream_over_tls() -> None:
    with Recorder(AUTHORITY.server()) as server:
        server.answers["/w"] = Answer(delay=30)
        reader = Reader(server.url, threading.Event(), ca=AUTHORITY.pem)
        reader.start()
        deadline = time.monotonic() + 5
        while not server.requests and time.monotonic() < deadline:
            time.sleep(0.02)
        assert reader.end() < 1
        assert reader.error is None
