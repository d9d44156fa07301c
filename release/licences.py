"""The licences of what is bundled: each library's own files, and Python's."""

from __future__ import annotations

import re
import shutil
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from release.failure import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

PRODUCT = "kubectl-lab"
DEBIAN = Path("/usr/share/doc/python3/copyright")
_TEXT = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def gather(bundle: Path) -> None:
    """Write our LICENSE into the bundle, and `licenses/<library>/…` of every library that has a file in it."""
    root = Path(__file__).parent.parent
    shutil.copyfile(root / "LICENSE", bundle / "LICENSE")
    for library in sorted(_bundled(bundle)):
        texts = [
            path for path in metadata.files(library) or () if ".dist-info/" in str(path) and _TEXT.search(str(path))
        ]
        if not texts:
            raise ReleaseError(f"{library} brings no licence", "look for its text before it is given to anybody")
        for text in texts:
            inner = str(text).partition(".dist-info/")[2].removeprefix("licenses/")
            _put(bundle / "licenses" / library / inner, Path(str(text.locate())))
    _put(bundle / "licenses" / "python" / "LICENSE.txt", _of_python())


def _bundled(bundle: Path) -> Iterator[str]:
    """The libraries that we depend on, and those that these depend on, as far as they are in the bundle."""
    internal = bundle / "_internal"
    for library in _wanted(PRODUCT, set()):
        tops = {path.parts[0] for path in metadata.files(library) or () if ".dist-info" not in str(path)}
        if any((internal / top).exists() for top in tops if top not in ("..", "__pycache__")):
            yield library


def _wanted(library: str, seen: set[str]) -> set[str]:
    for line in metadata.requires(library) or ():
        requirement, _, marker = line.partition(";")
        found = _NAME.match(requirement)
        name = _normalised(found[0]) if found else ""
        if name and "extra ==" not in marker and name not in seen and _is_installed(name):
            seen.add(name)
            _wanted(name, seen)
    return seen


def _normalised(name: str) -> str:
    """As PyPI compares names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_installed(library: str) -> bool:
    """What another platform or Python needs is named, and not there."""
    try:
        metadata.distribution(library)
    except metadata.PackageNotFoundError:
        return False
    return True


def _of_python() -> Path:
    """In the standard library's folder; on Windows beside Python itself; Debian keeps it with its documentation."""
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt", DEBIAN)
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise ReleaseError("Python brings no licence", f"look for its text: {', '.join(map(str, places))}")
    return found


def _put(target: Path, source: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
