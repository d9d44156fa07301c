"""What is sent again, and what never is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

import peers
from kubectl_lab import errors
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recording import Recorded

OK = answer({"ok": True})
BUDGET = {"kind": "Status", "details": {"causes": [{"reason": "DisruptionBudget", "message": "needs 3 and has 3"}]}}


def wait(seconds: object, status: int = 503) -> Answer:
    return answer({"message": "later"}, status, ("Retry-After", str(seconds)))


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as made:
        yield made


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_read_waits_as_long_as_the_server_asks(server: Recorder, status: int) -> None:
    clock = peers.Clock()
    server.answers["/x"] = [wait(2, status), wait(3, status), OK]
    assert peers.transport(server, clock=clock).request("GET", "/x") == {"ok": True}
    assert clock.slept == [2.0, 3.0]


def test_no_wait_is_longer_than_30_seconds(server: Recorder) -> None:
    clock = peers.Clock()
    server.answers["/x"] = [wait(3600), OK]
    peers.transport(server, clock=clock).request("GET", "/x")
    assert clock.slept == [30.0]


def test_a_read_is_repeated_ten_times_and_no_more(server: Recorder) -> None:
    clock = peers.Clock()
    server.answers["/x"] = wait(1)
    with pytest.raises(errors.ServerError):
        peers.transport(server, clock=clock).request("GET", "/x")
    assert len(server.requests) == 11


def test_repeats_end_at_the_request_timeout(server: Recorder) -> None:
    clock = peers.Clock()
    server.answers["/x"] = wait(4)
    with pytest.raises(errors.ServerError):
        peers.transport(server, clock=clock, request_timeout=10.0).request("GET", "/x")
    assert clock.slept == [4.0, 4.0]


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(answer({}, 503), id="503 without Retry-After is final"),
        pytest.param(answer({}, 500), id="500 without Retry-After is final"),
        pytest.param(answer({}, 429), id="429 without Retry-After is final"),
        pytest.param(wait("Wed, 21 Oct 2026 07:28:00 GMT"), id="a date, which no API server sends, counts as none"),
        pytest.param(wait(1, 404), id="other answers are final even with Retry-After"),
    ],
)
def test_a_read_gives_up_at_once(server: Recorder, last: Answer) -> None:
    clock = peers.Clock()
    server.answers["/x"] = last
    with pytest.raises(errors.ApiError):
        peers.transport(server, clock=clock).request("GET", "/x")
    assert (len(server.requests), clock.slept) == (1, [])


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_is_repeated_when_it_was_throttled(server: Recorder, method: str) -> None:
    clock = peers.Clock()
    server.answers["/x"] = [wait(5, 429), OK]
    assert peers.transport(server, clock=clock).request(method, "/x", body={"a": 1}) == {"ok": True}
    assert clock.slept == [5.0]
    assert [request.body for request in server.requests] == [b'{"a": 1}'] * 2


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(wait(1, 503), id="a write is not repeated on 503: it may have happened"),
        pytest.param(wait(1, 500), id="a write is not repeated on 500"),
        pytest.param(answer(BUDGET, 429, ("Retry-After", "10")), id="a budget's 429 is an answer"),
    ],
)
def test_a_write_is_sent_once(server: Recorder, last: Answer) -> None:
    server.answers["/x"] = last
    with pytest.raises(errors.ApiError):
        peers.transport(server, clock=peers.Clock()).request("POST", "/x", body={})
    assert len(server.requests) == 1


def test_a_budget_tells_its_cause_and_its_wait(server: Recorder) -> None:
    server.answers["/x"] = answer(BUDGET, 429, ("Retry-After", "10"))
    with pytest.raises(errors.TooManyRequests) as caught:
        peers.transport(server).request("POST", "/x", body={})
    assert caught.value.retry_after == 10.0
    assert caught.value.body["details"]["causes"][0]["reason"] == "DisruptionBudget"


def test_without_retry_nothing_is_repeated(server: Recorder) -> None:
    server.answers["/x"] = [wait(1, 429), OK]
    with pytest.raises(errors.TooManyRequests):
        peers.transport(server, clock=peers.Clock()).request("POST", "/x", body={}, retry=False)


@pytest.mark.parametrize("fault", ["reset", "close"])
def test_a_read_whose_connection_is_lost_is_sent_again_on_a_new_one(server: Recorder, fault: str) -> None:
    lost = Answer(fault="reset" if fault == "reset" else "close")
    server.answers["/x"] = [OK, lost, OK]
    made = peers.transport(server)
    made.request("GET", "/x")
    assert made.request("GET", "/x") == {"ok": True}
    assert [request.connection for request in server.requests] == [1, 1, 2]


def test_another_kept_connection_is_not_a_new_one(server: Recorder) -> None:
    """All kept connections may be dead together: a load balancer has dropped them."""
    both = threading.Barrier(2, timeout=10)
    dead: list[int] = []

    def reply(request: Recorded) -> Answer:
        if not dead:
            both.wait()
        return Answer(fault="reset") if request.connection in dead else OK

    server.default = reply
    made = peers.transport(server)
    threads = [threading.Thread(target=made.request, args=("GET", "/x")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    dead += [1, 2]
    assert made.request("GET", "/x") == {"ok": True}
    assert [request.connection for request in server.requests[2:]] in ([1, 3], [2, 3])


def test_a_read_that_is_lost_twice_is_an_error(server: Recorder) -> None:
    server.answers["/x"] = Answer(fault="reset")
    with pytest.raises(errors.Unreachable) as caught:
        peers.transport(server).request("GET", "/x")
    assert caught.value.key == "connection-lost"
    assert len(server.requests) == 2


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("fault", ["reset", "close"])
def test_a_write_whose_connection_is_lost_is_never_sent_again(server: Recorder, method: str, fault: str) -> None:
    server.answers["/x"] = [Answer(fault="reset" if fault == "reset" else "close"), OK]
    with pytest.raises(errors.Unreachable) as caught:
        peers.transport(server).request(method, "/x", body={})
    assert caught.value.key == "connection-lost"
    assert len(server.requests) == 1


def test_an_answer_cut_in_the_middle_is_not_asked_for_again(server: Recorder) -> None:
    server.answers["/x"] = [Answer(body=b'{"items": [1, 2, 3]}', fault="cut"), OK]
    with pytest.raises(errors.NotKubernetes) as caught:
        peers.transport(server).request("GET", "/x")
    assert caught.value.key == "answer-cut"
    assert len(server.requests) == 1
