"""The program as a process: its name, its streams, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kubectl_lab.version import __version__

MAIN = "import sys; from kubectl_lab_plugins.__main__ import run; sys.argv = {argv!r}; run()"


def started(argv: list[str], **settings: object) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "LC_ALL": "C.UTF-8", **settings.pop("env", {})}  # type: ignore[dict-item]
    script = MAIN.format(argv=argv)
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environ, **settings
    )


@pytest.mark.parametrize("program", ["kubectl-lab", "/bin/kubectl-lab-drain", "C:\\bin\\kubectl-lab.exe"])
def test_version_is_printed_alone(program: str) -> None:
    assert started([program, "--version"]).stdout == f"{__version__}\n"


def test_version_is_printed_before_anything_is_imported() -> None:
    script = MAIN.format(argv=["kubectl-lab", "--version"]) + "; print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ours = [name for name in done.stderr.split() if name.startswith(("kubectl_lab", "click"))]
    assert ours == ["kubectl_lab", "kubectl_lab.version", "kubectl_lab_plugins", "kubectl_lab_plugins.__main__"]


@pytest.mark.parametrize(
    ("program", "usage"),
    [
        ("/usr/bin/kubectl-lab", "Usage: kubectl lab [OPTIONS] [COMMAND]"),
        ("/usr/bin/kubectl-lab-why", "Usage: kubectl lab why "),
        ("C:\\bin\\kubectl-lab-why.exe", "Usage: kubectl lab why "),
        pytest.param(
            "/usr/bin/kubectl-lab-explain_service",
            "Usage: kubectl lab explain-service ",
            id="kubectl looks dashes up as underscores",
        ),
    ],
)
def test_the_name_of_the_program_names_the_command(program: str, usage: str) -> None:
    assert started([program, "--help"]).stdout.startswith(usage)


@pytest.mark.parametrize("program", ["kubectl-lab-nothing", "kubectl-lab-", "kubectl-lab-explain_nothing"])
def test_a_program_named_for_no_command_is_a_usage_error(program: str) -> None:
    done = started([program, "--help"])
    assert done.returncode == 2
    assert done.stderr.startswith("error: no such command")
    assert done.stderr.splitlines()[1:] == ["  see kubectl lab --help"]
    assert "_" not in done.stderr


def test_an_accent_does_not_end_the_program_on_an_ascii_terminal() -> None:
    done = started(
        ["kubectl-lab", "why", "DRN001", "--lang", "fr"], env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 0
    assert "n\\u0153uds" in done.stdout


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["seen when the buffer is flushed", "seen at the first write"])
def test_a_reader_who_leaves_ends_the_program_quietly(unbuffered: str) -> None:
    script = MAIN.format(argv=["kubectl-lab", "why"])
    reading, writing = os.pipe()
    os.close(reading)
    environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, env=environ)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", ["--help", "--help --lang en", "why", "version --client -o json"])
def test_a_full_disk_is_no_bug_of_ours(words: str) -> None:
    script = f'exec "{sys.executable}" -m kubectl_lab_plugins {words} > /dev/full'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: the answer could not be written whole: No space left on device",
        "  make room, or send the answer elsewhere",
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    ("where", "said"),
    [
        (">/dev/full", "error: the answer could not be written: No space left on device"),
        (">&-", "error: the answer could not be written: stdout is closed"),
    ],
)
def test_a_version_that_cannot_be_written_is_no_success(where: str, said: str) -> None:
    script = f'exec "{sys.executable}" -m kubectl_lab_plugins --version {where}'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, said)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["--help", "version --client", "drain n1", "explain-service web"])
def test_with_a_closed_stdout_nothing_is_begun(words: str) -> None:
    script = f'exec "{sys.executable}" -m kubectl_lab_plugins {words} >&-'
    environ = {**os.environ, "LC_ALL": "C.UTF-8", "KUBECONFIG": "/nowhere"}
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 1
    assert done.stderr.startswith("error: the answer could not be written whole: Bad file descriptor\n")


def test_ctrl_c_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    waiting = f"""
import pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
from kubectl_lab_plugins import version_result
from kubectl_lab_plugins.session import Session
Session.target = lambda self: None
version_result.sources = lambda target: (pathlib.Path({str(ready)!r}).touch(), time.sleep(60))
{MAIN.format(argv=["kubectl-lab", "version", "-v"])}
"""
    process = subprocess.Popen([sys.executable, "-c", waiting], stderr=subprocess.PIPE, text=True)
    while not ready.exists():
        assert process.poll() is None, "it ended before it was interrupted"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "")


def test_a_frozen_programs_own_variables_do_not_reach_its_children() -> None:
    script = (
        "import os, sys; sys.frozen = True; from kubectl_lab_plugins.__main__ import _restore_environment as restore;"
        "restore(); print(os.environ.get('LD_LIBRARY_PATH'), [n for n in os.environ if n.startswith(('_PYI_', '_MEI'))])"
    )
    given = {"LD_LIBRARY_PATH": "/ours", "_PYI_ARCHIVE": "x", "_MEIPASS2": "y"}
    for original, expected in [({"LD_LIBRARY_PATH_ORIG": "/theirs"}, "/theirs []\n"), ({}, "None []\n")]:
        environ = {**os.environ, **given, **original}
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environ)
        assert done.stdout == expected


def test_the_end_does_not_look_through_what_was_read() -> None:
    """Python searches all objects for cycles before it ends: seconds, after a list of ten thousand pods."""
    script = """
import atexit, gc, sys
atexit.register(lambda: print(gc.get_freeze_count() > 0, file=sys.stderr))
sys.argv = ["kubectl-lab", "version", "--client"]
from kubectl_lab_plugins.__main__ import run
run()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "True\n")
