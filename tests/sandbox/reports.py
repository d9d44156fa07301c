"""What scripts/sandbox tells: on stdout, since it is the answer."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sandbox import builds, parts, ports, states
from sandbox import versions as programs
from sandbox.failure import SandboxError

if TYPE_CHECKING:
    from sandbox.states import State


def listing(session: str | None) -> None:
    """One line a cluster: name, what is the matter with it if anything, owner, kubeconfig."""
    for state in states.all_states():
        owner = state.owner
        if session is not None and (owner is None or owner.session != session):
            continue
        print(f"{state.name}\t{condition(state)}\t{owner_of(state)}\t{state.kubeconfig}")


def condition(state: State) -> str:
    living = [name for name in states.COMPONENTS if state.component(name)]
    if len(living) == len(states.COMPONENTS):
        return "running"
    return "starting" if not state.dead() else f"dead: {', '.join(state.dead())}"


def owner_of(state: State) -> str:
    owner = state.owner
    if owner is None:
        return "no owner"
    return f"owner {owner.process.pid}" + ("" if owner.alive else " is dead, a left-over")


def status(state: State) -> int:
    """Exit code 1 when a component does not live."""
    print(f"name        {state.name}")
    print(f"kubeconfig  {state.kubeconfig}")
    print(f"programs    {state.bin}")
    print(f"logs        {state.kwok / 'logs'}")
    if state.audited:
        print(f"audit log   {state.audit_log}")
    print(f"owner       {owner_of(state)}")
    for component in states.COMPONENTS:
        taken = [number for option, number in state.ports.items() if ports.OPTIONS.get(option) == component]
        where = f"port {', '.join(map(str, taken))}" if taken else "no port yet"
        what = f"pid {state.pid(component)}" if state.component(component) else "DEAD"
        print(f"  {component:<24} {what:<12} {where}")
    return 0 if all(state.component(component) for component in states.COMPONENTS) else 1


def environment(name: str | None) -> None:
    """Lines for `eval`."""
    if name:
        state = states.existing(name)
        print(f"export KUBECONFIG={shlex.quote(str(state.kubeconfig))}")
        folders = [str(state.bin)]
    else:
        folders = [str(built.folder) for built in builds.find(parts.PARTS)]
    joined = ":".join(shlex.quote(folder) for folder in dict.fromkeys(folders))
    print(f'export PATH={joined}:"$PATH"')


def versions() -> None:
    """One line a program: name, version, path."""
    for built in builds.find(parts.PARTS):
        for binary in built.part.binaries:
            version = programs.tell(binary, built.folder) or f"({built.part.version}, it does not say)"
            print(f"{binary.name:<24} {version:<12} {built.folder / binary.name}")


def path(binary: str) -> None:
    part = parts.part_of(binary)
    if binary not in {each.name for each in part.binaries}:
        known = ", ".join(each.name for each in part.binaries) or "none, it holds files"
        raise SandboxError(f"'{binary}' is a part, not a program", f"known: {known}")
    print(builds.find((part,))[0].folder / binary)
