"""The text of a server and what it means."""

from __future__ import annotations

import pytest

from kubectl_lab.cluster import servers


@pytest.mark.parametrize(
    ("text", "url", "host", "port"),
    [
        pytest.param("https://h:6443", "https://h:6443", "h", 6443, id="a URL"),
        pytest.param("https://h", "https://h", "h", 443, id="https has port 443"),
        pytest.param("http://h", "http://h", "h", 80, id="http has port 80"),
        pytest.param("h", "http://h", "h", 80, id="a host alone is http"),
        pytest.param("h:8080", "http://h:8080", "h", 8080, id="with its port too"),
        pytest.param("10.0.0.1:8080", "http://10.0.0.1:8080", "10.0.0.1", 8080, id="or an address"),
        pytest.param("h/", "http://h", "h", 80, id="a slash is no path"),
        pytest.param("https://h:6443/", "https://h:6443", "h", 6443, id="nor is it after a port"),
        pytest.param("https://h/k8s/c-1/", "https://h/k8s/c-1", "h", 443, id="a prefix is kept without its last slash"),
        pytest.param("https://h/p?a=b#c", "https://h/p", "h", 443, id="query and fragment go"),
        pytest.param("HTTPS://H.Example", "https://H.Example", "H.Example", 443, id="the scheme in lower case, the host as it is"),
        pytest.param("https://[fd00::1]:6443", "https://[fd00::1]:6443", "fd00::1", 6443, id="IPv6 in brackets"),
        pytest.param("https://h:", "https://h", "h", 443, id="a colon without port"),
    ],
)  # fmt: skip
def test_a_server(text: str, url: str, host: str, port: int) -> None:
    found = servers.parse(text)
    assert (found.url, found.host, found.port, found.secure) == (url, host, port, url.startswith("https:"))


@pytest.mark.parametrize(
    "text",
    [
        *("https://", "http:///x", "ftp://h", "h/path", "https://h:port", "https://h:0", "https://h:65536", "//h"),
        *(
            "https://me:secret@h",
            "https://h h",
            "https://h/a b",
            "https://h\n",
            "https://[h]",
            "https://[::1",
            "https://a:b:c",
        ),
        *("https://::1", "://h", "", "https://h\x1b[31m"),
    ],
)
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^$") as caught:  # it may hold a password, so it is not repeated
        servers.parse(text)
    assert caught.value.__context__ is None
