"""`--probe` on the command line, and what it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import peers
from kubectl_lab.cluster.service_probe import ask, proxied
from kubectl_lab.domain.service.probe import Asked
from kubectl_lab.result import Reference
from kubectl_lab_plugins.main import lab
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = Asked(80, Reference("Service", "shop", "web"), 80)
POD = Asked(80, Reference("Pod", "shop", "web-1"), 8443, is_https=True)


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as made:
        yield made


@pytest.mark.parametrize(
    ("asked", "path", "expected"),
    [
        pytest.param(SERVICE, "/", "/api/v1/namespaces/shop/services/web:80/proxy/", id="a Service with its number"),
        pytest.param(POD, "/", "/api/v1/namespaces/shop/pods/https:web-1:8443/proxy/", id="a pod over TLS"),
        pytest.param(SERVICE, "/a b?q=é#x", "services/web:80/proxy/a%20b?q=%C3%A9%23x", id="what a path cannot hold"),
        pytest.param(SERVICE, "/a%20b", "services/web:80/proxy/a%20b", id="what is encoded already stays"),
        pytest.param(SERVICE, "/a\r\nX: y", "services/web:80/proxy/a%0D%0AX:%20y", id="no line of its own"),
        pytest.param(SERVICE, "//a.example/b", "services/web:80/proxy//a.example/b", id="nor another host"),
        pytest.param(
            SERVICE, "/%252e%252e/b", "services/web:80/proxy/%252e%252e/b", id="decoded once it climbs not yet"
        ),
    ],
)
def test_the_way_through_the_server(asked: Asked, path: str, expected: str) -> None:
    assert proxied(asked, path).endswith(expected)


REFUSED = {
    "kind": "Status",
    "message": "error trying to reach service: dial tcp 10.1.0.1:80: connect: connection refused",
}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(Answer(204, b""), ("answers", 204), id="any good status"),
        pytest.param(Answer(503, b""), ("fails", 503), id="a failure keeps its status"),
        pytest.param(answer(REFUSED, 503), ("refused", None), id="the server's status is not the backend's"),
    ],
)
def test_what_came_back(server: Recorder, said: Answer, expected: tuple[str, int | None]) -> None:
    server.answers[proxied(SERVICE, "/")] = said
    found = ask(peers.transport(server), SERVICE, "/")
    assert (found.outcome, found.status) == expected


@pytest.mark.parametrize(
    "path", ["//a.example/b", "/./b", "/%252e%252e/%252e%252e/b", "/\\..\\..\\b", "/..;/..;/b", "/.%2E;/b"]
)
def test_what_is_sent_stays_below_the_proxy(server: Recorder, path: str) -> None:
    ask(peers.transport(server), SERVICE, path)
    assert [each.path.startswith(proxied(SERVICE, "/")) for each in server.requests] == [True]


def test_silence_is_an_answer(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_lab.cluster.service_probe.SECONDS", 0.2)
    server.answers[proxied(SERVICE, "/")] = Answer(delay=20)
    assert ask(peers.transport(server), SERVICE, "/").outcome == "silent"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--probe"], "--probe means nothing without NAME", id="never for all Services at once"),
        pytest.param(["--probe", "-l", "app=web"], "without NAME", id="nor for those of a selector"),
        pytest.param(["web", "--probe", "--watch"], "--probe asks once", id="not with --watch"),
        pytest.param(["web", "--probe", "-f", "x.yaml"], "--probe asks a cluster", id="not of files"),
        pytest.param(["web", "--probe", "--probe-path", "healthz"], "healthz is not a path", id="a path begins with /"),
        pytest.param(["web", "--probe", "--probe-path", "/a/../b"], "is not a path", id="and does not climb"),
        pytest.param(["web", "--probe", "--probe-path", "/%2e%2E/b"], "is not a path", id="not in disguise either"),
        pytest.param(
            ["web", "--probe", "--probe-path", "/a%2f..%2f..%2fb"], "is not a path", id="nor with its slashes in it"
        ),
        pytest.param(
            ["web", "--probe", "--probe-path", "http://a.example/"], "is not a path", id="nor another server's"
        ),
        pytest.param(["web", "--probe", "--probe-path", "/\udcff"], "is not a path", id="nor what is no text"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_asked(words: list[str], said: str) -> None:
    done: Any = CliRunner().invoke(lab, ["explain-service", *words], env={"KUBECONFIG": "/nowhere", "LC_ALL": "C"})
    assert done.exit_code == 2
    assert said in done.stderr
