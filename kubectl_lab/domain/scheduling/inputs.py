"""SCH017 to SCH019: what the whole answer rests on: odd nodes, objects that stand there twice, the server's version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.case import some, spelled
from kubectl_lab.domain.scheduling.features import NEWEST, OLDEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.state import ClusterState
    from kubectl_lab.result import Finding, Reference


def findings(state: ClusterState, repeated: Sequence[Reference]) -> Iterator[Finding]:
    """Those of no single pod."""
    yield from _bare_nodes(state)
    yield from _repeated(repeated)
    yield from _version(state.features)


def _bare_nodes(state: ClusterState) -> Iterator[Finding]:
    nodes = [node.name or "-" for node in state.nodes if not node.name or not objects.status(node.node)]
    if nodes:
        yield catalogue.finding("SCH017", None, nodes=nodes, shown=some(nodes))


def _repeated(repeated: Sequence[Reference]) -> Iterator[Finding]:
    if repeated:
        names = [spelled(each) for each in repeated]
        yield catalogue.finding("SCH018", None, objects=names, shown=some(names))


def _version(features: Features) -> Iterator[Finding]:
    if not features.is_known:
        nearest = NEWEST if features.version > NEWEST else OLDEST
        version, oldest, newest, used = (
            ".".join(map(str, each[:2])) for each in (features.version, OLDEST, NEWEST, nearest)
        )
        yield catalogue.finding("SCH019", None, version=version, oldest=oldest, newest=newest, used=used)
