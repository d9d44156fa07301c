"""Many Services at a glance: one line each, worst first, then how many fare how."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kubectl_lab.domain.service.changes import cause_of
from kubectl_lab.domain.service.model import WORST_FIRST
from kubectl_lab.render import columns, data, service_tables
from kubectl_lab.render.terminal import UNBOUNDED, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.service.model import Port, ServiceEntry, ServiceExplanation
    from kubectl_lab.render.columns import Cell
    from kubectl_lab.render.text import Screen
    from kubectl_lab.result import Finding

VERDICT_STYLES = {"healthy": "good", "degraded": "warning", "broken": "error", "unknown": "warning"}
SHORTEST_CAUSE = 24  # columns of a cause, however narrow the terminal
NOTHING = "-"


def view(result: ServiceExplanation, screen: Screen) -> None:
    """NAME TYPE PORTS BACKENDS VERDICT CAUSE, with NAMESPACE where all are asked; of no Service nothing.

    With wide a cause is told whole, however long.
    """
    if not result.services:
        return
    headings = ["name", "type", "ports", "ready-of-all", "verdict", "cause"]
    rows = [_row(entry, screen) for entry in result.services]
    if result.namespace is None:
        headings.insert(0, "namespace")
        rows = [
            [(each.service.namespace or NOTHING, ""), *row] for each, row in zip(result.services, rows, strict=True)
        ]
    words = [screen.word(f"service.{heading}") for heading in headings]
    room = UNBOUNDED if screen.wide else screen.width - _taken(words, rows)
    for line in columns.lines(words, [[*row[:-1], _cut(row[-1], room, screen)] for row in rows]):
        screen.line(*line)
    _footer(result.services, screen)


def sentence(found: Finding, lang: str) -> str:
    """What a finding says."""
    return data.message(found.to_dict(), lang)


def _taken(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> int:
    """Columns of all but the last one."""
    every = [[(heading, "") for heading in headings], *rows]
    widths = (max(len(clean(row[at][0])) for row in every) for at in range(len(headings) - 1))
    return sum(width + columns.APART for width in widths)


def _cut(cell: Cell, room: int, screen: Screen) -> Cell:
    """On a word, to what is left of the line."""
    text, style = clean(cell[0]), cell[1]
    room = max(room, SHORTEST_CAUSE)
    dots = "..." if screen.ascii else "…"
    if len(text) <= room:
        return text, style
    kept = text[: room - len(dots) + 1].rpartition(" ")[0] or text[: room - len(dots)]
    return kept.rstrip(" ,;:") + dots, style


def _row(entry: ServiceEntry, screen: Screen) -> list[Cell]:
    return [
        (entry.service.name, ""),
        (entry.type, ""),
        (",".join(map(_port, entry.ports)) or NOTHING, ""),
        (backends(entry), ""),
        (screen.word(f"service.verdict-{entry.verdict}"), VERDICT_STYLES[entry.verdict]),
        (_said(entry, screen), ""),
    ]


def _said(entry: ServiceEntry, screen: Screen) -> str:
    """The cause; of what could not be decided what is missing for it."""
    cause = cause_of(entry)
    if cause is None:
        return (
            ", ".join(f"{each.what}: {each.why}" for each in entry.not_checked[:1])
            if entry.verdict == "unknown"
            else ""
        )
    return f"{cause.code} {sentence(cause, screen.lang)}"


def _port(port: Port) -> str:
    """`80`, `80:31234`, `53/UDP`: the Service's port and its node port, as kubectl has them."""
    number = service_tables.number_of(port)
    return number.replace(str(port.port), f"{port.port}:{port.node_port}", 1) if port.node_port else number


def backends(entry: ServiceEntry) -> str:
    """`3/5`: those that get the traffic, of all; one a port where they differ."""
    if entry.type == "ExternalName":
        return NOTHING
    if not entry.ports:
        ready = sum(each.ready for each in entry.endpoints)
        return f"{ready}/{len(entry.endpoints)}" if entry.cluster_ip else NOTHING
    return ",".join(dict.fromkeys(f"{port.working}/{port.total}" for port in entry.ports))


def _footer(entries: Sequence[ServiceEntry], screen: Screen) -> None:
    counts = Counter(entry.verdict for entry in entries)
    verdicts = ", ".join(
        screen.word(f"service.count-{each}", count=counts[each]) for each in WORST_FIRST if counts[each]
    )
    screen.say("service.footer", count=len(entries), verdicts=verdicts)
