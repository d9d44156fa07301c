"""The sandbox itself, on the real control plane: what it promises to run, and that it leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import NotBuiltError, Sandbox, builds, ports, running, states
from sandbox.processes import from_folder
from sandbox.sandboxes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.live
DOOR = ROOT / "scripts" / "sandbox"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox_programs: object) -> Path:
    """A folder of states of the test's own, so that other clusters of this user are not in its lists."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "kubectl-lab" / "sandbox"


def door(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DOOR), *arguments], stdin=subprocess.DEVNULL, check=False, capture_output=True, text=True, timeout=200
    )


def eventually(holds: Callable[[], Any], otherwise: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)


def nothing_left(home: Path) -> bool:
    return not from_folder(home) and not (home.exists() and any(home.iterdir()))


@contextlib.contextmanager
def background(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """scripts/sandbox in the background, killed outright in the end if it still runs."""
    with subprocess.Popen(
        [str(DOOR), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_namespace_is_fresh_and_takes_pods(sandbox: Sandbox, namespace: str) -> None:
    assert json.loads(sandbox.kubectl("get", "pods", "-n", namespace, "-o", "json").stdout)["items"] == []
    sandbox.kubectl("run", "p", "--image=i", "-n", namespace)
    sandbox.kubectl("wait", "--for=condition=Ready", "pod/p", "-n", namespace, "--timeout=30s")


def test_the_server_is_the_pinned_one_and_asks_who_may(sandbox: Sandbox) -> None:
    told = json.loads(sandbox.kubectl("version", "-o", "json").stdout)
    assert told["serverVersion"]["gitVersion"] == told["clientVersion"]["gitVersion"] == "v1.36.3"
    refused = sandbox.kubectl("get", "nodes", "--as", "nobody", check=False)
    assert refused.returncode == 1
    assert "Forbidden" in refused.stderr


def test_nothing_listens_beyond_this_machine(sandbox: Sandbox) -> None:
    tables = [Path(table).read_text().splitlines()[1:] for table in ("/proc/net/tcp", "/proc/net/tcp6")]
    listening = [line.split()[1] for table in tables for line in table if line.split()[3] == "0A"]
    ours = states.State(sandbox.name).ports.values()
    local = socket.inet_aton("127.0.0.1")[::-1].hex().upper()
    for port in ours:
        assert [address for address in listening if address.endswith(f":{port:04X}")] == [f"{local}:{port:04X}"]


def test_a_deployment_is_scaled_placed_and_budgeted_by_the_real_controllers(sandbox: Sandbox, namespace: str) -> None:
    sandbox.kubectl("create", "deployment", "web", "--image=i", "--replicas=3", "-n", namespace)
    sandbox.kubectl("create", "pdb", "web", "--selector=app=web", "--min-available=2", "-n", namespace)
    sandbox.kubectl("wait", "--for=condition=Available", "deployment/web", "-n", namespace, "--timeout=60s")
    sandbox.kubectl(
        "wait", "--for=jsonpath={.status.disruptionsAllowed}=1", "pdb/web", "-n", namespace, "--timeout=60s"
    )


def test_the_command_gets_our_kubectl_and_kubeconfig_and_nothing_is_left(home: Path) -> None:
    script = 'command -v kubectl && echo "$KUBECONFIG" && kubectl get nodes -o name'
    answer = door("with", "--nodes", "2", "--", "bash", "-c", script)
    assert answer.returncode == 0, answer.stderr
    kubectl, kubeconfig, *nodes = answer.stdout.splitlines()
    assert kubectl.startswith(f"{home}/lab-with-")
    assert kubeconfig.startswith(f"{home}/lab-with-")
    assert nodes == ["node/node-1", "node/node-2"]
    assert nothing_left(home)


def test_after_with_false_the_exit_code_is_1_and_nothing_is_left(home: Path) -> None:
    answer = door("with", "--nodes", "0", "--", "false")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert nothing_left(home)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_takes_the_cluster_down_and_the_command_with_it(home: Path, number: int, code: int) -> None:
    with background("with", "--nodes", "0", "--", "bash", "-c", "echo $$; exec sleep 600") as process:
        assert process.stdout is not None
        command = int(process.stdout.readline())
        process.send_signal(number)
        process.wait(60)
    assert process.returncode == code
    assert nothing_left(home)
    with pytest.raises(ProcessLookupError):
        os.kill(command, 0)


def test_a_start_that_is_interrupted_leaves_nothing(home: Path) -> None:
    with background("up", "half", "--nodes", "0") as process:
        eventually(lambda: from_folder(home), "nothing was started")
        process.terminate()
        process.wait(60)
    assert process.returncode == 143
    assert nothing_left(home)


def test_with_killed_outright_is_cleaned_up_after(home: Path) -> None:
    with background("with", "--nodes", "0", "--", "sleep", "600") as process:
        eventually(lambda: door("list").stdout.count("running"), "the cluster did not start", 90)
        process.kill()
        process.wait()
        eventually(lambda: nothing_left(home), "the guard did not clean up")


def test_a_test_session_killed_outright_is_cleaned_up_after(home: Path) -> None:
    script = "import sandbox, time\nwith sandbox.running('killed', nodes=0): print('up', flush=True); time.sleep(600)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    with subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.kill()
        process.wait()
        eventually(lambda: nothing_left(home), "the guard did not clean up")


def test_the_cluster_of_a_dead_owner_is_stale_and_goes_with_down_stale(home: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as owner:
        path = door("up", "orphan", "--nodes", "0", "--owner", str(owner.pid)).stdout
        assert path == f"{home}/orphan/kubeconfig\n"
        assert "is dead" not in door("list").stdout
        assert door("down", "--stale").returncode == 0
        assert "orphan\trunning\t" in door("list").stdout
        owner.kill()
    assert "a left-over" in door("list").stdout
    answer = door("down", "--stale")
    assert (answer.returncode, answer.stderr) == (0, "orphan is gone\n")
    assert nothing_left(home)


def test_two_that_start_at_once_are_two(home: Path) -> None:
    with contextlib.ExitStack() as stack:
        starts = [
            stack.enter_context(background("up", name, "--nodes", nodes))
            for name, nodes in (("one", "1"), ("two", "2"))
        ]
        for start in starts:
            assert start.wait(120) == 0, start.stderr and start.stderr.read()
        counts = {
            name: door("exec", name, "--", "kubectl", "get", "nodes", "-o", "name").stdout for name in ("one", "two")
        }
        assert {name: text.count("node/") for name, text in counts.items()} == {"one": 1, "two": 2}
        assert "there is a cluster 'one' already" in door("up", "one").stderr
        assert door("down", "--all").returncode == 0
    assert nothing_left(home)


def test_a_component_that_was_killed_shows(home: Path) -> None:
    with running("killed", nodes=0) as cluster:
        assert door("status", cluster.name).returncode == 0
        victim = states.State(cluster.name).component("kube-scheduler")
        assert victim is not None
        os.kill(victim.pid, signal.SIGKILL)
        eventually(lambda: not victim.alive, "it does not die")
        told = door("status", cluster.name)
        assert told.returncode == 1
        assert "  kube-scheduler           DEAD" in told.stdout
        assert "  etcd                     pid " in told.stdout
        assert "dead: kube-scheduler" in door("list").stdout
    assert nothing_left(home)


def test_a_port_that_is_taken_in_between_costs_another_try(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The port is taken after the look: what another user's program can do to us at any time."""
    pick = ports.pick
    with contextlib.ExitStack() as thieves:

        def pick_and_lose_one() -> dict[str, int]:
            chosen = pick()
            if not thieves_at_work:
                thieves_at_work.append(
                    thieves.enter_context(socket.create_server((ports.LOCAL, chosen["etcdPeerPort"])))
                )
            return chosen

        thieves_at_work: list[socket.socket] = []
        monkeypatch.setattr(ports, "pick", pick_and_lose_one)
        with running("clash", nodes=1) as cluster:
            assert cluster.kubectl("get", "nodes", "-o", "name").stdout == "node/node-1\n"
    assert "a port of etcd was taken by somebody else, trying other ports" in capfd.readouterr().err
    assert nothing_left(home)


def test_a_server_that_cannot_start_says_its_last_words_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "stages.yaml").write_text("kind: Stage\napiVersion: kwok.x-k8s.io/v1alpha1\nspec: {selector: 5}\n")
    answer = door("up", "bad", "--stages", str(tmp_path / "stages.yaml"))
    assert answer.returncode == 1
    assert "error: kwokctl could not start the cluster:" in answer.stderr
    assert "Stage" in answer.stderr
    assert nothing_left(home)


def test_the_memory_of_a_cluster_is_told(sandbox: Sandbox) -> None:
    """Not a limit: the figure stands in the documentation, and this is where it comes from."""
    resident = 0
    for process in from_folder(states.State(sandbox.name).folder):
        pages = Path(f"/proc/{process.pid}/statm").read_text().split()[1]
        resident += int(pages) * os.sysconf("SC_PAGE_SIZE")
    print(f"one cluster: {resident / 1e6:.0f} MB resident")
    assert 100e6 < resident < 2e9


def test_where_nothing_is_built_nothing_is_built_on_the_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("LAB_SANDBOX_BIN", raising=False)
    assert builds.given() is None
    with pytest.raises(NotBuiltError, match="scripts/sandbox build"), running("none"):
        pass
