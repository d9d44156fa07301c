"""Reads the API server's audit log: who asked for what, when, and what the answer was."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    """One request; times in seconds since the epoch; `what` is `verb resource/subresource`."""

    agent: str
    what: str
    namespace: str
    name: str
    code: int
    received: float
    answered: float


def requests(log: Path, agent: str, since: float, until: float) -> list[Request]:
    """The requests of programs whose user agent is `agent` (the part before the slash), in the order they came.

    A watch is in the log twice, when it starts and when it ends: it counts once. A line that is still being written is not
    there yet.
    """
    found: dict[str, Request] = {}
    with log.open() as lines:
        for line in lines:
            if not line.endswith("\n"):
                break
            entry = json.loads(line)
            if entry.get("userAgent", "").split("/")[0] != agent:
                continue
            received = seconds(entry["requestReceivedTimestamp"])
            if since <= received <= until:
                found[entry["auditID"]] = _request(entry, agent, received)
    return sorted(found.values(), key=lambda request: request.received)


def _request(entry: dict[str, dict[str, str]], agent: str, received: float) -> Request:
    target = entry.get("objectRef") or {}
    resource = "/".join(part for part in (target.get("resource"), target.get("subresource")) if part)
    return Request(
        agent=agent,
        what=f"{entry['verb']} {resource or entry['requestURI']}",
        namespace=target.get("namespace", ""),
        name=target.get("name", ""),
        code=int((entry.get("responseStatus") or {}).get("code", 0)),
        received=received,
        answered=seconds(f"{entry['stageTimestamp']}"),
    )


def seconds(stamp: str) -> float:
    """Seconds since the epoch of an RFC 3339 time."""
    return datetime.fromisoformat(stamp).timestamp()


def kinds(found: Iterable[Request]) -> Counter[str]:
    """How many of each kind, 429 apart."""
    return Counter(request.what + (" 429" if request.code == 429 else "") for request in found)
