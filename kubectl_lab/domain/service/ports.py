"""Does the target port lead to a port that the pods listen on (SVC030-SVC034, SVC036-SVC039)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.rules import Rule

RULES: tuple[Rule, ...] = ()
