"""Which proxy: Go's rules (golang.org/x/net/http/httpproxy), row by row."""

from __future__ import annotations

import pytest

from kubectl_lab.cluster import proxies, servers

PROXY = "http://proxy.example:3128"


def through(server: str, **environ: str) -> tuple[str, str] | None:
    return proxies.from_environment(servers.parse(server), environ)


@pytest.mark.parametrize(
    ("server", "environ", "found"),
    [
        pytest.param("https://k.example", {}, None, id="without a variable there is no proxy"),
        pytest.param("https://k.example", {"HTTPS_PROXY": PROXY}, (PROXY, "HTTPS_PROXY"), id="HTTPS_PROXY for https"),
        pytest.param("https://k.example", {"https_proxy": PROXY}, (PROXY, "https_proxy"), id="lower case too"),
        pytest.param("https://k.example", {"HTTPS_PROXY": PROXY, "https_proxy": "http://o"}, (PROXY, "HTTPS_PROXY"), id="upper case first"),
        pytest.param("https://k.example", {"HTTPS_PROXY": "", "https_proxy": PROXY}, (PROXY, "https_proxy"), id="an empty one is none"),
        pytest.param("https://k.example", {"HTTP_PROXY": PROXY, "ALL_PROXY": PROXY}, None, id="not HTTP_PROXY, not ALL_PROXY"),
        pytest.param("http://k.example", {"HTTP_PROXY": PROXY}, (PROXY, "HTTP_PROXY"), id="HTTP_PROXY for http"),
        pytest.param("http://k.example", {"HTTPS_PROXY": PROXY}, None, id="but not HTTPS_PROXY"),
        pytest.param("https://k.example", {"HTTPS_PROXY": "proxy:3128"}, ("http://proxy:3128", "HTTPS_PROXY"), id="without scheme it is http"),
        pytest.param("https://localhost:6443", {"HTTPS_PROXY": PROXY}, None, id="never for localhost"),
        pytest.param("https://127.8.9.1:6443", {"HTTPS_PROXY": PROXY}, None, id="never for loopback"),
        pytest.param("https://[::1]:6443", {"HTTPS_PROXY": PROXY}, None, id="of either kind"),
        pytest.param("https://LOCALHOST", {"HTTPS_PROXY": PROXY}, (PROXY, "HTTPS_PROXY"), id="LOCALHOST is a name as any other"),
    ],
)  # fmt: skip
def test_the_variable(server: str, environ: dict[str, str], found: tuple[str, str] | None) -> None:
    assert through(server, **environ) == found


@pytest.mark.parametrize(
    ("exceptions", "server", "excepted"),
    [
        *(("*", f"https://{host}", True) for host in ("k.example", "10.1.2.3", "[fd00::1]")),
        *(("k.example", f"https://{host}", True) for host in ("k.example", "a.k.example", "K.Example", "a.b.k.example:8443")),
        *(("k.example", f"https://{host}", False) for host in ("ak.example", "example", "k.example.org")),
        *((rule, "https://a.k.example", True) for rule in (".k.example", "*.k.example", "K.EXAMPLE", " k.example ", "x,k.example", "k.example,")),
        *((rule, "https://k.example", False) for rule in (".k.example", "*.k.example", "*k.example", "", ",", "http://k.example", ":443")),
        *(("k.example:6443", f"https://k.example{port}", port == ":6443") for port in (":6443", "", ":443")),
        *(("k.example:443", f"https://k.example{port}", port != ":6443") for port in (":6443", "", ":443")),
        *(("10.1.2.3", f"https://{host}", host == "10.1.2.3") for host in ("10.1.2.3", "10.1.2.30", "x.10.1.2.3.example")),
        *(("10.1.2.3:6443", f"https://10.1.2.3:{port}", port == 6443) for port in (6443, 443)),
        *(("10.0.0.0/8", f"https://{host}", host.startswith("10.")) for host in ("10.255.0.1", "11.0.0.1", "k.example")),
        *(("10.1.2.3/8", "https://10.9.9.9", True), ("10.0.0.0/99", "https://10.0.0.1", False)),
        *(("fd00::/8", "https://[fd00::7]", True), ("fd00::7", "https://[fd00::7]:6443", True)),
        *(("[fd00::7]", "https://[fd00::7]", True), ("[fd00::7]:6443", "https://[fd00::7]:6443", True)),
        *(("[fd00::7]:1", "https://[fd00::7]:6443", False), ("fd00:0:0::7", "https://[fd00::7]", True)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_an_exception(variable: str, exceptions: str, server: str, excepted: bool) -> None:
    found = through(server, HTTPS_PROXY=PROXY, **{variable: exceptions})
    assert (found is None) is excepted


def test_upper_case_exceptions_come_first() -> None:
    assert through("https://k.example", HTTPS_PROXY=PROXY, NO_PROXY="other", no_proxy="k.example")


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1", "http://host:port", "http://h:99999", "nothing", "http://h:0"]
)
def test_a_proxy_that_is_no_url_is_named_by_its_source_alone(url: str) -> None:
    with pytest.raises(ValueError, match=r"^HTTPS_PROXY$"):
        proxies.usable(url, "HTTPS_PROXY")


def test_a_password_in_a_malformed_proxy_is_not_shown() -> None:
    with pytest.raises(ValueError, match="HTTPS_PROXY") as caught:
        through("https://k.example", HTTPS_PROXY="http://me:hunter2@host:port")
    assert "hunter2" not in repr(caught.value)
