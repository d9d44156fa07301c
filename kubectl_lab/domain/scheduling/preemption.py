"""Whether removing pods of lower priority makes room, and what the scheduler says where it does not.

Source: kube-scheduler plugin DefaultPreemption and `framework/preemption` (Evaluator.Preempt, DryRunPreemption,
SelectVictimsOnNode).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling.evaluation import verdict_of
from kubectl_lab.domain.scheduling.state import priority

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab.domain.scheduling.evaluation import Evaluation, NodeVerdict
    from kubectl_lab.domain.scheduling.model import Refusal
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

NEVER = "not eligible due to preemptionPolicy=Never."
UNDER_WAY = "not eligible due to a terminating pod on the nominated node."
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"


@dataclass(frozen=True, slots=True)
class Preemption:
    """`nodes`: those that would fit once all pods of lower priority are gone; `text`: what is said where there is none, else ""."""

    nodes: tuple[str, ...]
    text: str


def preempt(evaluation: Evaluation, state: ClusterState) -> Preemption:
    """What preemption comes to for a pod that no node takes; asked after the filters, never after a PreFilter refusal."""
    ineligible = _ineligible(evaluation, state)
    if ineligible:
        return Preemption((), ineligible)
    reasons: Counter[str] = Counter()
    fitting: list[str] = []
    for verdict in evaluation.nodes:
        said = _without_victims(evaluation, verdict, state)
        reasons.update(said)
        fitting += [] if said else [verdict.node.name]
    total = len(evaluation.nodes)
    return Preemption(tuple(fitting), "" if fitting else f"0/{total} nodes are available: {histogram(reasons)}.")


def histogram(reasons: Counter[str]) -> str:
    """`1 node(s) …, 2 node(s) …`: sorted as strings, so that 10 stands before 2 (FitError)."""
    return ", ".join(sorted(f"{count} {text}" for text, count in reasons.items()))


def _without_victims(evaluation: Evaluation, verdict: NodeVerdict, state: ClusterState) -> tuple[str, ...]:
    """The reasons counted for one node after all pods of lower priority are gone; none where the pod then fits."""
    first = verdict.first
    if first is None or not first.preemption_may_help:
        return (NOT_HELPFUL,)
    node, pod = verdict.node, evaluation.pod
    victims = _victims(pod, node)
    if not victims:
        return (NO_VICTIMS,)
    filters = evaluation.filters.changed(node, removed=victims)
    after = verdict_of(pod, node.with_pods(removed=victims), filters, state).first
    return _texts(after)


def _victims(pod: Object, node: NodeInfo) -> list[Object]:
    return [other for other in node.pods if priority(other) < priority(pod)]


def _texts(refusal: Refusal | None) -> tuple[str, ...]:
    return tuple(reason.text for reason in refusal.reasons) if refusal else ()


def _ineligible(evaluation: Evaluation, state: ClusterState) -> str:
    """Why the pod may not preempt at all, "" where it may (PodEligibleToPreemptOthers)."""
    pod = evaluation.pod
    if objects.spec(pod).get("preemptionPolicy") == "Never":
        return NEVER
    nominated = state.node_by_name.get(objects.text(objects.status(pod).get("nominatedNodeName")))
    if nominated is None:
        return ""
    verdict = next(each for each in evaluation.nodes if each.node.name == nominated.name)
    if verdict.first is not None and not verdict.first.preemption_may_help:
        return ""
    return UNDER_WAY if any(map(_is_leaving_room, _victims(pod, nominated))) else ""


def _is_leaving_room(pod: Object) -> bool:
    """It is being deleted because the scheduler preempted it."""
    disruption = objects.condition(pod, "DisruptionTarget")
    wanted = ("True", "PreemptionByScheduler")
    return pod_rules.is_terminating(pod) and (disruption.get("status"), disruption.get("reason")) == wanted


def counted(refusals: Iterable[Refusal | None]) -> Counter[str]:
    """How many nodes each text is said of; a node with three reasons counts in three."""
    return Counter(text for refusal in refusals for text in _texts(refusal))
