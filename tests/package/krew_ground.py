"""A krew of the test's own: its root, its home, an index and a server of archives, all in one folder.

The programs are the sandbox's, PATH holds nothing of ours but what krew links. Of what is the developer's only the
repository's own scripts read something: the PATH on which they look for a Python.
"""

from __future__ import annotations

import functools
import hashlib
import http.server
import os
import py_compile
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from release import archive, bundle, manifest
from sandbox import builds, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.sandboxes import Sandbox

INDEX = "lab"
VALIDATE = "validate-krew-manifest"
SYSTEM = (Path("/usr/bin"), Path("/bin"))
PYTHON = Path(sys.base_prefix) / "bin"  # the scripts of the repository look for one, wherever it is installed
AUTHOR = ["-c", "user.name=test", "-c", "user.email=test@localhost"]


@dataclass(frozen=True, slots=True)
class Krew:
    """`address` serves the folder `archives`; `index` is the git repository that krew has been given as `lab`."""

    folder: Path
    sandbox: Sandbox
    address: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """KREW_ROOT."""
        return self.folder / "krew"

    @property
    def link(self) -> Path:
        """What krew links and kubectl finds."""
        return self.root / "bin" / "kubectl-lab"

    @property
    def store(self) -> Path:
        """Where krew keeps the versions of the plugin."""
        return self.root / "store" / "lab"

    @property
    def archives(self) -> Path:
        """What the server serves."""
        return self.folder / "archives"

    @property
    def index(self) -> Path:
        """The git repository that krew clones."""
        return self.folder / "index"

    @property
    def manifest(self) -> Path:
        """The manifest in the index."""
        return self.index / "plugins" / "lab.yaml"

    def environment(self, **more: str) -> dict[str, str]:
        """krew's links first, then the sandbox's programs and the system's; none of the virtual environment."""
        folders = dict.fromkeys([self.root / "bin", self.folder / "bin", self.sandbox.bin, *SYSTEM, PYTHON])
        theirs = self.sandbox.environment()
        kept = {name: theirs[name] for name in ("KUBECONFIG", "KUBECACHEDIR", "KUBERC")}
        own = {"KREW_ROOT": str(self.root), "HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "tmp")}
        fixed = {"KREW_NO_UPGRADE_CHECK": "1", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
        return {**kept, **own, **fixed, "PATH": ":".join(map(str, folders)), **more}

    def kubectl(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """The real kubectl, with krew and what it has installed; `more` goes into the environment."""
        return run([str(self.sandbox.bin / "kubectl"), *words], self.environment(**more))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The same, not waited for; it does not outlive this krew."""
        command, pipe = [str(self.sandbox.bin / "kubectl"), *words], subprocess.PIPE
        made = subprocess.Popen(
            command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
        )
        self.started.append(made)
        return made

    def end(self) -> None:
        """No run that was started is left, however its test ended."""
        for each in self.started:
            with each:
                each.kill()

    def validate(self, *words: str) -> subprocess.CompletedProcess[str]:
        """krew's own judgement of the manifest in the index."""
        return run([str(self.folder / "bin" / VALIDATE), *words, "-manifest", str(self.manifest)], self.environment())

    def done(self, *words: str) -> str:
        """What a kubectl that has to succeed says, both streams."""
        answer = self.kubectl(*words)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout + answer.stderr

    def offer(self, version: str, *platforms: str) -> None:
        """Publish the archives that are there as `version`: rendered by scripts/render-krew, committed to the index."""
        words = ["--dist", str(self.archives), "--out", str(self.manifest), "--base-url", self.address]
        words += ["--platforms", ",".join(platforms or (here(),)), "--version", version]
        callers = {**os.environ, "PATH": f"{os.environ.get('PATH', os.defpath)}:{PYTHON}"}
        answer = run([str(manifest.ROOT / "scripts" / "render-krew"), *words], callers)
        assert answer.returncode == 0, answer.stderr
        self.commit(f"lab {version}")

    def offer_unchecked(self, version: str) -> None:
        """The same without the script, which refuses a bad archive: to see what krew says of it."""
        digest = hashlib.sha256((self.archives / bundle.archive_name()).read_bytes()).hexdigest()
        text = manifest.render(version, {here(): digest}, downloads=self.address)
        self.manifest.write_text(text, encoding="utf-8")
        self.commit(f"lab {version}")

    def commit(self, what: str) -> None:
        """The index as it stands becomes what krew will fetch."""
        for words in (["add", "."], [*AUTHOR, "commit", "-q", "-m", what]):
            answer = run(["git", "-C", str(self.index), *words], self.environment())
            assert answer.returncode == 0, answer.stdout + answer.stderr

    def spec(self) -> dict[str, Any]:
        """The manifest's spec."""
        found: dict[str, Any] = yaml.safe_load(self.manifest.read_text(encoding="utf-8"))["spec"]
        return found

    def install(self, version: str) -> str:
        """Publish, add the index, install, as a user does; what krew says."""
        self.offer(version)
        self.done("krew", "index", "add", INDEX, self.index.as_uri())
        return self.done("krew", "install", f"{INDEX}/lab")

    def files(self) -> set[str]:
        """Everything in krew's root and in the home but the index, which is git's."""
        everything = (path for top in (self.root, self.folder / "home") for path in top.rglob("*"))
        return {
            name for path in everything if not (name := str(path.relative_to(self.folder))).startswith("krew/index/")
        }


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def krew(folder: Path, sandbox: Sandbox) -> Iterator[Krew]:
    """As long as the block runs. Its index is `krew-index/` as it stands in this repository; nothing is installed."""
    if not shutil.which("git", path="/usr/bin:/bin"):
        pytest.skip("krew needs git for its indexes")
    for name in ("archives", "bin", "home", "tmp"):
        (folder / name).mkdir()
    programs = builds.find((parts.part_of("krew"),))[0].folder
    for name, link in (("krew", "kubectl-krew"), (VALIDATE, VALIDATE)):
        (folder / "bin" / link).symlink_to(programs / name)
    shutil.copytree(manifest.ROOT / "krew-index", folder / "index")
    handler = functools.partial(_Quiet, directory=str(folder / "archives"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = Krew(folder, sandbox, f"http://127.0.0.1:{server.server_port}")
        try:
            run(["git", "init", "-q", "-b", "main", str(made.index)], made.environment())
            made.commit("the index")
            yield made
        finally:
            made.end()
            server.shutdown()


def here() -> str:
    """This machine's platform, as manifests name it: `linux-amd64`."""
    return next(platform for platform, name in manifest.platforms().items() if name == bundle.archive_name())


def newer(folder: Path, version: str, work: Path) -> Path:
    """The archive of the bundle in `folder` as it would be with another version number in its sources."""
    changed = shutil.copytree(folder, work / "lab")
    source = work / "version.py"
    source.write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    compiled = changed / "_internal" / "kubectl_lab" / "version.pyc"
    assert compiled.exists()
    py_compile.compile(str(source), str(compiled), "kubectl_lab/version.py", doraise=True)
    packed = work / bundle.archive_name()
    archive.pack(changed, packed, bundle.epoch())
    return packed
