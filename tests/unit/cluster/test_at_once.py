"""Requests on their way at once: all results, in order; the first failure; no more threads than were allowed."""

from __future__ import annotations

import threading

import pytest

from kubectl_lab.cluster.at_once import at_once


def test_results_come_in_the_order_of_the_calls() -> None:
    first = threading.Event()

    def slow() -> str:
        assert first.wait(10)
        return "slow"

    def quick() -> str:
        first.set()
        return "quick"

    assert at_once([slow, quick], 2) == ["slow", "quick"]


def test_nothing_to_do_is_done() -> None:
    assert at_once([], 4) == []


def test_one_worker_does_one_thing_after_another() -> None:
    done: list[int] = []
    at_once([lambda number=number: done.append(number) for number in range(20)], 1)  # type: ignore[misc]  # a default binds it
    assert done == list(range(20))


def test_no_more_calls_run_at_once_than_there_are_workers() -> None:
    lock, running, most = threading.Lock(), 0, 0
    together = threading.Barrier(3, timeout=10)

    def call() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait()
        with lock:
            running -= 1

    at_once([call] * 9, 3)
    assert most == 3


def test_the_first_failure_in_order_is_raised_and_nothing_begins_after_it() -> None:
    done: list[str] = []

    def fail(word: str) -> None:
        raise ValueError(word)

    with pytest.raises(ValueError, match="one"):
        at_once([lambda: fail("one"), lambda: done.append("two")], 1)
    assert done == []


def test_ctrl_c_in_a_call_comes_through() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_once([interrupt], 2)


def test_threads_do_not_keep_the_program_alive() -> None:
    assert all(at_once([lambda: threading.current_thread().daemon] * 3, 2))
