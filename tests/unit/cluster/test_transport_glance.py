"""A glance at what stands behind the API server's proxy: status and no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import peers
from certificates import Authority
from kubectl_lab import errors
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/api/v1/namespaces/shop/services/web:80/proxy/"
AUTHORITY = Authority()
LEAF = AUTHORITY.server()
TEXT = (("Content-Type", "text/html"),)


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder(LEAF) as made:
        yield made


def glance(server: Recorder, said: Answer, *, timeout: float = 5, warned: list[str] | None = None) -> tuple[int, bytes]:
    server.answers[PATH] = said
    made = peers.transport(server, ca=AUTHORITY.pem, warn=(warned if warned is not None else []).append)
    try:
        found = made.glance(PATH, timeout=timeout)
    finally:
        made.close()
    return found.status, found.data


@pytest.mark.parametrize("status", [200, 204, 404, 500, 503])
def test_any_status_is_an_answer(server: Recorder, status: int) -> None:
    assert glance(server, Answer(status, b"<p>hello</p>" if status != 204 else b"", TEXT)) == (status, b"")


def test_a_redirect_is_an_answer_and_not_followed(server: Recorder) -> None:
    with Recorder() as elsewhere:
        location = ("Location", f"http://127.0.0.1:{elsewhere.server_address[1]}/")
        assert glance(server, Answer(302, b"", (location,))) == (302, b"")
        assert elsewhere.requests == []
    assert len(server.requests) == 1


def test_nothing_is_repeated(server: Recorder) -> None:
    assert glance(server, Answer(503, b"", (*TEXT, ("Retry-After", "1"))))[0] == 503
    assert len(server.requests) == 1


def test_of_a_failure_in_json_the_start_is_read(server: Recorder) -> None:
    said = {"kind": "Status", "message": "error trying to reach service: connection refused"}
    status, start = glance(server, answer(said, 503))
    assert (status, json.loads(start)) == (503, said)


def test_a_good_answer_is_not_read_whatever_its_type(server: Recorder) -> None:
    assert glance(server, answer({"secret": "value"})) == (200, b"")


def test_of_a_long_failure_little_is_read(server: Recorder) -> None:
    status, start = glance(server, answer({"message": "x" * 1_000_000}, 500))
    assert status == 500
    assert len(start) <= 8192


def test_silence_ends_in_time(server: Recorder) -> None:
    with pytest.raises(errors.TimedOut):
        glance(server, Answer(delay=30), timeout=0.3)


def test_a_body_that_never_ends_is_not_waited_for(server: Recorder) -> None:
    assert glance(server, Answer(200, b"{", length=False, fault="cut"))[0] == 200


def test_a_server_that_is_gone_is_unreachable(server: Recorder) -> None:
    made = peers.transport("https://127.0.0.1:1", ca=AUTHORITY.pem)
    with pytest.raises(errors.Unreachable):
        made.glance(PATH, timeout=2)


def test_a_backend_does_not_speak_as_the_server(server: Recorder) -> None:
    warned: list[str] = []
    glance(server, Answer(200, b"", (*TEXT, ("Warning", '299 - "buy this"'))), warned=warned)
    assert warned == []
