"""Whole lists or an error; watches over real connections; what it costs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

import peers
from certificates import Authority
from kubectl_lab import errors, objects
from kubectl_lab.cluster import live
from kubectl_lab.cluster.live import LiveCluster
from kubectl_lab.cluster.target import ExecPlugin
from peers import Streamer
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recording import Recorded

PODS = "/api/v1/namespaces/shop/pods"


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as made:
        yield made


def cluster(server: Recorder | Streamer) -> LiveCluster:
    made = peers.transport(server.url)
    return LiveCluster(made, made.target)


def page(*names: str, version: str = "7", token: str = "") -> Answer:
    items = [{"metadata": {"name": name}} for name in names]
    return answer({"kind": "PodList", "metadata": {"resourceVersion": version, "continue": token}, "items": items})


def queries(server: Recorder) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(request.path).query) for request in server.requests]


def test_pages_make_one_list_with_the_version_of_the_first(server: Recorder) -> None:
    server.answers[PODS] = [
        page("a", "b", version="7", token="t1"),
        page("c", version="9", token="t2"),
        page(version="11"),
    ]
    found = cluster(server).list("Pod", "shop", label_selector="app=web", field_selector="spec.nodeName=n1", limit=2)
    assert [objects.name(item) for item in found.items] == ["a", "b", "c"]
    assert found.resource_version == "7"
    common = {"labelSelector": ["app=web"], "fieldSelector": ["spec.nodeName=n1"], "limit": ["2"]}
    assert queries(server) == [common, common | {"continue": ["t1"]}, common | {"continue": ["t2"]}]


def test_pages_hold_500_unless_told_and_0_means_none(server: Recorder) -> None:
    server.answers[PODS] = page("a")
    cluster(server).list("Pod", "shop")
    cluster(server).list("Pod", "shop", limit=0)
    assert queries(server) == [{"limit": ["500"]}, {}]


def test_a_token_that_expires_starts_over_without_pages(server: Recorder) -> None:
    gone = answer({"kind": "Status", "message": "expired"}, 410)
    server.answers[PODS] = [page("a", token="t1"), gone, page("a", "b", version="12")]
    found = cluster(server).list("Pod", "shop", limit=1)
    assert [objects.name(item) for item in found.items] == ["a", "b"]
    assert found.resource_version == "12"
    assert queries(server)[-1] == {}


@pytest.mark.parametrize(
    ("second", "error"),
    [
        pytest.param(answer({}, 500), errors.ServerError, id="a page that fails"),
        pytest.param(Answer(body=b'{"kind": "PodList"}', fault="cut"), errors.NotKubernetes, id="a page that is cut"),
        pytest.param(answer({"items": {}}), errors.NotKubernetes, id="a page that is no list"),
        pytest.param(answer({"kind": "Pod", "items": 1}), errors.NotKubernetes, id="a page of another shape"),
        pytest.param(answer({"kind": "PodList", "items": [None]}), errors.NotKubernetes, id="a page of nothing"),
    ],
)
def test_a_list_is_never_a_part_of_one(server: Recorder, second: Answer, error: type[errors.LabError]) -> None:
    server.answers[PODS] = [page("a", token="t1"), second]
    with pytest.raises(error):
        cluster(server).list("Pod", "shop")


def test_null_items_are_none(server: Recorder) -> None:
    server.answers[PODS] = answer({"kind": "PodList", "metadata": {}, "items": None})
    assert cluster(server).list("Pod", "shop").items == ()


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (lambda made: made.get("Pod", "a"), "/api/v1/namespaces/shop/pods/a"),
        (lambda made: made.get("Pod", "a", "other"), "/api/v1/namespaces/other/pods/a"),
        (lambda made: made.get("Node", "n1", "ignored"), "/api/v1/nodes/n1"),
        (lambda made: made.get("DaemonSet", "d", "x"), "/apis/apps/v1/namespaces/x/daemonsets/d"),
        (lambda made: made.list("Pod"), "/api/v1/pods"),
        (lambda made: made.list("PodDisruptionBudget", "x"), "/apis/policy/v1/namespaces/x/poddisruptionbudgets"),
    ],
)
def test_paths(server: Recorder, ask: Callable[[LiveCluster], Any], path: str) -> None:
    ask(cluster(server))
    assert [urlsplit(request.path).path for request in server.requests] == [path]


def test_the_version_of_the_server(server: Recorder) -> None:
    assert cluster(server).server_version() == "v1.36.3"


def test_a_missing_api_names_it_and_the_version_of_the_server(server: Recorder) -> None:
    server.default = lambda _: Answer(404, b"404 page not found\n", (("Content-Type", "text/plain"),))
    with pytest.raises(errors.NotFound) as caught:
        cluster(server).list("PodDisruptionBudget")
    assert caught.value.key == "api-missing-version"
    assert (caught.value.values["api"], caught.value.values["version"]) == ("policy/v1", "v1.36.3")


def document(kind: str, version: int, name: str = "a") -> dict[str, Any]:
    return {"type": kind, "object": {"metadata": {"name": name, "resourceVersion": str(version)}}}


def test_a_watch_goes_over_connections_and_expired_versions_and_ends_within_a_second() -> None:
    stop, seen = threading.Event(), list[tuple[str, str]]()
    with Streamer() as server:
        server.script(document("ADDED", 5), document("BOOKMARK", 8))
        server.script({"kind": "Status", "code": 410}, status=410)
        server.script({"kind": "PodList", "metadata": {"resourceVersion": "20"}, "items": []})
        server.script(document("ADDED", 21, "b"), Streamer.HOLD)
        last = threading.Event()

        def follow() -> None:
            for event in cluster(server).watch(
                "Pod", resource_version="3", field_selector="spec.nodeName=n1", stop=stop
            ):
                seen.append((event.type, objects.name(event.object)))
                if objects.name(event.object) == "b":
                    last.set()

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        assert last.wait(10)
        began = time.monotonic()
        stop.set()
        thread.join(5)
        assert time.monotonic() - began < 1
    assert seen == [("ADDED", "a"), ("RELIST", ""), ("ADDED", "b")]
    first = parse_qs(urlsplit(server.paths[0]).query)
    assert first == {
        "watch": ["true"],
        "allowWatchBookmarks": ["true"],
        "resourceVersion": ["3"],
        "fieldSelector": ["spec.nodeName=n1"],
    }
    versions = [parse_qs(urlsplit(path).query).get("resourceVersion") for path in server.paths]
    assert versions == [["3"], ["8"], None, ["20"]]


def test_connecting_sends_nothing(server: Recorder) -> None:
    live.connect(peers.target(server.url))
    assert server.requests == []


PLUGIN = """#!/bin/sh
echo run >> {log}
sleep 0.2
printf '%s' '{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{"token":"t"}}}}'
"""


def test_ten_threads_run_an_exec_plugin_once(tmp_path: Any) -> None:
    authority, log, program = Authority(), tmp_path / "log", tmp_path / "plugin"
    program.write_text(PLUGIN.format(log=log))
    program.chmod(0o700)
    plugin = ExecPlugin("client.authentication.k8s.io/v1", str(program), interactive_mode="Never")
    with Recorder(authority.server()) as server:
        target = peers.target(server.url, ca=authority.pem, identity=peers.identity(exec_plugin=plugin))
        made = live.connect(target, workers=10)
        threads = [threading.Thread(target=made.server_version) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert [request.value("Authorization") for request in server.requests] == ["Bearer t"] * 10
    assert log.read_text() == "run\n"


MEASURE = """
import re, sys, time
sys.path.insert(0, {tests!r})
import peers
from kubectl_lab.cluster.live import LiveCluster
from kubectl_lab.cluster.transport import preload
preload()
made = peers.transport({url!r})
began = time.process_time()
found = LiveCluster(made, made.target).list("Pod")
spent = time.process_time() - began
# not getrusage: its peak counts the process that started this one
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(len(found.items), spent, int(peak.group(1)) / 1024)
"""


def big_pod(number: int) -> dict[str, Any]:
    """As large as a real one: 4 to 5 kB."""
    container = {
        "name": "app",
        "image": "example.com/app:v1",
        "env": [{"name": f"V{i}", "value": "x" * 20} for i in range(25)],
    }
    conditions = [{"type": f"C{i}", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"} for i in range(5)]
    meta: dict[str, Any] = {
        "name": f"pod-{number}",
        "namespace": "shop",
        "labels": {f"l{i}": "v" * 10 for i in range(10)},
    }
    meta["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}" * 700}
    mounts = [{"name": f"v{i}", "mountPath": f"/mnt/{i}", "readOnly": True} for i in range(12)]
    status = {"phase": "Running", "conditions": conditions, "podIP": "10.0.0.1"}
    return {"metadata": meta, "spec": {"containers": [container | {"volumeMounts": mounts}]}, "status": status}


def test_five_thousand_pods_take_less_than_a_second_and_200_megabytes(server: Recorder) -> None:
    pages = {}
    for start in range(0, 5000, 500):
        token = str(start + 500) if start < 4500 else ""
        items = [big_pod(number) for number in range(start, start + 500)]
        body = {"kind": "PodList", "metadata": {"resourceVersion": "1", "continue": token}, "items": items}
        pages[str(start)] = answer(body)

    def reply(request: Recorded) -> Answer:
        return pages[parse_qs(urlsplit(request.path).query).get("continue", ["0"])[0]]

    assert len(pages["0"].body) / 500 > 4_000
    server.default = reply
    script = MEASURE.format(tests=peers.__file__.rpartition("/")[0], url=server.url)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    count, seconds, megabytes = (float(word) for word in run.stdout.split())
    print(f"{count:.0f} pods: {seconds:.2f} s, {megabytes:.0f} MB")
    assert count == 5000
    assert megabytes < 200
    assert seconds < 1, "seconds of processor time: other programs do not count"
