"""Certificates and keys as a kubeconfig or a flag gives them: a file or the data itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_lab.errors import BadKubeconfig, BadUsage

if TYPE_CHECKING:
    from kubectl_lab.cluster.kubeconfig import Entry, Reader


@dataclass(frozen=True, slots=True)
class Material:
    """A PEM block from a file or from the kubeconfig itself; `flag` names the flag that gave the file, "" for an entry."""

    file: str
    data: bytes = field(repr=False)
    flag: str
    source: str

    def __bool__(self) -> bool:
        return bool(self.file or self.data)

    def bytes(self, read: Reader) -> bytes:
        """What it holds. Raises BadUsage or BadKubeconfig when its file cannot be read."""
        if not self.file:
            return self.data
        try:
            return read(Path(self.file))
        except OSError as error:
            if self.flag:
                raise BadUsage("flag-file-unreadable", flag=self.flag, file=self.file, why=error.strerror) from error
            raise BadKubeconfig(
                "kubeconfig-file-unreadable", field=self.source, file=self.file, why=error.strerror
            ) from error


def material(entry: Entry, key: str, flag: str, given: str | None) -> Material:
    """`KEY` or `KEY-data` of an entry, or the file of a flag, which replaces both."""
    if given:
        return Material(given, b"", flag, flag)
    return Material(entry.path(key), entry.values.get(f"{key}-data") or b"", "", entry.source(key))
