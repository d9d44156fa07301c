"""A graph as text for other programs: mermaid (GitHub, wikis) and dot (Graphviz). The same graph gives the same bytes.

A state is told by shape and by text, never by colour alone: `✗` and a crossed end where it is broken, `!` and a thick line
where it is degraded, dots where nothing comes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab.render.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_lab.result import Edge, Graph

SIGNS = {"ok": "", "degraded": "!", "broken": "✗", "unknown": ""}
COLORS = {"ok": "#1a7f37", "degraded": "#9a6700", "broken": "#cf222e", "unknown": "#6e7781"}
ARROWS = {"ok": "-->", "degraded": "==>", "broken": "--x", "unknown": "-.->"}
DOT_STYLES = {
    "ok": "style=solid, arrowhead=normal",
    "degraded": "style=bold, arrowhead=normal",
    "broken": "style=dashed, arrowhead=tee",
    "unknown": "style=dotted, arrowhead=empty",
}
# all that may stand in a quoted mermaid label as it is; the rest is written as an entity (`#34;`)
_MERMAID_SPECIAL = re.compile(r"[^\w ./:()→…✗!,=+-]")
_NOT_WORD = re.compile(r"[^A-Za-z0-9]+")


def told(edge: Edge) -> str:
    """What stands on an edge: the sign of its state, the code, what passes there."""
    marked = f"{SIGNS[edge.state]} {edge.code}".strip()
    return " ".join(part for part in (marked, edge.label) if part)


def reached(graph: Graph) -> Mapping[str, bool]:
    """Node id -> whether anything comes there. Where all begins nothing need come; what leads on has been reached."""
    targets = {edge.target for edge in graph.edges}
    comes = {end for edge in graph.edges if edge.state in ("ok", "degraded") for end in (edge.source, edge.target)}
    return {node.id: node.id in comes or node.id not in targets for node in graph.nodes}


def mermaid(graph: Graph) -> str:
    """A `flowchart LR`. Node names are the ids with `_` for all that mermaid does not take in a name."""
    names, comes = _mermaid_names(graph), reached(graph)
    lines = ["flowchart LR"]
    lines += [f'  {names[node.id]}["{_mermaid_text(node.label)}"]' for node in graph.nodes]
    for edge in graph.edges:
        label = f'|"{_mermaid_text(told(edge))}"|' if told(edge) else ""
        lines.append(f"  {names[edge.source]} {ARROWS[edge.state]}{label} {names[edge.target]}")
    lines += _mermaid_classes([names[each] for each in names if not comes[each]], graph.edges)
    return "\n".join(lines) + "\n"


def _mermaid_classes(behind: Sequence[str], edges: Sequence[Edge]) -> Iterator[str]:
    """mermaid styles edges by their number; nodes that nothing reaches have a class."""
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for number, edge in enumerate(edges):
        numbers[edge.state].append(str(number))
    for state, color in COLORS.items():
        if state in numbers:
            yield f"  %% {state}"
            yield f"  linkStyle {','.join(numbers[state])} stroke:{color},color:{color}"
    if behind:
        yield "  classDef unknown stroke-dasharray: 2 3"
        yield f"  class {','.join(behind)} unknown"


def _mermaid_names(graph: Graph) -> Mapping[str, str]:
    """Readable names; of two ids that read alike the second one is numbered."""
    taken: dict[str, str] = {}
    for node in graph.nodes:
        name = wanted = "n_" + _NOT_WORD.sub("_", node.id).strip("_")
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken[name] = node.id
    return {node: name for name, node in taken.items()}


def _mermaid_text(text: str) -> str:
    """Within quotes; mermaid wants at least a blank there."""
    return _MERMAID_SPECIAL.sub(lambda found: f"#{ord(found.group())};", clean(text)) or " "


def dot(graph: Graph) -> str:
    """A digraph whose node names are the ids themselves."""
    comes = reached(graph)
    lines = [
        "digraph {",
        "  rankdir=LR;",
        f"  label={_dot_text(graph.title)};",
        '  node [shape=box, style=rounded, fontname="monospace"];',
        '  edge [fontname="monospace"];',
    ]
    for node in graph.nodes:
        behind = "" if comes[node.id] else ', class="unknown", style="rounded,dotted"'
        lines.append(f"  {_dot_text(node.id)} [label={_dot_text(node.label)}{behind}];")
    for edge in graph.edges:
        label = f", label={_dot_text(told(edge))}" if told(edge) else ""
        look = f'{DOT_STYLES[edge.state]}, color="{COLORS[edge.state]}", fontcolor="{COLORS[edge.state]}"'
        ends = f"{_dot_text(edge.source)} -> {_dot_text(edge.target)}"
        lines.append(f'  {ends} [class="{edge.state}", {look}{label}];')
    return "\n".join([*lines, "}"]) + "\n"


def _dot_text(text: str) -> str:
    """In quotes dot obeys backslashes and quotes; a name in it is never HTML."""
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
