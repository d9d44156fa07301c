"""What `explain-tolerations` and `explain-taints` read of a cluster: nothing twice, independent lists at once.

In waves: what every answer needs, then what `domain.scheduling.needs` names, until it names nothing new.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from kubectl_lab.cluster import asks
from kubectl_lab.cluster.at_once import at_once
from kubectl_lab.domain.rules.asks import merged
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling.features import NEWEST, Features, version_of
from kubectl_lab.domain.scheduling.needs import first, needs
from kubectl_lab.errors import ApiError, TimedOut
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kubectl_lab.cluster.asks import Answer, Found
    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.domain.rules.asks import Ask
    from kubectl_lab.domain.scheduling.question import Question
    from kubectl_lab.result import Reference

    Version = tuple[int, int, int]

REQUIRED = frozenset({"Node", "Pod"})
WORKERS = 8
MOST_WAVES = 8  # an owner of an owner is the third
NO_GATES: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known, whose rules count, and which objects the input holds more than once."""

    known: KnownObjects
    features: Features
    repeated: tuple[Reference, ...] = ()


def nothing_more(_known: KnownObjects) -> Sequence[Ask]:
    """What most questions need besides."""
    return ()


def read(
    cluster: LiveCluster,
    question: Question,
    *,
    version: Version | None = None,
    gates: Mapping[str, bool] = NO_GATES,
    also: Callable[[KnownObjects], Iterable[Ask]] = nothing_more,
    workers: int = WORKERS,
) -> Reading:
    """All that the question calls for. `version`: of the server, None to ask it; `also`: what a command needs besides.

    Raises Forbidden where nodes, pods of all namespaces, or what was asked about may not be read; anything else that may not
    is Missing.
    """
    reading = _Reading(cluster, question, workers)
    told = reading.first(asks_version=version is None)
    for _ in range(MOST_WAVES):
        known = reading.known()
        if not reading.take([*needs(known, question), *also(known)]):
            break
    return Reading(reading.known(), Features(version or told or NEWEST, gates, is_pretended=version is not None))


class _Reading:
    """What was asked and answered so far."""

    def __init__(self, cluster: LiveCluster, question: Question, workers: int) -> None:
        self._cluster, self._question, self._workers = cluster, question, workers
        self._needed = REQUIRED | {each.kind for each in question.subjects}
        self._asked: set[Ask] = set()
        self._answers: list[Answer] = []
        self._known: KnownObjects | None = None
        self._version: Version | None = None

    def first(self, *, asks_version: bool) -> Version | None:
        """What every answer needs; the server's version where it was asked for and told."""
        self.take(first(self._question), *([self._ask_version] if asks_version else []))
        return self._version

    def take(self, wanted: Sequence[Ask], *more: Callable[[], None]) -> bool:
        """Ask at once, each list once; whether there was anything to ask."""
        new = [ask for ask in dict.fromkeys(wanted) if ask not in self._asked]
        self._asked.update(new)
        calls: list[Callable[[], Answer | None]] = [functools.partial(self._answer, ask) for ask in new]
        found = [answer for answer in at_once([*calls, *more], self._workers) if answer is not None]
        if found:
            self._answers += found
            self._known = None
        return bool(found)

    def known(self) -> KnownObjects:
        """All that was answered so far."""
        if self._known is None:
            kinds = dict.fromkeys(ask.kind for ask, _ in self._answers)
            self._known = KnownObjects({kind: self._found(kind) for kind in kinds})
        return self._known

    def _found(self, kind: str) -> Found:
        """Denied where any part that matters was: never the part alone, or "there is none" would be said of the rest."""
        answers = [answer for ask, answer in self._answers if ask.kind == kind]
        denied = [answer for answer in answers if isinstance(answer, Missing)]
        parts = [answer for answer in answers if not isinstance(answer, Missing)]
        return denied[0] if denied else parts[0] if len(parts) == 1 else merged(parts)

    def _answer(self, ask: Ask) -> Answer | None:
        """What came, or why it cannot be seen; nothing where what is optional does not come."""
        try:
            return ask, asks.objects_of(self._cluster, ask)
        except (ApiError, TimedOut) as error:
            missing = asks.missing(ask, error)
            if missing is None or (ask.kind in self._needed and not ask.optional):
                raise
            return None if ask.optional else (ask, missing)

    def _ask_version(self) -> None:
        """A server that does not tell is taken for the newest."""
        try:
            self._version = version_of(self._cluster.server_version())
        except (ApiError, TimedOut):
            self._version = None
