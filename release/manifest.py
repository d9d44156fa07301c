"""The krew manifest, `lab.yaml.template` filled in: it names the archives that are there, each with the hash of its bytes.

krew ignores a field that it does not know and believes every hash until it downloads: nothing here is guessed or left out.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_lab.version import __version__
from release import archive
from release.failure import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parent.parent
TEMPLATE = Path(__file__).with_name("lab.yaml.template")
MANIFEST = ROOT / "krew-index" / "plugins" / "lab.yaml"
# where the releases are; every address is made from it
REPOSITORY = "https://github.com/kubectl-lab/kubectl-lab"

_START = "  platforms:\n"
_PLATFORM = re.compile(r"^(?=  - )", re.MULTILINE)
_ARCHIVE = re.compile(r"/lab-([a-z0-9]+-[a-z0-9]+)\.(?:tar\.gz|zip)\"")
# krew wants full semantic versions; build metadata would not order them
_PRERELEASE = r"(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(rf"(0|[1-9]\d*)(\.(0|[1-9]\d*)){{2}}(-{_PRERELEASE}(\.{_PRERELEASE})*)?")
_URL = re.compile(r"https?://[\w.\[][\w.~:\[\]-]*(/[\w.~:/%-]*)?")  # no user: it would be published


def main(words: list[str]) -> int:
    """The command line of `scripts/render-krew`."""
    given = _parser().parse_args(words)
    hashes = hashes_of(given.dist, given.platforms)
    downloads = given.base_url or f"{given.repository}/releases/download/v{given.version}"
    text = render(given.version, hashes, given.repository, downloads)
    if str(given.out) == "-":
        sys.stdout.write(text)
        return 0
    write(given.out, text)
    print(f"{given.out}  v{given.version}  {' '.join(hashes)}")
    return 0


def platforms() -> dict[str, str]:
    """Each platform of the template, in its order, and its archive: `linux-amd64` -> `lab-linux-amd64.tar.gz`."""
    return {found[1]: found[0][1:-1] for block in _blocks()[1:] for found in _ARCHIVE.finditer(block)}


def hashes_of(dist: Path, wanted: Iterable[str]) -> dict[str, str]:
    """Platform -> SHA-256 of its archive in `dist`, in the template's order. ReleaseError when an archive is missing."""
    archives = {platform: dist / name for platform, name in platforms().items() if platform in set(wanted)}
    missing = [path.name for path in archives.values() if not path.is_file()]
    if missing:
        raise ReleaseError(
            f"{dist} holds no {', no '.join(missing)}: the manifest would promise what is not there",
            "build them first (scripts/build), or name those that are there: --platforms linux-amd64",
        )
    for path in archives.values():
        archive.check(path)
    return {platform: hashlib.sha256(path.read_bytes()).hexdigest() for platform, path in archives.items()}


def render(version: str, hashes: Mapping[str, str], homepage: str = REPOSITORY, downloads: str = "") -> str:
    """The manifest of exactly the platforms in `hashes`; archives are fetched from `downloads` (none: GitHub's release)."""
    facts = {
        "version": version,
        "homepage": homepage,
        "downloads": downloads or f"{homepage}/releases/download/v{version}",
    }
    head, *blocks = _blocks()
    parts = [string.Template(head).substitute(facts)]
    for platform, block in zip(platforms(), blocks, strict=True):
        if platform in hashes:
            parts.append(string.Template(block).substitute(facts, sha256=hashes[platform]))
    return "".join(parts)


def write(path: Path, text: str) -> None:
    """Replace the file in one step: a reader finds the old one or the new one, and a failure leaves the old one."""
    if path.exists() and not path.is_file():
        raise ReleaseError(f"{path} is no file that could be replaced", "--out names another file, or - for stdout")
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8", newline="\n")
        new.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise ReleaseError(f"{path} cannot be written: {error.strerror}", "--out names another file") from error


def _blocks() -> list[str]:
    """The template's head, then one text for each platform."""
    head, start, rest = TEMPLATE.read_text(encoding="utf-8").partition(_START)
    return [head + start, *(block for block in _PLATFORM.split(rest) if block)]


def _parser() -> argparse.ArgumentParser:
    known = ",".join(platforms())
    parser = argparse.ArgumentParser(
        prog="scripts/render-krew", description="Write the krew manifest of the archives that scripts/build made."
    )
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="the folder of the archives (dist)")
    parser.add_argument(
        "--out", type=Path, default=MANIFEST, help="the manifest (krew-index/plugins/lab.yaml); - for stdout"
    )
    parser.add_argument(
        "--platforms",
        type=_platforms,
        default=list(platforms()),
        help=f"those that it names ({known}), all of them there",
    )
    parser.add_argument("--version", type=_version, default=__version__, help=f"without the v ({__version__})")
    parser.add_argument("--repository", type=_url, default=REPOSITORY, help=f"where the releases are ({REPOSITORY})")
    parser.add_argument("--base-url", type=_url, help="the archives' own address, for a server of one's own")
    return parser


def _platforms(text: str) -> list[str]:
    named = text.split(",")
    unknown = sorted(set(named) - set(platforms()))
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(map(repr, unknown))}: those are {', '.join(platforms())}")
    return named


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no full semantic version such as 1.2.3")
    return text


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no http or https address")
    return text.rstrip("/")
