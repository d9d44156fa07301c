"""Gateway API routes and what is wrong with them (SVC110-SVC114)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.fronts import Front
    from kubectl_lab.domain.service.inventory import Inventory


def read(inventory: Inventory) -> tuple[Front, ...]:  # noqa: ARG001
    """All that are known, judged."""
    return ()
