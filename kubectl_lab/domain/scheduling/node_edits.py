"""Repairs of a node: without its taints, uncordoned, with the labels that the pod asks for."""

from __future__ import annotations

import functools
import shlex
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import known_taints, node_selectors
from kubectl_lab.domain.rules import tolerations as rules
from kubectl_lab.domain.scheduling.evaluation import filters_of, verdict_of
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.repair_model import (
    CORDON,
    LABELS,
    LOOKING_ROUND,
    MOST_AROUND,
    MOST_TRIED,
    SPREADING,
    TAINTS,
    Repair,
    plugins,
)
from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.rules.node_selectors import Condition
    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.evaluation import Filters, NodeVerdict
    from kubectl_lab.objects import Object

    Group = list[NodeVerdict]

# labels that the kubelet or a cloud sets end in these: who changes them says what is not so
NOT_OURS = ("kubernetes.io", "k8s.io")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a node: `taint` goes, or the cordon, or `label` comes."""

    change: str
    taint: Object | None = None
    label: tuple[str, str] | None = None

    def command(self, node: Object) -> str:
        """The kubectl command."""
        name = shlex.quote(objects.name(node))
        if self.taint is not None:
            return f"kubectl taint node {name} {shlex.quote(rules.taint_text(self.taint))}-"
        if self.label is None:
            return f"kubectl uncordon {name}"
        return f"kubectl label node {name} {shlex.quote('='.join(self.label))}"

    @property
    def message(self) -> dict[str, Any]:
        """What it does, as a phrase."""
        if self.taint is not None:
            return catalogue.phrase("scheduling.untaint", taint=rules.taint_text(self.taint))
        if self.label is None:
            return catalogue.phrase("scheduling.uncordon")
        return catalogue.phrase("scheduling.label", label="=".join(self.label))


def repairs(case: Case, alike: Iterable[Group]) -> Iterator[Repair]:
    """For one node of each group that only its taints, its cordon or its labels close."""
    able = _varied(group for group in alike if plugins(group) <= {TAINTS, CORDON, LABELS})
    trial = _Trial(case)
    for verdict in able[:MOST_TRIED]:
        edits = _edits(case, verdict)
        if edits and trial.takes(verdict.node, edits):
            node = verdict.node.node
            name = verdict.node.name
            message = catalogue.phrase("scheduling.mend", what=[each.message for each in edits], node=name)
            command = " && ".join(each.command(node) for each in edits) if objects.uid(node) else None
            yield Repair(tuple(each.change for each in edits), (name,), message, command)


def _varied(able: Iterable[Group]) -> list[NodeVerdict]:
    """A node of each group, those first that no other before is refused like: only a few are tried."""
    before: Counter[frozenset[str]] = Counter()
    found = []
    for group in able:
        refusing = frozenset(plugins(group))
        found.append((before[refusing], group[0]))
        before[refusing] += 1
    return [verdict for _, verdict in sorted(found, key=lambda each: each[0])]


def edited(node: Object, edits: Sequence[Edit]) -> Object:
    """The node after these changes; uncordoned, its taint goes too."""
    cordoned = any(each.change == "uncordon" for each in edits)
    gone = [each.taint for each in edits if each.taint is not None]
    spec = objects.spec(node)
    taints = [
        taint
        for taint in map(objects.mapping, objects.sequence(spec.get("taints")))
        if taint not in gone and not (cordoned and taint.get("key") == rules.UNSCHEDULABLE)
    ]
    spec = {**spec, "taints": taints} | ({"unschedulable": False} if cordoned else {})
    labels = {**objects.labels(node), **dict(each.label for each in edits if each.label is not None)}
    return {**node, "spec": spec, "metadata": {**objects.metadata(node), "labels": labels}}


def _edits(case: Case, verdict: NodeVerdict) -> list[Edit]:
    """All that the node needs; none where a controller would undo it, or a label cannot be given."""
    refusing = {each.plugin for each in verdict.refusals}
    comparison = case.features.enabled(COMPARISON)
    taints = rules.untolerated(rules.of_pod(case.pod), verdict.node.taints, comparison=comparison)
    cordon = [taint for taint in taints if taint.get("key") == rules.UNSCHEDULABLE]
    others = [taint for taint in taints if taint not in cordon]
    labels = _labels(case, verdict.node) if LABELS in refusing else {}
    if labels is None or any(known_taints.is_set_by_controller(objects.text(each.get("key"))) for each in others):
        return []
    made = [Edit("uncordon")] if cordon or CORDON in refusing else []
    made += [Edit("untaint", taint=each) for each in others]
    return [*made, *(Edit("label", label=pair) for pair in labels.items())]


def _labels(case: Case, node: NodeInfo) -> dict[str, str] | None:
    """The labels of the selector that it lacks, and those of the term that asks for the fewest; None where there is no such way.

    A label that it has with another value says what the node is: it stays.
    """
    required = node_selectors.required(case.pod)
    wanted = {key: objects.text(value) for key, value in required.missing(node.labels)}
    if required.affinity is not None and not required.affinity.matches(node.labels, node.name):
        ways = [_of_term(term.failing(node.labels, node.name)) for term in required.affinity.terms if term.conditions]
        able = [way for way in ways if way is not None]
        if not able:
            return None
        fewest = min(len(way) for way in able)
        wanted |= next(way for way in able if len(way) == fewest)
    return None if any(_is_not_ours(key) or key in node.labels for key in wanted) else wanted


def _of_term(failing: Sequence[Condition]) -> dict[str, str] | None:
    """`In` with its first value and `Exists` can be met by a label."""
    if any(each.malformed or each.of_field or each.operator not in ("In", "Exists") for each in failing):
        return None
    return {each.key: (*each.values, "")[0] for each in failing}


def _is_not_ours(key: str) -> bool:
    return key.rpartition("/")[0].endswith(NOT_OURS)


class _Trial:
    """Whether a node takes the pod once it is edited.

    A plugin that looks at other nodes too needs a state that has the edited one, which is dear: only a few of these are made.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._looking = LOOKING_ROUND.intersection(name for name, _ in case.evaluation.filters.made)
        self._left = MOST_AROUND

    def takes(self, node: NodeInfo, edits: Sequence[Edit]) -> bool:
        """No plugin refuses it; False too where that was not tried any more."""
        changed = edited(node.node, edits)
        if not self._is_seen_elsewhere(edits):
            return self._is_feasible(changed, node, self._case.state, self._filters)
        self._left -= 1
        if self._left < 0:
            return False
        nodes = [changed if each is node else each.node for each in self._case.state.nodes]
        found = {**self._case.state.found, "Node": nodes}
        state = ClusterState(found, self._case.features, without=self._case.subject.without)
        return self._is_feasible(changed, node, state, filters_of(self._case.pod, state))

    def _is_feasible(self, changed: Object, node: NodeInfo, state: ClusterState, filters: Filters) -> bool:
        return verdict_of(self._case.pod, NodeInfo(changed, node.pods), filters, state).feasible

    @functools.cached_property
    def _filters(self) -> Filters:
        """Made anew: those of the evaluation may have kept what the node was like."""
        return filters_of(self._case.pod, self._case.state)

    def _is_seen_elsewhere(self, edits: Sequence[Edit]) -> bool:
        """Spreading may count by taints and labels, pods beside pods by labels alone."""
        labelled = any(each.label is not None for each in edits)
        return SPREADING in self._looking or (labelled and bool(self._looking))
