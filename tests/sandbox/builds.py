"""The cache of built programs and copied files: one folder a part, named by the hash of all that goes in, complete or not there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import golang, places
from sandbox.failure import NotBuiltError, SandboxError
from sandbox.versions import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.golang import Go
    from sandbox.parts import Binary, Part

LINE_SECONDS = 15.0
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Built:
    """A part and the folder its programs or files lie in."""

    part: Part
    folder: Path


def given() -> Path | None:
    """The folder of ready-made programs that the developer names, which overrides the cache."""
    folder = os.environ.get("LAB_SANDBOX_BIN")
    return Path(folder).absolute() if folder else None


def find(parts: tuple[Part, ...]) -> list[Built]:
    """The programs and files of `parts` without building; NotBuiltError names what is missing."""
    ready = given()
    if ready:
        check_given(ready, parts)
    sought = not_given(parts)
    go = golang.at_hand(parts) if sought else None
    found = [(part, in_cache(part, go) if part in sought else ready) for part in parts]
    missing = [part.name for part, folder in found if folder is None]
    if missing:
        raise NotBuiltError(f"the sandbox is not built: {', '.join(missing)}", "scripts/sandbox build")
    return [Built(part, folder) for part, folder in found if folder]


def not_given(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """What has to be in the cache: all, or only the files where the programs are the developer's own."""
    return tuple(part for part in parts if not part.binaries) if given() else parts


def check_given(folder: Path, parts: tuple[Part, ...]) -> None:
    """A program that is missing is an error, one of another version a warning."""
    for part in parts:
        for binary in part.binaries:
            if not os.access(folder / binary.name, os.X_OK):
                raise SandboxError(
                    f"LAB_SANDBOX_BIN={folder} has no program '{binary.name}'", "put it there, or unset LAB_SANDBOX_BIN"
                )
        for binary, version in check(part, folder):
            places.say(f"warning: {folder / binary.name} is {version}, not {part.version}")


def in_cache(part: Part, go: Go | None) -> Path | None:
    """Without any Go at hand, what another Go made from the same sources will do."""
    if go:
        folder = places.cache() / part.key(go.identity)
        return folder / "bin" if (folder / MANIFEST).exists() else None
    for manifest in sorted(places.cache().glob(f"{part.name}-*/{MANIFEST}")):
        if json.loads(manifest.read_text())["source"] == part.source():
            return manifest.parent / "bin"
    return None


def build(parts: tuple[Part, ...]) -> list[Built]:
    """Builds what is missing. Says nothing when nothing is."""
    try:
        return find(parts)
    except NotBuiltError:
        pass
    go = golang.needed(parts)
    lock = places.cache() / "build.lock"
    with places.locked(lock, lambda: f"sandbox: another build is running, waiting for it ({lock})"):
        missing = tuple(part for part in not_given(parts) if in_cache(part, go) is None)
        check_disk(missing, go)
        for part in missing:
            build_part(part, go)
    return find(parts)


def check_disk(parts: tuple[Part, ...], go: Go) -> None:
    """A build that dies of a full disk after five minutes helps nobody."""
    need = sum(part.gigabytes for part in parts)
    if not parts:
        return
    seconds = sum(binary.seconds for part in parts for binary in part.binaries)
    places.say(
        f"sandbox: building {', '.join(part.name for part in parts)} with Go {go.version}: about {seconds // 60 + 1} min on two"
        f" idle cores, and up to {need:.1f} GB of disk (programs 0.6 GB, the rest is Go's own cache)"
    )
    for folder in (places.cache(), *go.caches):
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(existing).free / 1e9
        if free < need:
            raise SandboxError(
                f"{free:.1f} GB free at {existing}, {need:.1f} GB needed", "make room, or set XDG_CACHE_HOME, GOCACHE"
            )


def build_part(part: Part, go: Go) -> None:
    """Into a folder beside, renamed when every program has told the right version."""
    target = places.cache() / part.key(go.identity)
    for left in target.parent.glob(f".{part.name}-*"):
        shutil.rmtree(left, ignore_errors=True)  # of a build that was killed; we hold the lock
    work = target.parent / f".{target.name}"
    (work / "bin").mkdir(parents=True)
    (work / "tmp").mkdir()
    try:
        for binary in part.binaries:
            compile_one(part, binary, go, work)
        if part.files:
            copy_files(part, go, work)
        wrong = [f"{binary.name} says {version}" for binary, version in check(part, work / "bin")]
        if wrong:
            raise SandboxError(f"built, but not {part.version}: {', '.join(wrong)}")
        manifest = {"source": part.source(), "go": go.identity, "version": part.version}
        (work / MANIFEST).write_text(json.dumps(manifest))
        shutil.rmtree(work / "tmp")
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def compile_one(part: Part, binary: Binary, go: Go, work: Path) -> None:
    """One `go build`, with a line when it is done and one every 15 s before; Go's own left-overs go with `work`."""
    output = work / "bin" / binary.name
    # -p=1: two compilers at once need more memory than a small machine has
    flags = ["-trimpath", "-p=1", "-ldflags", part.ldflags]
    begin = time.monotonic()
    with subprocess.Popen(
        [go.program, "build", *flags, "-o", output, binary.package],
        cwd=part.folder,
        env={**go.environment(), "GOTMPDIR": str(work / "tmp")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as compiler:
        with killed_on_the_way_out(compiler), telling(part.name, binary, begin):
            _, complaints = compiler.communicate()
        if compiler.returncode:
            raise SandboxError(f"{binary.name} could not be built:\n{complaints.strip()}")
    size = output.stat().st_size / 1e6
    places.say(f"  {binary.name} {part.version}  {time.monotonic() - begin:.0f} s, {size:.0f} MB")


def copy_files(part: Part, go: Go, work: Path) -> None:
    """The files of a folder of the module that the part pins, checked against its go.sum as any build does."""
    module, folder = part.files or ("", "")
    answer = subprocess.run(
        [go.program, "mod", "download", "-json", module],
        cwd=part.folder,
        env=go.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        last = ((answer.stderr or answer.stdout).strip() or "no word of why").splitlines()[-1]
        raise SandboxError(f"{module} could not be fetched: {last}")
    for file in sorted((Path(json.loads(answer.stdout)["Dir"]) / folder).iterdir()):
        shutil.copyfile(file, work / "bin" / file.name)  # without the modes: Go's cache is read-only
    places.say(f"  {folder} of {module} {part.version}")


@contextmanager
def killed_on_the_way_out(compiler: subprocess.Popen[str]) -> Iterator[None]:
    """Go and the compilers it started are one process group: Ctrl-C must not leave one of them at work."""
    try:
        yield
    except BaseException:
        os.killpg(compiler.pid, signal.SIGKILL)
        raise


@contextmanager
def telling(part: str, binary: Binary, begin: float) -> Iterator[None]:
    done = threading.Event()

    def tell() -> None:
        while not done.wait(LINE_SECONDS):
            elapsed = time.monotonic() - begin
            places.say(
                f"  {part}: {binary.name}, {elapsed:.0f} s so far, {binary.seconds} s expected on two idle cores"
            )

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
