"""`kubectl lab version`: what runs here, what runs there, and where the connection comes from."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import click

from kubectl_lab.errors import LabError
from kubectl_lab.result import document_head
from kubectl_lab.version import __version__
from kubectl_lab_plugins.options import LabCommand, Session, session_options

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        machine = platform.machine()
        client = {
            "version": __version__,
            "python": platform.python_version(),
            "os": platform.system().lower(),
            "arch": ARCHITECTURES.get(machine, machine),
        }
        server = {"version": self.server} if self.server is not None else None
        return {**document_head(self.kind), "client": client, "server": server, "target": self.target}


@click.command(cls=LabCommand)
@click.option("--client", is_flag=True, help="Only what runs here: ask no server")
@session_options(formats=("text", "json", "yaml"))
def version(session: Session, client: bool) -> None:
    """Show what runs here and on the server.

    The versions of kubectl lab, of Python and of the server; with -v also where server, context, user and namespace
    come from: which flag, variable or kubeconfig entry.

    When the server does not answer, the client's part is shown all the same, and the exit code is 1.

    \b
    Examples:
      kubectl lab version --client
      kubectl lab version -v
    """
    target, server = None, None
    try:
        if not client:
            target = _sources(session) if session.verbose else None
            server = session.live().server_version()
    except LabError:
        session.show(Version(None, target))
        raise
    session.show(Version(server, target))


def _sources(session: Session) -> dict[str, Any]:
    sources = session.target().sources
    return {part: {"value": sources[part].value, "source": sources[part].source} for part in PARTS if part in sources}
