"""Exec credential plugins (KEP-541; client-go, plugin/pkg/client/auth/exec): what they are given, what they may answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kubectl_lab.cluster import kubeyaml
from kubectl_lab.errors import BadCredentials
from kubectl_lab.objects import mapping, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.cluster.target import ExecPlugin

    Run = Callable[[Sequence[str], Mapping[str, str], bool], "Ran"]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended."""

    code: int
    stdout: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credential:
    """A plugin's answer: a token, a certificate with its key (PEM), or both; `expires` in POSIX seconds, None for never."""

    token: str = field(repr=False)
    certificate: bytes | None = field(repr=False)
    key: bytes | None = field(repr=False)
    expires: float | None


def run_program(argv: Sequence[str], environ: Mapping[str, str], interactive: bool) -> Ran:  # noqa: FBT001 - a seam
    """Run it without a shell; its stderr is ours, its stdin too when it may ask questions."""
    done = subprocess.run(  # noqa: S603 - the command of the user's own kubeconfig, as kubectl runs it
        list(argv),
        env=dict(environ),
        stdin=None if interactive else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    return Ran(done.returncode, done.stdout)


def fetch(plugin: ExecPlugin, environ: Mapping[str, str], run: Run, *, stdin_is_terminal: bool) -> Credential:
    """Run the plugin once. Raises BadCredentials on everything but a credential; there is no going on without one."""
    interactive = _interactive(plugin, stdin_is_terminal=stdin_is_terminal)
    info = json.dumps(_question(plugin, interactive=interactive), separators=(",", ":"))
    given = {**environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": info}
    try:
        ran = run([_program(plugin, environ), *plugin.args], given, interactive)
    except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
        raise _missing(plugin) from error
    except (OSError, ValueError) as error:
        raise BadCredentials("exec-unusable", command=plugin.command, why=type(error).__name__) from error
    if ran.code:
        raise _failed(plugin, ran.code)
    return _answer(plugin, ran.stdout)


def _interactive(plugin: ExecPlugin, *, stdin_is_terminal: bool) -> bool:
    if plugin.interactive_mode == "Always" and not stdin_is_terminal:
        raise BadCredentials("exec-needs-terminal", command=plugin.command)
    return plugin.interactive_mode != "Never" and stdin_is_terminal


def _question(plugin: ExecPlugin, *, interactive: bool) -> dict[str, Any]:
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.cluster is not None:
        spec = {"cluster": dict(plugin.cluster), **spec}
    return {"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec}


def _program(plugin: ExecPlugin, environ: Mapping[str, str]) -> str:
    """A name without slash is looked up on the caller's PATH, not on the one that the plugin's `env` may set."""
    if os.path.dirname(plugin.command):  # noqa: PTH120 - a Path drops the "./" that makes it a path
        return plugin.command
    found = shutil.which(plugin.command, path=environ.get("PATH", ""))
    if found is None:
        raise _missing(plugin)
    return found


def _hint(plugin: ExecPlugin) -> str:
    return " ".join(plugin.install_hint.split())


def _missing(plugin: ExecPlugin) -> BadCredentials:
    if hint := _hint(plugin):
        return BadCredentials("exec-not-found-hint", command=plugin.command, hint=hint)
    return BadCredentials("exec-not-found", command=plugin.command)


def _failed(plugin: ExecPlugin, code: int) -> BadCredentials:
    if hint := _hint(plugin):
        return BadCredentials("exec-failed-hint", command=plugin.command, code=code, hint=hint)
    return BadCredentials("exec-failed", command=plugin.command, code=code)


def _answer(plugin: ExecPlugin, stdout: bytes) -> Credential:
    document = mapping(_read(stdout))
    if document.get("kind") != "ExecCredential":
        raise BadCredentials("exec-answer-kind", command=plugin.command)
    if document.get("apiVersion") != plugin.api_version:
        raise BadCredentials("exec-answer-version", command=plugin.command, version=plugin.api_version)
    status = mapping(document.get("status"))
    values = {key: status.get(key) for key in ("token", "clientCertificateData", "clientKeyData")}
    token, certificate, key = (text(value) for value in values.values())
    if any(value is not None and not isinstance(value, str) for value in values.values()):
        raise BadCredentials("exec-answer-empty", command=plugin.command)
    if bool(certificate) != bool(key):
        raise BadCredentials("exec-answer-half", command=plugin.command)
    if not (token or certificate):
        raise BadCredentials("exec-answer-empty", command=plugin.command)
    expires = _expiry(plugin, status.get("expirationTimestamp"))
    return Credential(token, certificate.encode() or None, key.encode() or None, expires)


def _read(stdout: bytes) -> Any:
    """JSON, or the YAML that client-go takes as well; None for neither."""
    try:
        return json.loads(stdout)
    except (ValueError, RecursionError):
        pass
    try:
        return kubeyaml.load(stdout)
    except kubeyaml.NotYaml:
        return None


def _expiry(plugin: ExecPlugin, value: object) -> float | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadCredentials("exec-answer-expiry", command=plugin.command)
    return moment.timestamp()
