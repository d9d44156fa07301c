"""What a server would refuse in a manifest (SVC035, SVC140, SVC141)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.rules import Rule

RULES: tuple[Rule, ...] = ()
