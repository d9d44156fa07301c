from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from sandbox import builds, golang, parts
from sandbox.failure import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Machine

    Eventually = Callable[[Callable[[], bool], str], None]

EVERYTHING = [binary.name for part in parts.PARTS for binary in part.binaries]


def folders(machine: Machine) -> list[str]:
    """What a build left in the cache, locks aside."""
    return sorted(path.name for path in machine.cache.iterdir() if path.is_dir())


def test_everything_is_built_once_with_a_line_each(machine: Machine) -> None:
    machine.go()
    answer = machine.run("build")
    assert answer.returncode == 0, answer.stderr
    assert machine.built() == EVERYTHING
    assert [name for name in EVERYTHING if f"  {name} " not in answer.stderr] == []
    assert answer.stdout == ""
    assert [name.rpartition("-")[0] for name in folders(machine)] == ["etcd", "gateway", "krew", "kubernetes", "kwok"]


def test_the_second_build_says_and_does_nothing(machine: Machine) -> None:
    machine.go()
    machine.run("build")
    begin = time.monotonic()
    answer = machine.run("build")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert machine.built() == EVERYTHING
    assert time.monotonic() - begin < 5


def test_a_program_alone_is_built_with_its_part_only(machine: Machine) -> None:
    machine.go()
    assert machine.run("build", "kwokctl").returncode == 0
    assert machine.built() == ["kwok", "kwokctl"]


def test_the_files_of_a_module_are_copied_not_compiled(machine: Machine) -> None:
    machine.go()
    assert machine.run("build", "gateway").returncode == 0
    assert machine.built() == []
    assert [path.name for path in machine.cache.glob("gateway-*/bin/*")] == ["routes.yaml"]


def test_a_module_that_cannot_be_fetched_is_told_in_its_words_and_leaves_nothing(machine: Machine) -> None:
    machine.go(modules=False)
    answer = machine.run("build", "gateway")
    assert answer.returncode == 1
    assert "error: sigs.k8s.io/gateway-api could not be fetched: dial tcp: no route" in answer.stderr
    assert folders(machine) == []


def test_ready_made_programs_leave_the_files_to_the_cache(machine: Machine) -> None:
    machine.go()
    folder = ready_made(machine)
    assert machine.run("build", LAB_SANDBOX_BIN=str(folder)).returncode == 0
    assert [name.rpartition("-")[0] for name in folders(machine)] == ["gateway"]


def test_another_go_builds_again(machine: Machine) -> None:
    machine.go("1.26.5")
    machine.run("build", "etcd")
    machine.go("1.26.6")
    machine.run("build", "etcd")
    assert machine.built() == ["etcd", "etcd"]


def test_without_any_go_what_was_built_before_is_found(machine: Machine) -> None:
    machine.go()
    machine.run("build", "etcd")
    (machine.bin / "go").unlink()
    answer = machine.run("path", "etcd")
    assert answer.returncode == 0, answer.stderr
    assert Path(answer.stdout.strip()).is_relative_to(machine.cache)


def test_a_build_that_fails_tells_the_compilers_words_and_leaves_nothing(machine: Machine) -> None:
    machine.go(broken=("kwokctl",))
    answer = machine.run("build", "kwok")
    assert answer.returncode == 1
    assert "error: kwokctl could not be built:\nundefined: x" in answer.stderr
    assert folders(machine) == []


def test_a_program_that_tells_another_version_is_not_kept(machine: Machine) -> None:
    machine.go(liars=("kube-scheduler",))
    answer = machine.run("build", "kubernetes")
    assert answer.returncode == 1
    assert "kube-scheduler says 9.9.9" in answer.stderr
    assert folders(machine) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_interrupted_build_leaves_neither_folder_nor_compiler(
    machine: Machine, eventually: Eventually, number: int, code: int
) -> None:
    machine.go(seconds=60)
    with machine.start("build", "etcd") as build:
        eventually(lambda: machine.compilers() != [], "go was not started")
        build.send_signal(number)
        build.communicate()
    assert build.returncode == code
    assert folders(machine) == []
    compiler = machine.compilers()[0]
    eventually(lambda: not alive(compiler), "the compiler still runs")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_a_killed_build_left_is_not_taken_for_built_and_goes_with_the_next(
    machine: Machine, eventually: Eventually
) -> None:
    machine.go(seconds=60)
    with machine.start("build", "etcd") as build:
        eventually(lambda: machine.compilers() != [], "go was not started")
        build.kill()
        build.communicate()
    os.killpg(machine.compilers()[0], signal.SIGKILL)
    assert machine.run("path", "etcd").returncode == 1
    machine.go()
    assert machine.run("build", "etcd").returncode == 0
    assert len(folders(machine)) == 1
    assert not folders(machine)[0].startswith(".")


def test_a_second_build_waits_and_says_so(machine: Machine, eventually: Eventually) -> None:
    machine.go()
    machine.cache.mkdir(parents=True)
    handle = os.open(machine.cache / "build.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with machine.start("build", "etcd") as build:
        assert build.stderr is not None
        assert build.stderr.readline().startswith("sandbox: another build is running, waiting for it")
        assert machine.built() == []
        os.close(handle)
        build.communicate()
    assert build.returncode == 0
    assert machine.built() == ["etcd"]


def test_no_go_names_both_cures(machine: Machine) -> None:
    answer = machine.run("build")
    assert answer.returncode == 1
    assert "error: no Go on PATH: 1.26.0 or newer is needed" in answer.stderr
    assert "install Go, or let pip fetch it into the cache: LAB_SANDBOX_GO=pip" in answer.stderr


def test_a_go_that_is_too_old_is_not_used(machine: Machine) -> None:
    machine.go("1.25.9")
    answer = machine.run("build")
    assert answer.returncode == 1
    assert "the Go on PATH is too old" in answer.stderr
    assert machine.built() == []


def test_a_go_that_cannot_be_installed_leaves_no_half_environment(machine: Machine) -> None:
    answer = machine.run("build", LAB_SANDBOX_GO="pip", PIP_INDEX_URL="file:///nowhere", PIP_CONFIG_FILE="/dev/null")
    assert answer.returncode == 1
    assert "error: Go could not be installed from PyPI:" in answer.stderr
    assert folders(machine) == []


def test_too_little_disk_stops_before_the_compiler(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.go()
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)
    go = golang.at_hand(parts.PARTS)
    assert go is not None
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=2e9))
    with pytest.raises(SandboxError, match=r"2\.0 GB free at .*, 7\.0 GB needed"):
        builds.check_disk(parts.PARTS, go)
    builds.check_disk((), go)


def ready_made(machine: Machine, version: str = "1.36.3") -> Path:
    folder = machine.folder / "ready"
    told = {"etcd": "3.6.16", "kwok": "0.8.0", "kwokctl": "0.8.0", "krew": "GitTag v0.4.4"}
    for name in EVERYTHING:
        machine.program(name, f"#!/bin/sh\necho {told.get(name, version)}\n", folder)
    return folder


def test_ready_made_programs_need_no_go_and_no_cache(machine: Machine) -> None:
    folder = ready_made(machine)
    answer = machine.run("path", "kubectl", LAB_SANDBOX_BIN=str(folder))
    assert (answer.returncode, answer.stdout.strip(), answer.stderr) == (0, str(folder / "kubectl"), "")
    assert not machine.cache.exists()


def test_a_ready_made_program_that_is_missing_is_named(machine: Machine) -> None:
    folder = ready_made(machine)
    (folder / "kube-scheduler").unlink()
    answer = machine.run("build", LAB_SANDBOX_BIN=str(folder))
    assert answer.returncode == 1
    assert f"error: LAB_SANDBOX_BIN={folder} has no program 'kube-scheduler'" in answer.stderr


def test_a_ready_made_program_of_another_version_is_a_warning(machine: Machine) -> None:
    folder = ready_made(machine, version="1.35.0")
    answer = machine.run("build", "kubernetes", LAB_SANDBOX_BIN=str(folder))
    assert answer.returncode == 0
    assert f"warning: {folder}/kubectl is 1.35.0, not 1.36.3" in answer.stderr
    assert "etcd" not in answer.stderr


def test_versions_names_every_program_with_its_version(machine: Machine) -> None:
    answer = machine.run("versions", LAB_SANDBOX_BIN=str(ready_made(machine)))
    told = {line.split()[0]: line.split()[1] for line in answer.stdout.splitlines()}
    assert list(told) == EVERYTHING
    assert told["kubectl"] == "1.36.3"
    assert told["krew"] == "0.4.4"


def test_env_is_for_the_shell(machine: Machine) -> None:
    folder = ready_made(machine)
    assert machine.run("env", LAB_SANDBOX_BIN=str(folder)).stdout == f'export PATH={folder}:"$PATH"\n'


def test_clean_old_keeps_what_the_sources_use(machine: Machine) -> None:
    machine.go("1.26.5")
    machine.run("build", "etcd")
    machine.go("1.26.6")
    machine.run("build", "etcd")
    newest = max(machine.cache.glob("etcd-*"), key=lambda path: path.stat().st_mtime_ns)
    assert machine.run("clean", "--old").returncode == 0
    assert folders(machine) == [newest.name]
    assert machine.run("clean").returncode == 0
    assert folders(machine) == []


def test_clean_of_no_cache_is_harmless(machine: Machine) -> None:
    answer = machine.run("clean")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_manifest_says_what_was_built(machine: Machine) -> None:
    machine.go()
    machine.run("build", "krew")
    manifest = json.loads(next(machine.cache.glob("krew-*/manifest.json")).read_text())
    assert manifest == {"source": parts.part_of("krew").source(), "go": "go1.26.5 linux/amd64", "version": "0.4.4"}


def test_a_long_compile_says_where_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(builds, "LINE_SECONDS", 0.05)
    part = parts.part_of("etcd")
    with builds.telling(part.name, part.binaries[0], time.monotonic() - 41):
        time.sleep(0.12)
    assert "  etcd: etcd, 41 s so far, 25 s expected on two idle cores\n" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "code"), [(["build"], 1), (["up", "x"], 1), (["list"], 0)], ids=str)
def test_folders_that_cannot_be_made_are_one_line(machine: Machine, command: list[str], code: int) -> None:
    machine.go()
    (machine.folder / "file").write_text("")
    blocked = str(machine.folder / "file")
    answer = machine.run(*command, XDG_CACHE_HOME=blocked, XDG_STATE_HOME=blocked)
    assert answer.returncode == code
    assert [line.split(" ")[0] for line in answer.stderr.splitlines()] == (["error:"] if code else [])


def test_asking_for_versions_leaves_nothing_in_the_home(machine: Machine) -> None:
    folder = ready_made(machine)
    machine.program("krew", '#!/bin/sh\necho GitTag v0.4.4\necho x >"$KREW_ROOT/file"\n', folder)
    before = sorted(path.name for path in machine.folder.iterdir())
    assert machine.run("build", "krew", LAB_SANDBOX_BIN=str(folder)).stderr == ""
    assert sorted(path.name for path in machine.folder.iterdir()) == before
