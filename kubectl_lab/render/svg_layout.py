"""Where the nodes of a graph stand: layers from left to right, few crossings, no edge across a node.

The usual way to draw a layered graph (Sugiyama): longest path from the start, a bend in each layer that an edge passes, a
few sweeps that put each node near the middle of its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.result import Edge, Graph

SWEEPS = 4
Point = tuple[float, float]
# a place in a layer: a node's id, or the bend of an edge there
Place = str | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """In pixels. `widths`: of each node; `gaps`: of the room between a layer and the next, by the layer."""

    widths: Mapping[str, float]
    gaps: Mapping[int, float]
    height: float
    row: float
    margin: float


@dataclass(frozen=True, slots=True)
class Layout:
    """`boxes`: node -> left, top, width; `bends`: edge number -> (left, right, y) of each layer it passes; the whole size."""

    boxes: Mapping[str, tuple[float, float, float]]
    bends: Mapping[int, Sequence[tuple[float, float, float]]]
    size: Point


def layers(graph: Graph) -> dict[str, int]:
    """Node -> its layer: one further right than all that lead to it. An edge back (there should be none) is left aside."""
    forward = _forward(graph)
    behind: dict[str, int] = {node.id: 0 for node in graph.nodes}
    after: defaultdict[str, list[str]] = defaultdict(list)
    for edge in forward:
        behind[edge.target] += 1
        after[edge.source].append(edge.target)
    found = {node.id: 0 for node in graph.nodes}
    ready = [node for node, count in behind.items() if not count]
    for node in ready:  # it grows
        for each in after[node]:
            found[each] = max(found[each], found[node] + 1)
            behind[each] -= 1
            if not behind[each]:
                ready.append(each)
    return found


def _forward(graph: Graph) -> list[Edge]:
    """The edges without those that close a circle (depth first, without recursion: a graph may be long)."""
    out: defaultdict[str, list[Edge]] = defaultdict(list)
    for each in graph.edges:
        out[each.source].append(each)
    kept: list[Edge] = []
    done, open_now = set[str](), set[str]()
    for start in (node.id for node in graph.nodes):
        stack = [(start, iter(out[start]))] if start not in done else []
        open_now.update(node for node, _ in stack)
        while stack:
            node, edges = stack[-1]
            edge: Edge | None = next(edges, None)
            if edge is None:
                stack.pop()
                open_now.discard(node)
                done.add(node)
            elif edge.target not in open_now:
                kept.append(edge)
                if edge.target not in done:
                    open_now.add(edge.target)
                    stack.append((edge.target, iter(out[edge.target])))
    return kept


def columns(graph: Graph, layer: Mapping[str, int]) -> list[list[Place]]:
    """The places of each layer from top to bottom, bends among them."""
    made: list[list[Place]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for node in graph.nodes:
        made[layer[node.id]].append(node.id)
    links: list[tuple[Place, Place]] = []
    for number, edge in enumerate(graph.edges):
        way: list[Place] = [edge.source]
        for at in range(layer[edge.source] + 1, layer[edge.target]):
            way.append((number, at))
            made[at].append((number, at))
        links += zip(way, [*way[1:], edge.target], strict=True)
    return _sorted(made, links)


def _sorted(made: list[list[Place]], links: Iterable[tuple[Place, Place]]) -> list[list[Place]]:
    """Each place near the mean of its neighbours, left to right and back; equal ones keep their order."""
    before: defaultdict[Place, list[Place]] = defaultdict(list)
    after: defaultdict[Place, list[Place]] = defaultdict(list)
    for source, target in links:
        before[target].append(source)
        after[source].append(target)
    for sweep in range(SWEEPS):
        neighbours, order = (before, range(1, len(made))) if sweep % 2 == 0 else (after, range(len(made) - 2, -1, -1))
        for at in order:
            where = {place: index for column in made for index, place in enumerate(column)}
            made[at].sort(key=lambda place: _mean([where[each] for each in neighbours[place]], where[place]))
    return made


def _mean(numbers: Sequence[float], default: float) -> float:
    return sum(numbers) / len(numbers) if numbers else default


def layout(graph: Graph, sizes: Sizes) -> Layout:
    """Columns as wide as their widest node, each centred on the tallest one."""
    layer = layers(graph)
    every = columns(graph, layer)
    tallest = max(map(len, every), default=0)
    boxes: dict[str, tuple[float, float, float]] = {}
    bends: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)
    left = sizes.margin
    for at, column in enumerate(every):
        width = max((sizes.widths[place] for place in column if isinstance(place, str)), default=0)
        top = sizes.margin + (tallest - len(column)) * sizes.row / 2
        for place in column:
            if isinstance(place, str):
                boxes[place] = (left, top, sizes.widths[place])
            else:
                bends[place[0]].append((left, left + width, top + sizes.height / 2))
            top += sizes.row
        left += width + (sizes.gaps.get(at, 0) if at + 1 < len(every) else 0)
    return Layout(boxes, bends, (left + sizes.margin, 2 * sizes.margin + tallest * sizes.row))
