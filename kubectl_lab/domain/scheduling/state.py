"""What kube-scheduler knows when it looks at a pod: the nodes with the pods that count on them, and other kinds by name.

Source: kube-scheduler `backend/cache` (Cache, Snapshot, NodeInfo), `backend/queue/nominator.go`.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules.derived import Deriving
from kubectl_lab.domain.rules.known_objects import KnownObjects

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.objects import Missing, Object


class NodeInfo(Deriving):
    """A node and the pods that take room on it: bound to it and not finished, terminating ones too.

    Not to be changed; `with_pods` gives another one.
    """

    def __init__(self, node: Object, pods: Sequence[Object]) -> None:
        super().__init__()
        self.node = node
        self.pods = pods
        self.name = objects.name(node)
        self.labels = objects.labels(node)
        self.taints: tuple[Object, ...] = tuple(
            map(objects.mapping, objects.sequence(objects.spec(node).get("taints")))
        )

    def with_pods(self, *, removed: Sequence[Object] = (), added: Sequence[Object] = ()) -> NodeInfo:
        """The same node without some of its pods (the very same objects) and with others."""
        gone = {id(pod) for pod in removed}
        return NodeInfo(self.node, [*(pod for pod in self.pods if id(pod) not in gone), *added])


class Singly(Deriving):
    """What is worked out of one pod or one node at a time, whatever else there is: states that differ in pods share it."""

    def __init__(self, features: Features) -> None:
        super().__init__()
        self.features = features


class ClusterState(KnownObjects):
    """The state against which pods are judged. Filters read nodes and bound pods through `nodes` only, other kinds by name.

    `found`: as for KnownObjects, with the kinds Node and Pod at least. A pod that finished, or whose node does not exist,
    counts nowhere. `without`: pods (the very same objects) that take no room, since the one that is judged stands for them.
    """

    def __init__(
        self,
        found: Mapping[str, Sequence[Object] | Missing],
        features: Features,
        *,
        without: Collection[Object] = (),
    ) -> None:
        super().__init__(found)
        self.features = features
        self.singly = Singly(features)
        self._without = frozenset(map(id, without))
        # on which node the pods stand that are left out: what they left behind there does not count either
        self.left_out: defaultdict[str, list[Object]] = defaultdict(list)
        for pod in without:
            self.left_out[pod_rules.node_name(pod)].append(pod)

    def leaving_out(self, pods: Collection[Object]) -> ClusterState:
        """This state without these pods (the very same objects): it shares the nodes where none of them stands."""
        made = ClusterState(self.found, self.features, without=pods)
        made.singly, made.nominated = self.singly, self.nominated
        made._named, made._in_namespaces = self._named, self._in_namespaces
        made.nodes = tuple(
            node.with_pods(removed=made.left_out[node.name]) if node.name in made.left_out else node
            for node in self.nodes
        )
        return made

    @functools.cached_property
    def nodes(self) -> tuple[NodeInfo, ...]:
        """All nodes, in the order they were read; of two with one name the last."""
        named = {objects.name(node): node for node in self.known("Node")}
        return tuple(NodeInfo(node, self._counted.get(name, ())) for name, node in named.items())

    @functools.cached_property
    def node_by_name(self) -> Mapping[str, NodeInfo]:
        """The nodes by their names."""
        return {node.name: node for node in self.nodes}

    @functools.cached_property
    def _counted(self) -> Mapping[str, list[Object]]:
        made: defaultdict[str, list[Object]] = defaultdict(list)
        for pod in self.known("Pod"):
            where = pod_rules.node_name(pod)
            if where and id(pod) not in self._without and not pod_rules.is_finished(pod):
                made[where].append(pod)
        return made

    @functools.cached_property
    def nominated(self) -> Mapping[str, Sequence[Object]]:
        """Pending pods by the node that preemption is making room on for them (`status.nominatedNodeName`).

        Only those of the scheduler's own queue: a gated pod, and one of another scheduler, never come into it.
        """
        made: defaultdict[str, list[Object]] = defaultdict(list)
        for pod in self.known("Pod"):
            where = objects.text(objects.status(pod).get("nominatedNodeName"))
            if where and not pod_rules.node_name(pod) and not pod_rules.is_finished(pod) and pod_rules.is_queued(pod):
                made[where].append(pod)
        return made


def has_placed_pods(known: KnownObjects) -> bool:
    """Whether the pods that stand on the nodes are known.

    They are not where of a real cluster's nodes only manifests of pods came along, or no pods at all. Of nodes that nobody has
    created yet, what stands in the files is all there is.
    """
    if not any(map(objects.uid, known.known("Node"))):
        return True
    pods = known.known("Pod")
    return known.can_see("Pod") and (not pods or any(map(objects.uid, pods)))


def priority(pod: Object) -> int:
    """`spec.priority`, absent 0 (corev1helpers.PodPriority)."""
    found = objects.spec(pod).get("priority")
    return found if isinstance(found, int) else 0
