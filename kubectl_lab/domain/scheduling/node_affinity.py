"""The pod's nodeSelector and its required node affinity.

Where every term names nodes (`matchFields` on `metadata.name`, as those of DaemonSet pods do), only these are looked at; terms
that leave no name refuse the pod everywhere. Source: kube-scheduler plugin NodeAffinity.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue
from kubectl_lab.domain.rules import node_selectors
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.rules.node_selectors import Condition, Required, Term
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

    Phrase = dict[str, Any]
    Failing = tuple[Term, Sequence[Condition]]  # a term and what of it fails

TEXT = "node(s) didn't match Pod's node affinity/selector"
CONFLICT = "pod affinity terms conflict"
MOST_TERMS = 3  # told in the sentence; all are in the details


def prepare(pod: Object, _state: ClusterState) -> NodeFilter | None:
    """Nothing to check where no node is demanded."""
    required = node_selectors.required(pod)
    return _Demanded(required, pod_rules.nominated_node(pod)) if required else None


class _Demanded(NodeFilter):
    def __init__(self, required: Required, nominated: str) -> None:
        self._nominated = nominated
        self._required = required
        self._terms = required.affinity.terms if required.affinity else ()
        conditions = [condition for term in self._terms for condition in term.conditions]
        self._keys = tuple(dict.fromkeys([key for key, _ in required.labels] + [each.key for each in conditions]))
        self._by_name = any(each.of_field for each in conditions)
        # what a node has of the labels that are asked for -> what is said of it
        self._known: dict[tuple[str | None, ...], Refusal | None] = {}
        names = required.affinity.names if required.affinity else None
        if names is not None:
            self.only = names or None
            self.before = None if names else _conflict(self._terms)

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """One reason, for each label of the selector and each term of the affinity that fails."""
        if self.only is not None and node.name not in self.only and node.name != self._nominated:
            return None  # it is not looked at at all
        facts = (node.name if self._by_name else "", *(_text(node.labels.get(key)) for key in self._keys))
        if facts not in self._known:
            self._known[facts] = self._judged(node)
        return self._known[facts]

    def _judged(self, node: NodeInfo) -> Refusal | None:
        missing = self._required.missing(node.labels)
        affinity = self._required.affinity
        fails = affinity is not None and not affinity.matches(node.labels, node.name)
        if not missing and not fails:
            return None
        failing = [(term, term.failing(node.labels, node.name)) for term in self._terms] if fails else []
        lacking = [(key, value, _text(node.labels.get(key))) for key, value in missing]
        said = [_label_said(*each) for each in lacking] + ([_affinity_said(failing, node)] if fails else [])
        details = {
            "nodeSelector": [{"key": key, "value": value, "found": found} for key, value, found in lacking],
            "affinity": [_term_details(term, conditions, node) for term, conditions in failing],
        }
        return Refusal((Reason(TEXT, _joined(said), details),))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _label_said(key: str, value: str, found: str | None) -> Phrase:
    wanted = f"{key}={value}"
    if found is None:
        return catalogue.phrase("scheduling-node.selector-absent", wanted=wanted)
    return catalogue.phrase("scheduling-node.selector-differs", wanted=wanted, found=f"{key}={found}")


def _affinity_said(failing: Sequence[Failing], node: NodeInfo) -> Phrase:
    """A single term as it is, several by their numbers."""
    if not failing:
        return catalogue.phrase("scheduling-node.affinity-empty")
    said = [_term_said(term, conditions, node) for term, conditions in failing[:MOST_TERMS]]
    if len(failing) == 1:
        return said[0]
    numbered = [
        catalogue.phrase("scheduling-node.affinity-term", number=number, why=each)
        for number, each in enumerate(said, 1)
    ]
    more = len(failing) - len(said)
    numbered += [catalogue.phrase("scheduling-node.affinity-more", count=more)] if more else []
    return _joined(numbered)


def _term_said(term: Term, failing: Sequence[Condition], node: NodeInfo) -> Phrase:
    if not term.conditions:
        return catalogue.phrase("scheduling-node.term-empty")
    if failing[0].malformed:
        conditions = [each.text for each in failing]
        return catalogue.phrase("scheduling-node.term-malformed", conditions=conditions)
    return catalogue.phrase("scheduling-node.affinity", conditions=[_condition_said(each, node) for each in failing])


def _condition_said(condition: Condition, node: NodeInfo) -> Phrase:
    found = condition.found(node.labels, node.name)
    if condition.of_field:
        return catalogue.phrase("scheduling-node.condition-field", condition=condition.text, node=node.name)
    if found is None:
        return catalogue.phrase("scheduling-node.condition-absent", condition=condition.text)
    return catalogue.phrase(
        "scheduling-node.condition-differs", condition=condition.text, found=f"{condition.key}={found}"
    )


def _term_details(term: Term, failing: Sequence[Condition], node: NodeInfo) -> dict[str, Any]:
    told = [
        each.to_dict() | {"found": each.found(node.labels, node.name), "malformed": each.malformed} for each in failing
    ]
    return {"term": term.at, "failing": told}


def _conflict(terms: Sequence[Term]) -> Refusal:
    message = catalogue.phrase("scheduling-node.affinity-conflict", field=node_selectors.NAME_FIELD)
    named = [each.to_dict() for term in terms for each in term.conditions if each.of_field]
    return Refusal((Reason(CONFLICT, message, {"matchFields": named}),))


def _joined(said: Sequence[Phrase]) -> Phrase:
    """One sentence of several."""
    return functools.reduce(lambda one, other: catalogue.phrase("scheduling-node.and", one=one, other=other), said)
