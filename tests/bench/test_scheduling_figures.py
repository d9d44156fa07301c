"""The bench of explain-tolerations lays out the cluster it says, and compares its figures right."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from bench import big_cluster, scheduling
from bench.scheduling import PARSE, BrokenError, Cost, Row, cost, measure, over, table

if TYPE_CHECKING:
    from pathlib import Path

ROW, LATE = Row("plain", "plain"), Row("late", "near", more=10.0)
KIB = 1024


def written(folder: Path, nodes: int = 20, pods: int = 300) -> dict[str, Any]:
    file = folder / "cluster.json"
    big_cluster.write(file, nodes, pods, scheduling.subjects())
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def test_the_file_holds_as_many_nodes_and_pods_as_asked_for_and_the_subjects(tmp_path: Path) -> None:
    kinds = Counter(each["kind"] for each in written(tmp_path)["items"])
    assert kinds == {"Node": 20, "Pod": 300 + len(scheduling.subjects()), "Namespace": big_cluster.NAMESPACES + 1}


def test_no_two_objects_have_one_name_or_uid_and_every_pod_is_on_a_node_that_is_there(tmp_path: Path) -> None:
    items = written(tmp_path)["items"]
    named = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in items]
    assert len(set(named)) == len({each["metadata"]["uid"] for each in items}) == len(items)
    nodes = {name for kind, _, name in named if kind == "Node"}
    assert {each["spec"]["nodeName"] for each in items if "nodeName" in each.get("spec", {})} == nodes


def test_the_file_is_indented_as_kubectl_indents_and_has_no_hole_left(tmp_path: Path) -> None:
    found = written(tmp_path, 2, 3)
    text = (tmp_path / "cluster.json").read_text()
    assert text == json.dumps(found, indent=4) + "\n"
    assert "@" not in text.replace("@sha256", "")


def test_the_same_cluster_is_written_every_time(tmp_path: Path) -> None:
    assert written(tmp_path) == written(tmp_path)


def test_every_row_has_its_subject() -> None:
    assert {row.pod for row in scheduling.ROWS} == {each["metadata"]["name"] for each in scheduling.subjects()}


def figures(cpu: float, memory: int) -> dict[str, Cost]:
    return {PARSE: Cost(4.0, 1000 * KIB), "plain": Cost(cpu, memory), "late": Cost(16.9, 1000 * KIB)}


def test_an_allowance_is_kept_up_to_its_very_figure() -> None:
    assert over(figures(7.0, 1500 * KIB), (ROW, LATE)) == []


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [pytest.param(7.1, 1000 * KIB, id="too much time"), pytest.param(5.0, 1501 * KIB, id="too much memory")],
)
def test_more_than_that_is_over(cpu: float, memory: int) -> None:
    assert over(figures(cpu, memory), (ROW, LATE)) == ["plain"]


def test_the_table_shows_each_figure_beside_its_allowance() -> None:
    lines = [line.split() for line in table(figures(5.5, 1200 * KIB), (ROW, LATE)).splitlines()]
    assert lines[1] == ["json.loads", "4.00", "s", "1000", "MB"]
    assert lines[2] == ["plain", "5.50", "s", "7.00", "s", "1200", "MB", "1500", "MB"]
    assert lines[3][:5] == ["late", "16.90", "s", "17.00", "s"]


def test_a_cost_is_the_processor_s_time_and_not_the_clock_s() -> None:
    slept = cost([sys.executable, "-c", "import time; time.sleep(0.5)"])
    assert 0 < slept.cpu < 0.4
    # more than this process holds: what it held before it became the command counts, too
    held = 2 * slept.memory * KIB
    assert cost([sys.executable, "-c", f"held = b'x' * {held}"]).memory > slept.memory * 1.9


def test_a_command_that_fails_measures_nothing() -> None:
    with pytest.raises(BrokenError, match="exit 3: out of luck"):
        cost([sys.executable, "-c", "import sys; sys.stderr.write('out of luck'); sys.exit(3)"])


def test_parse_and_commands_are_run_by_turns(tmp_path: Path) -> None:
    notes, file = tmp_path / "notes", tmp_path / "cluster.json"
    file.write_text("{}")
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$2" >> {notes}\n')
    program.chmod(0o755)
    assert set(measure(program, file, 2, (ROW, LATE))) == {PARSE, "plain", "late"}
    assert notes.read_text().split() == ["pod/plain", "pod/near"] * 2
