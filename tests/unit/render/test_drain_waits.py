"""What stderr says, in both languages, of a drain that does not get on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kubectl_lab.domain.drain.signals import Event
from kubectl_lab.render import drain as view
from kubectl_lab.result import Reference

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POD = Reference("Pod", "shop", "web")
REFUSED = {"error": "no-such-entry", "values": {}}


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("node", "pod", "details", "named"),
    [
        pytest.param(
            None, None, {"cause": "watch", "kind": "Pod", "reason": REFUSED}, ["Pod", "no-such-entry"], id="watch"
        ),
        pytest.param(
            "n1",
            POD,
            {"cause": "termination", "seconds": 60, "finalizers": "a/b", "grace": 45},
            ["shop/web", "n1", "60 s", "a/b", "45"],
            id="termination",
        ),
        pytest.param(
            "n1",
            POD,
            {"cause": "request", "seconds": 60, "reason": "too many"},
            ["shop/web", "n1", "60 s", "too many"],
            id="request",
        ),
        pytest.param(
            "n1",
            None,
            {"cause": "cordon", "seconds": 90, "reason": "too many"},
            ["n1", "90 s", "too many"],
            id="cordon",
        ),
    ],
)
def test_a_wait_is_told_on_stderr_with_all_that_is_known(
    lang: str, node: str | None, pod: Reference | None, details: dict[str, Any], named: list[str]
) -> None:
    event = Event(NOW, "waiting", node, pod, details)
    said = view.note(event, lang)
    assert [each for each in named if each not in said] == []
    assert "{" not in said
    assert not said.startswith("drain.event")
    assert (view.line(event), view.event(event, lang)["message"]) == ("", said)
