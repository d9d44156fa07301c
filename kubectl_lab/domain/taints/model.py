"""What `explain-taints` answers: one entry a node, with what each of its taints does to which pods.

Phrases stand where `render.data.document` puts sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, ClassVar

from kubectl_lab import objects
from kubectl_lab.domain.rules.tolerations import taint_text
from kubectl_lab.result import document_head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kubectl_lab.domain.scheduling.model import NotEvaluated
    from kubectl_lab.domain.scheduling.question import WhatIf
    from kubectl_lab.result import Finding, Reference


@dataclass(frozen=True, slots=True)
class Tolerating:
    """A pod of the node that tolerates the taint; `seconds`: for so long only, None for ever (or no NoExecute taint)."""

    pod: Reference
    seconds: int | None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"pod": self.pod.to_dict(), "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class Eviction:
    """A pod of the node that NoExecute deletes so many seconds after the taint; `at`: None where that time is not known.

    `terminating`: it is being deleted already, for whatever reason; `finished`: its containers have ended.
    """

    pod: Reference
    seconds: int
    at: datetime | None
    terminating: bool = False
    finished: bool = False

    @property
    def costs(self) -> bool:
        """Something that runs ends by it."""
        return not self.terminating and not self.finished

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "pod": self.pod.to_dict(),
            "seconds": self.seconds,
            "at": time_text(self.at) if self.at else None,
            "terminating": self.terminating,
            "finished": self.finished,
        }


@dataclass(frozen=True, slots=True)
class TaintEffect:
    """One taint of one node. `blocks`: pending pods that nothing but this taint keeps off the node.

    `may_block`: the same of pods about which not everything could be evaluated. `pretended`: a what-if added it.
    """

    taint: Mapping[str, Any]
    meaning: Mapping[str, Any]
    set_by: Mapping[str, Any]
    tolerated_by: tuple[Tolerating, ...] = ()
    blocks: tuple[Reference, ...] = ()
    may_block: tuple[Reference, ...] = ()
    evicts: tuple[Eviction, ...] = ()
    pretended: bool = False

    @property
    def text(self) -> str:
        """`team=blue:NoSchedule`."""
        return taint_text(self.taint)

    @property
    def time_added(self) -> str | None:
        """As the API has it."""
        return objects.text(self.taint.get("timeAdded")) or None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            **{part: objects.text(self.taint.get(part)) for part in ("key", "value", "effect")},
            "timeAdded": self.time_added,
            "meaning": self.meaning,
            "setBy": self.set_by,
            "toleratedBy": [each.to_dict() for each in self.tolerated_by],
            "blocks": len(self.blocks),
            "mayBlock": len(self.may_block),
            "evicts": [each.to_dict() for each in self.evicts],
            "pretended": self.pretended,
        }


@dataclass(frozen=True, slots=True)
class NodeTaints:
    """One node. `evicts`: what all its NoExecute taints together come to, the first deletion first.

    `removed`: the taints that a what-if takes away.
    """

    name: str
    taints: tuple[TaintEffect, ...]
    unschedulable: bool
    evicts: tuple[Eviction, ...] = ()
    removed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "name": self.name,
            "taints": [each.to_dict() for each in self.taints],
            "removed": list(self.removed),
            "unschedulable": self.unschedulable,
            "evicts": [each.to_dict() for each in self.evicts],
            "findings": [each.to_dict() for each in self.findings],
        }


@dataclass(frozen=True, slots=True)
class TaintExplanation:
    """The answer of `explain-taints`; `total`: how many nodes there are; `now`: the time it speaks of.

    `findings`: what concerns more than one node, or the input. `not_evaluated`: what the answer does not rest on.
    """

    kind: ClassVar[str] = "TaintExplanation"
    nodes: tuple[NodeTaints, ...]
    total: int
    now: datetime
    what_if: WhatIf | None = None
    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The document."""
        return document_head(self.kind) | {
            "nodes": [each.to_dict() for each in self.nodes],
            "whatIf": self.what_if.to_dict() if self.what_if else None,
            "notEvaluated": [each.to_dict() for each in self.not_evaluated],
            "findings": [each.to_dict() for each in self.findings],
        }


def time_text(at: datetime) -> str:
    """RFC 3339, UTC, whole seconds: as the API has times."""
    try:
        at = at.astimezone(UTC)
    except OverflowError:  # at the very ends of the calendar the offset stays
        return at.isoformat(timespec="seconds")
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
