from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sandbox import processes
from sandbox.processes import Process

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def living(pid: int) -> Process:
    found = Process.of(pid)
    assert found is not None
    return found


def test_a_process_that_listens_to_term_is_gone_at_once() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        begin = time.monotonic()
        assert processes.stop([living(child.pid)], patience=10) == []
        assert time.monotonic() - begin < 8
    assert child.returncode == -15


def test_a_process_that_ignores_term_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "deaf\n"
        assert processes.stop([living(child.pid)], patience=0.3) == []
    assert child.returncode == -9


def test_a_pid_that_is_another_process_by_now_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        other = Process(child.pid, living(child.pid).started - 1)
        assert not other.alive
        assert processes.stop([other], patience=0.2) == []
        assert child.poll() is None
        child.kill()


def test_a_zombie_counts_as_gone() -> None:
    with subprocess.Popen(["true"]) as child:
        end = time.monotonic() + 5
        while Process.of(child.pid) and time.monotonic() < end:
            time.sleep(0.01)
        assert Path(f"/proc/{child.pid}").exists()
        assert Process.of(child.pid) is None
        assert processes.command_line(child.pid) == []


def test_a_name_with_brackets_and_spaces_does_not_confuse_the_start_time(tmp_path: Path) -> None:
    program = tmp_path / "a) b (c"
    shutil.copy(shutil.which("sleep") or "", program)
    with subprocess.Popen([program, "60"]) as child:
        time.sleep(0.05)
        assert living(child.pid).alive
        assert living(os.getpid()).started <= living(child.pid).started
        child.kill()


def test_processes_are_found_by_the_folder_of_their_program(tmp_path: Path) -> None:
    for name in ("ours", "ours-too"):
        (tmp_path / name).mkdir()
        shutil.copy(shutil.which("sleep") or "", tmp_path / name / "etcd")
    with (
        subprocess.Popen([tmp_path / "ours" / "etcd", "60"]) as ours,
        subprocess.Popen([tmp_path / "ours-too" / "etcd", "60"]) as other,
    ):
        time.sleep(0.1)
        assert [process.pid for process in processes.from_folder(tmp_path / "ours")] == [ours.pid]
        ours.kill()
        other.kill()


def test_a_process_just_started_is_not_taken_for_dead() -> None:
    """Between two programs a process has no command line for some microseconds."""
    for _ in range(50):
        with subprocess.Popen(["sleep", "60"]) as child:
            assert processes.settled_command_line(child.pid) != []
            child.kill()
        assert processes.settled_command_line(child.pid) == []
