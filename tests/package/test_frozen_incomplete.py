"""A frozen program whose files are gone in part: two lines that name the part, whatever it is, and no traceback."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from package.conftest import Built

pytestmark = pytest.mark.package


@pytest.fixture(scope="module")
def copied(bundle_copy: Callable[[], Built]) -> Built:
    """One copy for all: what a test takes away it puts back."""
    return bundle_copy()


def run(copied: Built, gone: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run without this file or folder of the runtime."""
    part, aside = copied.folder / "_internal" / gone, copied.folder / "aside"
    part.rename(aside)
    try:
        environ = {**os.environ, "LC_ALL": "C.UTF-8", "KUBECONFIG": "/nonexistent"}
        return subprocess.run(
            [copied.program(), *words], capture_output=True, text=True, check=False, env=environ, timeout=60
        )
    finally:
        aside.rename(part)


@pytest.mark.parametrize(
    ("gone", "words", "named"),
    [
        pytest.param("click", "version --client", "click", id="a library from the start"),
        pytest.param("typing.pyc", "drain n1", "typing", id="a module of Python"),
        pytest.param("kubectl_lab_plugins", "version --client", "kubectl_lab_plugins", id="all our commands"),
        pytest.param("yaml", "version --client -o yaml", "yaml", id="a library that is imported late"),
        pytest.param("kubectl_lab/render", "version --client", "kubectl_lab.render", id="our formats"),
        pytest.param("kubectl_lab/catalogue/en", "version --client", "words.json", id="all words"),
        pytest.param("kubectl_lab/catalogue/en/DRN010.md", "why DRN010", "DRN010.md", id="a page"),
        pytest.param("kubectl_lab_plugins/drain_run.pyc", "drain n1", "kubectl_lab_plugins", id="a command"),
    ],
)
def test_the_missing_part_is_named(copied: Built, gone: str, words: str, named: str) -> None:
    done = run(copied, gone, *words.split())
    first, second = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert first.startswith("error: a part of kubectl lab cannot be read: ")
    assert named in first
    assert "install it again" in second


def test_the_version_needs_none_of_it(copied: Built) -> None:
    for gone in ("click", "typing.pyc", "json", "kubectl_lab/render"):
        done = run(copied, gone, "--version")
        assert (done.returncode, done.stdout) == (0, f"{copied.version}\n")


def test_a_program_without_any_runtime_fails_and_says_which_file_it_lacks(copied: Built, tmp_path: Path) -> None:
    """Python itself is what would have said it in our words."""
    alone = tmp_path / "kubectl-lab"
    alone.write_bytes(copied.program().read_bytes())
    alone.chmod(0o755)
    done = subprocess.run([alone, "--version"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "libpython" in done.stderr or "Python" in done.stderr
    assert "Traceback" not in done.stderr
