"""Are the pods ready to answer, and if not, why (SVC020-SVC029)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.rules import Rule

RULES: tuple[Rule, ...] = ()
