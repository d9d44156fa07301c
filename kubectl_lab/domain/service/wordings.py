"""Lists in sentences: the first few names, the rest counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 3


def shortened(words: Iterable[str], most: int = MOST) -> list[Any]:
    """Each word once, in order; beyond `most` their number."""
    found = list(dict.fromkeys(words))
    left = len(found) - most
    return [*found[:most], catalogue.phrase("service.and-more", count=left)] if left > 0 else found
