"""Neither a home nor a current folder is needed by what speaks of no file there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROC = Path("/proc")  # nobody can write there, not even root
HOMES = {"none": None, "one that is not there": "/nonexistent", "one that cannot be written": str(PROC)}


def run(folder: Path, *words: str, home: str | None) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder that is deleted before it starts."""
    gone = folder / "gone"
    gone.mkdir()
    environ = {name: value for name, value in os.environ.items() if name not in ("HOME", "KUBECONFIG")}
    environ |= {"LC_ALL": "C.UTF-8", **({"HOME": home} if home else {})}
    script = f'cd "{gone}" && rmdir "{gone}" && exec "{sys.executable}" -m kubectl_lab_plugins "$@"'
    command = ["sh", "-c", script, "sh", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ)


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
@pytest.mark.parametrize("words", ["version --client", "why DRN010", "--help", "drain --help --lang fr"])
def test_no_place_is_needed(tmp_path: Path, words: str, home: str | None) -> None:
    done = run(tmp_path, *words.split(), home=home)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_files_are_read_wherever_they_are(tmp_path: Path, home: str | None) -> None:
    service = (
        "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}"
    )
    (tmp_path / "web.yaml").write_text(service)
    done = run(tmp_path, "explain-service", "-f", str(tmp_path / "web.yaml"), home=home)
    assert done.returncode == 0, done.stderr
    assert "web" in done.stdout


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
@pytest.mark.parametrize("words", ["version", "drain n1", "explain-service web"])
def test_without_a_kubeconfig_the_error_says_where_it_was_looked_for(
    tmp_path: Path, words: str, home: str | None
) -> None:
    done = run(tmp_path, *words.split(), home=home)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: there is no kubeconfig: {home + '/' if home else ''}.kube/config")
    assert len(done.stderr.splitlines()) == 2


def test_a_file_of_the_current_folder_is_not_found_where_that_folder_is_gone(tmp_path: Path) -> None:
    done = run(tmp_path, "explain-service", "-f", "web.yaml", home=None)
    assert done.returncode in (1, 2)
    assert "web.yaml" in done.stderr
    assert "Traceback" not in done.stderr
