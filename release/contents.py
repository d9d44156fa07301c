"""What goes into the bundle: our modules and their data, and nothing of a library that we do not use."""

from __future__ import annotations

import sys
from pathlib import Path

from release import commands

ROOT = Path(__file__).parent.parent
# package -> its folder's parent
PACKAGES = {"kubectl_lab": ROOT, "kubectl_lab_plugins": ROOT / "plugins"}
SOURCES = tuple(PACKAGES.values())
ENTRY = ROOT / "plugins" / "kubectl_lab_plugins" / "__main__.py"
PROGRAMS = (commands.MAIN, *commands.programs().values())
STRIP = sys.platform != "win32"

# entered only when a request is made, past PyInstaller's eyes (kubectl_lab.cluster.transport)
_CLIENT = (
    "kubernetes.client.rest",
    "kubernetes.client.configuration",
    "kubernetes.client.exceptions",
    "kubernetes.utils.retry",
    "kubernetes.utils.keepalive",
)
_LATE = ("encodings.idna", "unicodedata", "urllib3", "jmespath", "yaml", "rich")
_CLIENT_NOT_NEEDED = (
    "aio",
    "client.models",
    "client.api",
    "config",
    "dynamic",
    "watch",
    "stream",
    "informer",
    "leaderelection",
    "utils.create_from_yaml",
    "utils.metrics",
    "utils.quantity",
    "utils.duration",
)
_STANDARD_NOT_NEEDED = (
    "_pydecimal asyncio curses distutils doctest ensurepip ftplib lib2to3 pdb pydoc sqlite3 tarfile test tkinter unittest"
    " xml xmlrpc"
)
_LIBRARIES_NOT_NEEDED = (
    "attr certifi charset_normalizer dateutil durationpy markdown_it oauthlib pkg_resources pydantic pydantic_core pygments"
    " requests requests_oauthlib setuptools websocket"
)
NOT_NEEDED = [
    *_STANDARD_NOT_NEEDED.split(),
    *_LIBRARIES_NOT_NEEDED.split(),
    *(f"kubernetes.{name}" for name in _CLIENT_NOT_NEEDED),
]


def modules() -> list[str]:
    """Every module of ours, since most are imported late and by name, and the late ones of the libraries."""
    ours = sorted(
        ".".join(path.relative_to(parent).with_suffix("").parts).removesuffix(".__init__")
        for package, parent in PACKAGES.items()
        for path in (parent / package).rglob("*.py")
        if path.name != "__main__.py"
    )
    return [*ours, *_CLIENT, *_LATE]


def data() -> list[tuple[str, str]]:
    """(file, folder in the bundle) of everything in our packages that is no module."""
    return sorted(
        (str(path), path.relative_to(parent).parent.as_posix())
        for package, parent in PACKAGES.items()
        for path in (parent / package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".typed", ".po", ".toml")
    )
