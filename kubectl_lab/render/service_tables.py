"""The tables of a Service's screen: its ports, its endpoints. Columns that say nothing are left out; no name is wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.render.columns import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.service.model import Endpoint, Port, ServiceEntry
    from kubectl_lab.render.columns import Cell
    from kubectl_lab.render.text import Screen

MOST_ENDPOINTS = 10
NOTHING = "-"


def _show(headings: Sequence[str], rows: Sequence[Sequence[Cell]], screen: Screen) -> None:
    """Without the columns in which no row says anything."""
    kept = [at for at in range(len(headings)) if any(row[at][0] not in ("", NOTHING) for row in rows)]
    chosen = [[row[at] for at in kept] for row in rows]
    for line in lines([screen.word(f"service.{headings[at]}") for at in kept], chosen):
        screen.line(*line, indent=2)


def number_of(port: Port) -> str:
    """`80`, `53/UDP`."""
    return str(port.port) if port.protocol == "TCP" else f"{port.port}/{port.protocol}"


def has_any(entry: ServiceEntry) -> bool:
    """Whether there is a table to show."""
    return bool(_ports(entry) or entry.endpoints)


def _ports(entry: ServiceEntry) -> Sequence[Port]:
    """Those of an ExternalName are not listed: nobody uses them."""
    return () if entry.type == "ExternalName" else entry.ports


def ports(entry: ServiceEntry, screen: Screen) -> None:
    """PORT NAME TARGET NODEPORT BACKENDS."""
    if not _ports(entry):
        return
    rows = [
        [
            (number_of(port), ""),
            (port.name or NOTHING, ""),
            (str(port.target), ""),
            (str(port.node_port or NOTHING), ""),
            (backends(port, screen), "" if port.working else "error"),
        ]
        for port in _ports(entry)
    ]
    _show(("port", "name", "target", "node-port", "backends"), rows, screen)


def backends(port: Port, screen: Screen) -> str:
    """`3 of 5`; where none works those that still answer while they end are told."""
    key = "of-ending" if port.fallback else "of"
    return screen.word(f"service.{key}", working=port.working, total=port.total, fallback=port.fallback)


def endpoints(entry: ServiceEntry, screen: Screen) -> None:
    """ADDRESS PORT POD NODE ZONE STATE, what does not work first, then by pod; the first few, with wide all."""
    in_order = sorted(entry.endpoints, key=lambda each: (_works(each, entry), *_named(each)))
    shown = in_order if screen.wide else in_order[:MOST_ENDPOINTS]
    rows = [_row(each, entry, screen) for each in shown]
    if rows:
        _show(("address", "port", "pod", "node", "zone", "state"), rows, screen)
    if len(in_order) > len(shown):
        screen.say("service.more-endpoints", count=len(in_order) - len(shown), indent=2)


def _works(endpoint: Endpoint, entry: ServiceEntry) -> bool:
    return endpoint.ready and bool(endpoint.ports or not entry.ports)


def _named(endpoint: Endpoint) -> tuple[str, str]:
    """The slices' own order is that of a hash."""
    return endpoint.pod.name if endpoint.pod else "", endpoint.address or ""


def _row(endpoint: Endpoint, entry: ServiceEntry, screen: Screen) -> list[Cell]:
    numbers = ",".join(dict.fromkeys(str(port.port) for port in endpoint.ports))
    no_port = bool(entry.ports) and not endpoint.ports
    pod = endpoint.pod.name if endpoint.pod else ""
    if endpoint.workload is not None:
        pod = f"{endpoint.workload.kind.lower()}/{endpoint.workload.name}"
    state, style = state_of(endpoint, screen)
    return [
        (endpoint.address or NOTHING, ""),
        (numbers or (screen.word("service.no-port") if no_port else NOTHING), "error" if no_port else ""),
        (pod or NOTHING, ""),
        (endpoint.node or NOTHING, ""),
        (endpoint.zone or NOTHING, ""),
        (screen.word("service.state-no-port", state=state), "error") if no_port else (state, style),
    ]


def state_of(endpoint: Endpoint, screen: Screen) -> Cell:
    """`ready`, `not ready: CrashLoopBackOff`, `terminating, serving`; of what is not applied yet how many pods there will be."""
    if endpoint.workload is not None:
        return screen.word("service.would-be", count=endpoint.replicas), ""
    if endpoint.terminating:
        return screen.word(f"service.state-terminating{'-serving' if endpoint.serving else ''}"), "warning"
    if endpoint.ready:
        return (
            (screen.word("service.state-ready"), "")
            if endpoint.serving
            else (screen.word("service.state-published"), "warning")
        )
    if endpoint.reason:
        return screen.word("service.state-not-ready-why", reason=endpoint.reason), "error"
    return screen.word("service.state-not-ready"), "error"
