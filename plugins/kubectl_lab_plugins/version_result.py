"""The answer of `kubectl lab version`."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kubectl_lab.result import document_head
from kubectl_lab.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.target import Target

# Go's names, which `kubectl version` and our release files use
ARCHITECTURES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}
PARTS = ("server", "context", "user", "namespace")


@dataclass(frozen=True, slots=True)
class Version:
    """`server` is None when it was not asked or did not answer; `target` (with -v) says where each part came from."""

    kind: ClassVar[str] = "Version"
    server: str | None
    target: Mapping[str, Any] | None

    def to_dict(self) -> dict[str, Any]:
        """The document of kind Version."""
        server = {"version": self.server} if self.server is not None else None
        return {**document_head(self.kind), "client": client(), "server": server, "target": self.target}


def client() -> dict[str, str]:
    """What runs here."""
    machine = platform.machine()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "os": platform.system().lower(),
        "arch": ARCHITECTURES.get(machine, machine),
    }


def sources(target: Target) -> dict[str, Any]:
    """Server, context, user, namespace: each value and the flag, variable or `file: entry` that gave it."""
    found = target.sources
    return {part: {"value": found[part].value, "source": found[part].source} for part in PARTS if part in found}
