"""The real kubectl and we, the same files, flags and environment: the same request, or none from either."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from oracle.kubeconfig.cases_exec import PLUGINS
from oracle.kubeconfig.cases_files import CONTEXTS, FILES
from oracle.kubeconfig.cases_identity import IDENTITIES
from oracle.kubeconfig.cases_pod import POD
from oracle.kubeconfig.cases_server import PROXIES, SERVERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from oracle.kubeconfig.case import Case
    from oracle.kubeconfig.world import World

pytestmark = pytest.mark.oracle
APART = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
CAN_MOUNT = shutil.which(APART[0]) is not None and subprocess.run([*APART, "true"], check=False).returncode == 0
# only this process sees the folder, at the one place where kubectl looks
MOUNT = """
mount -t tmpfs tmpfs /var/run && mkdir -p /var/run/secrets/kubernetes.io && \\
cp -r "$HOME/account" /var/run/secrets/kubernetes.io/serviceaccount && exec "$@"
"""
CASES = (*FILES, *CONTEXTS, *SERVERS, *PROXIES, *IDENTITIES, *PLUGINS, *(POD if CAN_MOUNT else ()))


@pytest.fixture(scope="module")
def agreed(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    claims: list[str] = []
    yield claims
    asked = sum(1 for item in request.session.items if "test_kubectl_and_we_agree" in item.nodeid)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\nkubeconfig parity: agree {len(claims)}/{asked}", "" if CAN_MOUNT else "(in a pod: not compared here)")


def _told(folder: Path) -> Any:
    """What an exec plugin was told, None where none was run; it is forgotten."""
    file = folder / "told.json"
    if not file.exists():
        return None
    told = json.loads(file.read_text())
    file.unlink()
    return told


@pytest.mark.parametrize("case", [pytest.param(case, id=case.claim) for case in CASES])
def test_kubectl_and_we_agree(
    case: Case, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agreed: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if "account/token" in case.files:
        compare(case, world, tmp_path, within=(*APART, "sh", "-c", MOUNT, "pod"), account=tmp_path / "account")
    else:
        compare(case, world, tmp_path)
    agreed.append(case.claim)


def compare(case: Case, world: World, folder: Path, within: tuple[str, ...] = (), account: Path | None = None) -> None:
    world.write(case.files, folder)
    environ = {"HOME": str(folder), "PATH": os.environ["PATH"], **world.fill(case.env, folder)}
    args = world.fill(list(case.args), folder)
    theirs = world.ask_kubectl(args, environ, folder, within)
    told = _told(folder)
    now = time.time()  # noqa: TID251 - the plugins' answers expire by the real clock
    ours = world.ask_us(args, environ, now, account)
    assert _told(folder) == told
    assert (theirs.facts, bool(theirs.refusal)) == (ours.facts, bool(ours.refusal)), (theirs.refusal, ours.refusal)
    if case.error:
        assert (theirs.facts, ours.seen) == ({}, 0)
        assert theirs.seen == 0 or case.error == "bad-namespace"  # kubectl looks at the namespace after discovery
        assert ours.refusal.partition(" ")[0] == case.error
    else:
        assert {name: theirs.facts[name] for name in case.sends} == world.expected(case.sends, folder)
