"""Merged files at random: our target against the entries that `kubectl config view --raw --flatten` shows."""

from __future__ import annotations

import base64
import os
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.cluster.config import resolve
from kubectl_lab.errors import LabError
from oracle.kubeconfig import world as worlds
from oracle.kubeconfig.drawn import Draw, draw

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_lab.cluster.target import Target
    from oracle.kubeconfig.world import World

pytestmark = pytest.mark.oracle
SEED = 20
USUAL, FULL = 60, 500


def view(world: World, drawn: Draw, environ: dict[str, str], folder: Path) -> dict[str, Any] | None:
    """The context that kubectl chooses and the entries it names; None where kubectl has none to show."""
    flags = worlds.flags(list(drawn.args))
    context = ["--context", flags.context] if flags.context else []
    if flags.cluster or flags.user:  # kubectl config view heeds neither: choose among all it has merged
        whole = world.view(context, environ, folder)
        return whole and _chosen(whole, flags.context, flags.cluster, flags.user, flags.namespace)
    minified = world.view([*context, "--minify"], environ, folder)
    return minified and _chosen(minified, flags.context, None, None, flags.namespace)


def _chosen(
    whole: dict[str, Any], context: str | None, cluster: str | None, user: str | None, namespace: str | None
) -> dict[str, Any] | None:
    def entry(plural: str, singular: str, name: str) -> dict[str, Any] | None:
        named = {one["name"]: one[singular] for one in whole[plural] or []}
        return named.get(name)

    chosen = context or whole["current-context"]
    held = entry("contexts", "context", chosen) if chosen else {}
    if held is None:
        return None
    names = {"cluster": cluster or held.get("cluster", ""), "user": user or held.get("user", "")}
    return {
        "context": chosen,
        "namespace": namespace or held.get("namespace") or "default",
        **{f"{kind}-name": name for kind, name in names.items()},
        "cluster": entry("clusters", "cluster", names["cluster"]),
        "user": entry("users", "user", names["user"]),
    }


def shape(seen: dict[str, Any] | None) -> dict[str, Any] | None:
    """The view in the form of `ours`, None where kubectl would send nothing, or ask for a password."""
    if not seen or not seen["cluster"] or not seen["user"] or set(seen["user"]) <= {"as", "as-groups", "as-uid"}:
        return None
    cluster, user = seen["cluster"], seen["user"]
    return {
        **{key: seen[key] for key in ("context", "namespace", "cluster-name", "user-name")},
        "server": cluster["server"].rstrip("/"),
        "ca": base64.b64decode(cluster["certificate-authority-data"])
        if "certificate-authority-data" in cluster
        else None,
        "insecure": cluster.get("insecure-skip-tls-verify", False),
        "tls-server-name": cluster.get("tls-server-name", ""),
        "disable-compression": cluster.get("disable-compression", False),
        **{key: user.get(key, "") for key in ("token", "username", "password", "as", "as-uid")},
        "as-groups": tuple(user.get("as-groups") or ()),
        **{key: base64.b64decode(user.get(f"client-{key}-data", "")) or None for key in ("certificate", "key")},
    }


def ours(target: Target) -> dict[str, Any]:
    who = target.identity
    return {
        "context": target.context,
        "namespace": target.namespace,
        "server": target.server,
        "ca": target.ca,
        "cluster-name": target.cluster,
        "user-name": target.user,
        "insecure": target.insecure,
        "tls-server-name": target.tls_server_name,
        "disable-compression": target.disable_compression,
        "token": who.token,
        "username": who.username,
        "password": who.password,
        "as": who.impersonation.user,
        "as-uid": who.impersonation.uid,
        "as-groups": who.impersonation.groups,
        "certificate": who.client_certificate,
        "key": who.client_key,
    }


def _resolved(drawn: Draw, environ: dict[str, str]) -> dict[str, Any] | None:
    try:
        return ours(resolve(worlds.flags(list(drawn.args)), environ))
    except LabError:
        return None


def test_merged_files_come_to_the_entries_that_kubectl_shows(
    world: World, tmp_path: Path, full: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    count, usable = FULL if full else USUAL, 0
    for number in range(count):
        drawn = draw(Random(f"{SEED}.{number}"))  # a case is found again by its number
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        world.write(drawn.files, folder)
        paths = [name if number % 2 else str(folder / name) for name in drawn.order]
        environ = {"HOME": str(folder), "PATH": os.environ["PATH"], "KUBECONFIG": os.pathsep.join(paths)}
        theirs = shape(view(world, drawn, environ, folder))
        assert _resolved(drawn, environ) == theirs, f"case {number}: {drawn}"
        usable += theirs is not None
    assert usable > count / 4, "too few usable cases to mean anything"
    with capsys.disabled():
        print(f"\nkubeconfig merge parity: agree {count}/{count} ({usable} usable)")
