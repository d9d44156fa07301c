"""The pods that stand on nodes, put together by what selectors see of them: their namespace and their labels.

A selector is then tried once for each distinct set of labels, and not once a pod.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling.pod_terms import ANTI_AFFINITY, PodTerm, existing_terms, written_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.rules.label_selectors import Labels
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

    Placed = tuple[NodeInfo, Object]


@dataclass(frozen=True, slots=True)
class Alike:
    """Pods of one namespace with the same labels."""

    labels: Labels
    pods: list[Placed]


@dataclass(frozen=True, slots=True)
class Repelling:
    """Pods of one namespace with the same required anti-affinity."""

    terms: tuple[PodTerm, ...]
    pods: list[Placed]


class PlacedPods:
    """All pods that count on nodes; made once a state: `state.derived(PlacedPods)`."""

    def __init__(self, state: ClusterState) -> None:
        placed: defaultdict[str, list[Placed]] = defaultdict(list)
        for node in state.nodes:
            for pod in node.pods:
                placed[namespace_of(pod)].append((node, pod))
        self._placed = placed
        self._alike: dict[str, Sequence[Alike]] = {}

    @property
    def namespaces(self) -> Iterable[str]:
        """Those that have pods on nodes."""
        return self._placed.keys()

    def alike(self, namespace: str) -> Sequence[Alike]:
        """The pods of a namespace by their labels."""
        if namespace not in self._alike:
            made: dict[str, Alike] = {}
            for placed in self._placed.get(namespace, ()):
                labels = objects.labels(placed[1])
                # as text, because what comes from a file may hold lists, which are no keys
                text = repr(labels)
                found = made.get(text)
                if found is None:
                    found = made[text] = Alike(labels, [])
                found.pods.append(placed)
            self._alike[namespace] = tuple(made.values())
        return self._alike[namespace]

    @functools.cached_property
    def repelling(self) -> Sequence[Repelling]:
        """The pods that have required anti-affinity, by namespace and terms."""
        made: dict[tuple[str, str], Repelling] = {}
        for namespace, pods in self._placed.items():
            for placed in pods:
                written = written_terms(placed[1], ANTI_AFFINITY)
                if not written:
                    continue
                key = (namespace, repr(written))
                found = made.get(key)
                if found is None:
                    found = made[key] = Repelling(existing_terms(placed[1]), [])
                found.pods.append(placed)
        return tuple(made.values())


def namespace_of(pod: Object) -> str:
    """Its namespace; "" for a manifest that names none."""
    return objects.namespace(pod) or ""
