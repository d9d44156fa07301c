"""A path drawn in lines of text: the broken hop marked by its shape, its code beneath it.

client ─┬──▶ clusterIP:80 ─────┬──▶ service/web:80 ══╳══▷ pods ┄┄▷ :8080
        └──▶ node:31234 ───────┘                   SVC011
"""  # noqa: RUF002 - the mark is that letter

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_lab.render.service_path import CLIENT, FRONTS, OPEN, Path, Step, in_series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.render.service_path import Shape
    from kubectl_lab.render.text import Part

STYLES: dict[Shape, str] = {"ok": "", "unsure": "info", "degraded": "warning", "broken": "error", "unknown": "dim"}
_PLAIN = 2  # characters of an edge without a mark
CONTINUED = 4  # columns that a path goes in where it goes on on a new line


@dataclass(frozen=True, slots=True)
class Pen:
    """What edges and branches are drawn with. `lines`: an edge up to its head; `fills`: what lengthens it."""

    lines: dict[Shape, str]
    heads: dict[Shape, str]
    fills: dict[Shape, str]
    down: str
    forks: tuple[str, str, str]  # first, between, last
    joins: tuple[str, str, str]

    def arrow(self, state: Shape) -> str:
        """A whole edge, head included."""
        return self.lines[state] + self.heads[state]

    def short(self) -> Pen:
        """The same with shorter edges; those that are marked stay as they are known."""
        lines = {state: line if len(line) > _PLAIN else line[1:] for state, line in self.lines.items()}
        return dataclasses.replace(self, lines=lines)


LINES = Pen(
    {"ok": "──", "unsure": "──?──", "degraded": "──!──", "broken": "══╳══", "unknown": "┄┄"},  # noqa: RUF001 - a shape, no letter
    {"ok": "▶", "unsure": "▶", "degraded": "▶", "broken": "▷", "unknown": "▷"},
    {"ok": "─", "unsure": "─", "degraded": "─", "broken": "═", "unknown": "┄"},
    "│",
    ("┬", "├", "└"),
    ("┬", "┤", "┘"),
)
ASCII = Pen(
    {"ok": "--", "unsure": "--?--", "degraded": "--!--", "broken": "==X==", "unknown": ".."},
    {"ok": ">", "unsure": ">", "degraded": ">", "broken": ">", "unknown": ">"},
    {"ok": "-", "unsure": "-", "degraded": "-", "broken": "=", "unknown": "."},
    "|",
    ("+", "+", "+"),
    ("+", "+", "+"),
)


@dataclass(slots=True)
class Row:
    """A line in the making, and the one beneath it with the codes."""

    parts: list[Part] = field(default_factory=list)
    width: int = 0
    codes: list[tuple[int, str, str]] = field(default_factory=list)  # the column of the middle, code, style

    def put(self, text: str, style: str = "") -> None:
        """At the end."""
        self.parts.append((text, style))
        self.width += len(text)

    def edge(self, step: Step, text: str) -> None:
        """An edge, its codes beneath its middle."""
        if step.codes:
            self.codes.append((self.width + len(text) // 2, " ".join(step.codes), STYLES[step.state]))
        self.put(text, STYLES[step.state])

    def steps(self, steps: Sequence[Step], pen: Pen, *, tight: bool = False) -> None:
        """Edges and nodes, one behind the other; `tight`: the first edge begins at once."""
        for index, step in enumerate(steps):
            self.put("" if tight and not index else " ")
            self.edge(step, pen.arrow(step.state))
            self.put(" " + step.node, "dim" if step.state == "unknown" else "")

    def beneath(self, strokes: Sequence[tuple[int, str]] = ()) -> list[Part]:
        """The line with the codes, and with strokes that go on downwards; no code covers another one."""
        placed: list[tuple[int, str, str]] = [(column, stroke, "") for column, stroke in strokes]
        free = 0
        for middle, code, style in self.codes:
            start = max(middle - len(code) // 2, free)
            start = next((at + 1 for at, _ in strokes if start <= at < start + len(code)), start)
            placed.append((start, code, style))
            free = start + len(code) + 1
        line = Row()
        for column, text, style in sorted(placed):
            line.put(" " * (column - line.width))
            line.put(text, style)
        return line.parts


def draw(path: Path, pen: Pen, width: int) -> list[list[Part]]:
    """The path side by side where it fits: with all, or with short edges and without classes and gateways that work.

    Else what lies behind the Service goes beneath it; else each way is folded, never inside a name.
    """
    if not path.ways:
        return []
    brief = Path(tuple(_without_fronts(way) for way in path.ways), path.tail)
    for each, tool in ((path, pen), (brief, pen), (brief, pen.short())):
        rows, lines = _lines(each, tool)
        if max(row.width for row in rows) <= width:
            return lines
    if len(path.ways) > 1 and path.tail:
        rows, lines = _lines(Path(brief.ways), pen)
        behind = Row()
        behind.put(path.ways[0][-1].node)
        behind.steps(path.tail, pen)
        if max(row.width for row in (*rows, behind)) <= width:
            return [*lines, *_with_codes(behind)]
    return [line for way in _folded(path) for line in _flow(way, pen, width)]


def _with_codes(row: Row) -> list[list[Part]]:
    return [row.parts, row.beneath()] if row.codes else [row.parts]


def _without_fronts(way: tuple[Step, ...]) -> tuple[Step, ...]:
    made: list[Step] = []
    for step in way:
        goes = bool(made) and made[-1].node.startswith(FRONTS) and made[-1].state == "ok"
        made = [*made[:-1], in_series(made[-1], step)] if goes else [*made, step]
    return tuple(made)


def _lines(path: Path, pen: Pen) -> tuple[list[Row], list[list[Part]]]:
    if len(path.ways) == 1:
        row = Row()
        row.put(CLIENT)
        row.steps((*path.ways[0], *path.tail), pen)
        return [row], _with_codes(row)
    return _joined(path, pen)


def _joined(path: Path, pen: Pen) -> tuple[list[Row], list[list[Part]]]:
    """Several ways above one another, from one fork to one join."""
    rows = [_way(way, index, len(path.ways), pen) for index, way in enumerate(path.ways)]
    lasts = [way[-1] for way in path.ways]
    # what stands on all of them stands behind the join
    shared = lasts[0] if len({(last.state, last.codes) for last in lasts}) == 1 else None
    ends = [Step("") if shared else last for last in lasts]
    join = max(row.width + 1 + len(pen.lines[end.state]) for row, end in zip(rows, ends, strict=True))
    for index, (row, end) in enumerate(zip(rows, ends, strict=True)):
        style = "unknown" if shared and shared.state == "unknown" else end.state
        row.put(" ")
        row.edge(Step("", style, end.codes), pen.lines[style])
        row.put(pen.fills[style] * (join - row.width), STYLES[style])
        row.put(pen.joins[_at(index, len(rows))])
    rows[0].steps((_behind_join(shared, lasts), *path.tail), pen, tight=True)
    fork = len(CLIENT) + 2
    lines: list[list[Part]] = []
    for index, row in enumerate(rows):
        lines.append(row.parts)
        if row.codes:
            goes_on = index + 1 < len(rows)
            lines.append(row.beneath([(fork, pen.down), (join, pen.down)] if goes_on else ()))
    return rows, lines


def _behind_join(shared: Step | None, lasts: Sequence[Step]) -> Step:
    if shared:
        return shared
    is_open = any(last.state in OPEN for last in lasts)
    return Step(lasts[0].node, "ok" if is_open else "unknown")


def _way(way: Sequence[Step], index: int, count: int, pen: Pen) -> Row:
    """A way up to its last edge, from the fork on."""
    row = Row()
    row.put(f"{CLIENT} {pen.fills['ok']}" if index == 0 else " " * (len(CLIENT) + 2))
    row.put(pen.forks[_at(index, count)])
    row.steps(way[:-1], pen, tight=True)
    return row


def _at(index: int, count: int) -> int:
    return 0 if index == 0 else 2 if index == count - 1 else 1


def _folded(path: Path) -> Iterator[tuple[Step, ...]]:
    """Each way by itself; what lies behind the Service once."""
    first, *others = path.ways
    yield (*first, *path.tail)
    yield from others


def _flow(steps: Sequence[Step], pen: Pen, width: int) -> Iterator[list[Part]]:
    """A way over several lines, never broken inside a name; codes stand behind what they mark."""
    row = Row()
    row.put(CLIENT)
    for step in steps:
        codes = f" ({' '.join(step.codes)})" if step.codes else ""
        arrow = pen.arrow(step.state)
        if row.width + len(f" {arrow} {step.node}{codes}") > width:
            yield row.parts
            row = Row()
            row.put(" " * (CONTINUED - 1))
        row.put(" ")
        row.put(arrow, STYLES[step.state])
        row.put(f" {step.node}", "dim" if step.state == "unknown" else "")
        row.put(codes, STYLES[step.state])
    yield row.parts
