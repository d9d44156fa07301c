"""What is to be read of a cluster: one list, or one object. Rules name it, `cluster` asks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kubectl_lab import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# how much of a kind was read: what one question needs, the whole of its namespace, the whole cluster
Extent = Literal["some", "namespace", "cluster"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One list: `labels` and `fields` are selectors as text; with a `name` one object instead.

    `namespace` None: all. `known`: how much of the kind is known afterwards, where that is not plain. `optional`: where it is
    denied, what was read before stays.
    """

    kind: str
    namespace: str | None
    labels: str = ""
    fields: str = ""
    name: str = ""
    known: Extent | None = None
    optional: bool = False

    @property
    def extent(self) -> Extent:
        """How much of the kind is known once this is answered."""
        if self.known is not None:
            return self.known
        if self.labels or self.fields or self.name:
            return "some"
        return "namespace" if self.namespace else "cluster"


def merged(parts: Iterable[Sequence[objects.Object]]) -> tuple[objects.Object, ...]:
    """All objects of several lists of one kind, each once; of two readings the later counts."""
    by_key = {(objects.namespace(obj), objects.name(obj)): obj for obj in itertools.chain.from_iterable(parts)}
    return tuple(by_key.values())
