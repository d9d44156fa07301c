"""ExternalName and headless Services: what DNS answers (SVC055-SVC062)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.rules import Rule

RULES: tuple[Rule, ...] = ()
