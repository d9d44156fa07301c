"""The recording server itself: what it writes down is what was sent."""

from __future__ import annotations

import http.client
import ssl
from typing import TYPE_CHECKING

import pytest

from certificates import Authority
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def client_context(authority: Authority, folder: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority.pem.decode())
    if folder:
        leaf = authority.client("ada")
        (folder / "pair.pem").write_bytes(leaf.certificate + leaf.key)
        context.load_cert_chain(folder / "pair.pem")
    return context


def ask(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, bytes]:
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_a_request_is_written_down_with_its_headers_name_and_client_certificate(
    authority: Authority, tmp_path: Path
) -> None:
    with Recorder(authority.server("localhost"), client_authority=authority) as server:
        server.answers["/x"] = answer({"a": 1}, 201)
        connection = http.client.HTTPSConnection(
            "localhost", server.address[1], context=client_context(authority, tmp_path)
        )
        assert ask(connection, "/x?y=1", One="1") == (201, b'{"a": 1}')
    (seen,) = server.asked("/x")
    assert (seen.path, seen.value("one"), seen.sni) == ("/x?y=1", "1", "localhost")
    assert seen.client_certificate


def test_a_client_without_certificate_is_served_and_an_address_sends_no_name(authority: Authority) -> None:
    with Recorder(authority.server("127.0.0.1"), client_authority=authority) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.address[1], context=client_context(authority))
        assert ask(connection, "/version")[0] == 200
    assert (server.requests[0].sni, server.requests[0].client_certificate) == (None, None)


def test_a_distrustful_client_is_recorded_as_a_failed_handshake(authority: Authority) -> None:
    with Recorder(authority.server("127.0.0.1")) as server:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", server.address[1], context=client_context(Authority("another"))
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            ask(connection, "/")
    assert (len(server.handshake_failures), server.requests) == (1, [])


def test_a_proxy_tunnels_any_name_to_its_upstream_and_notes_what_was_asked(authority: Authority) -> None:
    with Recorder(authority.server("kube.example")) as server, Recorder(upstream=server.address) as proxy:
        connection = http.client.HTTPSConnection(*proxy.address, context=client_context(authority))
        connection.set_tunnel("kube.example", 6443, {"Proxy-Authorization": "Basic eDp5"})
        assert ask(connection, "/version")[0] == 200
    assert [(r.method, r.path, r.value("Proxy-Authorization")) for r in proxy.requests] == [
        ("CONNECT", "kube.example:6443", "Basic eDp5")
    ]
    assert [(r.path, r.sni) for r in server.requests] == [("/version", "kube.example")]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(Answer(fault="reset"), ConnectionResetError, id="a reset ends the connection before any byte"),
        pytest.param(Answer(fault="close"), http.client.RemoteDisconnected, id="a close ends it politely"),
        pytest.param(Answer(body=b"12345678", fault="cut"), http.client.IncompleteRead, id="a cut body ends too early"),
    ],
)
def test_faults(reply: Answer, error: type[Exception]) -> None:
    with Recorder() as server:
        server.answers["/x"] = reply
        with pytest.raises(error):
            ask(http.client.HTTPConnection(*server.address), "/x")


def test_answers_are_used_up_one_by_one_and_the_last_repeats() -> None:
    with Recorder(prefix="/k8s") as server:
        server.answers["/x"] = [answer({}, 401), answer({}, 200)]
        assert [ask(http.client.HTTPConnection(*server.address), "/k8s/x")[0] for _ in range(3)] == [401, 200, 200]
