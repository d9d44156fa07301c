"""What a release asks of a bundle on every platform: a whole one passes, a broken one does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from release import commands
from release.contents import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from package.conftest import Built

pytestmark = pytest.mark.package


def smoke(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "release", "smoke", "--folder", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_whole_bundle_passes_every_check(bundle: Built) -> None:
    done = smoke(bundle.folder)
    assert done.returncode == 0, done.stderr
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert list(told) == ["version", "help", "programs", "golden", "request"]
    assert told["version"] == bundle.version
    assert told["help"].split() == list(commands.names())


@pytest.mark.parametrize(
    "lost",
    [
        "_internal/kubectl_lab/version.pyc",
        "_internal/kubectl_lab/catalogue/fr/cli.json",
        "_internal/kubectl_lab/render/service.pyc",
        "_internal/kubernetes/client/rest.pyc",
        "kubectl-lab-drain",
    ],
)
def test_a_bundle_without_one_of_its_files_fails(bundle_copy: Callable[[], Built], lost: str) -> None:
    broken = bundle_copy().folder
    (broken / lost).unlink()
    done = smoke(broken)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")


def test_an_empty_folder_fails(tmp_path: Path) -> None:
    shutil.copy(sys.executable, tmp_path / "something")
    done = smoke(tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 2)
