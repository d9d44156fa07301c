"""The picture of an Ingress or a route: how a client comes to it, then one line a path with the Service it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.render import service_drawing
from kubectl_lab.render.service_drawing import STYLES, Row
from kubectl_lab.render.service_path import OPEN, Path, Step, named, ways
from kubectl_lab.render.terminal import clean

if TYPE_CHECKING:
    from kubectl_lab.domain.service.model import ServiceEntry
    from kubectl_lab.render.service_drawing import Pen
    from kubectl_lab.render.service_path import Shape
    from kubectl_lab.render.text import Part, Screen

KINDS = ("Ingress", "HTTPRoute", "GRPCRoute")
MOST_PATHS = 10
LONGEST_LABEL = 40
EDGE = 6  # columns of the longest edge


def is_front(entry: ServiceEntry) -> bool:
    """Whether the entry is about an Ingress or a route that exists."""
    return entry.service.kind in KINDS


def node_of(entry: ServiceEntry) -> str:
    """`ingress/NS/NAME`."""
    return f"{entry.service.kind.lower()}/{entry.service.namespace}/{entry.service.name}"


def draw(entry: ServiceEntry, pen: Pen, width: int, screen: Screen) -> list[list[Part]]:
    """Paths that do not work come first; beyond ten they are counted, unless wide."""
    way_in = Path(tuple(ways(entry, node_of(entry))))
    is_open = any(way[-1].state in OPEN for way in way_in.ways)
    lines = service_drawing.draw(way_in, pen, width)
    branches = sorted(
        (hop for hop in entry.hops if hop.source == node_of(entry)),
        key=lambda hop: hop.state not in ("broken", "degraded"),
    )
    shown = branches if screen.wide else branches[:MOST_PATHS]
    labels = [clean(hop.label or screen.word("service.any-path")) for hop in shown]
    column = min(max(map(len, labels), default=0), LONGEST_LABEL)
    for index, (hop, label) in enumerate(zip(shown, labels, strict=True)):
        # a Service behind an open way of which nobody knows whether it works
        state: Shape = "unsure" if is_open and hop.state == "unknown" else hop.state
        step = Step(named(entry, hop.target), state, (hop.finding,) if hop.finding else ())
        lines += _branch(step, label.ljust(column), pen, width, is_last=index + 1 == len(branches))
    if len(branches) > len(shown):
        lines.append([screen.word("service.more-paths", count=len(branches) - len(shown))])
    return lines


def _branch(step: Step, label: str, pen: Pen, width: int, *, is_last: bool) -> list[list[Part]]:
    """On one line where it fits, else the Service beneath the path."""
    style = STYLES[step.state]
    row = Row()
    row.put(f"  {pen.forks[2 if is_last else 1]} {label}  ")
    arrow, codes = pen.arrow(step.state), f"   {' '.join(step.codes)}"
    if row.width + EDGE + len(f" {step.node}{codes}") <= width:
        arrow = arrow.ljust(EDGE)
        rows = [row]
    else:
        rows = [row, Row()]
        rows[1].put(f"  {' ' if is_last else pen.down}   ")
    rows[-1].put(arrow, style)
    rows[-1].put(f" {step.node}", "dim" if step.state == "unknown" else "")
    rows[-1].put(codes, style)
    return [each.parts for each in rows]
