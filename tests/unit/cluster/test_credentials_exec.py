"""Exec plugins: real programs for the protocol, a counting one for the threads."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.cluster import execplugin
from kubectl_lab.cluster.credentials import Credentials
from kubectl_lab.cluster.execplugin import Ran
from kubectl_lab.cluster.target import ExecPlugin, Identity
from kubectl_lab.errors import BadCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

V1 = "client.authentication.k8s.io/v1"
PLUGIN = ExecPlugin(V1, "/opt/plugin", interactive_mode="Never")


def answer(token: str = "t", expires: str | None = None, **status: Any) -> bytes:
    held = {"token": token, **status, **({"expirationTimestamp": expires} if expires else {})}
    return json.dumps({"kind": "ExecCredential", "apiVersion": V1, "status": held}).encode()


class Program:
    """Stands in for the operating system: notes how it was started, answers in turn, the last answer for ever."""

    def __init__(self, *answers: Ran | bytes) -> None:
        self.answers = [Ran(0, one) if isinstance(one, bytes) else one for one in answers]
        self.started: list[tuple[list[str], dict[str, str], bool]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, argv: Sequence[str], environ: Mapping[str, str], interactive: bool) -> Ran:
        self.started.append((list(argv), dict(environ), interactive))
        self.gate.wait(10)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Clock:
    now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


def of(
    plugin: ExecPlugin, run: execplugin.Run, clock: Clock | None = None, *, terminal: bool = False, **environ: str
) -> Credentials:
    identity = Identity(exec_plugin=plugin)
    return Credentials(identity, environ=environ, stdin_is_terminal=terminal, clock=clock or Clock(), run=run)


def script(folder: Path, text: str) -> ExecPlugin:
    file = folder / "plugin"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)
    return replace(PLUGIN, command=str(file))


def bearer(credentials: Credentials) -> str:
    return dict(credentials.headers())["Authorization"]


def test_ten_threads_share_one_run() -> None:
    program = Program(answer())
    program.gate.clear()
    credentials = of(PLUGIN, program)
    with ThreadPoolExecutor(10) as pool:
        futures = [pool.submit(bearer, credentials) for _ in range(10)]
        program.gate.set()
        assert {future.result() for future in futures} == {"Bearer t"}
    assert len(program.started) == 1


def test_ten_threads_share_one_failure() -> None:
    program = Program(Ran(1, b""))
    program.gate.clear()
    credentials = of(PLUGIN, program)
    barrier = threading.Barrier(10)

    def ask() -> str:
        barrier.wait(10)
        with pytest.raises(BadCredentials) as caught:
            credentials.headers()
        return caught.value.key

    with ThreadPoolExecutor(10) as pool:
        futures = [pool.submit(ask) for _ in range(10)]
        while not program.started:
            threading.Event().wait(0.01)
        threading.Event().wait(0.2)  # all of them are waiting for the lock by now
        program.gate.set()
        assert {future.result() for future in futures} == {"exec-failed"}
    assert len(program.started) == 1


def test_ten_threads_that_all_saw_401_share_one_renewal() -> None:
    program = Program(answer("old"), answer("new"))
    credentials = of(PLUGIN, program)
    barrier = threading.Barrier(10)

    def ask() -> tuple[str, bool, str]:
        first = bearer(credentials)
        barrier.wait(10)
        return first, credentials.refresh(), bearer(credentials)

    with ThreadPoolExecutor(10) as pool:
        seen = {future.result() for future in [pool.submit(ask) for _ in range(10)]}
    assert (seen, len(program.started)) == ({("Bearer old", True, "Bearer new")}, 2)


def test_after_a_failure_nothing_is_sent_and_the_next_request_asks_again() -> None:
    program = Program(answer("old", "2030-01-01T00:00:00Z"), Ran(3, b""), answer("new"))
    clock = Clock()
    credentials = of(PLUGIN, program, clock)
    credentials.headers()
    clock.now += 1e9
    with pytest.raises(BadCredentials):
        credentials.headers()
    assert bearer(credentials) == "Bearer new"


def test_a_renewal_that_fails_says_so() -> None:
    credentials = of(PLUGIN, Program(answer(), Ran(3, b"")))
    credentials.headers()
    with pytest.raises(BadCredentials) as caught:
        credentials.refresh()
    assert caught.value.values == {"command": "/opt/plugin", "code": "3"}


@pytest.mark.parametrize(
    ("expires", "runs"),
    [
        pytest.param(None, 1, id="without an expiry it is kept"),
        pytest.param("2200-01-01T00:00:00Z", 1, id="before the expiry it is kept"),
        pytest.param("2030-03-17T17:46:40Z", 1, id="at the very moment it is kept"),
        pytest.param("2030-03-17T17:46:39Z", 3, id="a second later it is fetched each time"),
        pytest.param("2030-03-17T19:46:39+02:00", 3, id="in another time zone too"),
        pytest.param("2030-03-17T17:46:39.5Z", 3, id="with a fraction too"),
    ],
)
def test_an_answer_is_kept_until_it_expires(expires: str | None, runs: int) -> None:
    program = Program(answer(expires=expires))
    credentials = of(PLUGIN, program)
    for _ in range(3):
        credentials.headers()
    assert len(program.started) == runs


def test_certificate_and_token_come_from_the_same_run() -> None:
    program = Program(answer(clientCertificateData="C", clientKeyData="K"))
    credentials = of(PLUGIN, program)
    assert (credentials.client_certificate(), bearer(credentials)) == ((b"C", b"K"), "Bearer t")
    assert len(program.started) == 1


def test_a_certificate_alone_sends_no_authorization() -> None:
    credentials = of(PLUGIN, Program(answer("", clientCertificateData="C", clientKeyData="K")))
    assert (credentials.headers(), credentials.client_certificate()) == ([], (b"C", b"K"))


def test_a_token_alone_has_no_certificate() -> None:
    assert of(PLUGIN, Program(answer())).client_certificate() is None


@pytest.mark.parametrize(
    ("mode", "terminal", "interactive"),
    [("Never", True, False), ("Never", False, False), ("IfAvailable", True, True), ("IfAvailable", False, False), ("Always", True, True)],
)  # fmt: skip
def test_whether_it_may_ask_questions(mode: str, terminal: bool, interactive: bool) -> None:
    program = Program(answer())
    of(replace(PLUGIN, interactive_mode=mode), program, terminal=terminal).headers()
    ((_, environ, may),) = program.started
    assert (may, json.loads(environ["KUBERNETES_EXEC_INFO"])["spec"]["interactive"]) == (interactive, interactive)


def test_always_without_a_terminal_is_refused_before_it_runs() -> None:
    program = Program(answer())
    with pytest.raises(BadCredentials) as caught:
        of(replace(PLUGIN, interactive_mode="Always"), program).headers()
    assert (caught.value.key, program.started) == ("exec-needs-terminal", [])


def test_it_is_told_about_the_cluster_only_when_it_asks() -> None:
    program = Program(answer())
    of(replace(PLUGIN, cluster={"server": "https://h", "config": {"a": 1}}), program).headers()
    of(PLUGIN, program).headers()
    told = [json.loads(environ["KUBERNETES_EXEC_INFO"]) for _, environ, _ in program.started]
    assert [one["spec"].get("cluster") for one in told] == [{"server": "https://h", "config": {"a": 1}}, None]
    assert all((one["kind"], one["apiVersion"]) == ("ExecCredential", V1) for one in told)


def test_its_own_entries_win_over_the_callers_environment() -> None:
    program = Program(answer())
    of(
        replace(PLUGIN, env=(("A", "own"), ("A", "last"), ("KUBERNETES_EXEC_INFO", "x"))), program, A="callers", B="b"
    ).headers()
    environ = program.started[0][1]
    assert (environ["A"], environ["B"], environ["KUBERNETES_EXEC_INFO"][0]) == ("last", "b", "{")


def test_a_real_program_gets_its_arguments_without_a_shell(tmp_path: Path) -> None:
    plugin = script(tmp_path, f"""[ "$1" = '$HOME *' ] || exit 4\ncat <<'END'\n{answer("real").decode()}\nEND""")
    assert (
        bearer(of(replace(plugin, args=("$HOME *",)), execplugin.run_program, PATH=os.environ["PATH"])) == "Bearer real"
    )


def test_a_real_programs_stderr_passes_through_and_stdin_is_closed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plugin = script(
        tmp_path, f"read line && exit 5\necho 'visit https://login' >&2\ncat <<'END'\n{answer().decode()}\nEND"
    )
    of(plugin, execplugin.run_program, PATH=os.environ["PATH"]).headers()
    out, err = capfd.readouterr()
    assert (out, err) == ("", "visit https://login\n")


def test_a_name_without_slash_is_found_on_the_callers_path_alone(tmp_path: Path) -> None:
    script(tmp_path, f"cat <<'END'\n{answer('found').decode()}\nEND")
    plugin = replace(PLUGIN, command="plugin")
    assert bearer(of(plugin, execplugin.run_program, PATH=f"{tmp_path}:/bin:/usr/bin")) == "Bearer found"
    elsewhere = replace(plugin, env=(("PATH", str(tmp_path)),))
    with pytest.raises(BadCredentials) as caught:
        of(elsewhere, execplugin.run_program, PATH="/nowhere").headers()
    assert caught.value.key == "exec-not-found"


@pytest.mark.parametrize(
    ("hint", "key", "values"),
    [
        pytest.param("", "exec-not-found", {"command": "/opt/no"}, id="without a hint"),
        pytest.param(" brew\n  install it ", "exec-not-found-hint", {"command": "/opt/no", "hint": "brew install it"}, id="with one, on a line"),
    ],
)  # fmt: skip
def test_a_missing_program_is_named_with_its_hint(hint: str, key: str, values: dict[str, str]) -> None:
    with pytest.raises(BadCredentials) as caught:
        of(replace(PLUGIN, command="/opt/no", install_hint=hint), execplugin.run_program).headers()
    assert (caught.value.key, caught.value.values) == (key, values)


def test_a_program_that_cannot_be_started_is_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "plugin"
    file.write_bytes(b"\x00not a program")
    file.chmod(0o700)
    for plugin in (replace(PLUGIN, command=str(file)), replace(PLUGIN, command="/bin/sh", args=("a\0b",))):
        with pytest.raises(BadCredentials) as caught:
            of(plugin, execplugin.run_program).headers()
        assert caught.value.key == "exec-unusable"


@pytest.mark.parametrize(("hint", "key"), [("", "exec-failed"), ("log in", "exec-failed-hint")])
def test_a_failing_program_is_named_with_its_code(hint: str, key: str) -> None:
    with pytest.raises(BadCredentials) as caught:
        of(replace(PLUGIN, install_hint=hint), Program(Ran(7, answer()))).headers()
    assert (caught.value.key, caught.value.values["code"]) == (key, "7")


def test_an_answer_in_yaml_is_taken_as_kubectl_takes_it() -> None:
    text = f"kind: ExecCredential\napiVersion: {V1}\nstatus:\n  token: from-yaml\n"
    assert bearer(of(PLUGIN, Program(text.encode()))) == "Bearer from-yaml"


def test_nothing_secret_is_in_the_repr() -> None:
    credential = execplugin.Credential("hunter2", b"hunter2", b"hunter2", None)
    plugin = replace(PLUGIN, env=(("TOKEN", "hunter2"),))
    assert "hunter2" not in repr(credential) + repr(Ran(0, b"hunter2")) + repr(plugin)
