"""All rules about one subject. A rule is a function from a Case to what it finds there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.scheduling import (
    bindings,
    given_tolerations,
    refused_tolerations,
    reported,
    verdicts,
    waiting,
    wanted_pods,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.result import Finding

    Rule = Callable[[Case], Iterable[Finding]]

SEVERITIES = ("error", "warning", "info")
# in the order in which a person looks: a cause stands before what follows from it
RULES: tuple[Rule, ...] = (
    *waiting.RULES,
    *verdicts.RULES,
    *refused_tolerations.RULES,
    *bindings.RULES,
    *reported.RULES,
    *given_tolerations.RULES,
    *wanted_pods.RULES,
)


def findings(case: Case) -> tuple[Finding, ...]:
    """Everything that is found, the worst first."""
    found = (each for rule in RULES for each in rule(case))
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))
