"""Each program is asked for its version, all at once, since eight programs one after another take half a second."""

from __future__ import annotations

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sandbox.failure import SandboxError
from sandbox.parts import Binary, Part, version_in

if TYPE_CHECKING:
    from pathlib import Path


def tell(binary: Binary, folder: Path) -> str:
    """The version `binary` says it has (`?`: it says none, which for a program without a pattern is right)."""
    try:
        # krew makes its folders on the way: not in the developer's home
        with tempfile.TemporaryDirectory() as krew:
            answer = subprocess.run(
                [folder / binary.name, *binary.ask],
                check=False,
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                env={**os.environ, "KREW_ROOT": krew},
                timeout=60,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"{folder / binary.name} does not run: {error}") from error
    return version_in(binary, answer.stdout + answer.stderr) if binary.pattern else ""


def check(part: Part, folder: Path) -> list[tuple[Binary, str]]:
    """The programs of `part` in `folder` whose version is not the part's, with the version they tell."""
    with ThreadPoolExecutor(4) as pool:
        versions = pool.map(lambda binary: tell(binary, folder), part.binaries)
    return [
        (binary, version)
        for binary, version in zip(part.binaries, versions, strict=True)
        if version not in {"", part.version}
    ]
