"""What is asked about taints: which nodes, and what is to be pretended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab.domain.scheduling.question import WhatIf

if TYPE_CHECKING:
    from kubectl_lab.domain.rules.label_selectors import Selector

NOTHING = WhatIf()


@dataclass(frozen=True, slots=True)
class Question:
    """`nodes`: by name, in the order asked; with neither names nor `selector` every node that has a taint or is cordoned."""

    nodes: tuple[str, ...] = ()
    selector: Selector = ()
    what_if: WhatIf = NOTHING

    @property
    def chooses(self) -> bool:
        """Whether nodes are named or selected."""
        return bool(self.nodes or self.selector)
