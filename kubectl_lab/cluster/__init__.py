"""Where objects come from: a live cluster or a snapshot, behind one protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list, never a part of one; `resource_version` is where a watch of the same kind may begin."""

    items: tuple[Object, ...]
    resource_version: str


class Cluster(Protocol):
    """Reading objects. `kind` is the Kubernetes kind (`Pod`, `DaemonSet`), as in `kinds.KINDS`.

    `list` with `namespace=None` means all namespaces. Both raise LabError: `Forbidden`, `NotCaptured`, `NotFound`, …
    """

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object:
        """One object."""
        ...

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
    ) -> Listing:
        """All objects of a kind, in the order the server gives them; `limit` is the page size, 0 = no paging."""
        ...
