"""Durations as Go writes them (time.ParseDuration), and kubectl's `--request-timeout` (clientcmd.ParseTimeout)."""

from __future__ import annotations

import re

_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(rf"([0-9]+\.?[0-9]*|\.[0-9]+)({'|'.join(sorted(_SECONDS, key=len, reverse=True))})")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_LONGEST = 2**63  # nanoseconds: Go's durations and integers are 64 bits wide


def seconds(text: str) -> float | None:
    """The seconds of a Go duration (`1h30m`, `1.5s`, `-2m`, `0`), None where Go refuses it.

    A unit is required except for a plain zero; units may come in any order and repeat; there are no days.
    """
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0.0
    total, end = 0.0, 0
    while part := _PART.match(body, end):
        total, end = total + float(part[1]) * _SECONDS[part[2]], part.end()
    if not body or end != len(body) or total * 1e9 >= _LONGEST:
        return None
    return -total if text.startswith("-") else total


def request_timeout(text: str) -> float | None:
    """The bound of one request in seconds, 0 for none; None where kubectl refuses the value.

    An integer counts seconds; anything else is a Go duration. A negative duration passes in kubectl too and bounds nothing,
    a negative integer does not pass.
    """
    if _WHOLE.fullmatch(text) and 0 <= int(text) < _LONGEST:
        return float(int(text))
    found = seconds(text)
    return None if found is None else max(found, 0.0)


_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
# (below this many seconds, unit, smaller unit or 0): how exact a time is told
_HUMAN = (
    (2 * _MINUTE, 1, 0),
    (10 * _MINUTE, _MINUTE, 1),
    (3 * _HOUR, _MINUTE, 0),
    (8 * _HOUR, _HOUR, _MINUTE),
    (2 * _DAY, _HOUR, 0),
    (8 * _DAY, _DAY, _HOUR),
    (2 * _YEAR, _DAY, 0),
    (8 * _YEAR, _YEAR, _DAY),
)
_UNITS = {1: "s", _MINUTE: "m", _HOUR: "h", _DAY: "d", _YEAR: "y"}


def human(seconds: float) -> str:
    """`90s`, `3m20s`, `5d4h`: a span as kubectl prints ages (duration.HumanDuration); 0s for what is negative."""
    whole = max(int(seconds), 0)
    unit, smaller = next(((unit, smaller) for below, unit, smaller in _HUMAN if whole < below), (_YEAR, 0))
    count, left = divmod(whole, unit)
    rest = left // smaller if smaller else 0
    return f"{count}{_UNITS[unit]}" + (f"{rest}{_UNITS[smaller]}" if rest else "")
