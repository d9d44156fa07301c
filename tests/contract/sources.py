"""The product's own source as trees, for the contracts between code and catalogue."""

from __future__ import annotations

import ast
import functools
import inspect
from pathlib import Path
from typing import NamedTuple

from kubectl_lab import errors

ROOT = Path(__file__).parents[2]
PACKAGES = (ROOT / "kubectl_lab", ROOT / "plugins" / "kubectl_lab_plugins")
ERRORS = {name for name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.LabError)}
NOT_VALUES = {"status", "body", "retry_after"}  # of ApiError: data for the program, not for the words


class Raised(NamedTuple):
    """A place where an error is made: `values` is None where they cannot be read off the source."""

    where: str
    key: str | None
    values: frozenset[str] | None


def files() -> list[Path]:
    """Every Python file of the product."""
    return sorted(path for package in PACKAGES for path in package.rglob("*.py"))


@functools.cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def strings(path: Path) -> set[str]:
    """Every string literal of a file."""
    return {
        each.value for each in ast.walk(tree(path)) if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def raised(path: Path) -> list[Raised]:
    """Every place in a file where an error of ours is made."""
    return [
        Raised(f"{path.relative_to(ROOT)}:{call.lineno}", _key(call), _values(call))
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and _called(call) in ERRORS and call.args
    ]


def _called(call: ast.Call) -> str:
    function = call.func
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _key(call: ast.Call) -> str | None:
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _values(call: ast.Call) -> frozenset[str] | None:
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg) - NOT_VALUES
