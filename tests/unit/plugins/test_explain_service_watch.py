"""`--watch` on the command line, against a server whose every list and event the test decides."""

from __future__ import annotations

import contextlib
import http.server
import json
import queue
import threading
import time
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

import make
from kubectl_lab_plugins.main import lab
from unit.service.cases import endpoint, endpoint_slice, pod, service

Json = dict[str, Any]
WEB = service("web", {"app": "web"}, (80, 8080))
POD = pod("web-1")
ADDRESS = POD["status"]["podIP"]
READY = endpoint_slice(
    "web-a", "web", endpoint(ADDRESS, pod="web-1", nodeName="n1"), ports=[{"name": "", "port": 8080}]
)
EMPTY = endpoint_slice("web-a", "web", ports=None)
PLURALS = {"Service": "services", "EndpointSlice": "endpointslices", "Pod": "pods"}
ENVIRONMENT = {"LC_ALL": "C", "NO_COLOR": "1", "KUBECONFIG": "/nowhere"}


class Api(http.server.ThreadingHTTPServer):
    """Lists by plural (none: an empty one), watches that send what is put into `events`. `broken`: plurals that get no answer."""

    daemon_threads = True

    def __init__(self, *objects: Json) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lists: dict[str, list[Json]] = {}
        self.events: dict[str, queue.SimpleQueue[Json]] = {plural: queue.SimpleQueue() for plural in PLURALS.values()}
        self.broken: set[str] = set()
        self.listed: list[str] = []
        self.over = threading.Event()
        for each in objects:
            self.lists.setdefault(PLURALS[each["kind"]], []).append(each)

    def send(self, kind: str, obj: Json) -> None:
        """An event to whoever watches."""
        self.events[PLURALS.get(obj["kind"], "services")].put({"type": kind, "object": obj})

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is expected."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        plural = where.path.rpartition("/")[2]
        if plural in self.server.broken:
            return
        if plural == "v1":
            self._answer({"kind": "Status", "message": "not found"}, 404)
        elif "watch" in parse_qs(where.query):
            self._stream(plural)
        else:
            self.server.listed.append(plural)
            items = self.server.lists.get(plural, [])
            self._answer({"kind": "List", "metadata": {"resourceVersion": "7"}, "items": items})

    def _answer(self, body: Json, status: int = 200) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def _stream(self, plural: str) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.flush()
        while not self.server.over.is_set():
            with contextlib.suppress(queue.Empty):
                event = self.server.events[plural].get(timeout=0.05)
                self.wfile.write(json.dumps(event).encode() + b"\n")
                self.wfile.flush()
                if event["type"] == "ERROR":
                    return

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing on stderr."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_lab.cluster.service_watch.SETTLE", 0.1)
    monkeypatch.setattr("kubectl_lab.cluster.watch.FIRST_PAUSE", 0.05)


def after(seconds: float, *calls: Any) -> None:
    """Does one thing after another, in its own time."""

    def run() -> None:
        for call in calls:
            time.sleep(seconds)
            call()

    threading.Thread(target=run, daemon=True).start()


def watch(api: Api, *words: str, wait: str = "10s") -> Any:
    command = ["explain-service", *words, "--watch", "-n", "shop", "-s", f"http://127.0.0.1:{api.server_address[1]}"]
    return CliRunner().invoke(lab, [*command, "--timeout", wait], env=ENVIRONMENT)


def told(result: Any) -> list[str]:
    """The lines without their times."""
    return [line.partition("  ")[2] for line in result.stdout.splitlines()]


def test_a_wait_ends_when_the_watch_brings_what_was_waited_for() -> None:
    with Api(WEB, EMPTY, POD) as api:
        after(1.0, lambda: api.send("MODIFIED", READY))
        done = watch(api, "web", "--until", "healthy")
    assert done.exit_code == 0
    assert told(done)[0].startswith("web  BROKEN")
    assert told(done)[-1] == f"web  HEALTHY  +{ADDRESS}"


def test_what_is_waited_for_may_be_there_already() -> None:
    with Api(WEB, READY, POD) as api:
        assert watch(api, "web", "--until", "healthy").exit_code == 0


def test_a_wait_in_vain_says_so() -> None:
    with Api(WEB, EMPTY) as api:
        done = watch(api, "web", "--until", "healthy", wait="500ms")
    assert done.exit_code == 1
    assert "error: not all that was asked about is healthy after 0.5 s" in done.stderr


def test_a_watch_without_a_wish_ends_with_one_when_its_time_is_over() -> None:
    with Api(WEB, READY, POD) as api:
        done = watch(api, "web", wait="500ms")
    assert (done.exit_code, done.stderr) == (1, "")


def test_where_the_thread_of_events_was_lost_the_whole_list_is_told() -> None:
    with Api(WEB, EMPTY, POD) as api:

        def expire() -> None:
            api.lists["endpointslices"] = [READY]
            api.events["endpointslices"].put({"type": "ERROR", "object": {"kind": "Status", "code": 410}})

        after(0.5, expire)
        done = watch(api, "web", "--until", "healthy")
    assert done.exit_code == 0
    assert api.listed.count("endpointslices") == 2


def test_a_server_that_is_away_for_a_moment_is_waited_for() -> None:
    with Api(WEB, EMPTY, POD) as api:

        def leave() -> None:
            api.broken = {"nodes", "networkpolicies", "ingresses"}
            api.events["pods"].put({"type": "ERROR", "object": {"kind": "Status", "code": 410}})

        def come_back() -> None:
            api.broken = set()
            api.send("MODIFIED", READY)

        after(1.0, leave, come_back)
        done = watch(api, "web", "--until", "healthy")
    assert done.exit_code == 0
    assert "changes cannot be followed now and are asked for again" in done.stderr


def test_a_document_a_change() -> None:
    with Api(WEB, EMPTY, POD) as api:
        after(1.0, lambda: api.send("MODIFIED", READY))
        done = watch(api, "web", "-o", "jsonl", "--until", "healthy")
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["services"][0]["verdict"] for each in documents] == ["broken", "healthy"]
    assert documents[-1]["changes"][0]["added"] == [ADDRESS]


def test_a_bad_answer_on_the_way_is_no_exit_code() -> None:
    with Api(WEB, EMPTY, POD) as api:
        after(1.0, lambda: api.send("MODIFIED", READY))
        assert watch(api, "web", "--until", "healthy", "--exit-code").exit_code == 0


def test_services_that_labels_chose_are_followed_alone() -> None:
    other = {
        **service("db", {"app": "db"}),
        "metadata": {"name": "db", "namespace": "shop", "labels": {"tier": "back"}},
    }
    with Api(WEB, READY, POD, other) as api:
        done = watch(api, "-l", "tier=back", wait="500ms")
    assert [line.split()[0] for line in told(done)] == ["db"]


def test_what_lags_behind_has_two_seconds_whatever_else_happens_meanwhile() -> None:
    with Api(WEB, POD) as api:
        api.lists["nodes"] = [make.node("n1")]
        after(0.6, lambda: api.send("ADDED", pod("web-2", {"app": "other"})), lambda: api.send("ADDED", READY))
        done = watch(api, "web", "--until", "healthy")
    assert told(done) == [f"web  HEALTHY  +{ADDRESS}"]


def test_who_waits_where_there_is_no_service_yet_is_told_once() -> None:
    with Api() as api:
        after(0.5, lambda: api.send("ADDED", POD), lambda: api.send("ADDED", WEB))
        done = watch(api, wait="2s")
    assert done.stderr.count("No services in namespace shop.") == 1
    assert told(done)[0].startswith("web  BROKEN")


@pytest.mark.parametrize("format", ["json", "yaml", "name", "wide", "svg"])
def test_formats_that_do_not_grow_line_by_line_are_refused(format: str) -> None:
    with Api(WEB) as api:
        done = watch(api, "web", "-o", format)
    assert done.exit_code == 2
    assert "text, jsonl" in done.stderr
    assert api.listed == []
