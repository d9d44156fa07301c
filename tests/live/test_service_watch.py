"""`--watch`: lines, documents, waiting for a verdict, the end."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import Ground, deployment, service

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.live
WEB = {"app": "web"}
ENGLISH = {"LC_ALL": "C", "NO_COLOR": "1", "COLUMNS": "100"}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  ")


class Watching:
    """`kubectl lab explain-service … --watch` through the real kubectl, read line by line."""

    def __init__(self, ground: Ground, namespace: str, *words: str) -> None:
        command = [str(ground.sandbox.bin / "kubectl"), "lab", "explain-service", *words, "--watch", "-n", namespace]
        self.process = subprocess.Popen(
            command,
            env={**ground.sandbox.environment(), **ENGLISH},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._threads = [self._read(self.process.stdout, self.lines), self._read(self.process.stderr, self.errors)]

    def _read(self, stream: Any, into: list[str]) -> threading.Thread:
        thread = threading.Thread(target=self._pump, args=(stream, into), daemon=True)
        thread.start()
        return thread

    def _pump(self, stream: Any, into: list[str]) -> None:
        into.extend(line.rstrip("\n") for line in stream)

    def until(self, pattern: str, seconds: float = 20) -> str:
        """The first line that the pattern is found in."""
        for _ in within(seconds, f"{pattern!r} among {self.lines} ({self.errors})", 0.02):
            for line in list(self.lines):
                if re.search(pattern, line):
                    return line
            if self.process.poll() is not None and not any(thread.is_alive() for thread in self._threads):
                break
        raise AssertionError((pattern, self.lines, self.errors))

    def end(self, seconds: float = 20) -> int:
        """Its exit code."""
        code = self.process.wait(seconds)
        for thread in self._threads:
            thread.join(5)
        return code


@contextlib.contextmanager
def watching(ground: Ground, namespace: str, *words: str) -> Iterator[Watching]:
    made = Watching(ground, namespace, *words)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()
        for stream in (made.process.stdout, made.process.stderr):
            if stream:
                stream.close()


def ready(ground: Ground, namespace: str, pod: str, state: str) -> None:
    condition = {"type": "Ready", "status": state}
    ground.status("Pod", namespace, pod, {"conditions": [condition]})


@pytest.fixture
def shop(services: Ground) -> str:
    """A namespace with the Service `web` and no pod."""
    made = services.namespace("watch")
    services.add(made, service("web", WEB, (80, 8080)))
    return made


def test_each_change_of_verdict_cause_or_addresses_is_a_line(services: Ground, shop: str) -> None:
    with watching(services, shop, "web") as seen:
        assert STAMP.match(seen.until("BROKEN"))
        first = services.pod(shop, "web-1", WEB)["status"]["podIP"]
        assert seen.until(r"HEALTHY").endswith(f"web  HEALTHY  +{first}")
        second = services.pod(shop, "web-2", WEB)["status"]["podIP"]
        seen.until(rf"HEALTHY  \+{second}$")
        ready(services, shop, "web-1", "False")
        line = seen.until("DEGRADED")
        assert f"-{first}  SVC021" in line
        services.server.delete(f"{KINDS['Service'].path(shop)}/web")
        assert "SVC001" in seen.until(f"BROKEN  -{second}")
        services.add(shop, service("web", WEB, (80, 8080)))
        seen.until(rf"DEGRADED  \+{second}")
    assert seen.errors == []


def test_what_changes_nothing_is_no_line(services: Ground, shop: str) -> None:
    services.pod(shop, "web-1", WEB)
    services.endpoints(shop, "web", 1)
    with watching(services, shop, "web") as seen:
        seen.until("HEALTHY")
        services.server.patch(f"{KINDS['Service'].path(shop)}/web", {"metadata": {"labels": {"team": "a"}}})
        services.pod(shop, "other", {"app": "other"})
        time.sleep(1)
        assert len(seen.lines) == 1
        second = services.pod(shop, "web-2", WEB)["status"]["podIP"]
        seen.until(re.escape(f"+{second}"))  # it was looking all the while


def test_a_wait_ends_with_zero_when_it_is_over(services: Ground, shop: str) -> None:
    with watching(services, shop, "web", "--until", "healthy", "--timeout", "30s") as seen:
        seen.until("BROKEN")
        services.pod(shop, "web-1", WEB)
        assert seen.end() == 0
    assert "HEALTHY" in seen.lines[-1]
    assert seen.errors == []


def test_a_wait_that_is_over_already_ends_at_once(services: Ground, shop: str) -> None:
    services.pod(shop, "web-1", WEB)
    services.pod(shop, "web-2", WEB, ready=False)
    services.endpoints(shop, "web", 2, ready=1)
    with watching(services, shop, "web", "--until", "degraded") as seen:
        assert seen.end() == 0
    assert len(seen.lines) == 1
    with watching(services, shop, "web", "--until", "healthy", "--timeout", "1s") as seen:
        assert seen.end() == 1
    assert "error: not all that was asked about is healthy after 1 s" in seen.errors[0]


def test_better_than_degraded_is_enough_and_broken_is_not(services: Ground, shop: str) -> None:
    with watching(services, shop, "web", "--until", "degraded", "--timeout", "20s") as seen:
        seen.until("BROKEN")
        services.pod(shop, "web-1", WEB)
        assert seen.end() == 0


def test_a_service_may_be_waited_for_before_it_exists(services: Ground) -> None:
    shop = services.namespace("watch")
    with watching(services, shop, "web", "--until", "healthy", "--timeout", "40s") as seen:
        seen.until("SVC001")
        services.add(shop, deployment("web"), service("web", WEB))
        assert seen.end(45) == 0


def test_ctrl_c_ends_it_with_130_and_without_a_word(services: Ground, shop: str) -> None:
    with watching(services, shop, "web") as seen:
        seen.until("BROKEN")
        seen.process.send_signal(signal.SIGINT)
        assert seen.end(5) == 130
    assert seen.errors == []


def test_jsonl_is_a_document_a_change(services: Ground, shop: str) -> None:
    services.add(shop, service("db", {"app": "db"}))
    with watching(services, shop, "-o", "jsonl") as seen:
        seen.until('"broken"')
        address = services.pod(shop, "db-1", {"app": "db"})["status"]["podIP"]
        document = json.loads(seen.until(address))
    first = json.loads(seen.lines[0])
    assert {entry["service"]["name"] for entry in first["services"]} == {"web", "db"}
    assert (document["kind"], [entry["service"]["name"] for entry in document["services"]]) == (
        "ServiceExplanation",
        ["db"],
    )
    assert document["services"][0]["verdict"] == "healthy"
    assert document["changes"][0]["added"] == [address]
    assert all(json.loads(line)["time"] for line in seen.lines)


def test_the_whole_namespace_is_followed_without_a_name(services: Ground, shop: str) -> None:
    with watching(services, shop) as seen:
        seen.until("web  BROKEN")
        services.add(shop, service("new", {"app": "new"}))
        seen.until("new  BROKEN")
        services.server.delete(f"{KINDS['Service'].path(shop)}/new")
        seen.until("new  deleted")


def test_a_change_of_pods_costs_no_request(services: Ground, shop: str) -> None:
    services.pod(shop, "web-1", WEB)
    services.endpoints(shop, "web", 1)
    with watching(services, shop, "web", "-v") as seen:
        seen.until("HEALTHY")
        before = len(seen.errors)
        for number in range(2, 6):
            services.pod(shop, f"web-{number}", WEB)
            services.endpoints(shop, "web", number)
            time.sleep(0.5)
        seen.until(r"\+.*", 5)
        services.server.patch(f"{KINDS['Service'].path(shop)}/web", {"spec": {"selector": {"app": "nobody"}}})
        seen.until("BROKEN")
        asked = [line for line in seen.errors[before:] if line.startswith("GET")]
    assert len(seen.lines) >= 3
    assert not [line for line in asked if re.search(rf"/{shop}/(pods|services|endpointslices)[ ?]", line)], asked
    assert len(asked) < 15


def test_without_the_right_to_watch_it_lists(services: Ground, shop: str) -> None:
    kubectl = services.sandbox.kubectl
    resources = "--resource=services,pods,endpointslices.discovery.k8s.io"
    kubectl("-n", shop, "create", "role", "lister", "--verb=list", resources)
    kubectl("-n", shop, "create", "rolebinding", "lister", "--role=lister", "--user=lister")
    with watching(services, shop, "web", "--as", "lister") as seen:
        seen.until("BROKEN")
        services.pod(shop, "web-1", WEB)
        seen.until("HEALTHY")


def test_on_a_terminal_the_screen_is_drawn_anew_and_given_back(services: Ground, shop: str) -> None:
    ours, theirs = pty.openpty()
    command = [str(services.sandbox.bin / "kubectl"), "lab", "explain-service", "web", "--watch", "-n", shop]
    process = subprocess.Popen(
        [*command, "--until", "healthy"],
        env={**services.sandbox.environment(), **ENGLISH, "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown, is_made = bytearray(), False
    try:
        with contextlib.suppress(OSError):  # the other end of a terminal is gone
            while piece := os.read(ours, 4096):
                shown += piece
                if b"BROKEN" in shown and not is_made:
                    services.pod(shop, "web-1", WEB)
                    is_made = True
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    text = shown.decode()
    before, _, after = text.partition("\x1b[?25h\x1b[?1049l")
    assert before.startswith("\x1b[?1049h\x1b[?25l")
    assert before.count("\x1b[2J") >= 2
    assert "BROKEN" in before
    assert "HEALTHY" in after
    assert "BROKEN" not in after
