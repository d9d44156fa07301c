"""What an exec plugin may answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubectl_lab.cluster.credentials import Credentials
from kubectl_lab.cluster.execplugin import Ran
from kubectl_lab.cluster.target import ExecPlugin, Identity
from kubectl_lab.errors import BadCredentials

V1 = "client.authentication.k8s.io/v1"
WRONG = {"kind": "ExecCredential", "apiVersion": V1}


def answered(stdout: bytes) -> Credentials:
    plugin = ExecPlugin(V1, "/opt/plugin", interactive_mode="Never")
    return Credentials(
        Identity(exec_plugin=plugin),
        environ={},
        stdin_is_terminal=False,
        clock=lambda: 0.0,
        run=lambda *_: Ran(0, stdout),
    )


@pytest.mark.parametrize(
    ("stdout", "key"),
    [
        pytest.param(b"", "exec-answer-kind", id="nothing"),
        pytest.param(b"Please log in", "exec-answer-kind", id="words"),
        pytest.param(b"[]", "exec-answer-kind", id="a list"),
        pytest.param(b"{: [", "exec-answer-kind", id="neither JSON nor YAML"),
        pytest.param({"kind": "Secret"}, "exec-answer-kind", id="another kind"),
        pytest.param({**WRONG, "apiVersion": f"{V1}beta1"}, "exec-answer-version", id="another version"),
        pytest.param({"kind": "ExecCredential"}, "exec-answer-version", id="no version"),
        pytest.param(WRONG, "exec-answer-empty", id="no status"),
        pytest.param({**WRONG, "status": []}, "exec-answer-empty", id="a status that is no mapping"),
        pytest.param({**WRONG, "status": {"token": ""}}, "exec-answer-empty", id="an empty token"),
        pytest.param({**WRONG, "status": {"token": 5}}, "exec-answer-empty", id="a token that is a number"),
        pytest.param({**WRONG, "status": {"token": "t", "clientKeyData": "k"}}, "exec-answer-half", id="a key without certificate"),
        pytest.param({**WRONG, "status": {"clientCertificateData": "c"}}, "exec-answer-half", id="a certificate without key"),
        pytest.param({**WRONG, "status": {"token": "t", "expirationTimestamp": "soon"}}, "exec-answer-expiry", id="no time"),
        pytest.param({**WRONG, "status": {"token": "t", "expirationTimestamp": "2030-01-01T00:00:00"}}, "exec-answer-expiry", id="no zone"),
        pytest.param({**WRONG, "status": {"token": "t", "expirationTimestamp": 5}}, "exec-answer-expiry", id="a number"),
    ],
)  # fmt: skip
def test_any_other_answer_is_refused_without_showing_it(stdout: bytes | dict[str, Any], key: str) -> None:
    data = stdout if isinstance(stdout, bytes) else json.dumps(stdout).encode()
    with pytest.raises(BadCredentials) as caught:
        answered(data).headers()
    assert caught.value.key == key
    assert set(caught.value.values) <= {"command", "version"}


@pytest.mark.parametrize("indent", [None, 2])
def test_an_answer_in_json_is_taken_however_it_is_laid_out(indent: int | None) -> None:
    document = {**WRONG, "status": {"token": "t\N{GRINNING FACE}"}, "spec": {}, "more": [1]}
    assert answered(json.dumps(document, indent=indent).encode()).headers() == [
        ("Authorization", "Bearer t\N{GRINNING FACE}")
    ]
