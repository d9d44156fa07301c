"""The tests' own way to an API server: plain JSON over kept connections.

It shares no code with the product, so that what it lays out and what it sees proves something about the product. Laying
out a few thousand objects through kubectl would take longer than the tests themselves.
"""

from __future__ import annotations

import http.client
import json
import queue
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Json = dict[str, Any]
MERGE_PATCH = "application/merge-patch+json"


class RefusedError(Exception):
    """The server said no; `status` is the HTTP status, `body` its Status object."""

    def __init__(self, method: str, path: str, status: int, body: Json) -> None:
        super().__init__(f"{method} {path}: {status} {body.get('message', body)}")
        self.status = status
        self.body = body


def _identity(kubeconfig: Path) -> tuple[str, int, ssl.SSLContext]:
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    where = urlsplit(cluster["server"])
    context = ssl.create_default_context(cafile=cluster["certificate-authority"])
    context.load_cert_chain(user["client-certificate"], user["client-key"])
    return where.hostname or "127.0.0.1", where.port or 443, context


class Server:
    """Requests to one API server as the cluster's administrator."""

    def __init__(self, kubeconfig: Path | str, user_agent: str = "lab-tests") -> None:
        self.kubeconfig = Path(kubeconfig)
        self._host, self._port, self._context = _identity(self.kubeconfig)
        self._headers = {"Accept": "application/json", "User-Agent": user_agent}
        self._idle: queue.LifoQueue[http.client.HTTPSConnection] = queue.LifoQueue()

    def _connect(self, timeout: float | None) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._context)

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[int, str]:
        """Over an idle connection, or a new one where all are busy or the server has closed the idle one."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect(30)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError):
            connection.close()
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
        answer = response.status, response.read().decode()
        self._idle.put(connection)
        return answer

    def close(self) -> None:
        """Closes the idle connections."""
        while not self._idle.empty():
            self._idle.get().close()

    def request(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Json:
        """One request; raises RefusedError for any status from 400 on."""
        headers = {**self._headers, "Content-Type": content_type}
        status, text = self._send(method, path, None if body is None else json.dumps(body), headers)
        answer: Json = json.loads(text) if text.startswith("{") else {"message": text}
        if status >= 400:
            raise RefusedError(method, path, status, answer)
        return answer

    def get(self, path: str, **query: str) -> Json:
        """GET, a list or an object."""
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path)

    def items(self, path: str, **query: str) -> list[Json]:
        """The items of a list."""
        return self.get(path, **query).get("items") or []

    def create(self, path: str, body: Json) -> Json:
        """POST."""
        return self.request("POST", path, body)

    def patch(self, path: str, body: Json) -> Json:
        """A merge patch."""
        return self.request("PATCH", path, body, MERGE_PATCH)

    def delete(self, path: str, **options: Any) -> None:
        """DELETE of an object or a collection; one that is not there counts as deleted."""
        try:
            self.request("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", **options})
        except RefusedError as refused:
            if refused.status != 404:
                raise

    @contextmanager
    def watch(self, path: str, see: Callable[[Json], None]) -> Iterator[None]:
        """Hands each event of a watch on `path` (with its query) to `see`, in their order, as long as the block runs."""
        connection = self._connect(timeout=None)
        connection.request("GET", path, headers=self._headers)
        response, over = connection.getresponse(), threading.Event()
        failures: list[BaseException] = []

        def follow() -> None:
            try:
                for line in iter(response.readline, b""):
                    see(json.loads(line))
            except (OSError, http.client.HTTPException, ValueError) as failure:
                if not over.is_set():
                    failures.append(failure)

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        try:
            yield
            if not thread.is_alive():
                raise RuntimeError(f"the watch of {path} ended early: {failures}")
        finally:
            time.sleep(0.3)  # what is on its way still counts
            over.set()
            connection.sock.shutdown(socket.SHUT_RDWR)
            thread.join()
            response.close()
            connection.close()


def within(seconds: float, what: str, every: float = 0.1) -> Iterator[None]:
    """Turns for a loop that waits for something; raises TimeoutError when it does not come in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(every)
    raise TimeoutError(f"waited {seconds:.0f} s for {what}")
