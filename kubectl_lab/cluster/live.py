"""A live cluster: get, list, watch, the server's version."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.cluster import Listing, discovery, watch
from kubectl_lab.cluster.execplugin import run_program
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.cluster.transport import Transport
from kubectl_lab.errors import Gone, NotFound, NotKubernetes

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping

    from kubectl_lab.cluster.execplugin import Run
    from kubectl_lab.cluster.target import Target
    from kubectl_lab.objects import Object


class LiveCluster:
    """The `Cluster` protocol on a server, and what only a server can answer."""

    def __init__(self, transport: Transport, target: Target) -> None:
        self.transport = transport
        self.target = target
        self._resources = dict(KINDS)

    def find(self, word: str) -> str:
        """What to give as `kind` for a word of a command line (`po`, `sts.apps`, `widgets`).

        A built-in kind costs no request, any other a discovery that is kept for six hours. Raises BadUsage (`unknown-type`).
        """
        folder = discovery.cache_folder(self.target.server, os.environ)
        resource = discovery.find(word, self.transport, folder)
        kind = resource.kind if KINDS.get(resource.kind) == resource else f"{resource.kind}.{resource.group}"
        self._resources[kind] = resource
        return kind

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object:
        """One object; of a namespaced kind, without `namespace`, in the target's namespace. Raises NotFound, Forbidden, …"""
        resource = self._resources[kind]
        where = (namespace or self.target.namespace) if resource.namespaced else None
        return self._read(resource.path(where, name), ())

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
    ) -> Listing:
        """All objects, page by page; whole or an error. A page token that expires (410) starts over, without pages.

        `resource_version` is the first page's: a watch from there misses nothing.
        """
        path = self._resources[kind].path(namespace)
        selection = _given(("labelSelector", label_selector), ("fieldSelector", field_selector))
        try:
            return self._pages(path, selection, limit)
        except Gone:
            return self._pages(path, selection, 0)

    def _pages(self, path: str, selection: tuple[tuple[str, str], ...], limit: int) -> Listing:
        items: list[Object] = []
        version, token = "", ""
        while True:
            answer = self._read(path, (*selection, *_given(("limit", limit), ("continue", token))))
            found = answer.get("items")
            if "kind" not in answer or not _is_list_of_objects(found):
                raise NotKubernetes("answer-not-a-list", path=path, **self.transport.where.values())
            items += found or ()
            version = version or objects.resource_version(answer)
            token = objects.text(objects.metadata(answer).get("continue"))
            if not token:
                return Listing(tuple(items), version)

    def watch(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
        stop: threading.Event,
    ) -> Iterator[watch.WatchEvent]:
        """Events from `resource_version` on, across lost connections, until `stop` (within a second).

        Where events may have been missed, a RELIST event brings the whole list. Raises Forbidden where watching or listing
        is not allowed, and whatever else does not pass by itself.
        """
        path, selection = (
            self._resources[kind].path(namespace),
            _given(("labelSelector", label_selector), ("fieldSelector", field_selector)),
        )

        def open_stream(version: str) -> Iterator[dict[str, Any]]:
            following = (("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", version))
            return self.transport.stream(path, (*selection, *following), stop=stop)

        def relist() -> Listing:
            return self.list(kind, namespace, label_selector=label_selector, field_selector=field_selector)

        return watch.Watch(open_stream, relist, resource_version, stop).events()

    def server_version(self) -> str:
        """`v1.36.3`."""
        return objects.text(self._read("/version", ()).get("gitVersion"))

    def _read(self, path: str, query: tuple[tuple[str, str], ...]) -> dict[str, Any]:
        try:
            return self.transport.request("GET", path, query=query)
        except NotFound as missing:
            if missing.key != "api-missing" or path == "/version":
                raise
            known: dict[str, Any] = {"status": missing.status, "body": missing.body, **missing.values}
            raise NotFound("api-missing-version", version=self.server_version(), **known) from missing


def _is_list_of_objects(items: object) -> bool:
    """The server writes an empty list as null."""
    return items is None or (isinstance(items, list) and all(isinstance(item, dict) for item in items))


def _given(*parameters: tuple[str, str | int]) -> tuple[tuple[str, str], ...]:
    """The query parameters that have a value."""
    return tuple((name, str(value)) for name, value in parameters if value)


def connect(
    target: Target,
    *,
    environ: Mapping[str, str] = os.environ,
    at_terminal: bool | None = None,
    run: Run = run_program,
    workers: int = 4,
    warn: Callable[[str], None] = lambda _: None,
    log: Callable[[str], None] = lambda _: None,
) -> LiveCluster:
    """The cluster that a target names; `warn` and `log` as for Transport. Nothing is sent yet.

    `environ` and `run` are for credential plugins; `at_terminal`: whether one may ask questions, None to look at stdin.
    """
    from kubectl_lab.cluster.credentials import Credentials

    if at_terminal is None:
        at_terminal = sys.stdin is not None and sys.stdin.isatty()
    clock = time.time  # noqa: TID251 - a credential expires at a time of day
    credentials = Credentials(target.identity, environ=environ, stdin_is_terminal=at_terminal, clock=clock, run=run)
    return LiveCluster(Transport(target, credentials, workers=workers, warn=warn, log=log), target)
