"""What must be read of a cluster besides nodes and pods, to say what the deletions by NoExecute come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules.asks import Ask
from kubectl_lab.domain.taints.effects import Tolerances, evictions, taints_of
from kubectl_lab.domain.taints.meant import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.taints.effects import Taint
    from kubectl_lab.domain.taints.question import Question
    from kubectl_lab.objects import Object

FEW = 3  # namespaces that are listed one by one
BUDGET = "PodDisruptionBudget"
# kind of a controller -> the kinds to read for the number of its replicas
ABOVE = {
    "ReplicaSet": ("ReplicaSet", "Deployment"),
    "StatefulSet": ("StatefulSet",),
    "ReplicationController": ("ReplicationController",),
}
FINISHED = ("status.phase=Succeeded", "status.phase=Failed")


def needs(known: KnownObjects, question: Question) -> Iterator[Ask]:
    """Nothing where no node that is told of has a NoExecute taint. Raises NotFound as `meant` does."""
    deleting = _deleting(known, question)
    if not deleting:
        return
    yield Ask(BUDGET, None)
    # these take no room, and so were not asked for; the controller deletes them like all others
    yield from (Ask("Pod", None, fields=phase, optional=True) for phase in FINISHED)
    owners = [
        (objects.text(owner.get("kind")), objects.namespace(pod))
        for pod in _doomed(known, deleting)
        if (owner := objects.controller(pod)) is not None
    ]
    for maker, kinds in ABOVE.items():
        namespaces = sorted({namespace or "" for kind, namespace in owners if kind == maker})
        places = namespaces if len(namespaces) <= FEW else [""]
        yield from (Ask(kind, place or None, optional=True) for kind in kinds for place in places)


def _deleting(known: KnownObjects, question: Question) -> dict[str, tuple[Taint, ...]]:
    """The nodes with NoExecute taints, as they would be, and their taints; times do not matter here."""
    which = meant(known, question)
    made = {name: taints_of(which.after[name], None, None) for name in which.shown}
    return {name: taints for name, taints in made.items() if any(taint.deletes for taint in taints)}


def _doomed(known: KnownObjects, deleting: dict[str, tuple[Taint, ...]]) -> Iterator[Object]:
    """The pods that these taints delete."""
    tolerances = Tolerances(comparison=False)
    for pod in known.known("Pod"):
        taints = deleting.get(pod_rules.node_name(pod), ())
        if taints and evictions(taints, [pod], tolerances)[0]:
            yield pod
