"""TAB must not wait: what a static answer imports, to the module."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import sys
before = set(sys.modules)
from kubectl_lab_plugins.__main__ import run
sys.argv = {argv!r}
run()
print("\\nmodules", *sorted(set(sys.modules) - before))
"""
OURS = {
    "kubectl_lab",
    "kubectl_lab_plugins",
    "kubectl_lab_plugins.__main__",
    "kubectl_lab_plugins.completion_answer",
    "kubectl_lab_plugins.completion_table",
    "kubectl_lab_plugins.completion_values",
    "kubectl_lab_plugins.completion_words",
}
# what Python brings without a file to read
BUILT_IN = {"__future__", "gc"}
CONFIG = "kind: Config\napiVersion: v1\ncontexts: [{name: here, context: {cluster: c}}]\n"


def imported(*words: str, **environ: str) -> set[str]:
    """The modules that an answer adds to those of a bare Python (without the site's own)."""
    argv = ["kubectl-lab", "__complete", *words]
    command = [sys.executable, "-c", SCRIPT.format(argv=argv)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": "/bin", **environ})
    return set(done.stdout.rpartition("\nmodules ")[2].split())


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([""], id="the commands"),
        pytest.param(["drain", "--"], id="flags"),
        pytest.param(["drain", "--lang=fr", "--"], id="flags in French"),
        pytest.param(["explain-service", "-o", ""], id="a fixed list"),
        pytest.param(["why", "DRN"], id="codes"),
        pytest.param(["explain-service", "-f", ""], id="files"),
        pytest.param(["drain", "-l", "a=b", ""], id="where no name can stand"),
        pytest.param(["nothing", ""], id="no command"),
    ],
)
def test_a_static_answer_imports_its_own_four_modules_and_nothing_else(words: list[str]) -> None:
    assert imported(*words) - BUILT_IN == OURS


def test_contexts_need_yaml_and_no_client(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(CONFIG, encoding="utf-8")
    found = imported("drain", "--context", "", KUBECONFIG=str(tmp_path / "config"))
    packages = {name.partition(".")[0] for name in found}
    assert "yaml" in packages
    assert not packages & {"click", "rich", "kubernetes", "urllib3", "jmespath", "cryptography"}


def test_names_need_the_client_and_neither_click_nor_rich() -> None:
    packages = {name.partition(".")[0] for name in imported("drain", "-s", "http://127.0.0.1:1", "")}
    assert "urllib3" in packages
    assert not packages & {"click", "rich", "jmespath", "cryptography"}
