"""Several requests on their way at once."""

from __future__ import annotations

import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


def at_once(calls: Sequence[Callable[[], T]], workers: int) -> list[T]:
    """The results in the order of the calls, which run in threads; the first failure in that order is raised.

    After a failure no further call begins. The threads are daemons: Ctrl-C waits for no answer.
    """
    done: queue.SimpleQueue[None] = queue.SimpleQueue()
    todo = deque(enumerate(calls))
    results: dict[int, T] = {}
    failed: dict[int, BaseException] = {}

    def work() -> None:
        while not failed:
            try:
                index, call = todo.popleft()
            except IndexError:
                break
            try:
                results[index] = call()
            except BaseException as error:  # noqa: BLE001 - raised again, where it is waited for
                failed[index] = error
        done.put(None)

    threads = min(workers, len(calls))
    for _ in range(threads):
        threading.Thread(target=work, daemon=True).start()
    for _ in range(threads):
        done.get()
    if failed:
        raise failed[min(failed)]
    return [results[index] for index in range(len(calls))]
