"""The command line of `explain-taints`, and what it says besides the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kubectl_lab_plugins.main import lab
from unit.taints.asking import node, pod

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

QUIET = {"NO_COLOR": "1", "LC_ALL": "C", "KUBECONFIG": "/nonexistent"}


def run(*words: str) -> Result:
    return CliRunner().invoke(lab, ["explain-taints", *words], env=QUIET, prog_name="kubectl lab")


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    """A file with two nodes and a pod."""
    path = tmp_path / "cluster.json"
    items = [node("n1", "maint:NoExecute"), node("n2"), pod("web")]
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return str(path)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["n1", "-l", "a=b"], "named and selected", id="names and labels at once"),
        pytest.param(["-l", " "], "--selector", id="a selector of blanks"),
        pytest.param(["-l", "a in"], "--selector", id="half a selector"),
        pytest.param(["pod/web"], "does not name a node", id="another type"),
        pytest.param([".."], "does not name a node", id="a path"),
        pytest.param(["--add-taint", "a"], "a", id="a taint without an effect"),
        pytest.param(["--add-taint", "a:b"], "b", id="an effect that is none"),
        pytest.param(["--add-taint", "a b:NoSchedule"], "a b", id="a key that is none"),
        pytest.param(["--remove-taint", "a=-x"], "-x", id="a value that is none"),
        pytest.param(["--server-version", "new"], "new", id="a version that is none"),
        pytest.param(["--feature-gates", "X=perhaps"], "perhaps", id="a gate that is neither on nor off"),
        pytest.param(["-o", "svg"], "svg", id="a format of another command"),
    ],
)
def test_a_wrong_command_line_is_told_by_its_part_before_anything_is_asked(words: list[str], told: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_a_node_may_be_named_with_its_type(cluster: str) -> None:
    assert run("node/n2", "nodes/n1", "n2", "-o", "name", "-f", cluster).stdout == "node/n2\nnode/n1\n"


def test_labels_that_no_node_carries(cluster: str) -> None:
    done = run("-l", "pool=none", "-f", cluster)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "No node carries these labels.\n")


def test_nothing_to_tell_of_is_said_and_a_document_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "nodes.json"
    path.write_text(json.dumps(node("n1")))
    done = run("-f", str(path))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("No node has a taint")
    assert json.loads(run("-f", str(path), "-o", "json").stdout)["nodes"] == []


def test_files_without_nodes_are_not_a_cluster_without_nodes(tmp_path: Path) -> None:
    path = tmp_path / "pods.json"
    path.write_text(json.dumps(pod("web")))
    done = run("-f", str(path))
    assert done.exit_code == 1
    assert "odes" in done.stderr


def test_an_object_that_is_there_twice_is_told(cluster: str, tmp_path: Path) -> None:
    again = tmp_path / "again.json"
    again.write_text(json.dumps(node("n1", "other:NoSchedule")))
    done = run("-f", cluster, "-f", str(again))
    assert "Node n1" in done.stderr
    assert "other:NoSchedule" in done.stdout
    assert "maint" not in done.stdout


def test_a_bad_answer_has_its_exit_code_where_it_is_asked_for(cluster: str) -> None:
    assert run("-f", cluster).exit_code == 0
    assert run("-f", cluster, "--exit-code").exit_code == 3
    assert run("n2", "-f", cluster, "--exit-code").exit_code == 0


def test_a_query_picks_from_the_document(cluster: str) -> None:
    assert json.loads(run("-f", cluster, "--query", "nodes[].evicts[].pod.name").stdout) == ["web"]


@pytest.mark.parametrize(("version", "deleted"), [("1.36", ["web"]), ("1.34", ["web"])])
def test_the_servers_version_may_be_named(cluster: str, version: str, deleted: list[str]) -> None:
    done = run("-f", cluster, "--server-version", version, "--query", "nodes[].evicts[].pod.name")
    assert json.loads(done.stdout) == deleted


def test_a_gate_changes_who_is_deleted(tmp_path: Path) -> None:
    older = {"key": "age", "operator": "Gt", "value": "3", "effect": "NoExecute"}
    path = tmp_path / "cluster.json"
    items = [node("n1", "age=5:NoExecute"), pod("web", older)]
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    query = ("-f", str(path), "--query", "nodes[].evicts[].pod.name")
    assert json.loads(run(*query).stdout) == ["web"]
    gate = "TaintTolerationComparisonOperators=true"
    assert json.loads(run(*query, "--feature-gates", gate).stdout) == []
