"""Whatever is in the way: nothing is printed, it is over in time, and nobody is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from certificates import Authority
from completing import PROGRAM, complete, exec_user, kubeconfig, names
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTHORITY = Authority()
NODES = "/api/v1/nodes"
MOST = 2.5  # seconds: 1.5, and what a busy machine adds
CREDENTIAL = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t"}}'
ANSWER = f"echo '{CREDENTIAL}'"
CLOSED = "https://127.0.0.1:1"


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder(AUTHORITY.server("127.0.0.1")) as made:
        made.answers[NODES] = answer(names("n1"))
        yield made


class Plugin:
    """A credential plugin: a shell script that writes down itself and what it starts."""

    def __init__(self, folder: Path, body: str) -> None:
        self.notes = folder / "pids"
        self.file = folder / "plugin"
        self.file.write_text(f"#!/bin/sh\nnote() {{ echo $1 >> {self.notes}; }}\nnote $$\n{body}\n", encoding="utf-8")
        self.file.chmod(0o755)

    @property
    def pids(self) -> list[int]:
        """Every process of this plugin that was noted."""
        with contextlib.suppress(FileNotFoundError):
            return [int(line) for line in self.notes.read_text(encoding="utf-8").split()]
        return []

    def left(self) -> list[int]:
        """Those that still run a second later."""
        end = time.monotonic() + 1
        while (running := [pid for pid in self.pids if is_running(pid)]) and time.monotonic() < end:
            time.sleep(0.02)
        return running


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def with_plugin(server: Recorder, folder: Path, body: str, mode: str = "Never") -> tuple[Plugin, dict[str, str]]:
    plugin = Plugin(folder, body)
    return plugin, kubeconfig(folder / "config", server.url, AUTHORITY, user=exec_user(plugin.file, mode))


@pytest.mark.parametrize(
    "stuck",
    [
        pytest.param(Answer(delay=60), id="a server that never answers"),
        pytest.param(Answer(429, headers=(("Retry-After", "30"),)), id="a server that says later"),
        pytest.param(Answer(body=b'{"kind": "Partial', length=False, delay=60), id="half an answer"),
    ],
)
def test_a_server_that_hangs_is_left(server: Recorder, tmp_path: Path, stuck: Answer) -> None:
    server.answers[NODES] = stuck
    done = complete("drain", "", environ=kubeconfig(tmp_path / "config", server.url, AUTHORITY))
    assert done.is_silent
    assert done.seconds < MOST


def test_a_server_that_does_not_even_greet_is_left(tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        done = complete(
            "drain",
            "",
            environ=kubeconfig(tmp_path / "config", f"https://127.0.0.1:{deaf.getsockname()[1]}", AUTHORITY),
        )
    assert done.is_silent
    assert 1 < done.seconds < MOST


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(Answer(401), id="unauthorized"),
        pytest.param(Answer(403), id="forbidden"),
        pytest.param(Answer(404), id="not there"),
        pytest.param(Answer(500), id="broken"),
        pytest.param(Answer(body=b"<html>log in</html>"), id="a login page"),
        pytest.param(Answer(body=b"[]"), id="another document"),
        pytest.param(Answer(302, headers=(("Location", "https://127.0.0.1:1/"),)), id="a redirect"),
        pytest.param(Answer(fault="reset"), id="a lost connection"),
        pytest.param(answer({"kind": "NodeList", "items": []}, 200, ("Warning", '299 - "old"')), id="whole nodes"),
    ],
)
def test_a_refusal_is_silence(server: Recorder, tmp_path: Path, refusal: Answer) -> None:
    server.answers[NODES] = refusal
    assert complete("drain", "", environ=kubeconfig(tmp_path / "config", server.url, AUTHORITY)).is_silent


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["drain", "-s", CLOSED, ""], id="nobody listens"),
        pytest.param(["drain", "-s", "https://nowhere.invalid", ""], id="a name that is none"),
        pytest.param(["drain", "-s", "http://[", ""], id="an address that is none"),
        pytest.param(["drain", "--context", "nothing", ""], id="no such context"),
        pytest.param(["drain", "--request-timeout", "soon", ""], id="a flag that is wrong"),
        pytest.param(["drain", "--kubeconfig", "/nonexistent", ""], id="no such file"),
        pytest.param(["drain", "--kubeconfig", "/nonexistent", "--context", ""], id="no such file for contexts"),
        pytest.param(["drain", "--kubeconfig", "/", "--context", ""], id="a folder"),
    ],
)
def test_a_line_that_leads_nowhere_is_silence(tmp_path: Path, words: list[str]) -> None:
    done = complete(*words, environ=kubeconfig(tmp_path / "config", CLOSED, AUTHORITY))
    assert (done.words, done.noise, done.code) == ([], "", 0)
    assert done.seconds < MOST


def test_stdin_is_not_read(tmp_path: Path) -> None:
    kubeconfig(tmp_path / "config", CLOSED)
    with (tmp_path / "config").open() as file:
        done = complete("drain", "--kubeconfig", "/dev/stdin", "--context", "", stdin=file.fileno())
        assert done.lines == [":4"]
        assert file.read().startswith("{")


@pytest.mark.parametrize("text", ["{", "- a\n- b\n", "\x00\xff", "clusters: 7\n", "a: &a [*a]\n"])
def test_a_broken_kubeconfig_is_silence(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text, encoding="latin-1")
    for words in (["drain", ""], ["drain", "--context", ""], ["drain", "-n", ""]):
        done = complete(*words, environ={"KUBECONFIG": str(tmp_path / "config")})
        assert (done.words, done.noise, done.code) == ([], "", 0)


def test_a_pipe_that_nobody_writes_is_left(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config")
    done = complete("drain", "--context", "", environ={"KUBECONFIG": str(tmp_path / "config")})
    assert done.is_silent
    assert 1 < done.seconds < MOST


SLEEP = "sleep 300 & note $!\n"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("exec sleep 300", id="it hangs"),
        pytest.param(f"{SLEEP}wait", id="it waits for what it started"),
        pytest.param(f"trap '' TERM INT HUP\n{SLEEP}sleep 300", id="it is deaf to signals"),
        pytest.param(f"{SLEEP}{ANSWER}", id="it answers, but what it started holds its output"),
        pytest.param("while :; do echo xxxxxxxxxxxxxxxx; done", id="it never stops talking"),
    ],
)
def test_a_plugin_that_hangs_is_ended_with_all_it_started(server: Recorder, tmp_path: Path, body: str) -> None:
    plugin, environ = with_plugin(server, tmp_path, body)
    done = complete("drain", "", environ=environ)
    assert done.is_silent
    assert done.seconds < MOST
    assert plugin.pids
    assert plugin.left() == []


def test_a_plugin_that_answers_is_used_and_leaves_nothing_either(server: Recorder, tmp_path: Path) -> None:
    plugin, environ = with_plugin(server, tmp_path, f"sleep 300 >/dev/null 2>&1 & note $!\necho noise >&2\n{ANSWER}")
    done = complete("drain", "", environ=environ)
    assert (done.words, done.noise) == (["n1"], "")
    assert server.requests[0].value("Authorization") == "Bearer t"
    assert len(plugin.pids) == 2
    assert plugin.left() == []


@pytest.mark.parametrize("body", ["exit 1", "echo nonsense", "echo '{}'", "kill -9 $$"])
def test_a_plugin_that_fails_is_silence(server: Recorder, tmp_path: Path, body: str) -> None:
    _, environ = with_plugin(server, tmp_path, f"echo trouble >&2\n{body}")
    assert complete("drain", "", environ=environ).is_silent


def test_a_plugin_that_is_missing_is_silence(server: Recorder, tmp_path: Path) -> None:
    environ = kubeconfig(tmp_path / "config", server.url, AUTHORITY, user=exec_user("no-such-plugin"))
    assert complete("drain", "", environ=environ).is_silent


AT_TERMINAL = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:], lambda fd: __import__('os').read(fd, 1024)))"


def at_terminal(environ: dict[str, str], *words: str) -> tuple[str, float]:
    """What a terminal shows of it, a terminal at which somebody could be asked."""
    given, start = {**os.environ, **environ}, time.monotonic()
    command = [sys.executable, "-c", AT_TERMINAL, str(PROGRAM), "__complete", *words]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=given, timeout=30
    )
    return done.stdout, time.monotonic() - start


def test_a_plugin_that_needs_a_terminal_is_not_run(server: Recorder, tmp_path: Path) -> None:
    plugin, environ = with_plugin(server, tmp_path, ANSWER, mode="Always")
    shown, seconds = at_terminal(environ, "drain", "")
    assert shown.split() == [":4"]
    assert seconds < MOST
    assert plugin.pids == []


def test_a_plugin_can_ask_nobody(server: Recorder, tmp_path: Path) -> None:
    body = f'[ -t 0 ] && exit 1\n(exec 3<>/dev/tty) 2>/dev/null && exit 1\nread -r line\n[ -z "$line" ] || exit 1\n{ANSWER}'
    _, environ = with_plugin(server, tmp_path, body, mode="IfAvailable")
    shown, _ = at_terminal(environ, "drain", "")
    assert shown.split() == ["n1", ":4"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_is_ended_before_time_ends_the_plugin(server: Recorder, tmp_path: Path, number: signal.Signals) -> None:
    plugin, environ = with_plugin(server, tmp_path, f"{SLEEP}wait")
    process = subprocess.Popen(
        [PROGRAM, "__complete", "drain", ""], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | environ
    )
    while len(plugin.pids) < 2 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    said, _ = process.communicate(timeout=MOST)
    assert said == b":4\n"
    assert process.returncode == 0
    assert plugin.left() == []


def test_a_thread_that_gets_no_turn_does_not_save_the_process() -> None:
    """A search that never ends keeps Python's lock; the kernel ends the process then."""
    script = """
import re
from kubectl_lab_plugins.completion_limit import Limit
with Limit(0.2):
    re.match("(a+)+$", "a" * 40 + "b")
"""
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=30)
    assert done.returncode == -signal.SIGALRM
    assert time.monotonic() - start < MOST


def test_a_block_that_ends_in_time_leaves_everything_as_it_was() -> None:
    script = """
import signal, time
before = signal.getsignal(signal.SIGINT)
from kubectl_lab_plugins.completion_limit import Limit
with Limit(0.2) as limit:
    assert 0 < limit.left() <= 0.2
time.sleep(0.5)
assert signal.getsignal(signal.SIGINT) is before
print("still here")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout, done.returncode) == ("still here\n", 0)


def test_when_the_time_is_over_nothing_is_said_but_the_last_words() -> None:
    """A request that gives up in that very moment would have them said twice."""
    script = """
import time
from kubectl_lab_plugins.completion_limit import Limit
limit = Limit(0.1, last_words=b":4\\n")
limit._end_programs = lambda: time.sleep(0.3)
with limit:
    time.sleep(0.2)
print("still here", flush=True)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout, done.returncode) == (":4\n", 0)
