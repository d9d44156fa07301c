"""The archive that krew installs: the same bytes for the same content, and nothing that krew would refuse or break.

krew's rules (its `internal/download`): a link of any kind ends an install from a tar and becomes a text file in a zip; no
absolute names, no `..`; a LICENSE must be among the files.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import time
import zipfile
import zlib
from typing import TYPE_CHECKING

from release.failure import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOP = "lab"
MOST_PACKED, MOST_UNPACKED = 16_000_000, 48_000_000  # bytes
PROGRAM, FILE = 0o755, 0o644
OLDEST_ZIP = 315_532_800  # 1980, in POSIX seconds: a zip knows no earlier time


def pack(folder: Path, archive: Path, epoch: int) -> None:
    """Everything in `folder` as `lab/…`, sorted, owned by nobody, all of the time `epoch`; links become what they lead to."""
    (_zip if archive.suffix == ".zip" else _tar)(folder, archive, epoch)


def _files(folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Name in the archive, file, mode: links are followed, nothing but the right to execute is kept."""
    for path in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).as_posix()):
        if path.is_file():
            mode = PROGRAM if path.stat().st_mode & stat.S_IXUSR else FILE
            yield f"{TOP}/{path.relative_to(folder).as_posix()}", path, mode


def _tar(folder: Path, archive: Path, epoch: int) -> None:
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, path, mode in _files(folder):
            member = tarfile.TarInfo(name)
            content = path.read_bytes()
            member.size, member.mode, member.mtime = len(content), mode, epoch
            tar.addfile(member, io.BytesIO(content))


def _zip(folder: Path, archive: Path, epoch: int) -> None:
    when = time.gmtime(max(epoch, OLDEST_ZIP))[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, path, mode in _files(folder):
            member = zipfile.ZipInfo(name, when)
            member.create_system = 3  # Unix, whatever machine packs: only so are the modes read
            member.external_attr = (stat.S_IFREG | mode) << 16
            packed.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def check(archive: Path) -> None:
    """Raises ReleaseError for what krew would refuse, and for an archive that is larger than promised."""
    try:
        found = list(_members(archive))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ReleaseError(f"{archive.name} is no whole archive: {error}", "build it again (scripts/build)") from error
    names = [name for name, _, _ in found]
    for name, is_file, _ in found:
        if not is_file:
            raise ReleaseError(f"{archive.name}: {name} is a link or no file", "krew installs plain files only")
        if not name.startswith(f"{TOP}/") or ".." in name.split("/"):
            raise ReleaseError(f"{archive.name}: {name} leads out of {TOP}/", "krew refuses such an archive")
    if f"{TOP}/LICENSE" not in names:
        raise ReleaseError(f"{archive.name} holds no {TOP}/LICENSE", "krew wants one among the files")
    packed, unpacked = archive.stat().st_size, sum(size for _, _, size in found)
    for what, size, most in (("packed", packed, MOST_PACKED), ("unpacked", unpacked, MOST_UNPACKED)):
        if size > most:
            words = f"{archive.name} is {size / 1e6:.1f} MB {what}, more than {most / 1e6:.0f}"
            raise ReleaseError(words, "see what came in (NOT_NEEDED in release/contents.py)")


def _members(archive: Path) -> Iterator[tuple[str, bool, int]]:
    """Name, whether it is a plain file, size."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as packed:
            for each in packed.infolist():
                yield each.filename, stat.S_ISREG(each.external_attr >> 16), each.file_size
    else:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                yield member.name, member.isreg(), member.size
