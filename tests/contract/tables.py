"""The JSON that the program reads, made from the TOML that people write."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from contract.sources import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TABLES = sorted((ROOT / "kubectl_lab" / "catalogue").glob("*/*.toml"))


def copy_of(table: Path) -> str:
    """A line an entry, so that a difference can be read."""
    return json.dumps(tomllib.loads(table.read_text(encoding="utf-8")), ensure_ascii=False, indent=0) + "\n"


def write() -> None:
    """All of them, before a test or a generated table reads words from one."""
    for table in TABLES:
        table.with_suffix(".json").write_text(copy_of(table), encoding="utf-8")
