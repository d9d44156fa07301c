"""What is said where pods keep a pod off a node, or pods that it wants near it are not there.

Source of the texts: kube-scheduler plugin InterPodAffinity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.model import Reason, Refusal
from kubectl_lab.domain.scheduling.pod_terms import selector_words

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.pod_terms import PodTerm
    from kubectl_lab.domain.scheduling.tallies import Blocker, Domain
    from kubectl_lab.objects import Object

AFFINITY_TEXT = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY_TEXT = "node(s) didn't match pod anti-affinity rules"
EXISTING_TEXT = "node(s) didn't satisfy existing pods anti-affinity rules"


def malformed(text: str) -> Refusal:
    """A selector of the pod cannot be read."""
    return Refusal((Reason(text, catalogue.phrase("scheduling-pods.malformed", text=text)),))


def no_key(term: PodTerm) -> Refusal:
    """The node lacks the key of an affinity term."""
    message = catalogue.phrase("scheduling-pods.no-key", key=term.topology_key, pods=selector_words(term))
    return Refusal((Reason(AFFINITY_TEXT, message, _place(term, None)),))


def not_here(lacking: tuple[PodTerm, Domain]) -> Refusal:
    """Pods that are wanted stand elsewhere."""
    return _lacking("scheduling-pods.not-here", *lacking)


def nowhere(lacking: tuple[PodTerm, Domain]) -> Refusal:
    """There is no pod that is wanted, and the pod itself is none of that kind."""
    return _lacking("scheduling-pods.nowhere", *lacking)


def avoided(domain: Domain, blocker: Blocker) -> Refusal:
    """A pod is there that this one keeps away from."""
    return _blocked("scheduling-pods.avoided", ANTI_AFFINITY_TEXT, domain, blocker)


def repelling(domain: Domain, blocker: Blocker) -> Refusal:
    """A pod is there that keeps this one away."""
    return _blocked("scheduling-pods.repelling", EXISTING_TEXT, domain, blocker)


def _lacking(key: str, term: PodTerm, domain: Domain) -> Refusal:
    message = catalogue.phrase(key, key=domain[0], value=domain[1], pods=selector_words(term))
    return Refusal((Reason(AFFINITY_TEXT, message, _place(term, domain[1])),))


def _blocked(key: str, text: str, domain: Domain, blocker: Blocker) -> Refusal:
    node, pod, term = blocker
    named = _named(pod)
    message = catalogue.phrase(
        key, pod=named, node=node.name, key=domain[0], value=domain[1], pods=selector_words(term)
    )
    details = _place(term, domain[1]) | {"pod": named, "node": node.name}
    return Refusal((Reason(text, message, details),), preemption_may_help=True)


def _place(term: PodTerm, value: str | None) -> dict[str, Any]:
    return {"topologyKey": term.topology_key, "topologyValue": value, "term": term.at}


def _named(pod: Object) -> str:
    return f"{objects.namespace(pod)}/{objects.name(pod)}"
