"""Who could have been meant by a selector: the pods of the namespace, those of one controller together, and templates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.service.endpoints import container_ports, protocol_of
from kubectl_lab.domain.service.workloads import top_controller, word_of, workloads
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.workloads import Workload
    from kubectl_lab.objects import Object

# labels that controllers write and that no selector should hold
OF_CONTROLLERS = (
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "controller-uid",
    "job-name",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "batch.kubernetes.io/job-completion-index",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Pods of one controller, a template without pods, or a bare pod. `labels`: what all of its pods carry."""

    owner: Reference
    labels: Mapping[str, str]
    pod_spec: Object
    pods: tuple[Object, ...] = ()
    workload: Workload | None = None

    @property
    def is_bare(self) -> bool:
        """A pod that nobody looks after."""
        return self.owner.kind == "Pod"

    @property
    def own_selector(self) -> Mapping[str, str]:
        """`spec.selector.matchLabels` of the workload, as far as its pods carry it."""
        if self.workload is None:
            return {}
        selector = objects.mapping(objects.spec(self.workload.obj).get("selector"))
        matched = objects.mapping(selector.get("matchLabels"))
        return matched if matched.items() <= self.labels.items() else {}

    @property
    def word(self) -> str:
        """`deployment/web`, `pod/web`."""
        return word_of(self.owner)

    @property
    def who(self) -> dict[str, Any]:
        """In a sentence: on whom the labels are."""
        if self.is_bare:
            return catalogue.phrase("service.near-pod", pod=self.owner.name)
        if not self.pods:
            return catalogue.phrase("service.near-template", controller=self.word)
        return catalogue.phrase("service.near-pods", controller=self.word, count=len(self.pods))

    @property
    def example(self) -> str:
        """The name of its first pod, that of the workload where there is none."""
        return min(map(objects.name, self.pods), default=self.word)

    @property
    def declared(self) -> frozenset[tuple[object, str]]:
        """What its containers declare: (number, protocol) and (name, protocol)."""
        return frozenset(
            (word, protocol_of(port))
            for _, port in container_ports(self.pod_spec)
            for word in (port.get("containerPort"), port.get("name"))
            if isinstance(word, int | str)
        )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The candidates of one namespace, in the order of their kinds and names.

    `declaring`: (number or name of a port, protocol) -> who declares it. `served`: owner -> the Services that select it.
    """

    those: Sequence[Candidate]
    declaring: Mapping[tuple[object, str], Sequence[Candidate]]
    served: Mapping[Reference, frozenset[str]]

    def is_free(self, each: Candidate, service: str) -> bool:
        """Whether no Service but this one selects it, of those that are known."""
        return self.served.get(each.owner, frozenset()) <= {service}


def neighbours(case: Case) -> Neighbours:
    """Those of the Service's namespace; finished pods and ended Jobs are none."""
    return case.inventory.derived(_by_namespace).get(case.namespace, _NOBODY)


_NOBODY = Neighbours((), {}, {})


def _by_namespace(inventory: Inventory) -> Mapping[str | None, Neighbours]:
    by_owner: defaultdict[Reference, list[Object]] = defaultdict(list)
    for pod in inventory.known("Pod"):
        if not pod_rules.is_finished(pod):
            by_owner[top_controller(inventory, pod) or reference(pod, "Pod")].append(pod)
    templates = {each.reference: each for each in workloads(inventory, None)}
    made = [of_pods(owner, pods, templates.get(owner)) for owner, pods in by_owner.items()]
    made += [of_template(each) for each in templates.values() if each.reference not in by_owner and not is_over(each)]
    found: defaultdict[str | None, list[Candidate]] = defaultdict(list)
    for each in sorted(made, key=lambda each: (each.owner.kind, each.owner.name)):
        found[each.owner.namespace].append(each)
    return {namespace: _together(inventory, namespace, those) for namespace, those in found.items()}


def _together(inventory: Inventory, namespace: str | None, those: Sequence[Candidate]) -> Neighbours:
    declaring: defaultdict[tuple[object, str], list[Candidate]] = defaultdict(list)
    by_pair: defaultdict[tuple[object, object], list[Candidate]] = defaultdict(list)
    for each in those:
        for port in each.declared:
            declaring[port].append(each)
        for pair in each.labels.items():
            by_pair[pair].append(each)
    served: defaultdict[Reference, set[str]] = defaultdict(set)
    for service in inventory.known("Service", namespace):
        selector = stable(objects.mapping(objects.spec(service).get("selector")))
        first = next(iter(selector.items()), None)
        for each in by_pair.get(first, ()) if first else ():
            if selector.items() <= each.labels.items():
                served[each.owner].add(objects.name(service))
    return Neighbours(those, declaring, {owner: frozenset(names) for owner, names in served.items()})


def of_pods(owner: Reference, pods: Sequence[Object], workload: Workload | None = None) -> Candidate:
    """Pods of one owner; at least one."""
    return Candidate(owner, stable(_shared(map(objects.labels, pods))), objects.spec(pods[0]), tuple(pods), workload)


def of_template(workload: Workload) -> Candidate:
    """A workload without pods."""
    return Candidate(workload.reference, stable(workload.labels), workload.pod_spec, (), workload)


def is_over(workload: Workload) -> bool:
    """A Job that has ended, or a CronJob between two runs: it makes no pods now."""
    ended = any(objects.condition(workload.obj, kind).get("status") == "True" for kind in ("Complete", "Failed"))
    return workload.reference.kind == "CronJob" or (workload.reference.kind == "Job" and ended)


def stable(labels: Mapping[Any, Any]) -> dict[str, str]:
    """Labels without those that controllers write."""
    return {
        key: objects.text(value) for key, value in labels.items() if isinstance(key, str) and key not in OF_CONTROLLERS
    }


def _shared(labels: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    first, *rest = labels
    return {key: value for key, value in first.items() if all(each.get(key) == value for each in rest)}
