"""The sandbox as tests see it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import builds, clusters, parts, states
from sandbox.clusters import Wish
from sandbox.failure import SandboxError
from sandbox.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
STAGES = Path(__file__).resolve().parent / "stages"
# pods that take their time: see the file
SLOW_PODS = STAGES / "slow-pods.yaml"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running cluster. `bin` holds kubectl and all the other programs; `audit_log` exists if it was asked for."""

    name: str
    kubeconfig: Path
    bin: Path
    audit_log: Path

    def environment(self) -> dict[str, str]:
        """A new copy for a program: our kubectl first on PATH, then the programs of the virtual environment."""
        return environment(State(self.name))

    def kubectl(
        self, *args: str, input: str | None = None, check: bool = True, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The real kubectl; with `check` a failure raises SandboxError with its words. `env` is added to ours."""
        answer = subprocess.run(
            [self.bin / "kubectl", *args],
            input="" if input is None else input,
            check=False,
            capture_output=True,
            text=True,
            env={**self.environment(), **(env or {})},
        )
        if check and answer.returncode:
            raise SandboxError(f"kubectl {' '.join(args)}: exit {answer.returncode}: {answer.stderr.strip()}")
        return answer


def sandbox_of(state: State) -> Sandbox:
    return Sandbox(state.name, state.kubeconfig, state.bin, state.audit_log)


def environment(state: State) -> dict[str, str]:
    """Ours, with the cluster's kubeconfig and programs; nothing that would lead kubectl to the developer's own settings."""
    virtual = Path(sys.prefix) if sys.prefix != sys.base_prefix else ROOT / ".venv"
    path = os.pathsep.join([str(state.bin), str(virtual / "bin"), os.environ.get("PATH", os.defpath)])
    kubectl = {"KUBECONFIG": str(state.kubeconfig), "KUBECACHEDIR": str(state.folder / "cache"), "KUBERC": "off"}
    return {**os.environ, **kubectl, "PATH": path}


@contextmanager
def running(
    name: str = "test",
    nodes: int = 3,
    stages: Path | None = None,
    *,
    audit: bool = False,
    rbac: bool = True,
    server: str = "1.36",
    dual_stack: bool = False,
) -> Iterator[Sandbox]:
    """A cluster `lab-NAME-PID` as long as the block runs, and no longer, even if this process is killed.

    Builds nothing: NotBuiltError when the programs are not there.
    """
    built = builds.find(parts.for_cluster(server))
    wish = Wish(nodes, rbac, audit, stages, dual_stack)
    with owned(states.named(f"lab-{name}-{os.getpid()}"), wish, built) as state:
        yield sandbox_of(state)


@contextmanager
def owned(state: State, wish: Wish, built: list[builds.Built]) -> Iterator[State]:
    """A cluster of this process: up, under guard, and down whatever happens."""
    clusters.claim(state, os.getpid())
    watcher = clusters.guard(state, os.getpid())
    try:
        yield clusters.start(state, wish, built)
    finally:
        try:
            clusters.down(state)
        finally:
            watcher.kill()
            watcher.wait()
