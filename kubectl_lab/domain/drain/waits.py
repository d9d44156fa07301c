"""What a drain waits for without getting on: told after a minute and then once a minute, so that a quiet run is no riddle.

kubectl drain says nothing while pods terminate; a pod with a finalizer, or a watch whose credentials have expired, looks
there like a drain that works.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.drain import answers
from kubectl_lab.errors import Unauthorized

if TYPE_CHECKING:
    from kubectl_lab.domain.drain.progress import Journal, PodRun
    from kubectl_lab.domain.drain.signals import WatchLost
    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Object

REMINDER = 60.0  # seconds between two lines about the same thing
REFUSED_FOR = 60.0  # seconds of 401 after which credentials are taken for expired
BREAK = 30.0  # seconds without a refusal, in which the watch may have worked or the server been away


def end_of(pod: Object) -> dict[str, Any]:
    """What the end of a terminating pod depends on: its finalizers, and its grace period in seconds ("-" for none)."""
    finalizers = ", ".join(str(entry) for entry in objects.sequence(objects.metadata(pod).get("finalizers")))
    return {"finalizers": finalizers or "-", "grace": objects.spec(pod).get("terminationGracePeriodSeconds", "-")}


def begin(pod: PodRun, now: float, error: LabError | None = None) -> None:
    """It waits from now on: for its end, or after a failure, whose wait goes on over further ones."""
    if error is None or pod.trouble is None:
        pod.waits_since, pod.remind_at = now, now + REMINDER
    pod.trouble = error


def forget(pod: PodRun) -> None:
    """Its wait is over, or told otherwise."""
    pod.trouble, pod.remind_at = None, math.inf


def due(pod: PodRun) -> float:
    """When it is told next; infinity while a request is under way."""
    return pod.remind_at if pod.state in {"accepted", "waiting"} else math.inf


def remind(pod: PodRun, journal: Journal, now: float) -> None:
    """Tell it, if it is time."""
    if now < due(pod):
        return
    pod.remind_at = now + REMINDER
    seconds = round(now - pod.waits_since)
    if pod.trouble is not None:
        details = {"cause": "request", "reason": answers.reason_of(pod.trouble), "seconds": seconds}
    else:
        details = {"cause": "termination", "seconds": seconds, **end_of(pod.obj)}
    journal.emit("waiting", pod.node, pod.plan.reference, now, **details)


@dataclass(slots=True)
class _Watch:
    told_at: float = -math.inf
    refused_since: float = math.inf
    refused_at: float = -math.inf


class Watches:
    """The watches of a run and what is wrong with them; by kind."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._watches: dict[str, _Watch] = {}

    def works(self, kind: str) -> None:
        """It showed something."""
        self._watch(kind).refused_since = math.inf

    def lost(self, signal: WatchLost, now: float) -> bool:
        """It failed and is tried again. True: credentials are refused for so long that it will not come back."""
        watch = self._watch(signal.kind)
        if now >= watch.told_at + REMINDER:
            watch.told_at = now
            details = {"cause": "watch", "kind": signal.kind, "reason": answers.reason_of(signal.error)}
            self._journal.emit("waiting", None, None, now, **details)
        if not isinstance(signal.error, Unauthorized):
            watch.refused_since = math.inf
            return False
        if now >= watch.refused_at + BREAK:
            watch.refused_since = math.inf
        watch.refused_since, watch.refused_at = min(watch.refused_since, now), now
        return now >= watch.refused_since + REFUSED_FOR

    def _watch(self, kind: str) -> _Watch:
        return self._watches.setdefault(kind, _Watch())
