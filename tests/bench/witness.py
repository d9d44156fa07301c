"""Watches the pods of a namespace through a drain: when each was gone, and how healthy each application stayed."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.setting import is_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.server import Json, Server


class Witness:
    """`lowest`: the fewest healthy pods each application ever had; `gone`: when each pod was deleted (epoch seconds).

    The events of one watch come in the order of the changes, so no state in between is missed.
    """

    def __init__(self) -> None:
        self.lowest: dict[str, int] = {}
        self.gone: dict[str, float] = {}
        self._healthy: defaultdict[str, set[str]] = defaultdict(set)

    def see(self, kind: str, pod: Json) -> None:
        """Takes in one state of one pod."""
        app, name = pod["metadata"].get("labels", {}).get("app", ""), pod["metadata"]["name"]
        if kind == "DELETED":
            self.gone[name] = time.time_ns() / 1e9
        if kind != "DELETED" and is_ready(pod):
            self._healthy[app].add(name)
        else:
            self._healthy[app].discard(name)
        if kind != "LISTED":
            self.lowest[app] = min(self.lowest.get(app, len(self._healthy[app])), len(self._healthy[app]))


@contextmanager
def watching(server: Server, path: str) -> Iterator[Witness]:
    """A witness of the pods under `path` as long as the block runs."""
    witness = Witness()
    listed = server.get(path)
    for pod in listed["items"]:
        witness.see("LISTED", pod)
    version = listed["metadata"]["resourceVersion"]
    query = f"{path}?watch=1&resourceVersion={version}"
    with server.watch(query, lambda event: witness.see(event["type"], event["object"])):
        yield witness
