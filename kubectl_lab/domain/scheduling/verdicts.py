"""SCH001 to SCH003, SCH007, SCH014, SCH015: why no node takes the pod, and what the answer rests on."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue
from kubectl_lab.domain.rules import node_selectors
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling.case import some
from kubectl_lab.domain.scheduling.repairs import repairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.model import Refusal
    from kubectl_lab.result import Finding

MOST_SAID = 3  # repairs in the sentence; commands and details have more


def nowhere(case: Case) -> Iterator[Finding]:
    """No node is feasible: one finding, the earliest cause. No node at all, refused before the nodes, or refused by each."""
    if not case.evaluation.nodes:
        yield catalogue.finding("SCH003", case.reference, **case.named)
    elif case.evaluation.before:
        yield _refused_before(case, *case.evaluation.before[0])
    elif not case.evaluation.feasible:
        yield _refused_everywhere(case)


def _refused_before(case: Case, plugin: str, refusal: Refusal) -> Finding:
    claim = next((reason.details["claim"] for reason in refusal.reasons if "claim" in reason.details), None)
    return catalogue.finding(
        "SCH002",
        case.reference,
        **case.named,
        plugin=plugin,
        reason=[reason.message for reason in refusal.reasons],
        said=[reason.text for reason in refusal.reasons],
        claim=claim,
        command=_look_at(case, claim) if claim else None,
    )


def _look_at(case: Case, claim: str) -> str:
    """What the claim waits for; of one that does not exist, which there are instead."""
    space = case.reference.namespace or ""
    there = case.state.get("PersistentVolumeClaim", space, claim) is not None
    return f"kubectl -n {shlex.quote(space)} " + (f"describe pvc {shlex.quote(claim)}" if there else "get pvc")


def _refused_everywhere(case: Case) -> Finding:
    nodes = case.evaluation.nodes
    counted = Counter(each.plugin for verdict in nodes for each in verdict.refusals if each.first)
    why = [catalogue.phrase("scheduling.refused-by", plugin=name, count=n) for name, n in counted.most_common()]
    found = () if _is_placed(case) else repairs(case)
    helping = [each.message for each in found[:MOST_SAID]]
    advice = catalogue.phrase("scheduling.advice", repairs=helping) if helping else ""
    return catalogue.finding(
        "SCH001",
        case.reference,
        **case.named,
        total=len(nodes),
        why=why,
        advice=advice,
        repairs=[each.to_dict() for each in found],
        commands=[each.command for each in found if each.command is not None],
    )


def _is_placed(case: Case) -> bool:
    """Named by hand, no other node would do; bound to a node that is gone, the pod lands nowhere any more."""
    bound = case.subject.bound_to
    return bool(pod_rules.node_name(case.pod) or (bound and case.verdict(bound) is None))


def unevaluated(case: Case) -> Iterator[Finding]:
    """What is not known may still refuse the pod: a feasible node is one without a known refusal."""
    found = dict.fromkeys((*case.subject.not_evaluated, *case.evaluation.not_evaluated))
    if found:
        told: dict[str, Any] = {"notEvaluated": [each.to_dict() for each in found]}
        whats = list(dict.fromkeys(each.what for each in found))
        yield catalogue.finding("SCH007", case.reference, **case.named, what=whats, **told)


def preempting(case: Case) -> Iterator[Finding]:
    """Pods of lower priority stand in the way, and the scheduler removes some of them."""
    if case.preempted is not None and case.preempted.nodes:
        nodes = list(case.preempted.nodes)
        yield catalogue.finding("SCH014", case.reference, **case.named, shown=some(nodes), nodes=nodes)


def malformed(case: Case) -> Iterator[Finding]:
    """The term of a requirement that cannot be read matches nothing, whatever else stands in it."""
    affinity = node_selectors.required(case.pod).affinity
    for term in affinity.terms if affinity else ():
        for condition in term.malformed:
            yield catalogue.finding(
                "SCH015", case.reference, **case.named, requirement=condition.text, term=term.at + 1
            )


RULES = (nowhere, malformed, preempting, unevaluated)
