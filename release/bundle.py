"""The frozen programs: one folder that holds them and the one runtime they share, its archive, the checksums.

The same sources, libraries and Python give the same bytes: hashes are seeded, times are those of the commit.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from release import archive, licences
from release.contents import ROOT
from release.failure import ReleaseError

SPEC = Path(__file__).with_name("lab.spec")
SUMS = "SHA256SUMS"
# as Go and krew name them
SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Bundle:
    """`folder` holds the programs; `archive` is what krew installs."""

    folder: Path
    archive: Path


def main(words: list[str]) -> int:
    """The command line of `scripts/build`."""
    parser = argparse.ArgumentParser(prog="scripts/build", description="Build the frozen programs and their archive.")
    parser.add_argument("--out", type=_folder, default=ROOT / "dist", help="where to (dist)")
    built = build(parser.parse_args(words).out.resolve())
    size = sum(path.stat().st_size for path in built.folder.rglob("*") if path.is_file())
    print(f"{built.folder}  {size / 1e6:.1f} MB")
    print(f"{built.archive}  {built.archive.stat().st_size / 1e6:.1f} MB")
    return 0


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty name")
    return Path(text)


def build(out: Path) -> Bundle:
    """Build into `out`; what was there stays until the new one is whole. Raises ReleaseError."""
    _check_tools()
    _check_target(out / archive.TOP)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=out) as work:
        made = Bundle(_freeze(Path(work)), Path(work) / archive_name())
        licences.gather(made.folder)
        archive.pack(made.folder, made.archive, epoch())
        archive.check(made.archive)
        kept = Bundle(out / archive.TOP, out / made.archive.name)
        shutil.rmtree(kept.folder, ignore_errors=True)
        made.folder.rename(kept.folder)
        made.archive.replace(kept.archive)
    write_sums(out)
    return kept


def archive_name(system: str = sys.platform, machine: str = "") -> str:
    """`lab-linux-amd64.tar.gz`; a zip on Windows. Raises ReleaseError on a machine that there is no release for."""
    found = SYSTEMS.get(system), MACHINES.get((machine or platform.machine()).lower())
    if None in found:
        raise ReleaseError(f"no release is made for {system} {machine}", f"those are: {', '.join(SYSTEMS.values())}")
    return f"{archive.TOP}-{found[0]}-{found[1]}.{'zip' if found[0] == 'windows' else 'tar.gz'}"


def _check_target(folder: Path) -> None:
    """What is replaced must be an older build: `--out ~` shall not take away somebody's folder `lab`."""
    is_ours = folder.is_dir() and not folder.is_symlink() and (folder / "_internal").is_dir()
    if (folder.exists() or folder.is_symlink()) and not is_ours:
        raise ReleaseError(f"{folder} is there and is no build of kubectl lab", "name another folder: --out FOLDER")


def _check_tools() -> None:
    if sys.platform == "linux" and not shutil.which("objcopy"):
        raise ReleaseError("objcopy is missing", "install binutils (Debian: apt-get install binutils)")
    if sys.platform == "linux" and not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        raise ReleaseError(
            f"{sys.executable} has no shared library to bundle",
            "use a Python that has (Debian: apt-get install libpython3-dev; pyenv: --enable-shared)",
        )


def _freeze(work: Path) -> Path:
    command = [sys.executable, "-m", "PyInstaller", str(SPEC), "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(work / "dist"), "--workpath", str(work / "work")]
    steady = {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(epoch()), "PYTHONNODEBUGRANGES": "1"}
    settings = {"PYTHONPATH": str(ROOT), "PYINSTALLER_CONFIG_DIR": str(work / "cache"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, env={**os.environ, **steady, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ReleaseError(f"PyInstaller failed:\n{done.stderr.strip()}", "mend that and build again")
    return work / "dist" / archive.TOP


def epoch() -> int:
    """POSIX seconds: SOURCE_DATE_EPOCH, else those of the commit, else (an archive of the sources) 1980."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        told = ""
    return int(told) if told.isdecimal() else archive.OLDEST_ZIP


def write_sums(out: Path) -> None:
    """The hash of every archive in `out`, as `sha256sum --check` reads them."""
    archives = sorted(path for path in out.glob(f"{archive.TOP}-*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in archives]
    (out / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
