"""Every way to get no usable answer becomes one error that names what a user can look for."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization

import kubectl_lab
import peers
from certificates import Authority
from kubectl_lab import errors
from kubectl_lab.cluster.target import ExecPlugin, Identity
from recording import Answer, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certificates import Leaf

AUTHORITY, STRANGER = Authority(), Authority("stranger")
WORDS = tomllib.loads((Path(kubectl_lab.__file__).parent / "catalogue/en/errors.toml").read_text("utf-8"))
INTERNAL = re.compile(
    r"MaxRetry|urllib3|HTTPSConnection|SSLError|_ssl\.c|Errno|Exception|0x[0-9a-f]|Traceback|ProtocolError"
)


def failure(server: Recorder | str, given: peers.Given | None = None, **changes: Any) -> errors.LabError:
    """The error of one GET; its words are found and hold no internals."""
    with pytest.raises(errors.LabError) as caught:
        peers.transport(server, given, **changes).request("GET", "/version")
    said = words(caught.value)
    assert not INTERNAL.search(said), said
    return caught.value


def words(error: errors.LabError) -> str:
    entry = WORDS[error.key]
    return "\n".join(entry[part].format_map(error.values) for part in ("message", "cure"))


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextlib.contextmanager
def speaking(data: bytes) -> Iterator[int]:
    """A server that says these bytes to whoever connects, and nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        connection.recv(4096)
                        connection.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def test_refused() -> None:
    port = unused_port()
    error = failure(f"https://127.0.0.1:{port}")
    assert (type(error), error.key) == (errors.Unreachable, "refused")
    assert f"127.0.0.1:{port}" in words(error)
    assert "ctx-a" in words(error)
    assert "/k/config" in words(error)


def test_a_name_that_does_not_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", peers.no_such_name)
    error = failure("https://no-such-host.invalid:6443")
    assert (type(error), error.key) == (errors.Unreachable, "host-unknown")
    assert "no-such-host.invalid" in words(error)


@pytest.mark.parametrize("secure", [False, True], ids=["no answer", "no TLS handshake"])
def test_a_server_that_hangs_is_left_at_the_request_timeout(secure: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{'https' if secure else 'http'}://127.0.0.1:{silent.getsockname()[1]}"
        error = failure(url, request_timeout=0.3)
    assert (type(error), error.key) == (errors.TimedOut, "timed-out")
    assert "--request-timeout" in words(error)


def test_a_server_that_drips_is_left_at_the_request_timeout() -> None:
    with peers.Streamer() as server:
        clock = peers.Clock()
        server.script(b"{", b" " * 10, peers.Streamer.HOLD)
        made = peers.transport(server.url, request_timeout=0.4)
        with pytest.raises(errors.TimedOut):
            made.request("GET", "/x")
    assert clock.slept == []


def test_an_unknown_authority() -> None:
    with Recorder(AUTHORITY.server()) as server:
        error = failure(server, ca=STRANGER.pem)
    assert error.key == "server-certificate-authority"
    assert "cluster-a" in words(error)
    assert "--insecure-skip-tls-verify" in words(error)


def test_an_expired_server_certificate_tells_its_date() -> None:
    with Recorder(AUTHORITY.server(expired=True)) as server:
        error = failure(server, ca=AUTHORITY.pem)
    assert error.key == "server-certificate-dates"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", error.values["dates"])


def test_a_certificate_for_another_name() -> None:
    with Recorder(AUTHORITY.server("api.example.com")) as server:
        error = failure(server, ca=AUTHORITY.pem)
        assert error.key == "server-certificate-name"
        assert "127.0.0.1" in words(error)
        made = peers.transport(server, ca=AUTHORITY.pem, tls_server_name="api.example.com")
        assert made.request("GET", "/version")["major"] == "1"
        assert server.requests[-1].sni == "api.example.com"
        assert server.requests[-1].value("Host") == f"127.0.0.1:{server.address[1]}"


def test_an_address_is_not_sent_as_server_name() -> None:
    with Recorder(AUTHORITY.server()) as server:
        peers.transport(server, ca=AUTHORITY.pem).request("GET", "/version")
        assert server.requests[0].sni is None


def test_insecure_asks_for_neither_authority_nor_name_nor_warns(recwarn: pytest.WarningsRecorder) -> None:
    with Recorder(STRANGER.server("elsewhere.example.com", expired=True)) as server:
        assert peers.transport(server, insecure=True).request("GET", "/version")["major"] == "1"
    assert [str(warning.message) for warning in recwarn] == []


def test_a_sloppy_authority_is_trusted() -> None:
    sloppy = Authority(key_usage=False, critical=False)
    with Recorder(sloppy.server()) as server:
        assert peers.transport(server, ca=sloppy.pem).request("GET", "/version")["major"] == "1"


def test_an_authority_that_is_none() -> None:
    error = failure("https://127.0.0.1:1", ca=b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert (type(error), error.key) == (errors.BadKubeconfig, "ca-unusable")


def test_https_to_a_server_that_speaks_http() -> None:
    with Recorder() as server:
        error = failure(server.url.replace("http://", "https://"))
    assert (type(error), error.key) == (errors.Unreachable, "https-to-http")
    assert "http://" in words(error)


def test_http_to_a_go_server_that_speaks_https() -> None:
    said = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
    with speaking(said) as port:
        error = failure(f"http://127.0.0.1:{port}")
    assert (type(error), error.key) == (errors.Unreachable, "http-to-https")


def test_a_server_that_speaks_something_else() -> None:
    with speaking(b"SSH-2.0-OpenSSH_9.6\r\n") as port:
        error = failure(f"http://127.0.0.1:{port}")
    assert (type(error), error.key) == (errors.NotKubernetes, "answer-not-http")


@pytest.mark.parametrize(
    ("reply", "key", "shown"),
    [
        pytest.param(
            Answer(body=b"<html>\n<title>Log in</title>", headers=(("Content-Type", "text/html; charset=utf-8"),)),
            "answer-not-json",
            "text/html, not JSON: <html> <title>Log in</title>",
            id="a login page says what came",
        ),
        pytest.param(Answer(body=b"x" * 500), "answer-not-json", "x" * 60, id="no more than 60 characters are shown"),
        pytest.param(Answer(body=b"[1]"), "answer-not-json", "[1]", id="a JSON list is no answer of an API server"),
        pytest.param(Answer(body=b" \n"), "answer-empty", "/version", id="an empty answer"),
        pytest.param(Answer(body=b'{"a": "b"}', fault="cut"), "answer-cut", "cut", id="an answer cut in the middle"),
    ],
)
def test_an_answer_that_no_api_server_gives(reply: Answer, key: str, shown: str) -> None:
    with Recorder() as server:
        server.answers["/version"] = reply
        error = failure(server)
    assert (type(error), error.key) == (errors.NotKubernetes, key)
    assert shown in words(error)


def test_a_redirect_is_not_followed_with_credentials() -> None:
    with Recorder(AUTHORITY.server()) as elsewhere, Recorder(AUTHORITY.server()) as server:
        moved = Answer(302, b"", (("Location", f"{elsewhere.url}/login?s=1"),))
        server.answers["/version"] = moved
        error = failure(server, peers.Given([("Authorization", "Bearer t")]), ca=AUTHORITY.pem)
        assert (type(error), error.key) == (errors.NotKubernetes, "answer-redirect")
        assert elsewhere.requests == []


def test_401_names_user_context_and_where_the_credential_came_from() -> None:
    expired = AUTHORITY.client(expired=True)
    known = Identity(
        token_file="/run/token",
        token="s3cret",
        client_certificate=expired.certificate,
        exec_plugin=ExecPlugin("v1", "get-token"),
    )
    with Recorder() as server:
        server.answers["/version"] = Answer(401, b"denied")
        said = words(failure(server, identity=known))
    for part in ("ada", "ctx-a", "tokenFile /run/token", "exec get-token", "client-certificate (expired 2"):
        assert part in said
    assert "s3cret" not in said


def test_a_client_certificate_that_the_server_refuses() -> None:
    stranger = STRANGER.client()
    with Recorder(AUTHORITY.server(), client_authority=AUTHORITY) as server:
        error = failure(server, peers.Given(pair=(stranger.certificate, stranger.key)), ca=AUTHORITY.pem)
    assert (type(error), error.key) == (errors.BadCredentials, "client-certificate-refused")
    assert "ada" in words(error)


def test_an_expired_client_certificate_says_so() -> None:
    expired = AUTHORITY.client(expired=True)
    known = Identity(client_certificate=expired.certificate, client_key=expired.key)
    with Recorder(AUTHORITY.server(), client_authority=AUTHORITY) as server:
        error = failure(server, peers.Given(pair=(expired.certificate, expired.key)), ca=AUTHORITY.pem, identity=known)
    assert error.key == "client-certificate-refused"
    assert "expired" in words(error)


def encrypted(leaf: Leaf) -> bytes:
    key = serialization.load_pem_private_key(leaf.key, None)
    locked = serialization.BestAvailableEncryption(b"passphrase")
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


ONE, OTHER = AUTHORITY.client(), AUTHORITY.client()
BROKEN_KEY = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
BROKEN_CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("pair", "key", "part"),
    [
        pytest.param(
            (ONE.certificate, OTHER.key), "client-key-mismatch", "client-key", id="a key of another certificate"
        ),
        pytest.param(
            (b"junk", ONE.key), "client-pem-unusable", "client-certificate", id="a certificate that is no PEM"
        ),
        pytest.param((ONE.certificate, b"junk"), "client-pem-unusable", "client-key", id="a key that is no PEM"),
        pytest.param(
            (BROKEN_CERTIFICATE, ONE.key), "client-pem-unusable", "client-certificate", id="a broken certificate"
        ),
        pytest.param((ONE.certificate, BROKEN_KEY), "client-pem-unusable", "client-key", id="a broken key"),
        pytest.param(
            (ONE.certificate, encrypted(ONE)), "client-key-encrypted", "passphrase", id="a key with a passphrase"
        ),
    ],
)
def test_a_client_certificate_that_cannot_be_used(pair: tuple[bytes, bytes], key: str, part: str) -> None:
    error = failure("https://127.0.0.1:1", peers.Given(pair=pair), ca=AUTHORITY.pem)
    assert (type(error), error.key) == (errors.BadCredentials, key)
    assert "ada" in words(error)
    assert part in words(error)
    assert "PRIVATE" not in repr(error.__cause__)
