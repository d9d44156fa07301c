"""What is asked: which pods, and what is to be pretended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.rules.label_selectors import Selector
    from kubectl_lab.result import Reference


@dataclass(frozen=True, slots=True)
class TaintChange:
    """A taint to pretend is there, or gone. `value` and `effect` None: any (of a removal). `node`: "" for every node meant."""

    key: str
    value: str | None = None
    effect: str | None = None
    node: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"key": self.key, "value": self.value, "effect": self.effect, "node": self.node or None}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Changes that are only pretended; `tolerations` as the API has them."""

    add_taints: tuple[TaintChange, ...] = ()
    remove_taints: tuple[TaintChange, ...] = ()
    tolerations: tuple[Mapping[str, Any], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add_taints or self.remove_taints or self.tolerations)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "addTaints": [each.to_dict() for each in self.add_taints],
            "removeTaints": [each.to_dict() for each in self.remove_taints],
            "withTolerations": [dict(each) for each in self.tolerations],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """`subjects` empty: every pending pod of `namespace` (None: of all) that `selector` matches, and unapplied workloads.

    `shown`: names of the only nodes to list, None for all; verdict and message count every node all the same.
    """

    subjects: tuple[Reference, ...]
    namespace: str | None
    selector: Selector = ()
    what_if: WhatIf = WhatIf()
    shown: frozenset[str] | None = None
