"""What an answer through the API server's proxy means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.service.probe_answers import meaning

if TYPE_CHECKING:
    from typing import Any

    from kubectl_lab.domain.service.probe import Outcome


def status(message: str) -> dict[str, Any]:
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message}


def unreached(words: str) -> dict[str, Any]:
    return status(f"error trying to reach service: {words}")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(200, "answers"), (302, "answers"), (404, "answers"), (499, "answers"), (500, "fails"), (503, "fails")],
)
def test_a_status_of_the_backend_counts_as_it_is(code: int, outcome: Outcome) -> None:
    assert meaning(code, {}) == (outcome, "")
    assert meaning(code, {"message": "error trying to reach service: connection refused"}) == (outcome, "")


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        pytest.param("dial tcp 10.1.0.1:80: connect: connection refused", "refused", id="refused"),
        pytest.param("dial tcp 10.1.0.1:80: i/o timeout", "silent", id="no answer to the first packet"),
        pytest.param("dial tcp 10.1.0.1:80: connect: no route to host", "silent", id="nobody has the address"),
        pytest.param("dial tcp 10.1.0.1:80: connect: network is unreachable", "silent", id="no route"),
        pytest.param("context deadline exceeded", "silent", id="too late"),
        pytest.param("EOF", "listens", id="closed at once: somebody took the connection"),
        pytest.param("read tcp 10.0.0.1:1->10.1.0.1:80: read: connection reset by peer", "listens", id="reset"),
        pytest.param(
            "net/http: HTTP/1.x transport connection broken: malformed HTTP response", "listens", id="no HTTP"
        ),
        pytest.param("http: server gave HTTP response to HTTPS client", "listens", id="plain where TLS was tried"),
        pytest.param("tls: first record does not look like a TLS handshake", "listens", id="no TLS"),
        pytest.param("something new", "unknown", id="what is not known is not judged"),
    ],
)
def test_what_go_says_of_the_connection(words: str, outcome: Outcome) -> None:
    assert meaning(503, unreached(words)) == (outcome, words)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param(503, 'no endpoints available for service "web:80"', id="v1 Endpoints hold no ready address"),
        pytest.param(503, 'no service port 81 found for service "web"', id="the port is gone"),
        pytest.param(400, "address not allowed", id="a loopback address is not dialled"),
        pytest.param(404, 'pods "web-1" not found', id="the pod went meanwhile"),
    ],
)
def test_a_question_that_the_server_did_not_pass_on_is_not_answered(code: int, message: str) -> None:
    assert meaning(code, status(message)) == ("unknown", message)


@pytest.mark.parametrize("what", ["services", "pods"])
def test_without_the_right_the_reason_is_the_right(what: str) -> None:
    message = (
        f'{what} "web:80" is forbidden: User "bob" cannot get resource "{what}/proxy" in API group "" in the namespace'
    )
    expected = ("unknown", f"forbidden: cannot get {what}/proxy in namespace shop")
    assert meaning(403, status(f'{message} "shop"')) == expected


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        pytest.param(403, 'forbidden: User "system:anonymous" cannot get path "/"', "answers", id="an aggregated API"),
        pytest.param(503, "no nodes registered", "fails", id="its own failure"),
        pytest.param(404, 'nodes "x" not found', "answers", id="its own absence"),
    ],
)
def test_a_backend_that_is_an_api_itself_is_heard(code: int, message: str, outcome: Outcome) -> None:
    assert meaning(code, status(message)) == (outcome, "")
