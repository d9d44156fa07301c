"""The module of an older Kubernetes, generated into the cache when somebody asks for that server."""

from __future__ import annotations

import os
import subprocess
import sys

from sandbox import builds, golang, parts, places
from sandbox.failure import SandboxError
from sandbox.parts import HERE, Part


def ready(server: str) -> tuple[Part, ...]:
    """The parts of a cluster of that minor release, their sources all there."""
    wanted = parts.for_cluster(server)
    kubernetes = wanted[0]
    if builds.given() is None and not (kubernetes.folder / "go.mod").exists():
        generate(kubernetes)
    return wanted


def generate(part: Part) -> None:
    """Beside, then renamed: a go.mod without its go.sum is not to be found there."""
    go = golang.needed((parts.part_of("kubernetes"),))
    places.say(f"sandbox: Kubernetes {part.version} is not one we keep built: its first build takes 5 min and more")
    folder = part.folder.with_name(f".{part.folder.name}-{os.getpid()}")
    answer = subprocess.run(
        [sys.executable, HERE / "generate_modules.py", part.version, folder],
        env={**go.environment(), "GOFLAGS": "-mod=mod"},
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if answer.returncode:
        last = (answer.stderr.strip() or "no word of why").splitlines()[-1]
        raise SandboxError(f"the module of Kubernetes {part.version} could not be made: {last}")
    folder.rename(part.folder)
