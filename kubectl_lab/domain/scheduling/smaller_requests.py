"""Repairs of a request: the largest amount that fits on some node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.evaluation import NodeVerdict
    from kubectl_lab.domain.scheduling.repair_model import Repair


def repairs(case: Case, alike: Iterable[list[NodeVerdict]]) -> Iterator[Repair]:
    """TODO"""
    return iter(())
