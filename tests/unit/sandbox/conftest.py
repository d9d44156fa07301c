from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.sandboxes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

DOOR = ROOT / "scripts" / "sandbox"
# a Go that answers `go env` and `go mod download -json`, and whose `go build` writes a program that tells the version it should
FAKE_GO = """\
#!{python}
import json, os, pathlib, sys, time
log = pathlib.Path({log!r})
if sys.argv[1] == "env":
    print("go{version}", "linux", "amd64", "{caches}/mod", "{caches}/build", sep="\\n")
    sys.exit()
if sys.argv[1] == "mod":
    if {no_modules!r}:
        print("dial tcp: no route", file=sys.stderr)
        sys.exit(1)
    module = pathlib.Path("{caches}/mod", sys.argv[-1])
    (module / "config/crd/standard").mkdir(parents=True, exist_ok=True)
    (module / "config/crd/standard/routes.yaml").write_text("kind: CustomResourceDefinition")
    print(json.dumps({{"Dir": str(module)}}))
    sys.exit()
output = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
with log.open("a") as file:
    print(output.name, os.getpid(), file=file)
output.write_bytes(b"half")
pathlib.Path(os.environ["GOTMPDIR"], "go-build1").mkdir(exist_ok=True)
time.sleep({seconds})
if output.name in {broken!r}:
    print("undefined: x", file=sys.stderr)
    sys.exit(1)
versions = {{"etcd": "3.6.16", "kwok": "0.8.0", "kwokctl": "0.8.0", "krew": "GitTag v0.4.4"}}
told = versions.get(output.name, "v1.36.3") if output.name not in {liars!r} else "v9.9.9"
output.write_text(f"#!/bin/sh\\necho {{told}}\\n")
output.chmod(0o755)
"""


@dataclass
class Machine:
    """A home, a cache and a PATH of its own, with a Go of our making."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def cache(self) -> Path:
        return self.folder / "cache" / "kubectl-lab" / "sandbox"

    @property
    def states(self) -> Path:
        return self.folder / "state" / "kubectl-lab" / "sandbox"

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def log(self) -> Path:
        return self.folder / "go.log"

    def built(self) -> list[str]:
        """The programs Go was asked to build, in order."""
        return [line.split()[0] for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def compilers(self) -> list[int]:
        return [int(line.split()[1]) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def go(
        self,
        version: str = "1.26.5",
        seconds: float = 0,
        broken: tuple[str, ...] = (),
        liars: tuple[str, ...] = (),
        *,
        modules: bool = True,
    ) -> None:
        text = FAKE_GO.format(
            python=sys.executable,
            log=str(self.log),
            version=version,
            caches=self.folder,
            seconds=seconds,
            broken=broken,
            liars=liars,
            no_modules=not modules,
        )
        self.program("go", text)

    def program(self, name: str, text: str, folder: Path | None = None) -> None:
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(DOOR), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(DOOR), *arguments],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that has bash, Python and nothing of Go."""
    (tmp_path / "bin").mkdir()
    for name in ("bash", "env", "dirname", "sh", "sleep"):
        (tmp_path / "bin" / name).symlink_to(which(name))
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    environment = {
        "PATH": str(tmp_path / "bin"),
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    return Machine(tmp_path, environment)


def which(name: str) -> str:
    return next(f"{folder}/{name}" for folder in os.defpath.split(":") if folder and Path(folder, name).exists())


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], str], None]:
    """Waits until something holds, 20 s at most; fails with the words given."""
    import time

    def wait(holds: Callable[[], bool], otherwise: str) -> None:
        end = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < end, otherwise
            time.sleep(0.02)

    return wait
