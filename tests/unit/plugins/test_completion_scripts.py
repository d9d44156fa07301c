"""The scripts for `kubectl-lab` without kubectl, in the shells they are for."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

import shells
from completing import PROGRAM, kubeconfig
from kubectl_lab_plugins.completion_scripts import SCRIPTS
from kubectl_lab_plugins.completion_table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shells import Shell

ARN = "arn:aws:eks:eu-west-1:123:cluster/prod"
LINES = [
    pytest.param("dr", "drain ", id="a command"),
    pytest.param("drain --ig", "drain --ignore-daemonsets ", id="a flag"),
    pytest.param("drain --dry-run=s", "drain --dry-run=server ", id="a value after ="),
    pytest.param("drain --dry-run=", "drain --dry-run=", id="nothing typed, nothing in common"),
    pytest.param("explain-service --output mer", "explain-service --output mermaid ", id="a value"),
    pytest.param("explain-service -omer", "explain-service -omermaid ", id="a value attached"),
    pytest.param("explain-service -o=mer", "explain-service -o=mermaid ", id="a value after = of a short flag"),
    pytest.param("explain-service --from po", "explain-service --from pod/", id="no blank where more is to come"),
    pytest.param("drain --context ar", f"drain --context {ARN} ", id="a name with colons"),
    pytest.param("drain --context=ar", f"drain --context={ARN} ", id="such a name after ="),
    pytest.param("drain --context arn:aws:e", f"drain --context {ARN} ", id="begun behind a colon"),
    pytest.param("drain --context=arn:aw", f"drain --context={ARN} ", id="begun behind a colon, after ="),
    pytest.param("drain --context dé", "drain --context dév ", id="a name with an accent"),
    pytest.param("drain --context=dev --ig", "drain --context=dev --ignore-daemonsets ", id="behind a word with ="),
    pytest.param("version --kubeconfig so", "version --kubeconfig somefile ", id="a file"),
    pytest.param("version --kubeconfig=so", "version --kubeconfig=somefile ", id="a file after ="),
    pytest.param("version so", "version so", id="no file where none belongs"),
]


def environ_of(folder: Path) -> dict[str, str]:
    """Our program and no kubectl on PATH; three contexts."""
    contexts = [{"name": name, "context": {"cluster": "c"}} for name in (ARN, "dév", "dev")]
    (folder / "somefile").touch()
    (folder / "bin").mkdir()
    (folder / "bin" / "kubectl-lab").symlink_to(PROGRAM)
    found = kubeconfig(folder / "kube", "https://127.0.0.1:1", contexts=contexts)
    path = f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    return {"PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8", **found}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environ_of(tmp_path)


@pytest.fixture(scope="module", params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """One that all lines are typed into."""
    folder = tmp_path_factory.mktemp("shell")
    start: Any = getattr(shells, request.param)
    with start(environ_of(folder), f"source <(kubectl-lab completion {request.param})", folder) as running:
        yield running


@pytest.mark.machine
@pytest.mark.parametrize(("line", "becomes"), LINES)
def test_a_line_becomes(shell: Shell, line: str, becomes: str) -> None:
    assert shell.completed(f"kubectl-lab {line}") == f"kubectl-lab {becomes}"


@pytest.mark.machine
@pytest.mark.parametrize(("line", "becomes"), LINES)
def test_in_fish_a_line_becomes(environ: dict[str, str], tmp_path: Path, line: str, becomes: str) -> None:
    made = shells.fish(environ, "kubectl-lab completion fish | source", f"kubectl-lab {line}", tmp_path)
    offered = [each.partition("\t")[0] for each in made]
    if line.endswith("--dry-run="):
        assert offered == ["--dry-run=client", "--dry-run=none", "--dry-run=server"]
    else:
        assert offered == ([] if line == becomes else [becomes.rsplit(maxsplit=1)[-1]])


@pytest.mark.machine
def test_zsh_shows_what_a_command_does(environ: dict[str, str]) -> None:
    with shells.zsh(environ, "source <(kubectl-lab completion zsh)") as running:
        running.completed("kubectl-lab ", "\t\t")
    for name, words in Table("en").words("commands").items():
        assert f"{name}  -- {words[:40]}" in running.seen


@pytest.mark.machine
def test_zsh_takes_it_as_a_file_of_fpath_too(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "_kubectl-lab").write_text(SCRIPTS["zsh"], encoding="utf-8")
    with shells.zsh(environ, f"fpath=({tmp_path / 'functions'} $fpath); compinit -u -D") as running:
        assert running.completed("kubectl-lab dr") == "kubectl-lab drain "
        assert running.completed("kubectl-lab ver") == "kubectl-lab version "


@pytest.mark.machine
@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_program_that_is_gone_offers_nothing_and_says_nothing(
    environ: dict[str, str], tmp_path: Path, name: str
) -> None:
    start: Any = getattr(shells, name)
    with start(environ, f"source <(kubectl-lab completion {name})", tmp_path) as running:
        (tmp_path / "bin" / "kubectl-lab").unlink()
        assert running.completed("kubectl-lab dr") == "kubectl-lab dr"
    assert "found" not in running.seen


@pytest.mark.machine
def test_gone_from_fish_too(environ: dict[str, str], tmp_path: Path) -> None:
    gone = f"kubectl-lab completion fish | source; rm {tmp_path / 'bin' / 'kubectl-lab'}"
    assert shells.fish(environ, gone, "kubectl-lab dr", tmp_path) == []


@pytest.mark.machine
@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("~/bin/kubectl-lab dr", "~/bin/kubectl-lab drain "),
        ("A=1 kubectl-lab dr", "A=1 kubectl-lab drain "),
        ("true; kubectl-lab dr", "true; kubectl-lab drain "),
        ("kubectl-lab  drain  --lang   f", "kubectl-lab  drain  --lang   fr "),
        ("kubectl-lab drain --as 'a b' --lang=f", "kubectl-lab drain --as 'a b' --lang=fr "),
    ],
)
def test_however_the_line_is_written(shell: Shell, line: str, becomes: str) -> None:
    assert shell.completed(line) == becomes


@pytest.mark.machine
def test_fish_finds_the_program_at_home(environ: dict[str, str], tmp_path: Path) -> None:
    made = shells.fish(environ, "kubectl-lab completion fish | source", "~/bin/kubectl-lab dr", tmp_path)
    assert [each.partition("\t")[0] for each in made] == ["drain"]


@pytest.mark.machine
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_one_that_its_shell_can_read(name: str) -> None:
    program = shells.needed(name)
    done = subprocess.run([program, "-n"], input=SCRIPTS[name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_printed_as_it_is(name: str) -> None:
    done = subprocess.run([PROGRAM, "completion", name], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == SCRIPTS[name]
    assert f"kubectl-lab completion {name}" in done.stdout
