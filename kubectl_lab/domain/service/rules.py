"""All rules about a Service, along its path. A rule is a function from a Case to what it finds there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.service import (
    dns,
    exposure,
    handmade,
    manifests,
    policies,
    ports,
    readiness,
    selection,
    slices,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged

    Rule = Callable[[Case], Iterable[Judged]]

# in the order in which a person looks: a cause stands before what follows from it
RULES: tuple[Rule, ...] = (
    *manifests.RULES,
    *selection.RULES,
    *handmade.RULES,
    *readiness.RULES,
    *ports.RULES,
    *dns.RULES,
    *policies.RULES,
    *slices.RULES,
    *exposure.RULES,
)
