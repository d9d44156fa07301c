"""The picture of an explanation: its hops as a graph. Services that share pods share their nodes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from kubectl_lab.result import Edge, Graph, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.domain.service.model import Hop, ServiceEntry, ServiceExplanation

MOST_PODS = 12  # pods that have a node of their own
MOST_LABELS = 3  # ways in one edge that are named
MOST_TITLES = 3
BACKENDS = ("pod/", "address/")
_WITH_NAMESPACE = 2  # slashes in an id


def graph(explanation: ServiceExplanation) -> Graph:
    """All hops of all entries, each pair of nodes joined once a state; many pods that fare alike become one node."""
    hops = sorted((hop for entry in explanation.services for hop in entry.hops), key=_backend)
    edges = _merged(hops)
    short = len({_namespace(each) for hop in hops for each in (hop.source, hop.target)} - {""}) <= 1
    more = _replicas(explanation.services) | _addresses(edges)
    edges = [Edge(each.source, each.target, each.state, each.code) if each.target in more else each for each in edges]
    ids = dict.fromkeys(each for edge in edges for each in (edge.source, edge.target))
    nodes = [Node(each, _label(each, short=short) + more.get(each, "")) for each in ids]
    return Graph(*_collapsed(nodes, edges), title=_title(explanation.services))


def _backend(hop: Hop) -> str:
    """Pods come by name: an EndpointSlice has them in the order of a hash, which no two clusters share."""
    return next((each for each in (hop.target, hop.source) if each.startswith(BACKENDS)), "")


def _title(entries: Sequence[ServiceEntry]) -> str:
    """`service/web: broken`; of many the first few, and how many there are."""
    named = [f"{each.service.kind.lower()}/{each.service.name}: {each.verdict}" for each in entries[:MOST_TITLES]]
    more = [f"… ({len(entries)})"] if len(entries) > MOST_TITLES else []
    return ", ".join(named + more)


def _merged(hops: Iterable[Hop]) -> list[Edge]:
    """One edge for all hops between two nodes that are in one state for one reason.

    `unknown` without a reason means that nothing comes there on *this* way; where it does on another, that is what holds.
    """
    pairs: defaultdict[tuple[str, str], dict[Edge, dict[str, None]]] = defaultdict(dict)
    for hop in hops:
        edge = Edge(hop.source, hop.target, hop.state, hop.finding or "")
        labels = pairs[hop.source, hop.target].setdefault(edge, {})
        labels |= {hop.label: None} if hop.label else {}
    made: list[Edge] = []
    for alike in pairs.values():
        known = [edge for edge in alike if edge.state != "unknown" or edge.code] or list(alike)
        made += [Edge(each.source, each.target, each.state, each.code, _joined(alike[each])) for each in known]
    return made


def _joined(labels: Iterable[str]) -> str:
    every = list(labels)
    return ", ".join(every[:MOST_LABELS]) + (", …" if len(every) > MOST_LABELS else "")


def _namespace(node: str) -> str:
    parts = node.split("/", _WITH_NAMESPACE)
    return parts[1] if len(parts) > _WITH_NAMESPACE else ""


def _label(node: str, *, short: bool) -> str:
    """`service/web:80`; with the namespace where there are several; a port as `:8080`."""
    if node.startswith("port/"):
        return node.replace("port/", ":", 1)
    parts = node.split("/", _WITH_NAMESPACE)
    return f"{parts[0]}/{parts[2]}" if short and len(parts) > _WITH_NAMESPACE else node


def _addresses(edges: Iterable[Edge]) -> dict[str, str]:
    """A pod's addresses: they stand in its node, since several Services lead there."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for edge in edges:
        if edge.target.startswith("pod/") and edge.label:
            found[edge.target][edge.label] = None
    return {pod: f" {_joined(labels)}" for pod, labels in found.items()}


def _replicas(entries: Iterable[ServiceEntry]) -> dict[str, str]:
    """How many pods a workload stands for that nobody has applied yet."""
    return {
        f"{each.workload.kind.lower()}/{each.workload.namespace}/{each.workload.name}": f" ({each.replicas} pods)"
        for entry in entries
        for each in entry.endpoints
        if each.workload is not None
    }


def _collapsed(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Beyond MOST_PODS those that fare alike, from and to the same nodes, become one node with their number."""
    pods = [node.id for node in nodes if node.id.startswith(BACKENDS)]
    if len(pods) <= MOST_PODS:
        return tuple(nodes), tuple(edges)
    stands_for = _groups(pods, edges)
    sizes = Counter(stands_for.values())
    named = {each: f"pods/{each.split('/', 1)[1]}+{sizes[each] - 1}" for each in sizes if sizes[each] > 1}

    def new(node: str) -> str:
        first = stands_for.get(node, node)
        return named.get(first, first)

    made = {
        new(node.id): Node(new(node.id), f"pods ({sizes[node.id]})" if node.id in named else node.label)
        for node in nodes
        if stands_for.get(node.id, node.id) == node.id
    }
    joined = {
        Edge(
            new(edge.source), new(edge.target), edge.state, edge.code, "" if _is_one(edge, named) else edge.label
        ): None
        for edge in edges
        if all(stands_for.get(each, each) == each for each in (edge.source, edge.target))
    }
    return tuple(made.values()), tuple(joined)


def _is_one(edge: Edge, named: Mapping[str, str]) -> bool:
    return edge.source in named or edge.target in named


def _groups(pods: Sequence[str], edges: Iterable[Edge]) -> dict[str, str]:
    """Pod -> the first of those that have the same edges, in the same states."""
    around: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for edge in edges:
        around[edge.target].add(("from", edge.source, edge.state, edge.code))
        around[edge.source].add(("to", edge.target, edge.state, edge.code))
    first: dict[frozenset[tuple[str, ...]], str] = {}
    return {pod: first.setdefault(frozenset(around[pod]), pod) for pod in pods}
