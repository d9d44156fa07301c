"""The commands and their programs, as `commands.toml` lists them."""

from __future__ import annotations

import tomllib
from pathlib import Path

MAIN = "kubectl-lab"
LISTED = Path(__file__).with_name("commands.toml")


def programs() -> dict[str, str]:
    """Command -> its own program, of those that have one."""
    listed = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    return {command: table["program"] for command, table in listed.items() if "program" in table}


def names() -> tuple[str, ...]:
    """All commands."""
    return tuple(tomllib.loads(LISTED.read_text(encoding="utf-8")))
