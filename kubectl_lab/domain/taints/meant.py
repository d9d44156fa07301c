"""Which nodes the question is about, before and after what is pretended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.scheduling import absent
from kubectl_lab.domain.scheduling.what_if import taints_applied

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.what_if import Replaced
    from kubectl_lab.domain.taints.question import Question
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class Meant:
    """`before` and `after`: all nodes by name; `shown`: the names of those that the answer tells of, in its order."""

    before: Mapping[str, Object]
    after: Mapping[str, Object]
    shown: tuple[str, ...]
    replaced: tuple[Replaced, ...]

    def is_changed(self, name: str) -> bool:
        """Whether a what-if changes the taints of the node."""
        return self.after[name] is not self.before[name]


def meant(known: KnownObjects, question: Question) -> Meant:
    """The nodes that are named or selected, and whatever the what-if changes; else all of which there is something to say.

    Raises NotFound: a node that is named is not there (all such are told), a removal matches no taint.
    """
    before = {objects.name(node): node for node in known.known("Node")}
    chosen = _chosen(before, question)
    tainted = taints_applied(tuple(before.values()), question.what_if, frozenset(chosen) if question.chooses else None)
    after = dict(zip(before, tainted.nodes, strict=True))
    changed = [name for name, node in after.items() if node is not before[name]]
    if not question.chooses:
        told = {*changed, *(name for name, node in after.items() if _is_telling(node))}
        chosen = tuple(name for name in after if name in told)
    return Meant(before, after, tuple(dict.fromkeys((*chosen, *changed))), tainted.replaced)


def _chosen(every: Mapping[str, Object], question: Question) -> Sequence[str]:
    if lacking := absent.nodes(question.nodes, tuple(every)):
        raise absent.error(lacking)
    if question.nodes:
        return tuple(dict.fromkeys(question.nodes))
    return tuple(
        name for name, node in every.items() if label_selectors.matches(question.selector, objects.labels(node))
    )


def _is_telling(node: Object) -> bool:
    """It has a taint or is cordoned."""
    spec = objects.spec(node)
    return bool(objects.sequence(spec.get("taints"))) or spec.get("unschedulable") is True
