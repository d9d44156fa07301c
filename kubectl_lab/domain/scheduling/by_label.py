"""Things that ask for a label of a node, found by it: of thousands of local volumes a node's labels suit a few."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")


class ByLabel(Generic[T]):
    """`wanted`: a label that a node must have one of these values of, None where nothing so simple can be said."""

    def __init__(self, things: Iterable[T], wanted: Callable[[T], tuple[str, Iterable[str]] | None]) -> None:
        self._for_all: list[tuple[int, T]] = []
        self._by_key: dict[str, defaultdict[str, list[tuple[int, T]]]] = {}
        for place in enumerate(things):
            label = wanted(place[1])
            if label is None:
                self._for_all.append(place)
                continue
            by_value = self._by_key.setdefault(label[0], defaultdict(list))
            for value in frozenset(label[1]):
                by_value[value].append(place)

    def on(self, labels: Mapping[str, str]) -> Iterator[T]:
        """Those that a node with these labels may suit, in their order; the others it does not."""
        found = list(self._for_all)
        for key, by_value in self._by_key.items():
            found += by_value.get(labels.get(key, ""), ()) if isinstance(labels.get(key), str) else ()
        return (thing for _, thing in sorted(found, key=lambda place: place[0]))
