"""The required terms of pod affinity and anti-affinity, made ready for many pods.

Source: k8s.io/kube-scheduler `framework/types.go` (AffinityTerm, GetAffinityTerms), kube-scheduler `framework/types.go` (PodInfo).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import label_selectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.rules.label_selectors import Labels, Selector
    from kubectl_lab.objects import Object

AFFINITY = "podAffinity"
ANTI_AFFINITY = "podAntiAffinity"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NO_LABELS: Labels = {}


@dataclass(frozen=True, slots=True)
class PodTerm:
    """One term: which pods it means, and by which node label places are told apart. `at`: its place in the list, from 0.

    `selector` and `namespace_selector` are None where they are null: they select nothing.
    """

    at: int
    topology_key: str
    namespaces: frozenset[str]
    selector: Selector | None
    namespace_selector: Selector | None

    def reaches(self, namespace: str, labels: Labels) -> bool:
        """Whether it looks at pods of a namespace, whose labels these are."""
        if namespace in self.namespaces:
            return True
        return self.namespace_selector is not None and label_selectors.matches(self.namespace_selector, labels)

    def selects(self, labels: Labels) -> bool:
        """Whether it means a pod with these labels, of a namespace that it reaches."""
        return self.selector is not None and label_selectors.matches(self.selector, labels)

    @property
    def everywhere(self) -> bool:
        """Whether it reaches every namespace, whatever its labels."""
        return self.namespace_selector is not None and label_selectors.matches(self.namespace_selector, NO_LABELS)

    def merged(self, namespaces: Iterable[Object], *, forgets: bool) -> PodTerm:
        """A new pod's term with the namespaces that its selector finds added to those it names.

        `forgets`: the selector is then done with. Since 1.34 the scheduler keeps it and tries it on no labels at all
        (mergeAffinityTermNamespacesIfNotEmpty works on a copy), so that one of only NotIn and DoesNotExist reaches every
        namespace.
        """
        selector = self.namespace_selector
        if not selector:
            return self
        found = (objects.name(each) for each in namespaces if label_selectors.matches(selector, objects.labels(each)))
        kept = None if forgets else selector
        return replace(self, namespaces=self.namespaces.union(found), namespace_selector=kept)


def written_terms(pod: Object, kind: str, strength: str = REQUIRED) -> Sequence[Any]:
    """The terms as they stand in the pod; `kind`: podAffinity or podAntiAffinity."""
    affinity = objects.mapping(objects.spec(pod).get("affinity"))
    return objects.sequence(objects.mapping(affinity.get(kind)).get(strength))


def terms_of(pod: Object, kind: str) -> tuple[PodTerm, ...]:
    """The required terms. Raises MalformedSelectorError."""
    own = objects.namespace(pod) or ""
    return tuple(_term(at, objects.mapping(each), own) for at, each in enumerate(written_terms(pod, kind)))


def existing_terms(pod: Object) -> tuple[PodTerm, ...]:
    """The required anti-affinity of a pod that stands on a node; none of it where one term is malformed (NodeInfo.AddPod)."""
    try:
        return terms_of(pod, ANTI_AFFINITY)
    except label_selectors.MalformedSelectorError:
        return ()


def malformed(pod: Object) -> str:
    """What the scheduler says of a new pod with a selector that cannot be read, also in a preferred term; "" where all can."""
    said = list(_complaints(pod))
    return f"parsing pod: {said[0] if len(said) == 1 else '[' + ', '.join(said) + ']'}" if said else ""


def _complaints(pod: Object) -> Iterator[str]:
    own = objects.namespace(pod) or ""
    for label, kind, strength in _LISTS:
        for at, each in enumerate(written_terms(pod, kind, strength)):
            found = objects.mapping(each)
            try:
                _term(at, objects.mapping(found.get("podAffinityTerm")) if strength == PREFERRED else found, own)
            except label_selectors.MalformedSelectorError as wrong:
                yield f"{label}: {wrong}"
                break


_LISTS = (
    ("requiredAffinityTerms", AFFINITY, REQUIRED),
    ("requiredAntiAffinityTerms", ANTI_AFFINITY, REQUIRED),
    ("preferredAffinityTerms", AFFINITY, PREFERRED),
    ("preferredAntiAffinityTerms", ANTI_AFFINITY, PREFERRED),
)


def _term(at: int, written: Object, own: str) -> PodTerm:
    """Without namespaces and without a namespaceSelector it means the pod's own namespace."""
    named = frozenset(map(objects.text, objects.sequence(written.get("namespaces"))))
    by_labels = written.get("namespaceSelector")
    if not named and not isinstance(by_labels, Mapping):
        named = frozenset({own})
    selector = label_selectors.requirements(written.get("labelSelector"))
    return PodTerm(
        at, objects.text(written.get("topologyKey")), named, selector, label_selectors.requirements(by_labels)
    )


def selector_words(term: PodTerm) -> object:
    """The pods that a term means, for a sentence: `app=web, tier in (a, b)`."""
    if term.selector is None:
        return catalogue.phrase("scheduling-pods.selects-nothing")
    if not term.selector:
        return catalogue.phrase("scheduling-pods.selects-all")
    return ", ".join(map(_words, term.selector))


def _words(requirement: label_selectors.Requirement) -> str:
    key, values = requirement.key, requirement.values
    if requirement.operator == "in" and len(values) == 1:
        return f"{key}={values[0]}"
    bare = {"exists": key, "absent": f"!{key}"}.get(requirement.operator)
    return bare or f"{key} {requirement.operator} ({', '.join(values)})"
