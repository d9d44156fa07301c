"""What functions work out of an object, worked out once: as long as the object lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Deriving:
    """Something whose facts do not change: rules, reading and explaining share what each works out."""

    def __init__(self) -> None:
        self._derived: dict[object, Any] = {}

    def derived(self, make: Callable[[Self], T]) -> T:
        """What `make` works out of this object (an index over all Services, say)."""
        if make not in self._derived:
            self._derived[make] = make(self)
        found: T = self._derived[make]
        return found
