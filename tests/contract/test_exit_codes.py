"""Exit codes as a caller sees them, of the program as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CLOSED = "http://127.0.0.1:1"  # a reserved port on which nothing listens


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    settings = {"HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], **environ}
    command = [sys.executable, "-m", "kubectl_lab_plugins", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=settings, timeout=60)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(["--help"], 0, id="help is an answer"),
        pytest.param(["--version"], 0, id="so is the version"),
        pytest.param(["version", "--client"], 0, id="the client knows itself without a cluster"),
        pytest.param(["why", "DRN010"], 0, id="a code has its page"),
        pytest.param(["why", "DRN999"], 2, id="a code that is not there is a wrong command line"),
        pytest.param(["nothing"], 2, id="so is a command that is not there"),
        pytest.param(["version", "--nothing"], 2, id="so is an unknown flag"),
        pytest.param(["version", "-o", "xml"], 2, id="so is an unknown format"),
        pytest.param(["version", "--client", "--query", "a["], 2, id="so is a query that is none"),
        pytest.param(["version", "--request-timeout", "soon"], 2, id="so is a time that is none"),
        pytest.param(["version", "--kubeconfig", "/nonexistent/config"], 2, id="so is a file that cannot be opened"),
        pytest.param(["version"], 1, id="without a kubeconfig there is no server to ask"),
        pytest.param(["version", "-s", CLOSED], 1, id="a server that is not there could not be asked"),
        pytest.param(["version", "-s", CLOSED, "--exit-code"], 1, id="1 wins over 3"),
        pytest.param(["explain-service", "web", "-s", CLOSED], 1, id="a Service of a server that is not there"),
        pytest.param(["explain-service", "pod/web"], 2, id="a type that has no traffic of its own"),
        pytest.param(["explain-service", "web", "-o", "jsonl"], 2, id="lines of changes without a watch"),
        pytest.param(["explain-service", "web", "--watch", "-o", "json"], 2, id="one document of many changes"),
        pytest.param(["explain-service", "-f", "/nonexistent.yaml"], 2, id="a file of objects that is not there"),
        pytest.param(["explain-service", "-f", "/dev/null", "--watch"], 2, id="a watch of files"),
        pytest.param(["explain-service", "-f", "/dev/null"], 1, id="files without an object"),
    ],
)
def test_exit_code(words: list[str], code: int) -> None:
    done = run(*words)
    assert done.returncode == code, done.stderr
    assert (done.stderr == "") == (code == 0)
    assert "Traceback" not in done.stderr


def test_a_file_of_rubbish_is_what_it_holds_not_a_wrong_command_line(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("a: [")
    done = run("version", KUBECONFIG=str(config))
    assert done.returncode == 1
    assert str(config) in done.stderr


def test_a_server_that_does_not_answer_takes_nothing_from_the_clients_part() -> None:
    done = run("version", "-s", CLOSED, "-o", "json", "--query", "server")
    assert done.stdout == "null\n"
    assert "127.0.0.1:1" in done.stderr
