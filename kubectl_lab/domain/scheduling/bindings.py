"""SCH011 to SCH013: pods that have their node, by the scheduler or by hand."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from kubectl_lab import catalogue
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules import tolerations as rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.evaluation import PluginRefusal
    from kubectl_lab.result import Finding

# what the kubelet looks at too when a pod is put on its node (GeneralPredicates), and what it refuses with
KUBELET = frozenset({"NodeName", "NodeAffinity", "NodePorts", "NodeResourcesFit"})

# another number is another node, not a slip
_DIGITS = str.maketrans("", "", string.digits)


def refused_by_its_own(case: Case) -> Iterator[Finding]:
    """It runs where it could not land any more: if it is made anew, it goes elsewhere or waits."""
    found = case.verdict(case.subject.bound_to) if case.subject.bound_to else None
    if found is not None and not found.feasible:
        yield catalogue.finding(
            "SCH011",
            case.reference,
            **case.named,
            node=case.subject.bound_to,
            reasons=[reason.message for each in found.refusals for reason in each.refusal.reasons],
        )


def by_hand(case: Case) -> Iterator[Finding]:
    """`spec.nodeName` in a manifest or a template: the scheduler never sees the pod."""
    node = pod_rules.node_name(case.pod)
    found = case.verdict(node) if node else None
    if found is not None:
        bypassed = [each.plugin for each in found.refusals if not _is_checked(each)]
        left = [each.plugin for each in found.refusals if _is_checked(each)]
        what = [catalogue.phrase("scheduling.bypassed", plugins=bypassed)] if bypassed else []
        what += [catalogue.phrase("scheduling.kubelet", plugins=left)] if left else []
        what = what or [catalogue.phrase("scheduling.bypasses-nothing")]
        yield catalogue.finding(
            "SCH012", case.reference, **case.named, node=node, what=what, bypassed=bypassed, kubelet=left
        )


def _is_checked(refused: PluginRefusal) -> bool:
    """By the kubelet too; of taints it looks at those that delete."""
    taints = [taint for reason in refused.refusal.reasons for taint in reason.details.get("taints", ())]
    return refused.plugin in KUBELET or any(taint["effect"] == rules.NO_EXECUTE for taint in taints)


def to_no_node(case: Case) -> Iterator[Finding]:
    """The name in `spec.nodeName` belongs to no node: no kubelet takes the pod."""
    node = case.subject.bound_to or pod_rules.node_name(case.pod)
    if node and case.verdict(node) is None:
        named = (each.node.name for each in case.evaluation.nodes)
        meant = near.nearest(node, (each for each in named if each.translate(_DIGITS) != node.translate(_DIGITS)))
        hint = catalogue.phrase("scheduling.near-node", node=meant) if meant else ""
        yield catalogue.finding("SCH013", case.reference, **case.named, node=node, near=meant, hint=hint)


RULES = (to_no_node, refused_by_its_own, by_hand)
