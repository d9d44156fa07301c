"""One request -> a dictionary or a LabError. The only module that imports the Kubernetes client, for its transport alone.

Objects stay plain dictionaries. Nothing is printed; the server's warnings go to a callback.
"""

from __future__ import annotations

import functools
import http.client
import re
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kubectl_lab.cluster import clients, failures, status, streams, tls
from kubectl_lab.cluster.where import where_of
from kubectl_lab.errors import NotKubernetes, TimedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from kubectl_lab.cluster.target import Target
    from kubectl_lab.errors import LabError

CONNECT_SECONDS, READ_SECONDS, WATCH_SECONDS = 30.0, 60.0, 150.0
MOST_REPEATS = 10
_CHUNK = 1 << 16
_GLANCE = 1 << 12  # bytes
_OK, _FAILURE, _UNAUTHORIZED = 200, 400, 401
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')


@functools.cache
def _library() -> clients.Library:
    """The transport of the Kubernetes client, without its models, configuration loader and dynamic client.

    The packages whose `__init__` pulls in everything else are entered in `sys.modules` without being executed: 0.15 s
    instead of 0.75 s. Where the caller has imported `kubernetes` already, that one is used.
    """
    from importlib.util import find_spec, module_from_spec

    for name in ("kubernetes", "kubernetes.utils"):
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None:
            sys.modules[name] = module_from_spec(spec)
    import urllib3
    from kubernetes.client.configuration import Configuration
    from kubernetes.client.exceptions import ApiException
    from kubernetes.client.rest import RESTClientObject

    known = (ApiException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)
    insecure = urllib3.exceptions.InsecureRequestWarning
    return clients.Library(RESTClientObject, Configuration, urllib3.HTTPHeaderDict, insecure, known)


def preload() -> None:
    """Import all that a request may need late: a program replaced under a long drain finds nothing of its own any more."""
    import encodings.idna  # noqa: F401 - socket.getaddrinfo looks this codec up at its first call
    import gzip  # noqa: F401 - answers come compressed
    import platform  # noqa: F401 - the User-Agent

    _library()


@dataclass(frozen=True, slots=True)
class _Call:
    """A request; `deadline` is in the clock's seconds, None for no bound. `is_ours`: the API server itself answers."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any = None
    content_type: str = ""
    accept: str = "application/json"
    deadline: float | None = None
    is_ours: bool = True


class Transport:
    """Requests to one target as one identity, from any number of threads.

    `workers`: connections kept. `warn` is given each text of the server's `Warning` headers once, `log` a line for every
    answer: method, path, status, time; never a header or a body. `sleep` and `clock` are for tests.
    """

    def __init__(
        self,
        target: Target,
        credentials: clients.CredentialSource,
        *,
        workers: int = 4,
        warn: Callable[[str], None] = lambda _: None,
        log: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.target = target
        self.where = where_of(target)
        self._clients = clients.Clients(target, credentials, workers, _library)
        self._warn, self._log, self._sleep, self._clock = warn, log, sleep, clock
        self._lock = threading.Lock()
        self._warned: set[str] = set()

    def close(self) -> None:
        """Close the connections that are kept; the next request opens new ones."""
        self._clients.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout: float | None = None,
        retry: bool = True,
    ) -> dict[str, Any]:
        """The JSON object that the server answers. `timeout` (seconds) bounds it all, repeats included; default: the target's.

        Repeated are, up to ten times, a GET answered 429 or 5xx with Retry-After and a write answered 429 with Retry-After
        (not a budget's), each after the wait asked for (at most 30 s); once, a GET whose connection was lost before the
        answer, and anything answered 401 when there are new credentials. `retry=False`: none of it but the last.
        Raises ApiError and its children, Unreachable, TimedOut, NotKubernetes, BadCredentials.
        """
        bound = timeout if timeout is not None else self.target.request_timeout
        deadline = self._clock() + bound if bound else None
        sent_type = content_type if body is not None else ""
        call = _Call(method, path, tuple(query), body, sent_type, accept, deadline)
        repeats, renewed = 0, False
        while True:
            answer = self._answer(call, again=retry and method == "GET")
            if answer.status == _UNAUTHORIZED and not renewed and self._clients.renew():
                renewed = True
                continue
            pause = status.pause(answer) if retry and repeats < MOST_REPEATS else None
            if pause is None or (deadline is not None and self._clock() + pause >= deadline):
                return status.document(answer, self.where)
            repeats += 1
            self._sleep(pause)

    def glance(self, path: str, *, timeout: float) -> status.Answer:
        """Whatever comes back to one GET within `timeout` seconds: its status, and of JSON about a failure the start.

        Nothing is repeated, no redirect is followed, no other body is read: this asks a backend behind the server's proxy.
        Raises TimedOut, Unreachable, NotKubernetes, BadCredentials.
        """
        call = _Call("GET", path, (), accept="*/*", deadline=self._clock() + timeout, is_ours=False)
        client = self._clients.fresh()
        try:
            return self._head(self._send(client, call, (timeout, timeout)), call)
        except _library().failures as error:
            raise self._failure(error) from error
        finally:
            client.close()

    def _head(self, response: Any, call: _Call) -> status.Answer:
        """The answer with the start of its body; its connection is closed, since the rest stays unread."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        start = bytearray()
        try:
            is_failure = response.status >= _FAILURE and "json" in headers.get("content-type", "")
            while is_failure and len(start) < _GLANCE and (piece := response.read1(_GLANCE)):
                start += piece
                self._left(call)
        finally:
            response.close()
        return status.Answer(call.method, call.path, response.status, headers, bytes(start))

    def stream(
        self, path: str, query: Sequence[tuple[str, str]], *, stop: threading.Event
    ) -> Generator[dict[str, Any]]:
        """The documents of a stream (a watch), as they come, until the server ends it or `stop` is set (within a second).

        Uses a connection of its own; closing the iterator, or its end, leaves neither thread nor socket. Raises what
        `request` raises; a stream that breaks off is Unreachable.
        """
        call = _Call("GET", path, tuple(query))
        refused = yield from self._stream(call, stop)
        if refused and refused.status == _UNAUTHORIZED and self._clients.renew():
            refused = yield from self._stream(call, stop)
        if refused:
            raise status.refusal(refused, self.where)

    def _stream(self, call: _Call, stop: threading.Event) -> Generator[dict[str, Any], None, status.Answer | None]:
        """One connection's documents; returns the answer instead if the server refuses."""
        client = self._clients.fresh()
        try:
            with streams.Interrupter(client.pool_manager.connection_from_url(self._url(call)), stop):
                response = self._send(client, call, (CONNECT_SECONDS, WATCH_SECONDS))
                if response.status != _OK:
                    return self._whole(response, call)
                yield from streams.documents(self._pieces(response, call))
        except _library().failures as error:
            if not stop.is_set():
                raise self._failure(error) from error
        except ValueError as error:
            if not stop.is_set():
                raise NotKubernetes("stream-not-json", **self.where.values()) from error
        finally:
            client.close()
        return None

    def _answer(self, call: _Call, *, again: bool) -> status.Answer:
        """The answer to one request; a lost connection is tried once more if `again`, on a new one."""
        try:
            return self._exchange(self._clients.shared(), call)
        except _library().failures as error:
            if not again or not failures.is_lost(error):
                raise self._failure(error) from error
        client = self._clients.fresh()
        try:
            return self._exchange(client, call)
        except _library().failures as error:
            raise self._failure(error) from error
        finally:
            client.close()

    def _exchange(self, client: Any, call: _Call) -> status.Answer:
        left = self._left(call)
        bounds = (
            (CONNECT_SECONDS, READ_SECONDS) if left is None else (min(CONNECT_SECONDS, left), min(READ_SECONDS, left))
        )
        return self._whole(self._send(client, call, bounds), call)

    def _send(self, client: Any, call: _Call, bounds: tuple[float, float]) -> Any:
        headers = self._clients.headers(call.accept, call.content_type)
        url, sent_at = self._url(call), self._clock()
        made = client.request(call.method, url, headers=headers, body=call.body, _request_timeout=bounds)
        took = round((self._clock() - sent_at) * 1000)
        self._log(f"{call.method} {url.removeprefix(self.target.server)} {made.response.status} in {took} ms")
        if call.is_ours:
            self._note_warnings(made.response)
        return made.response

    def _url(self, call: _Call) -> str:
        return self.target.server + call.path + (f"?{urlencode(call.query)}" if call.query else "")

    def _whole(self, response: Any, call: _Call) -> status.Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return status.Answer(call.method, call.path, response.status, headers, b"".join(self._pieces(response, call)))

    def _pieces(self, response: Any, call: _Call) -> Iterator[bytes]:
        """The body as it comes; its connection is given back at the end, closed on the way out of anything else."""
        try:
            while piece := response.read1(_CHUNK):
                yield piece
                self._left(call)
        except BaseException:
            response.close()
            raise

    def _left(self, call: _Call) -> float | None:
        """Seconds until the deadline, None without one. Raises TimedOut when it has passed."""
        if call.deadline is None:
            return None
        left = call.deadline - self._clock()
        if left <= 0:
            raise TimedOut("timed-out", **self.where.values())
        return left

    def _note_warnings(self, response: Any) -> None:
        for header in response.headers.getlist("Warning"):
            for text in _WARNING.findall(header):
                words = re.sub(r"\\(.)", r"\1", text)
                with self._lock:
                    known = words in self._warned
                    self._warned.add(words)
                if not known:
                    self._warn(words)

    def _failure(self, error: BaseException) -> LabError:
        target = self.target
        if failures.is_lost(error):
            error = self._clients.refusal() or error
        proxy = clients.bare_proxy(target.proxy)
        return failures.translate(error, self.where, proxy=proxy, proxy_source=target.proxy_source, dates=self._dates)

    def _dates(self) -> str:
        """Until when the server's certificate is valid, asked for in a connection that sends nothing; "" if unknown."""
        return "" if self.target.proxy else tls.server_dates(self.target.server, self.target.tls_server_name)
