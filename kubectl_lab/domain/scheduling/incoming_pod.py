"""The pod that is to be placed, as inter-pod affinity sees it: whom its terms mean, and whose terms mean it.

Source: kube-scheduler plugin InterPodAffinity (PreFilter).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling.placed_pods import PlacedPods, namespace_of
from kubectl_lab.domain.scheduling.pod_terms import AFFINITY, ANTI_AFFINITY, NO_LABELS, terms_of
from kubectl_lab.domain.scheduling.state import has_placed_pods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.rules.label_selectors import Labels
    from kubectl_lab.domain.scheduling.pod_terms import PodTerm
    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.objects import Object


class IncomingPod:
    """`affinity` and `anti`: its required terms, the namespaces they reach by labels put in. Raises MalformedSelectorError.

    `knows_pods`: whether the pods that stand on the nodes are known, without which nothing can be said to be lacking there.
    """

    def __init__(self, pod: Object, state: ClusterState) -> None:
        self._namespace = namespace_of(pod)
        self._labels = objects.labels(pod)
        self._own = state.get("Namespace", None, self._namespace)
        self._unsure: set[PodTerm] = set()
        self.knows_pods = has_placed_pods(state)
        self.affinity = self._merged(terms_of(pod, AFFINITY), state)
        self.anti = self._merged(terms_of(pod, ANTI_AFFINITY), state)
        self.wants_itself = self.wants(self._namespace, self._labels)
        self._meant: dict[tuple[str, str], tuple[bool, tuple[PodTerm, ...]]] = {}

    def _merged(self, terms: Sequence[PodTerm], state: ClusterState) -> tuple[PodTerm, ...]:
        namespaces, forgets = state.known("Namespace"), not state.features.since(1, 34)
        made = tuple(term.merged(namespaces, forgets=forgets) for term in terms)
        by_labels = [merged for term, merged in zip(terms, made, strict=True) if term.namespace_selector]
        if by_labels and (self._own is None or _lacks_namespaces(state)):
            self._unsure.update(term for term in by_labels if not term.everywhere)
        return made

    def is_unsure(self, terms: Iterable[PodTerm]) -> bool:
        """Whether some of its terms go by labels of namespaces, and these were not read."""
        return not self._unsure.isdisjoint(terms)

    def reaches(self, terms: Iterable[PodTerm], namespace: str) -> bool:
        """Whether any of its terms looks at pods of a namespace."""
        return any(term.reaches(namespace, NO_LABELS) for term in terms)

    def wants(self, namespace: str, labels: Labels) -> bool:
        """Whether all affinity terms at once mean a pod; where there are none, they mean none (podMatchesAllAffinityTerms)."""
        return bool(self.affinity) and all(_means(term, namespace, labels) for term in self.affinity)

    def avoids(self, namespace: str, labels: Labels) -> tuple[PodTerm, ...]:
        """The anti-affinity terms that mean a pod."""
        return tuple(term for term in self.anti if _means(term, namespace, labels))

    def meant(self, pod: Object) -> tuple[bool, tuple[PodTerm, ...]]:
        """(wants, avoids) of a pod, told once for pods that look alike."""
        if not self.affinity and not self.anti:
            return (False, ())
        namespace, labels = namespace_of(pod), objects.labels(pod)
        key = (namespace, repr(labels))
        if key not in self._meant:
            self._meant[key] = self.wants(namespace, labels), self.avoids(namespace, labels)
        return self._meant[key]

    def repelled_by(self, terms: Sequence[PodTerm]) -> tuple[PodTerm, ...]:
        """Those of another pod's anti-affinity terms that mean this one."""
        return tuple(term for term in terms if self._is_reached_by(term) and term.selects(self._labels))

    def may_be_repelled_by(self, terms: Sequence[PodTerm]) -> bool:
        """Whether it would take the labels of this pod's namespace, which were not read, to tell that."""
        return any(
            self._is_beyond(term) and self._namespace not in term.namespaces and term.selects(self._labels)
            for term in terms
        )

    def _is_reached_by(self, term: PodTerm) -> bool:
        if self._is_beyond(term):
            return self._namespace in term.namespaces
        return term.reaches(self._namespace, objects.labels(self._own or {}))

    def _is_beyond(self, term: PodTerm) -> bool:
        """It goes by the labels of this pod's namespace, and these were not read."""
        return bool(term.namespace_selector) and self._own is None


def _lacks_namespaces(state: ClusterState) -> bool:
    """Whether there are pods of namespaces that were not read: a file may hold some and not all."""
    return any(state.get("Namespace", None, name) is None for name in state.derived(PlacedPods).namespaces)


def _means(term: PodTerm, namespace: str, labels: Labels) -> bool:
    """A new pod's term, its namespaces merged: what is left of its namespaceSelector is tried on no labels."""
    return term.reaches(namespace, NO_LABELS) and term.selects(labels)
