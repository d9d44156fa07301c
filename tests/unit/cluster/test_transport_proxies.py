"""Through a proxy: with its credentials, never past it, and named when it fails."""

from __future__ import annotations

import base64
import socket

import pytest

import peers
from certificates import Authority
from kubectl_lab import errors
from recording import Answer, Recorder

AUTHORITY = Authority()


def test_https_goes_through_the_proxy_with_its_decoded_credentials() -> None:
    with Recorder(AUTHORITY.server("api.example.com")) as server, Recorder(upstream=server.address) as proxy:
        host, port = proxy.address
        made = peers.transport(
            "https://api.example.com:6443", ca=AUTHORITY.pem, proxy=f"http://us%40er:p%3Aw@{host}:{port}"
        )
        assert made.request("GET", "/version")["major"] == "1"
        connect = proxy.requests[0]
        assert (connect.method, connect.path) == ("CONNECT", "api.example.com:6443")
        assert connect.value("Proxy-Authorization") == "Basic " + base64.b64encode(b"us@er:p:w").decode()
        assert server.requests[0].value("Proxy-Authorization") is None
        assert server.requests[0].sni == "api.example.com"


def test_a_proxy_that_speaks_tls_is_trusted_by_the_authority_of_the_cluster() -> None:
    with (
        Recorder(AUTHORITY.server("api.example.com")) as server,
        Recorder(AUTHORITY.server(), upstream=server.address) as proxy,
    ):
        made = peers.transport("https://api.example.com:6443", ca=AUTHORITY.pem, proxy=proxy.url)
        assert made.request("GET", "/version")["major"] == "1"
        assert proxy.requests[0].method == "CONNECT"


def test_the_loopback_goes_through_the_proxy_too_once_the_target_names_one() -> None:
    with Recorder() as server, Recorder() as proxy:
        peers.transport(server, proxy=proxy.url).request("GET", "/version")
        assert (len(server.requests), len(proxy.requests)) == (0, 1)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_named_and_its_password_is_not(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    made = peers.transport(
        f"{scheme}://api.example.com", proxy=f"http://u:s3cret@127.0.0.1:{port}", proxy_source="HTTPS_PROXY"
    )
    with pytest.raises(errors.Unreachable) as caught:
        made.request("GET", "/version")
    assert caught.value.key == "proxy-dead"
    assert caught.value.values["proxy"] == f"http://127.0.0.1:{port}"
    assert caught.value.values["origin"] == "HTTPS_PROXY"
    assert caught.value.values["why"] == "connection refused"
    assert "s3cret" not in str(caught.value)


def test_a_proxy_that_refuses_the_way_says_why() -> None:
    with Recorder() as proxy:
        proxy.default = lambda _: Answer(407, b"")
        with pytest.raises(errors.Unreachable) as caught:
            peers.transport("https://api.example.com", proxy=proxy.url).request("GET", "/version")
    assert caught.value.key == "proxy-dead"
    assert "407" in caught.value.values["why"]


def test_a_proxy_of_another_kind_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(errors.BadKubeconfig) as caught:
        peers.transport("https://api.example.com", proxy="socks5://127.0.0.1:1").request("GET", "/version")
    assert caught.value.values["scheme"] == "socks5"
