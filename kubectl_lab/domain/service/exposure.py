"""How the Service is reached from outside: load balancer, node ports, Local policies, families (SVC040-SVC051)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.rules import Rule

RULES: tuple[Rule, ...] = ()
