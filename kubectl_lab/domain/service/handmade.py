"""Services without a selector, whose slices somebody else makes (SVC065-SVC069)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.rules import Rule

RULES: tuple[Rule, ...] = ()
