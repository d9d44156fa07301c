"""What the commands of scripts/sandbox do; what they only tell is in reports.py."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox import builds, clusters, golang, modules, parts, places, sandboxes, states
from sandbox.failure import SandboxError
from sandbox.processes import Process

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from types import FrameType

    from sandbox.clusters import Wish
    from sandbox.states import State

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """We were asked to end: not an Exception, so that nothing on the way takes it for a failure."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stopping() -> Iterator[None]:
    """Within, TERM and HUP raise Stopped, so that whoever made something takes it away."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)  # once is enough, the way out is not to be interrupted
        raise Stopped(number)

    before = [signal.signal(number, stop) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


def up(state: State, wish: Wish, server: str, owner: int) -> None:
    """The kubeconfig's path is all that goes to stdout."""
    built = builds.build(modules.ready(server))
    clusters.claim(state, owner)
    clusters.start(state, wish, built)
    print(state.kubeconfig)


def run_with(wish: Wish, server: str, command: list[str]) -> int:
    """The exit code of `command`, 127 when it cannot be run, 128+N when it died of signal N."""
    parent = os.getppid()
    built = builds.build(modules.ready(server))
    with sandboxes.owned(states.named(f"lab-with-{os.getpid()}"), wish, built) as state:
        return run(command, sandboxes.environment(state), parent)


def run(command: list[str], environment: dict[str, str], parent: int) -> int:
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None:
        places.say(f"error: no program '{command[0]}'")
        return 127
    with (
        held_back() as let_go,
        subprocess.Popen(
            [program, *command[1:]],
            env=environment,
            preexec_fn=let_go,  # noqa: PLW1509 - there is one thread
        ) as child,
    ):
        try:
            let_go()
            code = wait(child, parent)
        finally:
            end(child)
    return 128 - code if code < 0 else code


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Signals wait until the function that is given is called: one that came while a child is born would orphan it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *SIGNALS})

    def let_go() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield let_go
    finally:
        let_go()


def wait(child: subprocess.Popen[bytes], parent: int) -> int:
    """Until the child ends, or our own parent does."""
    while True:
        try:
            return child.wait(0.25)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                raise Stopped(signal.SIGHUP) from None


def end(child: subprocess.Popen[bytes]) -> None:
    """A terminal sends Ctrl-C to the child as well, and it may need a moment; nobody else does, so it gets a TERM."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def run_in(state: State, command: list[str]) -> None:
    """Becomes `command`: its exit code and its signals are its own."""
    environment = sandboxes.environment(state)
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None:
        raise SandboxError(f"no program '{command[0]}'")
    os.execve(program, command, environment)


def down(options: argparse.Namespace) -> None:
    """Tells what went, on stderr; nothing to do is no error."""
    if options.name:
        chosen = [states.named(options.name)]
    else:
        chosen = [state for state in states.all_states() if picked(state, options)]
    for state in chosen:
        if clusters.down(state):
            places.say(f"{state.name} is gone")


def picked(state: State, options: argparse.Namespace) -> bool:
    owner = state.owner
    if options.stale:
        return owner is None or not owner.alive
    return bool(options.all or (owner and owner.session == options.session))


def clean(*, old: bool) -> None:
    """Removes the caches, or with `old` what the sources in this tree would not use."""
    cache = places.cache()
    if not old and states.all_states():
        raise SandboxError("clusters use the cache", "scripts/sandbox down --all")
    go = golang.at_hand(parts.ALL)
    kept = {folder.parent for part in parts.ALL if (folder := builds.in_cache(part, go))} if old else set()
    names = [part.name for part in parts.ALL]
    with places.locked(cache / "build.lock", lambda: "sandbox: waiting for a build to end"):
        for folder in sorted(cache.iterdir()):
            built = any(folder.name.lstrip(".").startswith(f"{name}-") for name in names)
            if folder not in kept and folder.is_dir() and (built or not old):
                shutil.rmtree(folder, ignore_errors=True)
                places.say(f"removed {folder}")


def stand_guard(name: str, pid: str, started: str) -> int:
    """The guard of a cluster has no terminal and nobody to tell anything."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    clusters.stand_guard(states.named(name), Process(int(pid), int(started)))
    return 0
