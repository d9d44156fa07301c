"""Sizes to keep: functions of 40 lines (nine of ten 25), files of 300, command files of 60, tests 1.2 x source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kubectl_lab_plugins.main import COMMANDS

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins" / "kubectl_lab_plugins"
PRODUCT = sorted([*(ROOT / "kubectl_lab").rglob("*.py"), *PLUGINS.rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PROGRAMS = ("sandbox", "bench", "workshop")  # folders of tests/ that hold what tests run, and no tests
LONGEST_FUNCTION, USUAL_FUNCTION, LONGEST_FILE, LONGEST_COMMAND = 40, 25, 300, 60


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> list[tuple[str, int]]:
    """Name and length of every function, its docstring not counted: explaining is not what makes one long."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
            words = (doc.end_lineno or 0) - doc.lineno + 1 if doc else 0
            found.append((f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1 - words))
    return found


@pytest.mark.parametrize("path", named([*PRODUCT, *TESTS]))
def test_a_file_fits_into_a_head(path: str) -> None:
    assert lines(ROOT / path) <= LONGEST_FILE, "split it by what its parts are about"


@pytest.mark.parametrize("path", named([*PRODUCT, *TESTS]))
def test_a_function_fits_on_a_screen(path: str) -> None:
    assert [each for each in functions(ROOT / path) if each[1] > LONGEST_FUNCTION] == []


def test_nine_functions_of_ten_are_short() -> None:
    sizes = [size for path in PRODUCT for _, size in functions(path)]
    assert sum(size <= USUAL_FUNCTION for size in sizes) >= 0.9 * len(sizes)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_fetches_asks_shows(name: str) -> None:
    path = PLUGINS / f"{name.replace('-', '_')}.py"
    assert lines(path) <= LONGEST_COMMAND, "what it decides belongs into kubectl_lab/domain, what it prints into render"


def test_there_is_more_test_than_product() -> None:
    tests = [path for path in TESTS if path.relative_to(ROOT / "tests").parts[0] not in PROGRAMS]
    assert sum(map(lines, tests)) >= 1.2 * sum(map(lines, PRODUCT))
