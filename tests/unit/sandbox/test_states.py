from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import clusters, owners, places, ports, states
from sandbox.failure import PortClashError, SandboxError
from sandbox.states import State

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def left_over(name: str, pid: int) -> State:
    """What a cluster leaves whose programs are gone: folder, owner, a recorded pid."""
    state = State(name)
    clusters.claim(state, pid)
    (state.kwok / "pids").mkdir(parents=True)
    return state


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a/b", "..", "a b", "a" * 51, "a\n", "é"])
def test_a_name_that_cannot_be_a_folder_and_a_context_is_refused(name: str) -> None:
    with pytest.raises(SandboxError, match="is no name for a cluster"):
        states.named(name)


@given(st.from_regex(r"[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?", fullmatch=True))
def test_a_valid_name_stays_in_the_folder_of_states(name: str) -> None:
    assert states.named(name).folder.parent == places.states()


def test_a_cluster_that_is_not_there_is_answered_with_those_that_are(home: Path) -> None:
    left_over("one", os.getpid())
    with pytest.raises(SandboxError, match=r"no cluster 'two'\n  there are: one"):
        states.existing("two")


def test_a_name_is_had_by_one_only(home: Path) -> None:
    clusters.claim(State("one"), os.getpid())
    with pytest.raises(SandboxError, match="there is a cluster 'one' already"):
        clusters.claim(State("one"), os.getpid())


def test_the_owner_is_dead_when_the_process_is_or_its_pid_is_anothers(home: Path) -> None:
    with subprocess.Popen(["true"]) as child:
        child.wait()
    for name, pid, alive in (("mine", os.getpid(), True), ("gone", child.pid, False)):
        owner = left_over(name, pid).owner
        assert owner is not None
        assert owner.alive is alive
    file = State("mine").folder / owners.FILE
    record = json.loads(file.read_text())
    record["process"]["started"] -= 1
    file.write_text(json.dumps(record))
    again = State("mine").owner
    assert again is not None
    assert not again.alive


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"process": 1}', '{"process": {"pid": "x", "started": 1}}'])
def test_a_broken_owner_file_is_nobodys(home: Path, text: str) -> None:
    state = left_over("one", os.getpid())
    (state.folder / owners.FILE).write_text(text)
    assert state.owner is None


def test_down_stops_the_recorded_and_the_unrecorded_and_nobody_else(home: Path) -> None:
    state = left_over("one", os.getpid())
    program = state.kwok / "bin" / "etcd"
    program.parent.mkdir()
    shutil.copy(shutil.which("sleep") or "", program)
    with subprocess.Popen([program, "60"]) as ours, subprocess.Popen(["sleep", "60"]) as stranger:
        # a pid file of before a restart of the machine: the pid is another program's today
        (state.kwok / "pids" / "kube-apiserver.pid").write_text(str(stranger.pid))
        time.sleep(0.1)
        assert clusters.down(state)
        assert ours.wait(5) == -15
        assert stranger.poll() is None
        stranger.kill()
    assert not state.folder.exists()
    assert not clusters.down(state)


def test_a_component_is_dead_when_its_pid_is_nobodys_or_anothers(home: Path) -> None:
    state = left_over("one", os.getpid())
    assert state.dead() == []
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (state.kwok / "pids" / "etcd.pid").write_text(str(stranger.pid))
        assert state.dead() == ["etcd"]
        stranger.kill()


def test_the_last_words_are_the_last_twenty_lines(home: Path) -> None:
    state = left_over("one", os.getpid())
    (state.kwok / "logs").mkdir()
    (state.kwok / "logs" / "etcd.log").write_text("".join(f"line {number}\n" for number in range(100)))
    assert state.last_words("etcd").splitlines() == [f"line {number}" for number in range(80, 100)]
    assert state.last_words("kube-apiserver") == ""


def test_a_component_that_died_of_a_taken_port_is_a_clash_and_another_death_is_not(home: Path) -> None:
    state = left_over("one", os.getpid())
    (state.kwok / "logs").mkdir()
    (state.kwok / "pids" / "etcd.pid").write_text("4194305")
    log = state.kwok / "logs" / "etcd.log"
    log.write_text("listen tcp 127.0.0.1:2379: bind: address already in use\n")
    with pytest.raises(PortClashError):
        clusters.watch_components(state)
    log.write_text("panic: no space left on device\n")
    with pytest.raises(SandboxError, match=r"etcd died:\npanic: no space left"):
        clusters.watch_components(state)


def test_ports_are_free_different_and_one_for_each_option() -> None:
    chosen = ports.pick()
    assert set(chosen) == set(ports.OPTIONS)
    assert len(set(chosen.values())) == 6
    assert not ports.bound(chosen.values())


def test_a_port_somebody_listens_on_is_not_free() -> None:
    import socket

    with socket.create_server((ports.LOCAL, 0)) as server:
        port = server.getsockname()[1]
        assert not ports.free(port)
        assert ports.bound([port])


def test_a_relative_xdg_folder_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert places.cache() == tmp_path / ".cache/kubectl-lab/sandbox"
