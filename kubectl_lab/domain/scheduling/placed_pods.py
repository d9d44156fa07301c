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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.rules.label_selectors import Labels
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object


class Standing:
    """Pods and the nodes they stand on, as pairs (node, pod).

    Two lists, because Python's collector looks at every pair that is kept, and there may be 150,000.
    """

    __slots__ = ("_nodes", "_pods")

    def __init__(self) -> None:
        self._nodes: list[NodeInfo] = []
        self._pods: list[Object] = []

    def add(self, node: NodeInfo, pod: Object) -> None:
        """One more."""
        self._nodes.append(node)
        self._pods.append(pod)

    def __iter__(self) -> Iterator[tuple[NodeInfo, Object]]:
        return zip(self._nodes, self._pods, strict=True)


@dataclass(frozen=True, slots=True)
class Alike:
    """Pods of one namespace with the same labels."""

    labels: Labels
    pods: Standing


@dataclass(frozen=True, slots=True)
class Repelling:
    """Pods of one namespace with the same required anti-affinity."""

    terms: tuple[PodTerm, ...]
    pods: Standing


class PlacedPods:
    """All pods that count on nodes; made once a state: `state.derived(PlacedPods)`."""

    def __init__(self, state: ClusterState) -> None:
        self._nodes = state.nodes
        self._alike: dict[str, Sequence[Alike]] = {}

    @functools.cached_property
    def _by_namespace(self) -> Mapping[str, Standing]:
        made: defaultdict[str, Standing] = defaultdict(Standing)
        for node in self._nodes:
            for pod in node.pods:
                made[namespace_of(pod)].add(node, pod)
        return made

    @property
    def namespaces(self) -> Iterable[str]:
        """Those that have pods on nodes."""
        return self._by_namespace.keys()

    def alike(self, namespace: str) -> Sequence[Alike]:
        """The pods of a namespace by their labels."""
        if namespace not in self._alike:
            made: dict[str, Alike] = {}
            for node, pod in self._by_namespace.get(namespace, ()):
                labels = objects.labels(pod)
                # as text, because what comes from a file may hold lists, which are no keys
                text = repr(labels)
                found = made.get(text)
                if found is None:
                    found = made[text] = Alike(labels, Standing())
                found.pods.add(node, pod)
            self._alike[namespace] = tuple(made.values())
        return self._alike[namespace]

    @functools.cached_property
    def repelling(self) -> Sequence[Repelling]:
        """The pods that have required anti-affinity, by namespace and terms."""
        made: dict[tuple[str, str], Repelling] = {}
        for node in self._nodes:
            for pod in node.pods:
                # nearly every pod of a large cluster has none at all, and asking for that first takes half the time
                written = written_terms(pod, ANTI_AFFINITY) if "affinity" in objects.spec(pod) else ()
                if not written:
                    continue
                key = (namespace_of(pod), repr(written))
                found = made.get(key)
                if found is None:
                    found = made[key] = Repelling(existing_terms(pod), Standing())
                found.pods.add(node, pod)
        return tuple(made.values())


def namespace_of(pod: Object) -> str:
    """Its namespace; "" for a manifest that names none."""
    return objects.namespace(pod) or ""
