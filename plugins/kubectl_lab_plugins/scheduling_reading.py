"""What `explain-tolerations` and `explain-taints` look at: the files of `-f`, else the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.cluster import scheduling, scheduling_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kubectl_lab.cluster.scheduling import Reading
    from kubectl_lab.domain.rules.asks import Ask
    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.question import Question
    from kubectl_lab_plugins.session import Session


def read(
    session: Session,
    question: Question,
    version: tuple[int, int, int] | None,
    gates: Mapping[str, bool],
    also: Callable[[KnownObjects], Iterable[Ask]] = scheduling.nothing_more,
) -> Reading:
    """All that the question calls for. `version` None: the server's own; `also`: what a command reads of a cluster besides."""
    if session.filenames:
        return scheduling_files.read(session.files(), question, version=version, gates=gates)
    live = session.live(workers=scheduling.WORKERS)
    return scheduling.read(live, question, version=version, gates=gates, also=also)
