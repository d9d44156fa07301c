"""Pods that a pod wants near it, pods that it keeps away from, and pods that keep it away from theirs.

Source: kube-scheduler plugin InterPodAffinity.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.domain.scheduling import pod_affinity_reasons as reasons
from kubectl_lab.domain.scheduling.incoming_pod import IncomingPod
from kubectl_lab.domain.scheduling.model import NodeFilter, NotEvaluated
from kubectl_lab.domain.scheduling.placed_pods import PlacedPods
from kubectl_lab.domain.scheduling.pod_terms import existing_terms, malformed
from kubectl_lab.domain.scheduling.tallies import Tally, blockers, domain_of, domains
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kubectl_lab.domain.scheduling.model import Refusal
    from kubectl_lab.domain.scheduling.pod_terms import PodTerm
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.domain.scheduling.tallies import Block, Blocker, Blockers, Domain
    from kubectl_lab.objects import Object

PLUGIN = "InterPodAffinity"


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check where the pod has no terms and no placed pod's anti-affinity means it.

    It is then skipped altogether, so that the anti-affinity of nominated pods does not count either (Skip).
    """
    text = malformed(pod)
    if text:
        return _Unreadable(text)
    incoming, placed = IncomingPod(pod, state), state.derived(PlacedPods)
    wanted, avoided = Tally(Counter(_wanted(incoming, placed))), blockers(_avoided(incoming, placed))
    made = _Neighbours(incoming, wanted, avoided, blockers(_repelling(incoming, placed)))
    made.not_evaluated = tuple(_not_evaluated(incoming, placed, state))
    return made if made.needed or made.not_evaluated else None


class _Unreadable(NodeFilter):
    def __init__(self, text: str) -> None:
        self.before = reasons.malformed(text)


class _Neighbours(NodeFilter):
    """Three counts by domain, which change with the pods of any node.

    `wanted`: the pods that all affinity terms mean; `avoided`: those that an anti-affinity term means; `repelling`: those
    whose own anti-affinity means this pod.
    """

    def __init__(self, pod: IncomingPod, wanted: Tally, avoided: Blockers, repelling: Blockers) -> None:
        self._pod = pod
        self._wanted = wanted
        self._avoided = avoided
        self._repelling = repelling
        self._made: dict[object, Refusal] = {}

    @property
    def needed(self) -> bool:
        """Whether there is anything that could refuse a node."""
        return bool(self._pod.affinity or self._pod.anti or self._repelling)

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """Affinity first, then the pod's own anti-affinity, then that of the pods that are there."""
        return (
            self._without_wanted(node)
            or self._blocked(node, self._avoided, reasons.avoided)
            or self._blocked(node, self._repelling, reasons.repelling)
        )

    def _without_wanted(self, node: NodeInfo) -> Refusal | None:
        """Every term's key must be on the node, and in every domain a pod that all terms mean.

        The first of its series need not wait for itself: no pod anywhere is meant, and the pod means itself.
        """
        lacking: list[tuple[PodTerm, Domain]] = []
        for term in self._pod.affinity:
            domain = domain_of(node, term.topology_key)
            if domain is None:
                return self._once(reasons.no_key, term)
            if self._wanted[domain] <= 0:
                lacking.append((term, domain))
        if not lacking or not self._pod.knows_pods or self._pod.is_unsure(self._pod.affinity):
            return None
        if self._wanted:
            return self._once(reasons.not_here, lacking[0])
        return None if self._pod.wants_itself else self._once(reasons.nowhere, lacking[0])

    def _blocked(self, node: NodeInfo, by: Blockers, reason: Callable[[Domain, Blocker], Refusal]) -> Refusal | None:
        for key in by.keys:
            domain = domain_of(node, key)
            blocker = by[domain] if domain else None
            if domain and blocker:
                return self._once(reason, domain, blocker)
        return None

    def _once(self, reason: Callable[..., Refusal], about: object, *rest: object) -> Refusal:
        """Nodes of one domain share the refusal."""
        key = (reason, about)
        if key not in self._made:
            self._made[key] = reason(about, *rest)
        return self._made[key]

    def changed(self, node: NodeInfo, *, removed: Sequence[Object] = (), added: Sequence[Object] = ()) -> _Neighbours:
        """Counts what these pods alone come to."""
        change = Counter(self._wanted_at(node, added))
        change.subtract(self._wanted_at(node, removed))
        return _Neighbours(
            self._pod,
            self._wanted.changed(change),
            self._avoided.changed(removed, self._avoided_at(node, added)),
            self._repelling.changed(removed, self._repelling_at(node, added)),
        )

    def _wanted_at(self, node: NodeInfo, pods: Sequence[Object]) -> Iterator[Domain]:
        terms = self._pod.affinity
        return (domain for pod in pods if terms and self._pod.meant(pod)[0] for _, domain in domains(node, terms))

    def _avoided_at(self, node: NodeInfo, pods: Sequence[Object]) -> list[Block]:
        return [block for pod in pods for block in _blocks(node, pod, self._pod.meant(pod)[1])]

    def _repelling_at(self, node: NodeInfo, pods: Sequence[Object]) -> list[Block]:
        return [block for pod in pods for block in _blocks(node, pod, self._pod.repelled_by(existing_terms(pod)))]


def _wanted(pod: IncomingPod, placed: PlacedPods) -> Iterator[Domain]:
    """A domain for each pod in it that all affinity terms mean, once a term."""
    for namespace in placed.namespaces if pod.affinity else ():
        for alike in placed.alike(namespace) if pod.reaches(pod.affinity, namespace) else ():
            if pod.wants(namespace, alike.labels):
                for node, _ in alike.pods:
                    yield from (domain for _, domain in domains(node, pod.affinity))


def _avoided(pod: IncomingPod, placed: PlacedPods) -> Iterator[Block]:
    """The pods that anti-affinity terms mean."""
    for namespace in placed.namespaces if pod.anti else ():
        for alike in placed.alike(namespace) if pod.reaches(pod.anti, namespace) else ():
            terms = pod.avoids(namespace, alike.labels)
            for node, other in alike.pods if terms else ():
                yield from _blocks(node, other, terms)


def _repelling(pod: IncomingPod, placed: PlacedPods) -> Iterator[Block]:
    """The pods whose anti-affinity terms mean this one."""
    for repelling in placed.repelling:
        terms = pod.repelled_by(repelling.terms)
        for node, other in repelling.pods if terms else ():
            yield from _blocks(node, other, terms)


def _blocks(node: NodeInfo, pod: Object, terms: Iterable[PodTerm]) -> Iterator[Block]:
    return ((domain, (node, pod, term)) for term, domain in domains(node, terms))


def _not_evaluated(pod: IncomingPod, placed: PlacedPods, state: ClusterState) -> Iterator[NotEvaluated]:
    """What terms that go by labels of namespaces come to where these were not read."""
    others = (repelling.terms for repelling in placed.repelling)
    if pod.is_unsure((*pod.affinity, *pod.anti)) or any(map(pod.may_be_repelled_by, others)):
        namespaces = state.read("Namespace")
        yield NotEvaluated(PLUGIN, "namespaces", namespaces.why if isinstance(namespaces, Missing) else NOT_CAPTURED)
