"""A program that is half there: whatever is missing, one error says which part, and there is no traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = "import sys; from kubectl_lab_plugins.__main__ import run; sys.argv = ['kubectl-lab', *sys.argv[1:]]; run()"
CURES = {"en": "  was it upgraded or removed just now?", "fr": "  vient-il d'être mis à jour ou retiré ?"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the two packages."""
    folder = tmp_path_factory.mktemp("program")
    for package in (ROOT / "kubectl_lab", ROOT / "plugins" / "kubectl_lab_plugins"):
        shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(folder: Path, missing: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the copy without this file or folder of it."""
    gone, aside = folder / missing, folder / "aside"
    gone.rename(aside)
    try:
        environ = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
        environ |= {"KUBECONFIG": "/nonexistent"}
        command = [sys.executable, "-c", PROGRAM, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=folder)
    finally:
        aside.rename(gone)


def test_the_copy_is_what_runs(whole: Path) -> None:
    (whole / "nothing").touch()
    done = run(whole, "nothing", "version", "--client")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("missing", "words"),
    [
        pytest.param("kubectl_lab/catalogue/{lang}/words.json", "version --client", id="phrases"),
        pytest.param("kubectl_lab/catalogue/fr/cli.json", "--help --lang fr", id="help in French"),
        pytest.param("kubectl_lab_plugins/drain.py", "--help", id="a command, in the list of commands"),
        pytest.param("kubectl_lab_plugins/drain.py", "drain n1", id="a command"),
        pytest.param("kubectl_lab_plugins/drain_run.py", "drain n1", id="what a command does"),
        pytest.param("kubectl_lab/render/version.py", "version --client", id="a view"),
        pytest.param("kubectl_lab/render/data.py", "version --client -o json", id="a format"),
        pytest.param("kubectl_lab/cluster/config.py", "version", id="the connection"),
    ],
)
def test_the_missing_part_is_named_with_its_cure(whole: Path, missing: str, words: str, lang: str) -> None:
    spoken = "fr" if "fr" in words else lang
    given = words if "--lang" in words else f"{words} --lang {lang}"
    gone = missing.format(lang=lang)
    done = run(whole, gone, *given.split())
    first, second = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert first.startswith("error: " if spoken == "en" else "erreur : ")
    module = gone.removesuffix(".py").replace("/", ".")
    assert first.endswith(gone if gone.endswith(".json") else module) or module.rpartition(".")[0] in first
    assert second.startswith(CURES[spoken])


def test_the_cause_is_named_with_v(whole: Path) -> None:
    done = run(whole, "kubectl_lab/render/version.py", "version", "--client", "-v")
    assert "ModuleNotFoundError: No module named 'kubectl_lab.render.version'" in done.stderr


def test_tab_is_offered_nothing_by_half_a_program(whole: Path) -> None:
    done = run(whole, "kubectl_lab_plugins/completion_answer.py", "__complete", "")
    assert (done.returncode, done.stdout, done.stderr) == (0, ":4\n", "")


def test_a_page_that_is_missing_is_not_shown_as_an_empty_one(whole: Path) -> None:
    done = run(whole, "kubectl_lab/catalogue/en/DRN010.md", "why", "DRN010")
    assert (done.returncode, done.stdout) == (1, "")
    assert "DRN010.md" in done.stderr.splitlines()[0]


def test_an_error_whose_words_are_missing_still_says_its_key_and_which_file_is_gone(whole: Path) -> None:
    done = run(whole, "kubectl_lab/catalogue/en/errors.json", "drain")
    first, second = done.stderr.splitlines()
    assert done.returncode == 2
    assert first == "error: drain-no-node"
    assert second.endswith("errors.json")


@pytest.mark.parametrize("missing", ["kubectl_lab_plugins/main.py", "kubectl_lab/catalogue", "kubectl_lab/render"])
def test_what_the_program_cannot_begin_without_is_named_too(whole: Path, missing: str) -> None:
    done = run(whole, missing, "version", "--client")
    first, second = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert first.startswith("error: a part of kubectl lab cannot be read: kubectl_lab")
    assert second == "  install it again"
