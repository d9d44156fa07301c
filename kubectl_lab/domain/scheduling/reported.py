"""SCH008: what the scheduler itself said of the pod, where it is not what is said here.

Source: kube-scheduler `schedule_one.go` (handleSchedulingFailure): a condition of the pod, and an event cut to 1,024 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling.case import is_asked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding

MOST_BYTES, CUT = 1024, " ..."  # of an event's text, and what stands in place of the rest
# from so many seconds on an age is told in this unit, and in the smaller one beside it up to the third number
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_SEEN = ("lastTimestamp", "eventTime", "firstTimestamp")


@dataclass(frozen=True, slots=True)
class Said:
    """What the scheduler wrote, and when."""

    text: str
    at: datetime | None

    def to_dict(self, now: datetime) -> dict[str, Any]:
        """The JSON form; `age` in whole seconds, None where the time is not known."""
        return {"text": self.text, "age": _seconds(self.at, now)}


def otherwise(case: Case) -> Iterator[Finding]:
    """The condition, else the newest event, differs from our text: state has moved on since, or this answer is wrong."""
    is_pretended = case.pretended or case.state.features.is_pretended
    if is_pretended or case.reference.kind != "Pod" or not is_asked(case.subject):
        return
    condition, event = _condition(case.subject.source), _event(case)
    live = condition or event
    if live is None or live.text in _ours(case.message):
        return
    at = event.at if event is not None else live.at  # a condition keeps the time of its first refusal
    ours = case.message or catalogue.phrase("scheduling.some-node-takes-it", count=len(case.evaluation.feasible))
    yield catalogue.finding(
        "SCH008",
        case.reference,
        **case.named,
        live=live.text,
        ours=ours,
        age=_age(_seconds(at, case.now)),
        condition=condition.to_dict(case.now) if condition else None,
        event=event.to_dict(case.now) if event else None,
    )


def _ours(message: str | None) -> tuple[str, ...]:
    """Our text, whole and as an event has it."""
    if message is None:
        return ()
    raw = message.encode()
    if len(raw) <= MOST_BYTES:
        return (message,)
    return message, raw[: MOST_BYTES - len(CUT)].decode(errors="ignore") + CUT


def _condition(pod: Object) -> Said | None:
    found = objects.condition(pod, "PodScheduled")
    if (found.get("status"), found.get("reason")) != ("False", "Unschedulable"):
        return None
    return Said(objects.text(found.get("message")), pod_rules.time_of(found.get("lastTransitionTime")))


def _event(case: Case) -> Said | None:
    """The newest FailedScheduling event of this very pod."""
    wanted = case.reference.name, objects.uid(case.subject.source)
    made = [
        Said(objects.text(each.get("message")), _last_seen(each))
        for each in case.state.known("Event", case.reference.namespace)
        if each.get("reason") == "FailedScheduling" and _about(each) == wanted
    ]
    return max(made, key=lambda each: each.at.timestamp() if each.at else 0.0, default=None)


def _about(event: Object) -> tuple[str, str]:
    about = objects.mapping(event.get("involvedObject"))
    return objects.text(about.get("name")), objects.text(about.get("uid"))


def _last_seen(event: Object) -> datetime | None:
    """Of a series its last time; an event of the newer API has only `eventTime`."""
    series = objects.mapping(event.get("series"))
    written = [series.get("lastObservedTime"), *(event.get(name) for name in _SEEN)]
    return next((found for each in written if (found := pod_rules.time_of(each)) is not None), None)


def _seconds(at: datetime | None, now: datetime) -> int | None:
    return max(int((now - at).total_seconds()), 0) if at is not None else None


def _age(seconds: int | None) -> str:
    """`45s`, `3m20s`, `5d`: two units at most, and one from ten on; `?` where it is not known."""
    if seconds is None:
        return "?"
    at = next((at for at, (size, _) in enumerate(_UNITS) if seconds >= size), len(_UNITS) - 1)
    size, unit = _UNITS[at]
    count, rest = divmod(seconds, size)
    smaller, small_unit = _UNITS[min(at + 1, len(_UNITS) - 1)]
    left = rest // smaller if count < 10 else 0  # noqa: PLR2004 - see above
    return f"{count}{unit}{left}{small_unit}" if left else f"{count}{unit}"


RULES = (otherwise,)
