"""The pods that are judged: pods that were named, the pods that workloads would make, all that are pending.

What the server has seen (`metadata.uid`) is taken as it stands; a manifest and a template go through admission first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.domain.scheduling import absent, admission, origins, stateful_pods, what_if, workloads
from kubectl_lab.domain.scheduling.added_tolerations import NAMESPACE_ANNOTATION
from kubectl_lab.domain.scheduling.model import NotEvaluated
from kubectl_lab.domain.scheduling.state import has_placed_pods
from kubectl_lab.domain.scheduling.subject import Subject
from kubectl_lab.domain.scheduling.workloads import POD, POD_PATHS
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.question import Question
    from kubectl_lab.objects import Object

    Found = tuple[str, Object]  # kind, object

PENDING = ("", "Pending")


def subjects(known: KnownObjects, question: Question, features: Features) -> tuple[Subject, ...]:
    """Everything the question is about, in its order. Raises NotFound, naming all that is not there.

    Without a name: the pods of the namespace that wait for a node and have the labels, and, of files, what nobody has
    applied yet.
    """
    found = tuple(_named(known, question)) if question.subjects else tuple(_waiting(known, question))
    return tuple(subject_of(kind, obj, known, question, features) for kind, obj in found)


def subject_of(kind: str, obj: Object, known: KnownObjects, question: Question, features: Features) -> Subject:
    """One pod, or the pod that a workload would make next."""
    server = admission.Server(known, features)
    return (_of_pod if kind == POD else _of_workload)(kind, obj, server, question)


def _named(known: KnownObjects, question: Question) -> Iterator[Found]:
    lacking = []
    for asked in question.subjects:
        found = known.get(asked.kind, asked.namespace, asked.name)
        if found is None:
            lacking.append(absent.subject(asked, workloads.RESOURCES[asked.kind], known))
        else:
            yield asked.kind, found
    if lacking:
        raise absent.error(lacking)


def _waiting(known: KnownObjects, question: Question) -> Iterator[Found]:
    for pod in known.known(POD, question.namespace):
        if is_waiting(pod) and label_selectors.matches(question.selector, objects.labels(pod)):
            yield POD, pod
    for kind in workloads.MAKERS:
        for obj in known.known(kind, question.namespace):
            labels = objects.labels(workloads.template_of(obj, kind))
            if not objects.uid(obj) and label_selectors.matches(question.selector, labels):
                yield kind, obj


def is_waiting(pod: Object) -> bool:
    """Pending, on no node and not being deleted; a manifest always, since nobody has created it yet."""
    if not objects.uid(pod) and not objects.status(pod):
        return True
    return (
        not pod_rules.node_name(pod)
        and pod_rules.phase(pod) in PENDING
        and objects.metadata(pod).get("deletionTimestamp") is None
    )


def _of_pod(kind: str, obj: Object, server: admission.Server, question: Question) -> Subject:
    """A pod that has a node and a phase is judged as if it were created now; a node named by hand stays."""
    known = server.known
    is_live = bool(objects.uid(obj))
    pod = admission.defaulted(obj) if is_live else admission.admitted(obj, server)
    where = pod_rules.node_name(obj) if is_live and pod_rules.phase(obj) else ""
    nearest = workloads.nearest_owner(obj, known)
    top = workloads.top_owner(obj, known)
    template = workloads.template_of(nearest[1], nearest[0]) if nearest else None if is_live else obj
    changed_in = top or reference(obj, kind)
    pretended = question.what_if.tolerations
    return Subject(
        reference=reference(obj, kind),
        source=obj,
        pod=what_if.tolerating(_unbound(pod) if where else pod, pretended),
        template_of=changed_in,
        pod_path=POD_PATHS.get(changed_in.kind, "") if top is None or workloads.owner_reference(obj) else "",
        tolerations=origins.sourced(pod, known, template, pretended, is_daemon=pod_rules.daemonset(obj) is not None),
        bound_to=where or None,
        owner=known.get(top.kind, top.namespace, top.name) if top else None,
        not_evaluated=_not_evaluated(pod, server, is_live=is_live),
        without=(obj,) if pod_rules.node_name(obj) else (),
    )


def _of_workload(kind: str, obj: Object, server: admission.Server, question: Question) -> Subject:
    """The next pod of its template. A DaemonSet's stands for those it runs: one a node, each judged without the others."""
    made = stateful_pods.pod_of(obj, server.known) if kind == "StatefulSet" else workloads.pod_of(obj, kind)
    is_daemon = kind == "DaemonSet"
    pod = admission.admitted(admission.daemon(made) if is_daemon else made, server)
    changed_in = workloads.top_owner(obj, server.known) or reference(obj, kind)
    pretended = question.what_if.tolerations
    return Subject(
        reference=reference(obj, kind),
        source=obj,
        pod=what_if.tolerating(pod, pretended),
        template_of=changed_in,
        pod_path=POD_PATHS.get(changed_in.kind, ""),
        tolerations=origins.sourced(pod, server.known, made, pretended, is_daemon=is_daemon),
        owner=obj,
        not_evaluated=_not_evaluated(pod, server, is_live=False),
        without=_daemons(obj, server.known) if is_daemon else (),
    )


def _daemons(daemonset: Object, known: KnownObjects) -> tuple[Object, ...]:
    """The pods that a DaemonSet runs."""
    name = objects.name(daemonset)
    return tuple(pod for pod in known.known(POD, objects.namespace(daemonset)) if pod_rules.daemonset(pod) == name)


def _unbound(pod: Object) -> Object:
    spec = {name: value for name, value in objects.spec(pod).items() if name != "nodeName"}
    return {**pod, "spec": spec}


# --- what the answer does not rest on


def _not_evaluated(pod: Object, server: admission.Server, *, is_live: bool) -> tuple[NotEvaluated, ...]:
    made = () if is_live else (*admission.unresolved(pod, server.known), *_namespace_plugin(pod, server.known))
    return (*made, *_unseen_pods(pod, server.known))


def _namespace_plugin(pod: Object, known: KnownObjects) -> Sequence[NotEvaluated]:
    """The namespace has default tolerations, and no request tells whether the plugin that adds them runs."""
    namespace = known.get("Namespace", None, objects.namespace(pod) or "")
    if namespace is None or NAMESPACE_ANNOTATION not in objects.annotations_of(namespace):
        return ()
    return (NotEvaluated("PodTolerationRestriction", NAMESPACE_ANNOTATION, "off by default"),)


def _unseen_pods(pod: Object, known: KnownObjects) -> Iterator[NotEvaluated]:
    """What rests on the pods that stand on the nodes, where these are not known."""
    if has_placed_pods(known):
        return
    spec = objects.spec(pod)
    for plugin, rests_on in _RESTS_ON_PODS:
        if rests_on is None or spec.get(rests_on):
            yield NotEvaluated(plugin, "pods", NOT_CAPTURED)


# plugin, and the part of the spec without which it does not ask for other pods (None: it always does)
_RESTS_ON_PODS = (
    ("NodeResourcesFit", None),
    ("PodTopologySpread", "topologySpreadConstraints"),
    ("InterPodAffinity", None),
)


def references(known: KnownObjects, question: Question) -> tuple[Reference, ...]:
    """What the question is about, as far as it is there: for those who read more about it."""
    if not question.subjects:
        return tuple(reference(obj, kind) for kind, obj in _waiting(known, question))
    return tuple(each for each in question.subjects if known.get(each.kind, each.namespace, each.name) is not None)
