"""Findings about who makes the deleted pods: pods that come back to die again, workloads that lose replicas.

Source: kube-controller-manager `daemon` (NodeShouldRunDaemonPod: taints with these two effects, tolerated for however
long), `replicaset`, `statefulset`; the kubelet makes the mirror of a static pod anew.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import durations, tolerations
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling.evaluation import filters_of, verdict_of
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.taints.case import some
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.domain.taints.case import Case, Loss
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding


def returning(case: Case) -> Iterator[Finding]:
    """TNT002: the pod that replaces the deleted one lands on the same node, whose taint it tolerates for a while only."""
    told: set[Reference] = set()
    for loss in case.losses:
        if not loss.eviction.seconds or not _is_let_in(loss.pod, case):
            continue
        workload = workload_of(loss.pod, case.state)
        if workload is None or workload in told:
            continue
        told.add(workload)
        where = _where(loss.pod, case)
        if where:
            yield catalogue.finding(
                "TNT002",
                workload,
                node=case.name,
                workload=_called(workload),
                namespace=workload.namespace,
                taints=[each.text for each in case.effects if each.evicts],
                seconds=loss.eviction.seconds,
                time=durations.human(loss.eviction.seconds),
                where=catalogue.phrase(f"taints.returns-{where}"),
            )


def _called(workload: Reference) -> Any:
    """`DaemonSet kube-system/agent`; a static pod stands for itself."""
    name = f"{workload.namespace or '-'}/{workload.name}"
    return catalogue.phrase("taints.static-pod", name=name) if workload.kind == "Pod" else f"{workload.kind} {name}"


def _is_let_in(pod: Object, case: Case) -> bool:
    """A new pod like it passes the taints: what is tolerated for a while is tolerated when a node is chosen."""
    comparison = case.state.features.enabled(COMPARISON)
    return not tolerations.untolerated(tolerations.of_pod(pod), case.node.taints, comparison=comparison)


def _where(pod: Object, case: Case) -> str:
    """`always` here; `only` here, since no other node takes it; `perhaps`; "" where this node refuses it by now."""
    if pod_rules.daemonset(pod) or pod_rules.is_mirror(pod):
        return "always"
    spec = {key: value for key, value in objects.spec(pod).items() if key != "nodeName"}
    anew = {**pod, "spec": spec, "status": {}}
    filters = filters_of(anew, case.state).changed(case.node, removed=[pod])
    if not verdict_of(anew, case.node.with_pods(removed=[pod]), filters, case.state).feasible:
        return ""
    others = (node for node in case.state.nodes if node.name != case.name)
    return "perhaps" if any(verdict_of(anew, node, filters, case.state).feasible for node in others) else "only"


def shrinking(losses: Iterable[Loss], state: ClusterState) -> Iterator[Finding]:
    """TNT007: how many of its replicas each workload loses, on all nodes together; the hardest hit first."""
    lost: dict[Reference, list[Object]] = {}
    for loss in losses:
        workload = workload_of(loss.pod, state)
        if workload is not None and workload.kind != "Pod":
            lost.setdefault(workload, []).append(loss.pod)
    if not lost:
        return
    counted = state.derived(_running)
    made = [(workload, pods, _replicas(workload, state, counted)) for workload, pods in lost.items()]
    for workload, pods, replicas in sorted(made, key=lambda each: (-len(each[1]) / max(each[2], 1), each[0].name)):
        yield catalogue.finding(
            "TNT007",
            workload,
            kind=workload.kind,
            name=workload.name,
            namespace=workload.namespace,
            resource=workload.kind.lower(),
            lost=len(pods),
            replicas=replicas,
            nodes=some(_nodes(pods)),
        )


def workload_of(pod: Object, state: ClusterState) -> Reference | None:
    """What makes its pods: its controller, of a ReplicaSet that is known the Deployment. None of a bare pod.

    A static pod is made by the file of its own name, so it is itself.
    """
    return state.derived(_Makers).of(pod)


class _Makers:
    """Each controller is looked up once."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._known: dict[tuple[str | None, str, str], Reference] = {}

    def of(self, pod: Object) -> Reference | None:
        """As `workload_of`."""
        owner = objects.controller(pod)
        if pod_rules.is_mirror(pod):
            return reference(pod, "Pod")
        if owner is None:
            return None
        key = objects.namespace(pod), objects.text(owner.get("kind")), objects.text(owner.get("name"))
        if key not in self._known:
            self._known[key] = self._above(*key)
        return self._known[key]

    def _above(self, namespace: str | None, kind: str, name: str) -> Reference:
        found = self._state.get(kind, namespace, name) if kind == "ReplicaSet" else None
        owner = objects.controller(found) if found is not None else None
        if owner is not None:
            kind, name = objects.text(owner.get("kind")), objects.text(owner.get("name"))
        return Reference(kind, namespace, name)


def _running(state: ClusterState) -> Counter[Reference]:
    """How many pods each workload has that are neither finished nor being deleted."""
    alive = (pod for pod in state.known("Pod") if not pod_rules.is_finished(pod) and not pod_rules.is_terminating(pod))
    return Counter(workload for workload in (workload_of(pod, state) for pod in alive) if workload is not None)


def _replicas(workload: Reference, state: ClusterState, counted: Counter[Reference]) -> int:
    """What it is meant to have; of a workload that has no such number, or is not known, the pods that it has."""
    found = state.get(workload.kind, workload.namespace, workload.name)
    wanted = objects.spec(found).get("replicas") if found is not None else None
    return max(wanted, counted[workload]) if isinstance(wanted, int) else counted[workload]


def _nodes(pods: Sequence[Object]) -> list[str]:
    return sorted({pod_rules.node_name(pod) for pod in pods})
