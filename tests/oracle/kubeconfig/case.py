"""A case: files, flags and environment, and what must reach a server; `@WORD@` is filled in by world.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CLUSTER = {"server": "@A@", "certificate-authority-data": "@CA@"}
USER = {"token": "token-one"}
HOME = ".kube/config"


@dataclass(frozen=True, slots=True)
class Case:
    """`claim` is the test's id. `sends`: facts of the one request for pods; or `error`: nothing is sent, we raise this key."""

    claim: str
    files: dict[str, Any] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    sends: dict[str, Any] = field(default_factory=dict)
    error: str = ""


def config(
    cluster: dict[str, Any] | None = None,
    user: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A kubeconfig with the context x: cluster c, user u."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "x",
        "clusters": [{"name": "c", "cluster": CLUSTER if cluster is None else cluster}],
        "users": [{"name": "u", "user": USER if user is None else user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", **(context or {})}}],
        **more,
    }


def part(**entries: Any) -> dict[str, Any]:
    """A file of some entries: `clusters={"c": {…}}`, `users=…`, `contexts={"x": ("c", "u", "namespace")}`, `current="x"`."""
    made: dict[str, Any] = {"current-context": entries["current"]} if "current" in entries else {}
    for plural, singular in (("clusters", "cluster"), ("users", "user")):
        if plural in entries:
            made[plural] = [{"name": name, singular: held} for name, held in entries[plural].items()]
    if "contexts" in entries:
        keys = ("cluster", "user", "namespace")
        held = {name: dict(zip(keys, names, strict=False)) for name, names in entries["contexts"].items()}
        made["contexts"] = [{"name": name, "context": context} for name, context in held.items()]
    return made


def plugin(script: str = "echo never", **more: Any) -> dict[str, Any]:
    """A user with an exec plugin: the file `plugin.sh`, which a case holds too."""
    exec_ = {"apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin.sh", "interactiveMode": "Never"}
    return {"exec": {**exec_, **more}}


def prints(status: str, version: str = "v1", kind: str = "ExecCredential") -> str:
    """A shell script that answers with this status, and leaves what it was told in told.json."""
    document = f'{{"kind":"{kind}","apiVersion":"client.authentication.k8s.io/{version}","status":{status}}}'
    return f'#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" > "@DIR@/told.json"\ncat <<\'END\'\n{document}\nEND\n'
