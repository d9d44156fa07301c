"""What must be read of a cluster to say where pods land. Pure: every request has its reason here.

First the nodes, the pods of all namespaces that take room, and what was named; then what those call for, until nothing more
does. A pod without volumes costs no storage kinds, a live pod no classes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import tolerations as toleration_rules
from kubectl_lab.domain.rules.asks import Ask
from kubectl_lab.domain.scheduling import (
    added_tolerations,
    admission,
    dynamic_resources,
    stateful_pods,
    subjects,
    volume_needs,
    workloads,
)
from kubectl_lab.domain.scheduling.added_tolerations import facts
from kubectl_lab.domain.scheduling.workloads import POD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.question import Question
    from kubectl_lab.objects import Object

FEW = 3  # objects that are asked for one by one; more cost a list
# pods that finished take no room
TAKING_ROOM = "status.phase!=Succeeded,status.phase!=Failed"
FAILED_SCHEDULING = "reason=FailedScheduling"
NAMESPACE, EVENT = "Namespace", "Event"
_ANTI_AFFINITY = "podAntiAffinity"
_AFFINITIES = ("podAffinity", _ANTI_AFFINITY)
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


class Case:
    """One subject as far as it is known: `pod` as it stands, or as its workload's template has it."""

    def __init__(self, kind: str, obj: Object, known: KnownObjects) -> None:
        self.kind, self.obj = kind, obj
        self.namespace = objects.namespace(obj)
        self.is_live = kind == POD and bool(objects.uid(obj))
        if kind == POD:
            self.pod = obj
        elif kind == "StatefulSet":
            self.pod = stateful_pods.pod_of(obj, known)
        else:
            self.pod = workloads.pod_of(obj, kind)


def first(question: Question) -> tuple[Ask, ...]:
    """Without these there is no answer."""
    named = (Ask(each.kind, each.namespace, name=each.name) for each in question.subjects if each.kind != POD)
    return (Ask("Node", None), Ask(POD, None, fields=TAKING_ROOM), *named)


def needs(known: KnownObjects, question: Question) -> tuple[Ask, ...]:
    """Everything to ask next, each once, all of them independent; what was asked before may be among it."""
    found = subjects.references(known, question)
    objs = ((each.kind, known.get(each.kind, each.namespace, each.name)) for each in found)
    cases = [Case(kind, obj, known) for kind, obj in objs if obj is not None]
    asks = [ask for need in _OF_CASES for ask in need(cases, known)]
    return tuple(dict.fromkeys((*_absent(known, question), *asks)))


def _absent(known: KnownObjects, question: Question) -> Iterator[Ask]:
    """A pod that is not in the list may be finished; what is not there at all has near names, here and elsewhere."""
    for each in question.subjects:
        if known.get(each.kind, each.namespace, each.name) is not None:
            continue
        if each.kind == POD:
            yield Ask(POD, each.namespace, name=each.name)
        else:
            yield Ask(each.kind, each.namespace, optional=True)
            yield Ask(each.kind, None, fields=f"metadata.name={each.name}", optional=True)


def _owners(cases: Sequence[Case], known: KnownObjects) -> Iterator[Ask]:
    """Whose template it is, and who stands above that: few one by one, more with all of their namespace."""
    wanted: defaultdict[tuple[str, str | None], set[str]] = defaultdict(set)
    for case in cases:
        owner = workloads.owner_reference(case.obj)
        between = known.get(owner[0], case.namespace, owner[1]) if owner else None
        above = workloads.owner_reference(between) if between is not None else None
        for kind, name in filter(None, (owner, above)):
            if known.get(kind, case.namespace, name) is None:
                wanted[kind, case.namespace].add(name)
    for (kind, namespace), names in wanted.items():
        if len(names) > FEW:
            yield Ask(kind, namespace, optional=True)
        else:
            yield from (Ask(kind, namespace, name=name, optional=True) for name in sorted(names))


def _events(cases: Sequence[Case], _known: KnownObjects) -> Iterator[Ask]:
    """What the scheduler itself said of a pod that waits."""
    waiting = [case for case in cases if case.is_live and subjects.is_waiting(case.obj)]
    if len(waiting) <= FEW:
        for case in waiting:
            about = f"involvedObject.kind=Pod,involvedObject.name={objects.name(case.obj)},{FAILED_SCHEDULING}"
            yield Ask(EVENT, case.namespace, fields=about, optional=True)
        return
    for namespace in _namespaces(waiting):
        yield Ask(EVENT, namespace, fields=FAILED_SCHEDULING, optional=True)


def _storage_and_devices(cases: Sequence[Case], _known: KnownObjects) -> Iterator[Ask]:
    """Claims of a pod's devices are its own namespace's; all else counts everywhere."""
    for case in cases:
        for kind in sorted(volume_needs.kinds_needed(case.pod)):
            yield Ask(kind, case.namespace if kind in dynamic_resources.CLAIM_KINDS else None)


def _admission(cases: Sequence[Case], _known: KnownObjects) -> Iterator[Ask]:
    """What has not been created yet: the classes and limits that it will meet."""
    for case in cases:
        if not case.is_live:
            yield Ask(admission.PRIORITY_CLASS, None)
            yield Ask(admission.LIMIT_RANGE, case.namespace)
        name = objects.text(objects.spec(case.pod).get("runtimeClassName"))
        if name:
            yield Ask(admission.RUNTIME_CLASS, None, name=name)


def _namespaces_by_label(cases: Sequence[Case], known: KnownObjects) -> Iterator[Ask]:
    """Terms that go by labels of namespaces: the pod's own, and the anti-affinity of those that run."""
    asked = any(_by_namespace(case.pod, _AFFINITIES) for case in cases)
    if asked or (cases and any(_by_namespace(pod, (_ANTI_AFFINITY,)) for pod in known.known(POD))):
        yield Ask(NAMESPACE, None)


def _by_namespace(pod: Object, affinities: Iterable[str]) -> bool:
    affinity = objects.spec(pod).get("affinity")
    if not affinity:
        return False
    terms = (
        objects.mapping(term)
        for part in affinities
        for term in objects.sequence(objects.mapping(objects.mapping(affinity).get(part)).get(_REQUIRED))
    )
    return any(term.get("namespaceSelector") for term in terms)


def _default_tolerations(cases: Sequence[Case], known: KnownObjects) -> Iterator[Ask]:
    """The annotation of a namespace that gives tolerations: for what is to be created, and for tolerations of no known origin."""
    for namespace in _namespaces([case for case in cases if not case.is_live or _is_unexplained(case, known)]):
        yield Ask(NAMESPACE, None, name=namespace, optional=True)


def _is_unexplained(case: Case, known: KnownObjects) -> bool:
    """Not before the owner is there: most tolerations stand in its template."""
    nearest = workloads.nearest_owner(case.obj, known)
    if nearest is None and workloads.owner_reference(case.obj):
        return False
    template = workloads.template_of(nearest[1], nearest[0]) if nearest else {}
    spec = objects.spec(case.obj)
    usual = (
        *toleration_rules.of_pod(template),
        *added_tolerations.of_daemonset(spec),
        *added_tolerations.by_default(()),
    )
    return not set(map(facts, toleration_rules.of_pod(case.obj))) <= set(map(facts, usual))


def _namespaces(cases: Iterable[Case]) -> list[str]:
    return sorted({case.namespace or "" for case in cases} - {""})


_OF_CASES: tuple[Callable[[Sequence[Case], KnownObjects], Iterator[Ask]], ...] = (
    _owners,
    _events,
    _storage_and_devices,
    _admission,
    _namespaces_by_label,
    _default_tolerations,
)
