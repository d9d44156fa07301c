"""Where the nodes of a graph stand: layers from left to right, few crossings, no edge across a node.

The usual way to draw a layered graph (Sugiyama): longest path from the start, a bend in each layer that an edge passes, a
few sweeps that put each node near the middle of its neighbours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.result import Graph

SWEEPS = 4
_KIND = re.compile(r"[^/:]*[/:]")
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
    """Where all stands. `boxes`: node -> left, top, width; `ends`: node -> where its layer ends, at the right.

    `bends`: edge number -> (left, right, y) of each layer it passes; `size`: of the whole.
    """

    boxes: Mapping[str, tuple[float, float, float]]
    ends: Mapping[str, float]
    bends: Mapping[int, Sequence[tuple[float, float, float]]]
    size: Point


def layers(graph: Graph) -> dict[str, int]:
    """Node -> its layer. Those of a kind share one, and it is further right than the layers of all kinds that lead to it."""
    kinds = {node.id: kind_of(node.id) for node in graph.nodes}
    after: dict[str, dict[str, None]] = {kind: {} for kind in kinds.values()}
    for edge in graph.edges:
        after[kinds[edge.source]][kinds[edge.target]] = None
    found = dict.fromkeys(after, 0)
    for kind in _in_order(after):
        for each in after[kind]:
            found[each] = max(found[each], found[kind] + 1)
    return {node: found[kind] for node, kind in kinds.items()}


def kind_of(node: str) -> str:
    """`service/` of `service/shop/web:80`, `node:` of `node:31234`, `cluster` of itself."""
    match = _KIND.match(node)
    return match.group() if match else node


def _in_order(after: dict[str, dict[str, None]]) -> list[str]:
    """What leads on before what it leads to. An edge that closes a circle (there should be none) is taken out."""
    order: list[str] = []
    done, on_the_way = set[str](), set[str]()

    def visit(kind: str) -> None:
        on_the_way.add(kind)
        for each in list(after[kind]):
            if each in on_the_way:
                del after[kind][each]
            elif each not in done:
                visit(each)
        on_the_way.discard(kind)
        done.add(kind)
        order.append(kind)

    for kind in after:
        if kind not in done:
            visit(kind)
    return order[::-1]


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
    ends: dict[str, float] = {}
    bends: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)
    left = sizes.margin
    for at, column in enumerate(every):
        width = max((sizes.widths[place] for place in column if isinstance(place, str)), default=0)
        top = sizes.margin + (tallest - len(column)) * sizes.row / 2
        for place in column:
            if isinstance(place, str):
                boxes[place] = (left, top, sizes.widths[place])
                ends[place] = left + width
            else:
                bends[place[0]].append((left, left + width, top + sizes.height / 2))
            top += sizes.row
        left += width + (sizes.gaps.get(at, 0) if at + 1 < len(every) else 0)
    return Layout(boxes, ends, bends, (left + sizes.margin, 2 * sizes.margin + tallest * sizes.row))
