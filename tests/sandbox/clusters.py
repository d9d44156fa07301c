"""Clusters come and go: `start` claims a name, chooses ports, runs kwokctl and waits; `down` leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import configuration, nodes, owners, places, ports, processes, states
from sandbox.api import Api
from sandbox.failure import PortClashError, SandboxError
from sandbox.processes import Process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.builds import Built
    from sandbox.states import State

TRIES = 3
START_SECONDS = 150.0
CLASH = "address already in use"


@dataclass(frozen=True, slots=True)
class Wish:
    """What `up` is asked for. `stages` is a file of kwok Stages that takes the place of the built-in ones.

    `dual_stack`: Services may have IPv6 addresses as well.
    """

    nodes: int = 3
    rbac: bool = True
    audit: bool = False
    stages: Path | None = None
    dual_stack: bool = False


def start(state: State, wish: Wish, built: Sequence[Built]) -> State:
    """Under a name that is claimed: a cluster that serves, its nodes Ready, its default service account made; or nothing at all."""
    try:
        link(state, built)
        for attempt in range(1, TRIES + 1):
            try:
                launch(state, wish)
                break
            except PortClashError as clash:
                stop_components(state)
                shutil.rmtree(state.work, ignore_errors=True)
                if attempt == TRIES:
                    raise
                places.say(f"sandbox: {clash.message}, trying other ports")
        nodes.wait_until_usable(api(state), wish.nodes, lambda: watch_components(state))
    except BaseException:
        down(state)
        raise
    return state


def claim(state: State, owner: int) -> None:
    """The folder is the name's: who makes it has it."""
    state.folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        state.folder.mkdir(mode=0o700)
    except FileExistsError:
        raise SandboxError(
            f"there is a cluster '{state.name}' already ({state.kubeconfig})", f"scripts/sandbox down {state.name}"
        ) from None
    owners.owner(owner).write(state.folder)


def link(state: State, built: Sequence[Built]) -> None:
    state.bin.mkdir()
    for each in built:
        for binary in each.part.binaries:
            (state.bin / binary.name).symlink_to(each.folder / binary.name)


def launch(state: State, wish: Wish) -> None:
    """One attempt: ports, configuration, kwokctl; PortClashError when somebody else had one of the ports."""
    waiting = "sandbox: waiting for another cluster to take its ports"
    with places.locked(places.per_user_lock(), lambda: waiting, 300) as give_back:
        chosen = ports.pick()
        facts = {**asdict(wish), "stages": str(wish.stages or ""), "ports": chosen}
        (state.folder / states.CLUSTER).write_text(json.dumps(facts))
        config = configuration.write(state, wish, chosen)
        with (state.folder / "kwokctl.log").open("wb") as log:
            command = [str(state.bin / "kwokctl"), "create", "cluster", "--name", state.name, "--config", str(config)]
            kwokctl = subprocess.Popen(
                [*command, "--wait", "120s", "--kubeconfig", str(state.kubeconfig)],
                env=kwok_environment(state),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            while kwokctl.poll() is None and not ports.bound(chosen.values()):
                watch_components(state)
                time.sleep(0.1)
            give_back()
            wait_for(kwokctl, state)
        finally:
            kwokctl.kill()
            kwokctl.wait()


def kwok_environment(state: State) -> dict[str, str]:
    """kwokctl runs the kubectl it finds, and reads configuration in the home: both are ours here."""
    path = f"{state.bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KWOK_", "KUBE"))}
    return {
        **kept,
        "PATH": path,
        "HOME": str(state.folder),
        "KWOK_WORKDIR": str(state.work),
        "KUBECONFIG": str(state.kubeconfig),
    }


def wait_for(kwokctl: subprocess.Popen[bytes], state: State) -> None:
    end = time.monotonic() + START_SECONDS
    while kwokctl.poll() is None:
        watch_components(state)
        if time.monotonic() > end:
            raise SandboxError(f"the cluster did not start in {START_SECONDS:.0f} s")
        time.sleep(0.1)
    if kwokctl.returncode:
        watch_components(state)
        log = (state.folder / "kwokctl.log").read_text(errors="replace").splitlines()
        raise SandboxError("kwokctl could not start the cluster:\n" + "\n".join(log[-20:]))


def watch_components(state: State) -> None:
    """A component that died ends the wait at once, with its last words."""
    for component in state.dead():
        words = state.last_words(component)
        if CLASH in words:
            raise PortClashError(f"a port of {component} was taken by somebody else")
        raise SandboxError(f"{component} died:\n{words}")


def api(state: State) -> Api:
    return Api(state.ports["kubeApiserverPort"], state.kwok / "pki")


def guard(state: State, owner: int) -> subprocess.Popen[bytes]:
    """A process of its own that takes the cluster down when `owner` dies, however it dies."""
    door = Path(__file__).with_name("__main__.py")
    process = Process.of(owner) or Process(owner, 0)
    return subprocess.Popen(
        [sys.executable, door, "_guard", state.name, str(process.pid), str(process.started)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def stand_guard(state: State, owner: Process) -> None:
    """What the guard does. It ends with the folder."""
    while state.exists and owner.alive:
        time.sleep(0.5)
    if state.exists:
        down(state)


def stop_components(state: State) -> list[Process]:
    """Stops what runs from the cluster's folder, recorded or not; returns what cannot be stopped."""
    for component in states.COMPONENTS:
        if state.component(component) is None:
            # a pid that is another program's by now must not be there for kwokctl to kill
            (state.kwok / "pids" / f"{component}.pid").unlink(missing_ok=True)
    if (state.bin / "kwokctl").exists() and state.kwok.exists():
        subprocess.run(
            [state.bin / "kwokctl", "delete", "cluster", "--name", state.name, "--kubeconfig", state.kubeconfig],
            env=kwok_environment(state),
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
    return processes.stop(processes.from_folder(state.folder))


def down(state: State) -> bool:
    """Stops and deletes; False when there was nothing. Harmless when called again."""
    if not state.exists:
        return False
    left = stop_components(state)
    if left:
        pids = ", ".join(str(process.pid) for process in left)
        raise SandboxError(f"processes of '{state.name}' do not stop: {pids}", "look at them with: ps")
    shutil.rmtree(state.folder, ignore_errors=True)
    if state.folder.exists():
        raise SandboxError(f"'{state.name}' is stopped, but its folder cannot be removed", f"rm -r {state.folder}")
    return True
