"""One subject and all that was worked out about it: what the rules about findings look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab.domain.rules import pods as pod_rules

if TYPE_CHECKING:
    from datetime import datetime

    from kubectl_lab.domain.scheduling.evaluation import Evaluation, NodeVerdict
    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.preemption import Preemption
    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.domain.scheduling.subject import Subject
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

MOST_NAMES = 5  # names in a sentence; `details` have all


@dataclass(frozen=True, slots=True)
class Case:
    """`preempted`: None where preemption was not asked about; `message`: as in the answer; `pretended`: under a what-if."""

    subject: Subject
    state: ClusterState
    evaluation: Evaluation
    preempted: Preemption | None
    message: str | None
    now: datetime
    pretended: bool = False

    @property
    def pod(self) -> Object:
        """As the scheduler would see it."""
        return self.subject.pod

    @property
    def reference(self) -> Reference:
        """What was asked about."""
        return self.subject.reference

    @property
    def features(self) -> Features:
        """Whose rules."""
        return self.state.features

    @property
    def named(self) -> dict[str, Any]:
        """The details `subject` (`deployment/web`) and `namespace`, which most sentences and commands begin with."""
        return {"subject": spelled(self.reference), "namespace": self.reference.namespace}

    def verdict(self, node: str) -> NodeVerdict | None:
        """What refuses one node."""
        return next((each for each in self.evaluation.nodes if each.node.name == node), None)


def spelled(reference: Reference) -> str:
    """`deployment/web`, as kubectl takes it."""
    return f"{reference.kind.lower()}/{reference.name}"


def is_bound(subject: Subject) -> bool:
    """On a node already, or put there by hand: no scheduler is asked."""
    return subject.bound_to is not None or bool(pod_rules.node_name(subject.pod))


def is_asked(subject: Subject) -> bool:
    """Whether the default scheduler tries the pod at all."""
    return not is_bound(subject) and pod_rules.is_queued(subject.pod)


def some(names: tuple[str, ...] | list[str]) -> list[str]:
    """The first few names for a sentence."""
    return [*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])]
