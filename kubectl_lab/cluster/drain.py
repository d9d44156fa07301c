"""What a drain reads before its first write, and the rights it asks for. The writes themselves are `cluster.write`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.cluster import Listing
from kubectl_lab.cluster.reactor import on_node, watched_budgets, watched_pods
from kubectl_lab.domain.drain.plan import daemonsets_of
from kubectl_lab.errors import Forbidden, NotFound
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.reactor import Watched
    from kubectl_lab.cluster.write import Writer
    from kubectl_lab.domain.drain.filters import Existence
    from kubectl_lab.domain.drain.model import DrainOptions
    from kubectl_lab.domain.drain.rights import Right
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class Reading:
    """Nodes, pods, budgets, DaemonSets: all that the plan is made from. `budgets` is empty where no budget is asked."""

    nodes: tuple[Object, ...]
    pods: Listing
    budgets: Listing | Missing
    daemonsets: Mapping[tuple[str, str], Existence]

    @property
    def budget_objects(self) -> tuple[Object, ...] | Missing:
        """The budgets themselves."""
        return self.budgets if isinstance(self.budgets, Missing) else self.budgets.items

    def watched(self, chunk_size: int) -> tuple[Watched, ...]:
        """What a run follows from here on, so that no event between reading and watching is lost."""
        pods = watched_pods(self.pods, [objects.name(node) for node in self.nodes], chunk_size)
        follows_budgets = isinstance(self.budgets, Listing) and self.budgets.resource_version
        return (pods, watched_budgets(self.budgets)) if follows_budgets else (pods,)  # type: ignore[arg-type]  # checked


def read(cluster: LiveCluster, names: Sequence[str], selector: str, options: DrainOptions, chunk_size: int) -> Reading:
    """Read each kind once. Raises NotFound for a node that does not exist, Forbidden where nodes or pods are not readable."""
    nodes = read_nodes(cluster, names, selector, chunk_size)
    if not nodes:
        return Reading((), Listing((), ""), Listing((), ""), {})
    # one node: only its pods; several: one list of all, because a field selector cannot name several nodes
    narrow = on_node(objects.name(nodes[0])) if len(nodes) == 1 else ""
    pods = cluster.list("Pod", field_selector=narrow, limit=chunk_size)
    budgets = Listing((), "") if options.disable_eviction else _budgets(cluster)
    on_these = {objects.name(node) for node in nodes}
    concerned = [pod for pod in pods.items if objects.text(objects.spec(pod).get("nodeName")) in on_these]
    daemonsets = {key: _existence(cluster, *key) for key in daemonsets_of(concerned, options)}
    return Reading(nodes, Listing(tuple(concerned), pods.resource_version), budgets, daemonsets)


def read_nodes(cluster: LiveCluster, names: Sequence[str], selector: str, chunk_size: int) -> tuple[Object, ...]:
    """The nodes, those named in the order of the names, each once."""
    if selector:
        return cluster.list("Node", label_selector=selector, limit=chunk_size).items
    return tuple(cluster.get("Node", name) for name in dict.fromkeys(names))


def _budgets(cluster: LiveCluster) -> Listing | Missing:
    try:
        return cluster.list("PodDisruptionBudget")
    except Forbidden:
        return Missing("PodDisruptionBudget", "forbidden")
    except NotFound:
        return Missing("PodDisruptionBudget", "not found")


def _existence(cluster: LiveCluster, namespace: str, name: str) -> Existence:
    try:
        cluster.get("DaemonSet", name, namespace)
    except NotFound:
        return "not found"
    except Forbidden:
        return "forbidden"
    return "live"


def may(writer: Writer, right: Right, namespace: str | None) -> bool:
    """Ask the server. Raises ApiError where it does not answer such questions."""
    return writer.review(right.verb, right.resource, subresource=right.subresource, namespace=namespace)
