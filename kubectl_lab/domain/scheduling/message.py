"""The text of kube-scheduler's FailedScheduling event and of the condition PodScheduled, uncut.

Source: kube-scheduler `framework/types.go` (FitError), `schedule_one.go`; the event itself is cut to 1,024 bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.scheduling import preemption

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.evaluation import Evaluation
    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.preemption import Preemption

NO_NODES = "no nodes available to schedule pods"
# what the plugin DynamicResources answers when its own PreFilter was never reached
STATE_NOT_FOUND = "not found"


def scheduler_message(evaluation: Evaluation, preempted: Preemption | None, features: Features) -> str | None:
    """The whole text; None where some node is feasible. `preempted`: None after a PreFilter refusal."""
    if not evaluation.nodes:
        return NO_NODES
    if evaluation.feasible:
        return None
    total = len(evaluation.nodes)
    head = f"0/{total} nodes are available:"
    if preempted is None:
        refused = ", ".join(reason.text for reason in evaluation.before[0][1].reasons)
        return f"{head} {refused}. {_after_all_refused(total, features)}"
    told = preemption.counted(verdict.first for verdict in evaluation.nodes)
    said = f"{head} {preemption.histogram(told)}."
    return f"{said} {_lead(features)}{preempted.text}" if preempted.text else said


def _lead(features: Features) -> str:
    """Since 1.34 the plugin DynamicResources speaks before preemption."""
    return "no new claims to deallocate, preemption: " if features.since(1, 34) else "preemption: "


def _after_all_refused(total: int, features: Features) -> str:
    if features.since(1, 34):
        return STATE_NOT_FOUND
    return f"preemption: 0/{total} nodes are available: {total} {preemption.NOT_HELPFUL}."
