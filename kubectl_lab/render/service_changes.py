"""A watch, line by line: time, Service, verdict, the addresses that came and went, the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue.words import word
from kubectl_lab.domain.service.changes import cause_of
from kubectl_lab.render import data

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kubectl_lab.domain.service.changes import Change
    from kubectl_lab.domain.service.model import ServiceExplanation

MOST_ADDRESSES = 8  # that are spelled out


def line(change: Change, now: datetime, lang: str, *, namespaced: bool) -> str:
    """`2026-01-01T12:00:00Z  web  HEALTHY  +10.0.1.7 -10.0.2.3`; `namespaced`: with the namespace, where all are watched."""
    subject, entry = change.service, change.entry
    name = subject.name if subject.kind == "Service" else f"{subject.kind.lower()}/{subject.name}"
    place = f"{subject.namespace}/{name}" if namespaced else name
    state = word(lang, f"service.verdict-{entry.verdict}" if entry else "service.watch-gone")
    cause = cause_of(entry) if entry else None
    said = f"{cause.code} {data.message(cause.to_dict(), lang)}" if cause else ""
    return "  ".join(part for part in (_stamp(now), place, state, addresses(change), said) if part)


def addresses(change: Change) -> str:
    """`+10.0.1.7 -10.0.2.3`; of many the first ones and how many more."""
    return " ".join(part for part in (_signed("+", change.added), _signed("-", change.removed)) if part)


def _signed(sign: str, listed: Sequence[str]) -> str:
    more = len(listed) - MOST_ADDRESSES
    shown = [f"{sign}{each}" for each in listed[:MOST_ADDRESSES]]
    return " ".join([*shown, f"{sign}…({more})"] if more > 0 else shown)


def document(answer: ServiceExplanation, found: Sequence[Change], now: datetime, lang: str) -> dict[str, Any]:
    """One line of `-o jsonl`: the entries that have changed, when, and the addresses that came and went."""
    listed = [
        {"service": each.service.to_dict(), "added": list(each.added), "removed": list(each.removed)} for each in found
    ]
    return {**data.document(answer, lang), "time": _stamp(now), "changes": listed}


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="seconds").replace("+00:00", "Z")
