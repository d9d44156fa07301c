"""The figures of the start-up bench are compared right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench import startup
from bench.startup import CLIENT, RAW, ROWS, BrokenError, Medians, Row, commands, measure, over, table

if TYPE_CHECKING:
    from sandbox.sandboxes import Sandbox

FAST, FREE = Row("fast", ("a",), CLIENT, 0.5), Row("free", ("b", "c"), RAW)
MEDIANS: Medians = {
    ("kubectl", CLIENT): 40.0,
    ("kubectl", RAW): 50.0,
    ("frozen", "fast"): 20.0,
    ("frozen", "free"): 500.0,
    ("installed", "fast"): 21.0,
    ("installed", "free"): 100.0,
}


class Place:
    """Where `kubectl` is, and nothing else of a sandbox."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder

    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin"}


def program(folder: Path, name: str, exit_code: int = 0) -> Path:
    """Notes each of its runs in the folder."""
    made = folder / name
    made.write_text(f'#!/bin/sh\necho "{name} $*" >> {folder}/runs\nexit {exit_code}\n')
    made.chmod(0o755)
    return made


def place(folder: Path) -> Sandbox:
    return Place(folder)  # type: ignore[return-value]  # no more of it is asked


def test_a_budget_is_kept_up_to_its_very_figure_and_a_row_without_one_always() -> None:
    rows = (FAST, FREE)
    assert over(MEDIANS, "frozen", rows) == {}
    assert over(MEDIANS, "installed", rows) == {"fast": 21 / 40}


def test_the_table_has_a_line_a_command_with_its_ratio_and_its_budget() -> None:
    lines = [line.split() for line in table(MEDIANS, ["frozen", "installed"], (FAST, FREE)).splitlines()]
    assert lines[1][:7] == ["fast", "20", "ms", "0.50", "21", "ms", "0.53"]
    assert lines[1][-3:] == ["at", "most", "0.5"]
    assert lines[2][:7] == ["free", "500", "ms", "10.00", "100", "ms", "2.00"]
    assert "most" not in lines[2]
    assert lines[3][-2:] == ["40", "ms"]


def test_everything_runs_once_a_round_and_once_more_before_in_another_order_each_time(tmp_path: Path) -> None:
    program(tmp_path, "kubectl")
    measured = measure(place(tmp_path), {"ours": program(tmp_path, "ours")}, rows=(FAST, FREE), rounds=3)
    runs = (tmp_path / "runs").read_text().splitlines()
    order = ["kubectl version --client", "kubectl get --raw /api/v1/namespaces/default", "ours a", "ours b c"]
    assert [runs[at : at + 4] for at in range(0, 16, 4)] == [order[at:] + order[:at] for at in range(4)]
    assert set(measured) == {("kubectl", CLIENT), ("kubectl", RAW), ("ours", "fast"), ("ours", "free")}


def test_a_command_that_fails_is_no_fast_one(tmp_path: Path) -> None:
    program(tmp_path, "kubectl")
    with pytest.raises(BrokenError, match="exit 3"):
        measure(place(tmp_path), {"ours": program(tmp_path, "ours", 3)}, rows=(FAST,), rounds=1)


def test_what_ours_is_compared_with_runs_once_however_often_it_is_named() -> None:
    made = commands(Path("kubectl"), {"ours": Path("lab")}, ROWS)
    assert [name for program, name in made if program == "kubectl"] == [CLIENT, RAW]


def test_the_budgets_are_the_contracts() -> None:
    assert {row.name: row.budget for row in ROWS} == {
        "--version": 0.75,
        "__complete, no cluster": 0.75,
        "--help": 1.9,
        "drain --help": 2.2,
        "one GET, -o json": 3.6,
        "one GET, a table": 4.6,
    }
    assert startup.ROUNDS == 12
