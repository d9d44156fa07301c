"""The text of `kubectl lab version`, and the names it has (none)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.render.text import Screen
    from kubectl_lab.result import Result


_LABELS = {"server": "address"}  # `server` is the phrase about its version


def view(result: Result, screen: Screen) -> None:
    """Client, server, and with `-v` where each part of the connection came from."""
    made = result.to_dict()
    client, server, target = made["client"], made["server"], made["target"]
    screen.say("version.client", **client)
    if server:
        screen.say("version.server", **server)
    if target:
        headings = ("part", "value", "source")
        rows = [
            (screen.word(f"version.{_LABELS.get(part, part)}"), entry["value"], entry["source"])
            for part, entry in target.items()
        ]
        screen.table([screen.word(f"version.{heading}") for heading in headings], rows)
