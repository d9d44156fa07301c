"""TAB with the program as it is given away: the frozen one, and the one that pip installs."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from certificates import Authority
from completing import PROGRAM, complete, exec_user, kubeconfig, names
from recording import Answer, Recorder, answer
from unit.plugins.test_completion_limit import ANSWER, MOST, Plugin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from package.conftest import Built

pytestmark = pytest.mark.package
AUTHORITY = Authority()
NODES = "/api/v1/nodes"
SHAPES = ("frozen", "wheel")


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder(AUTHORITY.server("127.0.0.1")) as made:
        made.answers[NODES] = answer(names("n1", "n2"))
        yield made


@pytest.fixture(params=SHAPES)
def program(request: pytest.FixtureRequest) -> Path:
    """`kubectl-lab` in each of its shapes."""
    if request.param == "frozen":
        built: Built = request.getfixturevalue("bundle")
        return built.program()
    folder: Path = request.getfixturevalue("installed")
    return folder / "kubectl-lab"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("",), id="commands"),
        pytest.param(("drain", "--"), id="flags"),
        pytest.param(("--lang", "fr", ""), id="commands in French"),
        pytest.param(("explain-service", "-o", ""), id="values"),
        pytest.param(("why", "SVC"), id="codes"),
    ],
)
def test_it_says_the_same_as_in_the_repository(program: Path, words: tuple[str, ...]) -> None:
    made, expected = complete(*words, program=program), complete(*words)
    assert (made.lines, made.noise, made.code) == (expected.lines, "", 0)
    assert len(made.lines) > 1


def test_names_come_with_the_credential_of_a_plugin_that_has_the_callers_libraries(
    program: Path, server: Recorder, tmp_path: Path
) -> None:
    plugin = Plugin(tmp_path, f'env > "$0.environment"\n{ANSWER}')
    environ = kubeconfig(tmp_path / "config", server.url, AUTHORITY, user=exec_user(plugin.file))
    given = {**environ, "LD_LIBRARY_PATH": "/callers/own"}
    done = complete("drain", "", environ=given, program=program, patient=True)
    assert (done.words, done.noise) == (["n1", "n2"], "")
    seen = (tmp_path / "plugin.environment").read_text(encoding="utf-8").splitlines()
    assert "LD_LIBRARY_PATH=/callers/own" in seen
    assert [line for line in seen if line.startswith(("_PYI_", "_MEI", "LD_LIBRARY_PATH_ORIG"))] == []


@pytest.mark.parametrize("stuck", ["server", "plugin"])
def test_what_hangs_is_left_in_time(program: Path, server: Recorder, tmp_path: Path, stuck: str) -> None:
    server.answers[NODES] = Answer(delay=60)
    plugin = Plugin(tmp_path, ANSWER if stuck == "server" else "sleep 300 & note $!\nwait")
    environ = kubeconfig(tmp_path / "config", server.url, AUTHORITY, user=exec_user(plugin.file))
    done = complete("drain", "", environ=environ, program=program)
    assert done.is_silent
    assert done.seconds < MOST
    assert plugin.pids
    assert plugin.left() == []


def test_the_file_for_kubectl_is_written_beside_the_link_and_runs_it(program: Path, tmp_path: Path) -> None:
    (tmp_path / "kubectl-lab").symlink_to(program)
    environ = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run(["kubectl-lab", "completion", "install"], env=environ, check=True, capture_output=True, timeout=60)
    asked = [str(tmp_path / "kubectl_complete-lab"), "explain-service", "--until", ""]
    done = subprocess.run(asked, env=environ, check=True, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("healthy\ndegraded\n:4\n", "")


def test_the_scripts_are_the_same(program: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        asked = ["completion", shell]
        made = [
            subprocess.run([each, *asked], capture_output=True, check=True, timeout=60) for each in (program, PROGRAM)
        ]
        assert made[0].stdout == made[1].stdout
