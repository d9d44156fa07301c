"""A cluster on the disk: its folder, what is in it, which of its processes live. Starting and stopping: clusters.py."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import owners, places, processes
from sandbox.failure import SandboxError
from sandbox.processes import Process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.owners import Owner

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?")
CLUSTER = "cluster.json"
COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok-controller")


@dataclass(frozen=True, slots=True)
class State:
    """The folder of one cluster and the paths in it; nothing of it need exist."""

    name: str

    @property
    def folder(self) -> Path:
        return places.states() / self.name

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def bin(self) -> Path:
        """Links to all the programs, so that one folder on PATH is enough."""
        return self.folder / "bin"

    @property
    def work(self) -> Path:
        """KWOK_WORKDIR."""
        return self.folder / "kwok"

    @property
    def kwok(self) -> Path:
        """What kwokctl makes of it: pids, logs, pki."""
        return self.work / "clusters" / self.name

    @property
    def audit_log(self) -> Path:
        return self.kwok / "logs" / "audit.log"

    @property
    def owner(self) -> Owner | None:
        return owners.read(self.folder)

    @property
    def exists(self) -> bool:
        return self.folder.is_dir()

    @property
    def facts(self) -> Mapping[str, object]:
        """What `up` was asked for and the ports it chose; empty until it chose them."""
        try:
            found = json.loads((self.folder / CLUSTER).read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def audited(self) -> bool:
        return self.facts.get("audit") is True

    @property
    def ports(self) -> Mapping[str, int]:
        ports = self.facts.get("ports")
        return ports if isinstance(ports, dict) else {}

    def pid(self, component: str) -> int | None:
        """The pid kwokctl recorded, None before it did."""
        try:
            return int((self.kwok / "pids" / f"{component}.pid").read_text())
        except (OSError, ValueError):
            return None

    def component(self, name: str) -> Process | None:
        """The living process of that component; a pid that now belongs to another program is not it."""
        pid = self.pid(name)
        arguments = processes.settled_command_line(pid) if pid else []
        if pid is None or not arguments or not Path(arguments[0]).is_relative_to(self.folder):
            return None
        return Process.of(pid)

    def dead(self) -> list[str]:
        """Components that were started and live no more."""
        return [name for name in COMPONENTS if self.pid(name) is not None and self.component(name) is None]

    def last_words(self, component: str, lines: int = 20) -> str:
        """The end of a component's log."""
        try:
            text = (self.kwok / "logs" / f"{component}.log").read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def named(name: str) -> State:
    """The state of a valid name, whether there is such a cluster or not."""
    if not NAME.fullmatch(name):
        raise SandboxError(
            f"'{name}' is no name for a cluster", "1 to 50 lower-case letters, digits and dashes, no dash at an end"
        )
    return State(name)


def existing(name: str) -> State:
    """The state of a cluster that is there; SandboxError lists those that are."""
    state = named(name)
    if not state.exists:
        others = ", ".join(other.name for other in all_states()) or "none"
        raise SandboxError(f"no cluster '{name}'", f"there are: {others}")
    return state


def all_states() -> list[State]:
    """Every cluster of this user, running or left over, by name."""
    try:
        names = sorted(path.name for path in places.states().iterdir() if path.is_dir())
    except OSError:
        return []
    return [State(name) for name in names if NAME.fullmatch(name)]
