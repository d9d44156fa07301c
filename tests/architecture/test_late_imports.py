"""Imports inside functions: each is made in time, or its want is said.

`krew upgrade` deletes the version that runs. What a run still looks for after its first request is watched on a real server
(`tests/live/test_running_on.py`); here stands when each library that is imported late is imported at the latest.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("kubectl_lab", "plugins/kubectl_lab_plugins")
OURS = ("kubectl_lab", "kubectl_lab_plugins")
# library -> by what it is imported at the latest, where a server is asked
LATE = {
    "cryptography": "certificates.preload, in a run that stays; a short one says its want",
    "difflib": "discovery.find, before it asks",
    "encodings": "transport.preload",
    "gzip": "transport.preload",
    "importlib": "transport.preload, in _library",
    "jmespath": "render.prepare, where there is a --query",
    "json": "words.load, in render.prepare",
    "kubernetes": "transport.preload, in _library",
    "os": "the start",
    "platform": "transport.preload",
    "rich": "render.prepare_all, for what may show a table",
    "sys": "the start",
    "traceback": "transport.preload: logging, which urllib3 imports, has it",
    "urllib3": "transport.preload, in _library",
    "warnings": "the start",
    "yaml": "the kubeconfig, or render.prepare for -o yaml",
}
PREPARED = """
import sys
from kubectl_lab import render
from kubectl_lab.cluster import transport
from kubectl_lab.domain.rules import certificates
render.prepare("yaml", "@", "Drain")
render.prepare_all("fr")
transport.preload()
certificates.preload()
print(*sys.modules)
"""


def late() -> dict[str, set[str]]:
    """Library -> the functions that import it, in both packages."""
    found: dict[str, set[str]] = {}
    for path in (each for source in SOURCES for each in sorted((ROOT / source).rglob("*.py"))):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for name in (name for node in ast.walk(function) for name in imported(node)):
                    found.setdefault(name.partition(".")[0], set()).add(f"{path.relative_to(ROOT)}:{function.name}")
    return {name: places for name, places in found.items() if name not in OURS}


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_every_library_that_is_imported_late_has_a_time_by_which_it_is_there() -> None:
    found = late()
    unknown = {name: places for name, places in found.items() if name not in LATE}
    assert not unknown, "import it before the first request (Session.live, Session.prepare), and say so in LATE"
    assert set(LATE) == set(found)


def test_a_run_that_prepares_itself_has_them_all() -> None:
    done = subprocess.run([sys.executable, "-c", PREPARED], capture_output=True, text=True, check=True)
    assert set(LATE) - {name.partition(".")[0] for name in done.stdout.split()} == {"difflib"}


@pytest.mark.parametrize("format", ["json", "yaml", "text"])
def test_a_short_read_prepares_no_more_than_its_format(format: str) -> None:
    script = (
        f"import sys; from kubectl_lab import render; render.prepare({format!r}, '', 'Version'); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"rich", "yaml", "jmespath", "cryptography"} & {name.partition(".")[0] for name in done.stdout.split()}
    assert heavy == ({"yaml"} if format == "yaml" else set())
