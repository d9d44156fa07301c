"""Whom the taints of a node let stay, and whom NoExecute deletes, and when.

The taint eviction controller deletes, it does not evict: it looks at no PodDisruptionBudget, no phase and no owner. Its
countdown begins when it sees the taint, or the pod if that comes later; it is estimated here from `timeAdded`, which the
controller itself does not read, and from the pod's start. Source: kube-controller-manager `tainteviction`
(processPodOnNode, getMinTolerationTime).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules import tolerations
from kubectl_lab.domain.rules.tolerations import NO_EXECUTE
from kubectl_lab.domain.taints.model import Eviction, Tolerating
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.objects import Object

Start = datetime | None


class Taint(NamedTuple):
    """A taint of a node, and as text; `since`: when its countdown began, None where nobody wrote that down."""

    obj: Object
    text: str
    since: Start
    pretended: bool = False

    @property
    def deletes(self) -> bool:
        """Whether running pods are concerned at all."""
        return self.obj.get("effect") == NO_EXECUTE


class Allowed(NamedTuple):
    """What a pod's tolerations say of a taint: tolerated or not, and for how many seconds (None: for ever)."""

    tolerated: bool
    seconds: int | None


class Tolerances:
    """Pods against taints; pods of one template have the same tolerations, so each pair is asked once."""

    def __init__(self, *, comparison: bool) -> None:
        self._comparison = comparison
        self._known: dict[tuple[str, str], Allowed] = {}
        self._written: dict[int, str] = {}  # by identity: pods live as long as the answer is made

    def of(self, pod: Object, taint: Taint) -> Allowed:
        """The first toleration that matches counts."""
        written = self._written.get(id(pod))
        if written is None:
            written = self._written[id(pod)] = repr(objects.spec(pod).get("tolerations"))
        key = written, taint.text
        if key not in self._known:
            found = tolerations.matching(tolerations.of_pod(pod), taint.obj, comparison=self._comparison)
            self._known[key] = Allowed(found is not None, tolerations.seconds(found))
        return self._known[key]


def tolerated_by(taint: Taint, pods: Iterable[Object], known: Tolerances) -> tuple[Tolerating, ...]:
    """The pods that tolerate it; seconds count for NoExecute only."""
    asked = ((pod, known.of(pod, taint)) for pod in pods)
    return tuple(
        Tolerating(reference(pod, "Pod"), allowed.seconds if taint.deletes else None)
        for pod, allowed in asked
        if allowed.tolerated
    )


def evictions(
    taints: Sequence[Taint], pods: Sequence[Object], known: Tolerances
) -> tuple[tuple[Eviction, ...], list[tuple[Eviction, ...]]]:
    """The pods that the taints of a node together delete, and for each taint those that it would delete alone."""
    deleting = [taint for taint in taints if taint.deletes]
    together = in_order(_deletion(pod, deleting, known) for pod in pods) if deleting else ()
    if len(deleting) == 1:
        return together, [together if taint.deletes else () for taint in taints]
    return together, [
        in_order(_deletion(pod, [taint], known) for pod in pods) if taint.deletes else () for taint in taints
    ]


def in_order(found: Iterable[Eviction | None]) -> tuple[Eviction, ...]:
    """Those that there are, the first deletion first; without a time by the seconds."""
    return tuple(sorted((each for each in found if each is not None), key=_when))


def _when(each: Eviction) -> tuple[bool, float, int, str, str]:
    at = each.at.timestamp() if each.at else 0.0
    return each.at is not None and each.seconds > 0, at, each.seconds, each.pod.namespace or "", each.pod.name


def _deletion(pod: Object, taints: Sequence[Taint], known: Tolerances) -> Eviction | None:
    """None where all are tolerated for ever."""
    allowed = [(taint, known.of(pod, taint)) for taint in taints]
    seconds = min((each.seconds for _, each in allowed if each.seconds is not None), default=None)
    if seconds is None:
        return None
    arrival = _arrival(pod)
    steps = [(_later(taint.since, arrival), each) for taint, each in allowed]
    at, ends = _time_of_deletion(steps), (pod_rules.is_terminating(pod), pod_rules.is_finished(pod))
    return Eviction(reference(pod, "Pod"), seconds, at, *ends)


def _time_of_deletion(steps: Sequence[tuple[Start, Allowed]]) -> Start:
    """When the controller deletes a pod that sees these taints come one after another; None where a time is not known.

    An untolerated taint deletes at once. The first taint whose toleration ends sets the clock, and one that comes while it
    runs does not set it anew, even where its own toleration ends sooner.
    """
    known = [(since, allowed) for since, allowed in steps if since is not None]
    if len(known) < len(steps):
        return None
    due: Start = None
    for since in sorted({since for since, _ in known}):
        if due is not None and due <= since:
            break
        there = [allowed for at, allowed in known if at <= since]
        if not all(allowed.tolerated for allowed in there):
            return since
        seconds = min((each.seconds for each in there if each.seconds is not None), default=None)
        if due is None and seconds is not None:
            due = _after(since, seconds)
    return due


def _arrival(pod: Object) -> Start:
    """When the pod came to the node: when the kubelet took it; where none does, when it was made."""
    started = pod_rules.time_of(objects.status(pod).get("startTime"))
    return started or pod_rules.time_of(objects.metadata(pod).get("creationTimestamp"))


def _later(since: Start, arrival: Start) -> Start:
    """The taint's own time is what is needed; a pod that came later starts its own countdown."""
    return max(since, arrival) if since and arrival else since


def _after(since: datetime, seconds: int) -> Start:
    """None beyond the end of the calendar: somebody wrote "for ever" as a number."""
    try:
        return since + timedelta(seconds=seconds)
    except OverflowError:
        return None


def taints_of(node: Object, before: Object | None, now: Start) -> tuple[Taint, ...]:
    """The taints of a node; one that it did not have `before` is pretended, and its countdown begins now.

    `before` None: nothing is pretended of this node.
    """
    known = None if before is None else [dict(taint) for taint in _listed(before)]
    made = []
    for taint in _listed(node):
        pretended = known is not None and dict(taint) not in known
        since = now if pretended else pod_rules.time_of(taint.get("timeAdded"))
        made.append(Taint(taint, tolerations.taint_text(taint), since, pretended))
    return tuple(made)


def _listed(node: Object) -> list[Object]:
    return [objects.mapping(each) for each in objects.sequence(objects.spec(node).get("taints"))]
