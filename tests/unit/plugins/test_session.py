"""What the shared flags come to: where objects are read from, in which namespace, as of when."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner, Result

import make
from certificates import Authority
from kubectl_lab import objects
from kubectl_lab_plugins import main
from kubectl_lab_plugins.options import LabCommand, Session, session_options
from recording import Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = """
current-context: lab
contexts: [{name: lab, context: {cluster: lab, user: me, namespace: shop}}]
clusters: [{name: lab, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: me, user: {token: t}}]
"""


def run(body: Callable[[Session], Any], *words: str, input: bytes = b"", config: str = "/nonexistent") -> Result:
    """Run a command with every kind of shared flag and this body."""

    @click.command("try", cls=LabCommand)
    @session_options(formats=("text", "json"), snapshot=True, all_namespaces=True)
    def attempt(session: Session) -> None:
        """Try."""
        session.print(str(body(session)))

    class Root(main.Lab):
        def get_command(self, _ctx: click.Context, _name: str) -> click.Command:
            return attempt

    environ = {"LC_ALL": "C", "KUBECONFIG": config, "HOME": "/nonexistent"}
    return CliRunner().invoke(Root("lab"), ["try", *words], prog_name="kubectl lab", env=environ, input=input)


def names(session: Session) -> list[str]:
    return [objects.name(pod) for pod in session.cluster().list("Pod", session.namespace).items]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    pods = [make.pod("web", "shop"), make.pod("db", "default")]
    head = {"apiVersion": "kubectl-lab/v1", "kind": "Snapshot", "capturedAt": "2026-05-01T10:00:00Z", "captured": []}
    (tmp_path / "pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": [head, *pods]}))
    (tmp_path / "config").write_text(CONFIG)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param([], "['db']", id="files are asked about the namespace default"),
        pytest.param(["-n", "shop"], "['web']", id="-n says which"),
        pytest.param(["-A"], "['web', 'db']", id="-A says all"),
        pytest.param(["-A", "-n", "shop"], "['web', 'db']", id="-A beats -n"),
    ],
)
def test_namespace_of_files(files: Path, words: list[str], found: str) -> None:
    assert run(names, "-f", str(files / "pods.json"), *words).stdout == f"{found}\n"


def test_the_kubeconfig_has_no_say_about_files(files: Path) -> None:
    result = run(names, "-f", str(files / "pods.json"), config=str(files / "config"))
    assert result.stdout == "['db']\n"


def test_standard_input_is_a_file(files: Path) -> None:
    assert run(names, "-f", "-", "-A", input=(files / "pods.json").read_bytes()).stdout == "['web', 'db']\n"


def test_a_snapshot_is_judged_as_of_its_own_time(files: Path) -> None:
    assert run(lambda session: session.now, "-f", str(files / "pods.json")).stdout == "2026-05-01 10:00:00+00:00\n"


def test_a_manifest_is_judged_as_of_now(files: Path) -> None:
    (files / "pod.json").write_text(json.dumps(make.pod("web")))
    before = datetime.now(UTC)  # noqa: TID251 - compared with what the session read
    shown = run(lambda session: session.now.isoformat(), "-f", str(files / "pod.json")).stdout
    assert datetime.fromisoformat(shown.strip()) >= before


@pytest.mark.parametrize(
    ("words", "namespace"),
    [([], "shop"), (["-n", "other"], "other"), (["-A"], "None"), (["--namespace=other", "-A"], "None")],
)
def test_namespace_of_a_cluster(files: Path, words: list[str], namespace: str) -> None:
    assert run(lambda session: session.namespace, *words, config=str(files / "config")).stdout == f"{namespace}\n"


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (["--server", "http://127.0.0.1:2"], "server", "http://127.0.0.1:2"),
        (["--request-timeout", "2m"], "request_timeout", "120.0"),
        (["--insecure-skip-tls-verify"], "insecure", "True"),
        (["--insecure-skip-tls-verify=false"], "insecure", "False"),
        (["--tls-server-name", "x.test"], "tls_server_name", "x.test"),
        (["--context", "lab"], "context", "lab"),
        (["--user", "me"], "user", "me"),
        (["--cluster", "lab"], "cluster", "lab"),
    ],
)
def test_a_connection_flag_reaches_the_target(files: Path, words: list[str], field: str, value: str) -> None:
    result = run(lambda session: getattr(session.target(), field), *words, config=str(files / "config"))
    assert result.stdout == f"{value}\n", result.stderr


def test_impersonation_reaches_the_target(files: Path) -> None:
    words = ["--as", "jane", "--as-group", "dev", "--as-group", "ops", "--as-uid", "7"]
    shown = run(lambda session: session.target().identity.impersonation, *words, config=str(files / "config")).stdout
    assert shown == "Impersonation(user='jane', groups=('dev', 'ops'), uid='7', extra=())\n"


def test_a_session_has_one_target_and_one_cluster(files: Path) -> None:
    def same(session: Session) -> bool:
        return session.target() is session.target() and session.live() is session.cluster()

    assert run(same, config=str(files / "config")).stdout == "True\n"


GARBAGE = [
    b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b"\x00", b"a: [", b"{}", b"--- \n---\n", b"&a [*a]",
    b'{"kind": "List", "items": null}', b'{"kind": "List", "items": [null]}', b'{"kind": "List", "items": {"a": 1}}',
    b'{"kind": "Pod"}', b'{"kind": "Pod", "metadata": []}', b'{"kind": "Pod", "metadata": {"name": 1}}',
    b'{"kind": [], "metadata": {"name": "x"}}', b'{"kind": "Pod", "metadata": {"name": "x", "labels": [1]}}',
    b'{"kind": "Snapshot", "apiVersion": "kubectl-lab/v1", "capturedAt": 7}', b"!!python/object:os.system {}",
]  # fmt: skip


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
def test_garbage_is_answered_in_two_lines(garbage: bytes) -> None:
    result = run(names, "-f", "-", "-A", input=garbage)
    assert result.exit_code in (0, 1)
    assert "a bug in kubectl lab" not in result.stderr
    assert len(result.stderr.splitlines()) == (2 if result.exit_code else 0), result.stderr


def test_a_file_that_is_not_there_is_a_wrong_command_line() -> None:
    assert run(names, "-f", "/nonexistent").exit_code == 2


def test_verbose_lists_requests_without_what_is_secret(files: Path) -> None:
    authority = Authority()
    (files / "ca.pem").write_bytes(authority.pem)
    with Recorder(authority.server()) as server:
        server.answers["/version"] = answer({"gitVersion": "v1.36.3\x1b"})
        words = ["--server", server.url, "--certificate-authority", str(files / "ca.pem"), "--token", "s3cr3t"]
        shown = [
            run(lambda session: session.live().server_version(), *words, *more, config=str(files / "config"))
            for more in ([], ["-v"])
        ]
    assert server.requests[-1].value("Authorization") == "Bearer s3cr3t"
    assert [result.stdout for result in shown] == ["v1.36.3\\x1b\n"] * 2
    assert shown[0].stderr == ""
    assert re.fullmatch(r"GET /version 200 in \d+ ms\n", shown[1].stderr)
