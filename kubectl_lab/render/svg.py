"""A graph as one SVG file that needs nothing else: no script, no font or image from elsewhere, readable without colours."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab.render.diagram import COLORS, reached
from kubectl_lab.render.svg_layout import Sizes, layers, layout
from kubectl_lab.render.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.render.svg_layout import Layout
    from kubectl_lab.result import Edge, Graph

# pixels. The letters of common monospaced fonts are 0.55 to 0.62 of their size wide
LETTER, SMALL_LETTER = 8.4, 7.2
HEIGHT, ROW, MARGIN, PADDING = 30.0, 46.0, 24.0, 12.0
NARROWEST_GAP, BESIDE_LABEL = 70.0, 20.0
LIFT = 12.0  # of a label above its edge
APART = 9.0  # between edges that join the same two nodes
LONGEST = 44  # letters of a label; the whole of it is the title that a browser shows on it
NOT_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
DASHES = {"ok": "none", "degraded": "none", "broken": "9 5", "unknown": "2 5"}
WIDTHS = {"ok": 1.6, "degraded": 3.2, "broken": 2.4, "unknown": 1.6}
STYLE = """
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328 }
.edge text { font-size: 11px; text-anchor: middle; paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
.edge path { fill: none }
.node rect { fill: #ffffff; stroke: #1f2328 }
.node.unreached rect { stroke: #6e7781; stroke-dasharray: 2 4 }
"""


class Way(NamedTuple):
    """The path of an edge, and the point on it where its mark and label stand."""

    path: str
    x: float
    y: float


def svg(graph: Graph) -> str:
    """The whole file. Nodes and edges carry their ids: `data-id`, `data-from`, `data-to`; an edge's class is its state."""
    at = layout(graph, _sizes(graph))
    width, height = at.size
    comes = reached(graph)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {_size(width, height)} viewBox="0 0 {width:.0f} {height:.0f}"',
        ' role="img" aria-labelledby="title desc">',
        f'<title id="title">{_xml(graph.title)}</title>',
        f'<desc id="desc">{_xml("; ".join(map(_told, graph.edges)))}</desc>',
        f"<style>{STYLE}{''.join(_state_style(state) for state in COLORS)}</style>",
        f"<defs>{''.join(_arrow(state) for state in COLORS)}</defs>",
        f'<rect {_size(width, height)} fill="#ffffff"/>',
    ]
    parts += (_edge(edge, way) for edge, way in zip(graph.edges, _ways(graph, at), strict=True))
    parts += (_node(node.id, node.label, at.boxes[node.id], reached=comes[node.id]) for node in graph.nodes)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _size(width: float, height: float) -> str:
    return f'width="{width:.0f}" height="{height:.0f}"'


def _xml(text: str) -> str:
    return escape(clean(text).translate(NOT_XML))


def _short(text: str) -> str:
    """Cut in the middle: how a name ends tells pods apart."""
    cleaned, half = clean(text), LONGEST // 2
    return cleaned if len(cleaned) <= LONGEST else f"{cleaned[: half - 1]}…{cleaned[-half:]}"


def _told(edge: Edge) -> str:
    return f"{edge.source} → {edge.target}: {edge.state}" + (f" ({edge.code})" if edge.code else "")


def _label(edge: Edge) -> str:
    return _short(" ".join(part for part in (edge.code, edge.label) if part))


def _sizes(graph: Graph) -> Sizes:
    layer = layers(graph)
    gaps: defaultdict[int, float] = defaultdict(lambda: NARROWEST_GAP)
    for edge in graph.edges:
        before = max(layer[edge.target] - 1, 0)  # the label stands in the last gap
        gaps[before] = max(gaps[before], len(_label(edge)) * SMALL_LETTER + 2 * BESIDE_LABEL + LIFT)
    every = {at: gaps[at] for at in range(max(layer.values(), default=0) + 1)}
    widths = {node.id: len(_short(node.label)) * LETTER + 2 * PADDING for node in graph.nodes}
    return Sizes(widths, every, HEIGHT, ROW, MARGIN)


def _ways(graph: Graph, at: Layout) -> Iterator[Way]:
    """From the right side of one box to the end of its layer, over the edge's bends, to the left side of the other box."""
    pairs = Counter((edge.source, edge.target) for edge in graph.edges)
    seen: Counter[tuple[str, str]] = Counter()
    out, into = Counter(edge.source for edge in graph.edges), Counter(edge.target for edge in graph.edges)
    for number, edge in enumerate(graph.edges):
        pair = edge.source, edge.target
        shift = (seen[pair] - (pairs[pair] - 1) / 2) * APART
        seen[pair] += 1
        left, top, width = at.boxes[edge.source]
        goal, goal_top, _ = at.boxes[edge.target]
        y = top + HEIGHT / 2 + shift
        points = [(left + width, y), (at.ends[edge.source], y)]
        points += ((x, y) for begin, end, y in at.bends.get(number, ()) for x in (begin, end))
        points.append((goal, goal_top + HEIGHT / 2 + shift))
        room = (len(_label(edge)) * SMALL_LETTER / 2 + BESIDE_LABEL) / (points[-1][0] - points[-2][0])
        yield _way(points, _share(out[edge.source], into[edge.target], room))


def _share(out: int, into: int, room: float) -> float:
    """How far along its last curve an edge's label stands: near the end where there are fewer other edges.

    `room`: the share of the curve that the label needs to either side, so that it covers no node.
    """
    wanted = 0.5 if out == into else 0.68 if out > into else 0.32
    return min(max(wanted, room), max(1 - room, 0.5))


def _way(points: Sequence[tuple[float, float]], share: float) -> Way:
    """Between layers a curve, across a layer a straight line; the label stands on the last curve."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for index, ((x, y), (to_x, to_y)) in enumerate(itertools.pairwise(points)):
        middle = (x + to_x) / 2
        curve = f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        path.append(curve if index % 2 else f"L{to_x:.1f} {to_y:.1f}")
    (x, y), (to_x, to_y) = points[-2:]
    t, rest = share, 1 - share
    along = 3 * rest * rest * t * (x + to_x) / 2 + 3 * rest * t * t * (x + to_x) / 2 + rest**3 * x + t**3 * to_x
    across = (rest**3 + 3 * rest * rest * t) * y + (3 * rest * t * t + t**3) * to_y
    return Way(" ".join(path), along, across)


def _state_style(state: str) -> str:
    color = COLORS[state]
    return (
        f".edge.{state} path {{ stroke: {color}; stroke-width: {WIDTHS[state]}; stroke-dasharray: {DASHES[state]} }}\n"
        f".edge.{state} .mark {{ stroke: {color}; stroke-width: 2.6; stroke-dasharray: none; fill: #ffffff }}\n"
        f".edge.{state} text {{ fill: {color} }}\n"
    )


def _arrow(state: str) -> str:
    """A head in the state's colour; where nothing comes, an open one."""
    fill = COLORS[state] if state in ("ok", "degraded") else "#ffffff"
    return (
        f'<marker id="arrow-{state}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9"'
        f' markerUnits="userSpaceOnUse" orient="auto">'
        f'<polygon points="1,1 9,5 1,9" fill="{fill}" stroke="{COLORS[state]}"/></marker>'
    )


def _edge(edge: Edge, way: Way) -> str:
    label = _label(edge)
    words = f'<text x="{way.x:.1f}" y="{way.y - LIFT:.1f}">{_xml(label)}</text>' if label else ""
    return (
        f'<g class="edge {edge.state}" data-from="{_xml(edge.source)}" data-to="{_xml(edge.target)}">'
        f"<title>{_xml(f'{_told(edge)} {edge.label}'.strip())}</title>"
        f'<path d="{way.path}" marker-end="url(#arrow-{edge.state})"/>{_mark(edge.state, way)}{words}</g>'
    )


def _mark(state: str, way: Way) -> str:
    """A cross on a broken edge, an exclamation mark on a degraded one."""
    x, y = way.x, way.y
    if state == "broken":
        return f'<path class="mark" d="M{x - 6:.1f} {y - 6:.1f}l12 12M{x + 6:.1f} {y - 6:.1f}l-12 12"/>'
    if state == "degraded":
        stroke = f'<path class="mark" d="M{x:.1f} {y - 5:.1f}v6M{x:.1f} {y + 3:.1f}v2.5"/>'
        return f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="9"/>{stroke}'
    return ""


def _node(node: str, label: str, box: tuple[float, float, float], *, reached: bool) -> str:
    left, top, width = box
    return (
        f'<g class="node{"" if reached else " unreached"}" data-id="{_xml(node)}"><title>{_xml(node)}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{HEIGHT:.0f}" rx="6"/>'
        f'<text x="{left + PADDING:.1f}" y="{top + HEIGHT / 2 + 4.5:.1f}">{_xml(_short(label))}</text></g>'
    )
