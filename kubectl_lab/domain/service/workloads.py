"""Who makes the pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs, by their pod templates.

The manifest of a bare pod is a workload too, its own template: it stands in the inventory under `WOULD_BE_POD`, so that
nobody takes it for a pod that a cluster has and that has no address.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class Workload:
    """An object that makes pods. `labels` and `pod_spec` are its template's; `wanted`: how many pods it is told to run."""

    obj: Object
    reference: Reference
    labels: Mapping[str, str]
    pod_spec: Object
    wanted: int

    @property
    def word(self) -> str:
        """`deployment/web`, as a command line names it."""
        return word_of(self.reference)


def word_of(ref: Reference) -> str:
    """`deployment/web`."""
    return f"{ref.kind.lower()}/{ref.name}"


def _replicas(obj: Object) -> int:
    """The API's default is 1."""
    return _number(objects.spec(obj).get("replicas"), 1)


def _daemons(obj: Object) -> int:
    """One on each node that it may run on; where no controller has counted yet, at least one."""
    return _number(objects.status(obj).get("desiredNumberScheduled"), 1)


def _parallel(obj: Object) -> int:
    spec = objects.spec(obj)
    return 0 if spec.get("suspend") is True else _number(spec.get("parallelism"), 1)


def _scheduled(obj: Object) -> int:
    return 0 if objects.spec(obj).get("suspend") is True else 1


def _itself(_obj: Object) -> int:
    return 1


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


WOULD_BE_POD = "Pod, would-be"

ROLLING = ("Deployment", "StatefulSet", "DaemonSet")  # a new template reaches their pods by itself

# kind -> how many pods it is told to run
WANTED: dict[str, Callable[[Object], int]] = {
    "Deployment": _replicas,
    "StatefulSet": _replicas,
    "DaemonSet": _daemons,
    "ReplicaSet": _replicas,
    "ReplicationController": _replicas,
    "Job": _parallel,
    "CronJob": _scheduled,
    WOULD_BE_POD: _itself,
}


def template_of(obj: Object, kind: str) -> Object:
    """Its pod template; a CronJob's is its job template's, a pod is its own."""
    if kind == WOULD_BE_POD:
        return obj
    spec = objects.spec(obj)
    if kind == "CronJob":
        spec = objects.mapping(objects.mapping(spec.get("jobTemplate")).get("spec"))
    return objects.mapping(spec.get("template"))


def workload(obj: Object, kind: str) -> Workload:
    """The workload that an object of a kind in `WANTED` is."""
    template = template_of(obj, kind)
    named = reference(obj, "Pod" if kind == WOULD_BE_POD else kind)
    return Workload(obj, named, objects.labels(template), objects.spec(template), WANTED[kind](obj))


def workloads(inventory: Inventory, namespace: str | None) -> Sequence[Workload]:
    """The top-level ones that are known, of a namespace or all: what a Deployment or CronJob makes is not told again."""
    return inventory.derived(_by_namespace).get(namespace, ())


def _by_namespace(inventory: Inventory) -> Mapping[str | None, Sequence[Workload]]:
    """None: those of all namespaces."""
    made: defaultdict[str | None, list[Workload]] = defaultdict(list)
    for kind in WANTED:
        for obj in inventory.known(kind):
            if objects.controller(obj) is None:
                each = workload(obj, kind)
                for namespace in {None, each.reference.namespace}:
                    made[namespace].append(each)
    return made


def top_controller(inventory: Inventory, obj: Object) -> Reference | None:
    """Who stands at the top of a pod's owners: the Deployment of its ReplicaSet, the CronJob of its Job.

    Where the ReplicaSet cannot be read, its name less the pod's `pod-template-hash` is the Deployment's.
    """
    owner, namespace = objects.controller(obj), objects.namespace(obj)
    if owner is None:
        return None
    kind, name = objects.text(owner.get("kind")), objects.text(owner.get("name"))
    between = inventory.get(kind, namespace, name)
    above = top_controller(inventory, between) if between is not None and between is not obj else None
    if above is not None:
        return above
    suffix = "-" + objects.text(objects.labels(obj).get("pod-template-hash"))
    if kind == "ReplicaSet" and between is None and suffix != "-" and name.endswith(suffix):
        return Reference("Deployment", namespace, name.removesuffix(suffix))
    return Reference(kind, namespace, name)
