"""Credentials through the transport to a recording server: what is sent, and what a 401 sets off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from certificates import Authority
from kubectl_lab.cluster.credentials import Credentials
from kubectl_lab.cluster.execplugin import run_program
from kubectl_lab.cluster.target import ExecPlugin, Identity, Impersonation, Target
from kubectl_lab.cluster.transport import Transport
from kubectl_lab.errors import BadCredentials, Unauthorized
from recording import Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

V1 = "client.authentication.k8s.io/v1"
REFUSED = answer({"kind": "Status", "code": 401, "reason": "Unauthorized"}, 401)
# counts its runs in a file and answers with the number
COUNTING = """#!/bin/sh
echo run >> "$0.runs"
printf '{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"run-%s"}}' VERSION "$(($(wc -l < "$0.runs")))"
""".replace("VERSION", V1)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def server(authority: Authority) -> Iterator[Recorder]:
    with Recorder(authority.server(), client_authority=authority) as recorder:
        yield recorder


def transport(server: Recorder, authority: Authority, identity: Identity) -> Transport:
    target = Target(server.url, "default", ca=authority.pem, identity=identity, user="ada")
    credentials = Credentials(
        identity, environ={"PATH": "/usr/bin:/bin"}, stdin_is_terminal=False, clock=lambda: 0.0, run=run_program
    )
    return Transport(target, credentials)


def plugin(folder: Path, text: str) -> Identity:
    file = folder / "plugin"
    file.write_text(text)
    file.chmod(0o700)
    return Identity(exec_plugin=ExecPlugin(V1, str(file), interactive_mode="Never"))


def sent(server: Recorder) -> list[str | None]:
    return [request.value("Authorization") for request in server.requests]


def test_every_group_is_a_header_and_other_letters_arrive_as_utf_8(server: Recorder, authority: Authority) -> None:
    identity = Identity(token="t", impersonation=Impersonation("zoé", ("g1", "g2")))
    transport(server, authority, identity).request("GET", "/version")
    (seen,) = server.requests
    assert seen.values("Impersonate-Group") == ["g1", "g2"]
    assert [value.encode("latin-1").decode() for value in seen.values("Impersonate-User")] == ["zoé"]


def test_a_plugin_runs_once_for_many_requests(server: Recorder, authority: Authority, tmp_path: Path) -> None:
    made = transport(server, authority, plugin(tmp_path, COUNTING))
    for _ in range(3):
        made.request("GET", "/version")
    assert sent(server) == ["Bearer run-1"] * 3


def test_after_a_401_a_plugin_runs_again_once_and_the_request_is_sent_again(
    server: Recorder, authority: Authority, tmp_path: Path
) -> None:
    server.answers["/x"] = [REFUSED, answer({"kind": "Status"})]
    transport(server, authority, plugin(tmp_path, COUNTING)).request("GET", "/x")
    assert sent(server) == ["Bearer run-1", "Bearer run-2"]


def test_a_second_401_is_an_error_and_not_a_loop(server: Recorder, authority: Authority, tmp_path: Path) -> None:
    server.answers["/x"] = REFUSED
    with pytest.raises(Unauthorized):
        transport(server, authority, plugin(tmp_path, COUNTING)).request("GET", "/x")
    assert sent(server) == ["Bearer run-1", "Bearer run-2"]


def test_a_failing_plugin_sends_nothing(server: Recorder, authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(BadCredentials):
        transport(server, authority, plugin(tmp_path, "#!/bin/sh\nexit 1\n")).request("GET", "/version")
    assert server.requests == []


def test_a_token_file_that_rotated_survives_a_401(server: Recorder, authority: Authority, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    made = transport(server, authority, Identity(token_file=str(file)))
    made.request("GET", "/version")
    file.write_text("new")
    server.answers["/x"] = [REFUSED, answer({"kind": "Status"})]
    made.request("GET", "/x")
    assert sent(server) == ["Bearer old", "Bearer old", "Bearer new"]


def test_a_static_token_is_not_sent_twice(server: Recorder, authority: Authority) -> None:
    server.answers["/x"] = REFUSED
    with pytest.raises(Unauthorized):
        transport(server, authority, Identity(token="t")).request("GET", "/x")
    assert sent(server) == ["Bearer t"]


def test_a_plugins_certificate_is_presented_and_replaced(
    server: Recorder, authority: Authority, tmp_path: Path
) -> None:
    first, second = authority.client("ada"), authority.client("ada")
    for name, leaf in (("1", first), ("2", second)):
        (tmp_path / f"c{name}").write_bytes(leaf.certificate)
        (tmp_path / f"k{name}").write_bytes(leaf.key)
    text = (
        '#!/bin/sh\necho run >> "$0.runs"\nn=$(($(wc -l < "$0.runs")))\ncd "$(dirname "$0")"\n'
        f"printf 'kind: ExecCredential\\napiVersion: {V1}\\nstatus:\\n'\n"
        "printf '  clientCertificateData: |\\n'; sed 's/^/    /' c$n\nprintf '  clientKeyData: |\\n'; sed 's/^/    /' k$n\n"
    )
    server.answers["/x"] = [REFUSED, answer({"kind": "Status"})]
    transport(server, authority, plugin(tmp_path, text)).request("GET", "/x")
    assert [request.client_certificate for request in server.requests] == [first.der, second.der]


def test_the_certificate_of_an_identity_is_presented(server: Recorder, authority: Authority) -> None:
    leaf = authority.client("ada")
    identity = Identity(client_certificate=leaf.certificate, client_key=leaf.key)
    transport(server, authority, replace(identity, token="t")).request("GET", "/version")
    (seen,) = server.requests
    assert (seen.client_certificate, seen.value("Authorization")) == (leaf.der, "Bearer t")
