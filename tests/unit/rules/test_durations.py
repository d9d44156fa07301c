"""Go's durations and kubectl's --request-timeout; the same values were given to kubectl 1.36."""

from __future__ import annotations

import pytest

from kubectl_lab.domain.rules import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("0", 0, id="a plain zero needs no unit"),
        pytest.param("+0", 0, id="not even with a sign"),
        pytest.param("5s", 5, id="seconds"),
        pytest.param("1h30m", 5400, id="units follow each other"),
        pytest.param("30m1h", 5400, id="in any order"),
        pytest.param("1s1s", 2, id="and repeat"),
        pytest.param("1.5s", 1.5, id="a fraction"),
        pytest.param(".5m", 30, id="a fraction without its zero"),
        pytest.param("1.s", 1, id="a point without a fraction"),
        pytest.param("-2m", -120, id="a sign before it all"),
        pytest.param("+2m", 120, id="a plus"),
        pytest.param("250ms", 0.25, id="milliseconds are not minutes"),
        pytest.param("3us", 3e-6, id="microseconds"),
        pytest.param("3µs", 3e-6, id="with the micro sign"),
        pytest.param("3μs", 3e-6, id="with the Greek letter"),
        pytest.param("4ns", 4e-9, id="nanoseconds"),
    ],
)
def test_a_duration_is_read_as_go_reads_it(text: str, seconds: float) -> None:
    assert durations.seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "5", "s", ".s", "1d", "1S", "1 s", " 1s", "1s ", "1s-1s", "--1s", "1,5s", "1e3s", "\u0661s", "1s\n"),
        *("9223372036854775808ns", "2562048h"),
    ],
)
def test_what_go_refuses_is_refused(text: str) -> None:
    assert durations.seconds(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("0", 0, id="0 is no bound"),
        pytest.param("30", 30, id="an integer counts seconds"),
        pytest.param("+30", 30, id="with a plus too"),
        pytest.param("1m", 60, id="a duration is a duration"),
        pytest.param("-5s", 0, id="a negative duration bounds nothing"),
        pytest.param("-0", 0, id="minus zero is zero"),
        pytest.param("-5", None, id="a negative integer is refused"),
        pytest.param("1.5", None, id="a fraction without unit is refused"),
        pytest.param("1x", None, id="an unknown unit is refused"),
        pytest.param("abc", None, id="words are refused"),
        pytest.param("9223372036854775808", None, id="an integer beyond 64 bits is refused"),
    ],
)
def test_a_request_timeout_is_read_as_kubectl_reads_it(text: str, seconds: float | None) -> None:
    assert durations.request_timeout(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0s"),
        (0, "0s"),
        (119.9, "119s"),
        (120, "2m"),
        (125, "2m5s"),
        (600, "10m"),
        (3 * 3600 - 1, "179m"),
        (3 * 3600 + 61, "3h1m"),
        (8 * 3600 + 61, "8h"),
        (50 * 3600, "2d2h"),
        (9 * 86400 + 3600, "9d"),
        (3 * 365 * 86400 + 86400, "3y1d"),
        (20 * 365 * 86400 + 86400, "20y"),
    ],
)
def test_spans_read_as_kubectl_prints_ages(seconds: float, text: str) -> None:
    assert durations.human(seconds) == text
