"""Neither a home that can be written nor a current folder is needed to ask a server."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from live.service_ground import service

if TYPE_CHECKING:
    from live import service_ground
    from live.drain_ground import Ground
    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
PROC = Path("/proc")  # nobody can write there, not even root
HOMES = {"none": None, "one that is not there": "/nonexistent", "one that cannot be written": str(PROC)}


def lab(sandbox: Sandbox, folder: Path, *words: str, home: str | None) -> subprocess.CompletedProcess[str]:
    """Run `kubectl lab …` in a folder that is deleted before it starts."""
    gone = folder / "gone"
    gone.mkdir()
    environ = {name: value for name, value in sandbox.environment().items() if name not in ("HOME", "XDG_CACHE_HOME")}
    environ |= {"LC_ALL": "C.UTF-8", **({"HOME": home} if home else {})}
    script = f'cd "{gone}" && rmdir "{gone}" && exec "{sandbox.bin}/kubectl" lab "$@"'
    command = ["sh", "-c", script, "sh", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=60)


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_a_drain_needs_no_place(ground: Ground, tmp_path: Path, home: str | None) -> None:
    node = ground.node("a")
    ground.pod("goes", node)
    done = lab(ground.sandbox, tmp_path, "drain", node, "-o", "name", home=home)
    assert done.returncode == 0, done.stderr
    assert ground.evictions() == ["goes"]


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_neither_does_a_question(services: service_ground.Ground, tmp_path: Path, home: str | None) -> None:
    where = services.namespace("homeless")
    services.add(where, service("web", {"app": "web"}))
    done = lab(services.sandbox, tmp_path, "explain-service", "web", "-n", where, home=home)
    assert done.returncode == 0, done.stderr
    assert "SVC" in done.stdout
    done = lab(services.sandbox, tmp_path, "version", home=home)
    assert done.returncode == 0, done.stderr
    assert "server:" in done.stdout
