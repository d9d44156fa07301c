"""Does a bundle run where it was built? Nothing is needed but the bundle: no cluster, no kubectl, no test tools.

It is what a release asks on every platform; all the tests run on Linux (tests/package).
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_lab.version import __version__
from release import commands
from release.contents import ROOT
from release.failure import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Callable

# a golden case in plain ASCII: what a console makes of other letters is the console's
CASE = ROOT / "tests" / "golden" / "explain-service" / "a-namespace-at-a-glance"
FORM = "wide"
SERVER_VERSION = {"major": "1", "minor": "36", "gitVersion": "v1.36.0", "platform": "linux/amd64"}
SECONDS = 60


def main(words: list[str]) -> int:
    """The command line of `python -m release smoke`."""
    parser = argparse.ArgumentParser(prog="python -m release smoke", description="Try the frozen programs.")
    parser.add_argument("--folder", type=Path, default=ROOT / "dist" / "lab", help="the bundle (dist/lab)")
    folder = parser.parse_args(words).folder.resolve()
    for check in CHECKS:
        print(f"{check.__name__.strip('_')}: {check(folder)}")
    return 0


def _version(folder: Path) -> str:
    return _same("--version", _run(folder, commands.MAIN, "--version").strip(), __version__)


def _help(folder: Path) -> str:
    """Of every command, in both languages."""
    for command in commands.names():
        for lang in ("en", "fr"):
            if command not in _run(folder, commands.MAIN, command, "--help", LC_ALL=f"{lang}_XX.UTF-8"):
                raise ReleaseError(f"{command} --help does not name it", "run it by hand")
    return " ".join(commands.names())


def _programs(folder: Path) -> str:
    """Each program is the command it is named after."""
    for command, program in commands.programs().items():
        asked = _run(folder, commands.MAIN, command, "--help")
        _same(program, _run(folder, program, "--help"), asked)
    return " ".join(commands.programs().values())


def _golden(folder: Path) -> str:
    """One answer from files, to the letter."""
    words = shlex.split((CASE / "command").read_text(encoding="utf-8"))[2:]
    words += ["-f", str(CASE / "cluster.yaml"), "--lang", "en", "-o", FORM]
    expected = (CASE / f"out.{FORM}").read_text(encoding="utf-8")
    _same(CASE.name, _run(folder, commands.MAIN, *words, COLUMNS="100", NO_COLOR="1"), expected)
    return CASE.name


def _request(folder: Path) -> str:
    """One GET, to a server of our own."""
    with http.server.HTTPServer(("127.0.0.1", 0), _Versions) as server, tempfile.TemporaryDirectory() as work:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        kubeconfig = Path(work) / "kubeconfig"
        kubeconfig.write_text(json.dumps(_kubeconfig(server.server_port)), encoding="utf-8")
        answer = json.loads(_run(folder, commands.MAIN, "version", "-o", "json", KUBECONFIG=str(kubeconfig)))
        server.shutdown()
    return _same("version", answer["server"]["version"], SERVER_VERSION["gitVersion"])


CHECKS: tuple[Callable[[Path], str], ...] = (_version, _help, _programs, _golden, _request)


class _Versions(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer as an API server answers /version, whatever the path."""
        body = json.dumps(SERVER_VERSION).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _kubeconfig(port: int) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "smoke", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "contexts": [{"name": "smoke", "context": {"cluster": "smoke", "user": ""}}],
        "current-context": "smoke",
    }


def _run(folder: Path, program: str, *words: str, **more: str) -> str:
    """What a program that has to succeed prints."""
    command = [str(folder / program) + (".exe" if sys.platform == "win32" else ""), *words]
    settings = {"LC_ALL": "C.UTF-8", **more}
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **settings},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseError(f"{command[0]} does not run: {error}", "build it again (scripts/build)") from error
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise ReleaseError(f"{shlex.join(command)}: exit {done.returncode}: {said}", "run it by hand")
    return done.stdout


def _same(what: str, found: str, wanted: str) -> str:
    if found != wanted:
        raise ReleaseError(f"{what} answers {found!r}, not {wanted!r}", "compare with the golden tests")
    return found
