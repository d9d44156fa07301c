"""Who makes pods, from which template, and in which object a change to a pod's template belongs.

Source: kube-controller-manager's controllers (NewPod of the DaemonSet controller, newStatefulSetPod, job's pod template).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.objects import Object

POD = "Pod"
_TEMPLATE = "/spec/template/spec"
# kind -> the JSON pointer of the pod's spec in it
POD_PATHS: Mapping[str, str] = MappingProxyType(
    {
        POD: "/spec",
        "Deployment": _TEMPLATE,
        "StatefulSet": _TEMPLATE,
        "DaemonSet": _TEMPLATE,
        "ReplicaSet": _TEMPLATE,
        "ReplicationController": _TEMPLATE,
        "Job": _TEMPLATE,
        "CronJob": "/spec/jobTemplate/spec/template/spec",
    }
)
MAKERS = tuple(kind for kind in POD_PATHS if kind != POD)
# kind -> how kubectl names it where there is none
RESOURCES: Mapping[str, str] = MappingProxyType(
    {
        POD: "pods",
        "Deployment": "deployments.apps",
        "StatefulSet": "statefulsets.apps",
        "DaemonSet": "daemonsets.apps",
        "ReplicaSet": "replicasets.apps",
        "ReplicationController": "replicationcontrollers",
        "Job": "jobs.batch",
        "CronJob": "cronjobs.batch",
    }
)
# what stands between a pod and the kind in which people write its template
_BETWEEN = frozenset({"ReplicaSet", "Job"})
_JOB_LABELS = ("job-name", "batch.kubernetes.io/job-name")


def template_of(obj: Object, kind: str) -> Object:
    """The pod template of an object of one of `MAKERS`: labels and annotations, and the pod's spec."""
    found: object = obj
    for part in POD_PATHS[kind].removesuffix("/spec").split("/")[1:]:
        found = objects.mapping(found).get(part)
    return objects.mapping(found)


def pod_of(obj: Object, kind: str) -> Object:
    """The pod that the controller would make of its template next, before any server has seen it: it has no `uid`.

    It bears the workload's name, since its own is not known. Labels that the controller adds are there as far as they can
    be told beforehand.
    """
    template = template_of(obj, kind)
    labels = dict(objects.labels(template))
    if kind == "Job":
        labels |= dict.fromkeys(_JOB_LABELS, objects.name(obj))
    metadata = {**objects.metadata(template), "name": objects.name(obj), "labels": labels}
    namespace = objects.namespace(obj)
    metadata |= {"namespace": namespace} if namespace else {}
    return {"apiVersion": "v1", "kind": POD, "metadata": metadata, "spec": dict(objects.spec(template))}


def owner_reference(obj: Object) -> tuple[str, str] | None:
    """(kind, name) of the controller of a built-in kind; None where there is none, or it is another kind of another group.

    An `apps/v1` DaemonSet is built in, a DaemonSet of somebody's own group is not.
    """
    owner = objects.controller(obj)
    kind = objects.text(owner.get("kind")) if owner else ""
    if owner is None or kind not in MAKERS or objects.text(owner.get("apiVersion")).partition("/")[0] != _group(kind):
        return None
    return kind, objects.text(owner.get("name"))


def _group(kind: str) -> str:
    return RESOURCES[kind].partition(".")[2] or "v1"


def nearest_owner(pod: Object, known: KnownObjects) -> tuple[str, Object] | None:
    """(kind, object) of the controller whose template the pod was made from; None where it is not among what is known."""
    owner = owner_reference(pod)
    found = known.get(owner[0], objects.namespace(pod), owner[1]) if owner else None
    return (owner[0], found) if owner and found is not None else None


def top_owner(obj: Object, known: KnownObjects) -> Reference | None:
    """Whose template a change belongs into: the Deployment of a pod's ReplicaSet, the CronJob of its Job.

    Where the ReplicaSet is not known, its name less the pod's `pod-template-hash` is the Deployment's. None for a bare pod.
    An owner of a kind that is not built in, a static pod's node too, is named as it is.
    """
    controller = objects.controller(obj)
    if controller is None:
        return None
    owner = owner_reference(obj)
    if owner is None:
        return _named(controller, objects.namespace(obj))
    kind, name = owner
    between = known.get(kind, objects.namespace(obj), name)
    if between is None:
        return Reference(*_guessed(obj, kind, objects.namespace(obj), name))
    above = objects.controller(between)
    return _named(above, objects.namespace(obj)) if above and kind in _BETWEEN else reference(between, kind)


def _named(controller: Object, namespace: str | None) -> Reference:
    kind = objects.text(controller.get("kind"))
    return Reference(kind, None if kind == "Node" else namespace, objects.text(controller.get("name")))


def _guessed(pod: Object, kind: str, namespace: str | None, name: str) -> tuple[str, str | None, str]:
    """A Deployment names its ReplicaSets after itself and the hash."""
    suffix = "-" + objects.text(objects.labels(pod).get("pod-template-hash"))
    if kind == "ReplicaSet" and suffix != "-" and name.endswith(suffix):
        return "Deployment", namespace, name.removesuffix(suffix)
    return kind, namespace, name
