"""Who asks: a kubeconfig user and the identity flags, checked and combined as client-go does (clientcmd/validation.go)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_lab.cluster.material import Material, material
from kubectl_lab.cluster.target import ExecPlugin, Identity, Impersonation
from kubectl_lab.errors import BadCredentials, BadKubeconfig, BadUsage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.flags import Flags
    from kubectl_lab.cluster.kubeconfig import Entry, Reader

API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_MODES = ("Never", "IfAvailable", "Always")


@dataclass(frozen=True, slots=True)
class Asker:
    """A user entry with the flags on top: certificate and key are files or data, whichever the flag or the entry gave."""

    name: str
    entry: Entry
    token: str = field(repr=False)
    certificate: Material
    key: Material
    impersonation: Impersonation

    @property
    def basic(self) -> bool:
        """Whether there is a user name or a password."""
        return bool(self.entry.text("username") or self.entry.text("password"))


def asker(name: str, entry: Entry, flags: Flags, read: Reader) -> Asker:
    """The user of a name with the flags on top.

    Raises BadKubeconfig or BadUsage where kubectl finds the combination unusable or a file unreadable, whatever the server.
    """
    found = Asker(
        name,
        entry,
        flags.token or entry.text("token"),
        material(entry, "client-certificate", "--client-certificate", flags.client_certificate),
        material(entry, "client-key", "--client-key", flags.client_key),
        _impersonation(entry, flags),
    )
    if found.token and found.basic:
        raise BadKubeconfig("user-two-methods", user=name or "-", file=entry.file)
    if found.certificate:
        _check_pair(found, read)
    if entry.values.get("exec") is not None:
        _check_exec(entry, entry.values["exec"])
    who = found.impersonation
    if (who.uid or who.groups or who.extra) and not who.user:
        raise BadUsage("impersonation-without-user")
    return found


def _impersonation(entry: Entry, flags: Flags) -> Impersonation:
    extra: Mapping[str, tuple[str, ...]] = entry.values.get("as-user-extra") or {}
    return Impersonation(
        user=flags.as_user or entry.text("as"),
        groups=flags.as_groups or tuple(entry.values.get("as-groups") or ()),
        uid=flags.as_uid or entry.text("as-uid"),
        extra=tuple(sorted(extra.items())),
    )


def _check_pair(found: Asker, read: Reader) -> None:
    for one in (found.certificate, found.key):
        if one.file and one.data:
            raise BadKubeconfig("kubeconfig-file-and-data", field=one.source)
    if not found.key:
        raise BadKubeconfig("certificate-without-key", user=found.name or "-", field=found.certificate.source)
    for one in (found.certificate, found.key):
        one.bytes(read)


def _check_exec(entry: Entry, plugin: Mapping[str, Any]) -> None:
    """What kubectl checks before it looks at the server's scheme; the API version's value comes later."""
    if entry.values.get("auth-provider") is not None:
        raise BadKubeconfig("exec-and-auth-provider", field=entry.source("exec"))
    for key in ("command", "apiVersion"):
        if not plugin.get(key):
            raise BadKubeconfig("exec-incomplete", field=entry.source(f"exec.{key}"))
    if not all(variable.get("name") for variable in plugin.get("env") or []):
        raise BadKubeconfig("exec-incomplete", field=entry.source("exec.env[].name"))
    if _mode(plugin) not in _MODES:
        raise BadKubeconfig("exec-mode", field=entry.source("exec.interactiveMode"), modes=", ".join(_MODES))


def _mode(plugin: Mapping[str, Any]) -> str:
    default = "" if plugin.get("apiVersion") == API_VERSIONS[0] else "IfAvailable"
    return plugin.get("interactiveMode") or default


def identity(found: Asker, read: Reader, cluster: Mapping[str, Any]) -> Identity:
    """The identity for a TLS server; `cluster` is what an exec plugin with `provideClusterInfo` is told.

    Raises BadKubeconfig or BadCredentials where there is nothing to identify with, too much of it, or it cannot be read.
    """
    entry = found.entry
    token_file = entry.path("tokenFile")
    if found.basic and token_file:
        raise BadKubeconfig("user-two-methods", user=found.name or "-", file=entry.file)
    if entry.values.get("auth-provider") is not None:
        provider = entry.values["auth-provider"].get("name", "")
        raise BadKubeconfig(
            "auth-provider", user=found.name or "-", provider=provider, field=entry.source("auth-provider")
        )
    if token_file and not found.token:
        _check_token_file(token_file, entry, read)
    plugin = _exec(entry, cluster)
    certified = bool(found.certificate)
    if not (found.token or token_file or certified or entry.text("username") or plugin):
        if not found.name:
            raise BadCredentials("no-user")
        raise BadCredentials("user-without-credentials", user=found.name)
    return Identity(
        token=found.token,
        token_file=token_file,
        username=entry.text("username"),
        password=entry.text("password"),
        client_certificate=found.certificate.bytes(read) if certified else None,
        client_key=found.key.bytes(read) if certified else None,
        # anything else identifies first, and the plugin is not run (client-go, exec.UpdateTransportConfig)
        exec_plugin=None if found.token or token_file or certified or found.basic else plugin,
        impersonation=found.impersonation,
    )


def _check_token_file(path: str, entry: Entry, read: Reader) -> None:
    """Without a token beside it the file must hold one now; later it is read again (credentials.py)."""
    try:
        held = read(Path(path))
    except OSError as error:
        raise BadCredentials(
            "token-file-unreadable", field=entry.source("tokenFile"), file=path, why=error.strerror
        ) from error
    if not held.strip():
        raise BadCredentials("token-file-empty", field=entry.source("tokenFile"), file=path)


def _exec(entry: Entry, cluster: Mapping[str, Any]) -> ExecPlugin | None:
    plugin: Mapping[str, Any] | None = entry.values.get("exec")
    if plugin is None:
        return None
    if plugin["apiVersion"] not in API_VERSIONS:
        raise BadKubeconfig(
            "exec-api-version", field=entry.source("exec.apiVersion"), versions=" | ".join(API_VERSIONS)
        )
    command: str = plugin["command"]
    return ExecPlugin(
        api_version=plugin["apiVersion"],
        command=entry.relative(command) if os.sep in command else command,
        args=tuple(plugin.get("args") or ()),
        env=tuple((one["name"], one.get("value", "")) for one in plugin.get("env") or ()),
        interactive_mode=_mode(plugin),
        install_hint=plugin.get("installHint", ""),
        cluster=cluster if plugin.get("provideClusterInfo") else None,
    )
