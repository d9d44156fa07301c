"""The product as it is given away: the frozen bundle, and the wheel in an environment of its own."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.version import __version__
from release import bundle as building

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
GIVEN = "LAB_DIST"  # a folder that scripts/build, or a release, has filled


@dataclass(frozen=True, slots=True)
class Built:
    """`folder` holds the programs, `archive` is what krew installs, `sums` names its hash."""

    folder: Path
    archive: Path
    sums: Path
    version: str = __version__

    def program(self, name: str = "kubectl-lab") -> Path:
        """One of the programs."""
        return self.folder / name


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The bundle of these sources, built once a session (20 seconds); with LAB_DIST=dist the one that is there."""
    if given := os.environ.get(GIVEN):
        there = Path(given).resolve()
        return Built(there / "lab", there / building.archive_name(), there / building.SUMS)
    out = tmp_path_factory.mktemp("dist")
    made = building.build(out)
    return Built(made.folder, made.archive, out / building.SUMS)


@pytest.fixture(scope="session")
def bundle_copy(bundle: Built, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Built]:
    """Copies of the bundle that a test may break."""

    def copy() -> Built:
        out = tmp_path_factory.mktemp("copy")
        folder = shutil.copytree(bundle.folder, out / "lab")
        return Built(folder, bundle.archive, bundle.sums)

    return copy


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of these sources."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of the wheel, installed by pip into a fresh environment; its libraries are those of this one.

    Nothing is fetched: the libraries stand behind the environment's own folder, so that the product comes from the wheel.
    """
    folder = tmp_path_factory.mktemp("wheel-environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*install, str(wheel)], check=True, timeout=120, env={**os.environ, "PIP_CONFIG_FILE": os.devnull})
    behind = next((folder / "lib").glob("python*")) / "site-packages" / "libraries.pth"
    behind.write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    return folder / "bin"
