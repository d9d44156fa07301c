"""What the whole answer rests on."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.inputs import findings
from kubectl_lab.result import Reference
from unit.scheduling.asking import node, said, state


def test_nodes_without_a_name_or_a_status_are_named() -> None:
    bare = {"kind": "Node", "metadata": {"name": "n2"}}
    nameless = {"kind": "Node", "status": {"allocatable": {}}}
    (finding,) = findings(state(node("n1"), bare, nameless), ())
    assert (finding.code, finding.details["nodes"]) == ("SCH017", ["n2", "-"])
    assert "n2, -" in said(finding)


def test_whole_nodes_are_not() -> None:
    assert list(findings(state(node("n1")), ())) == []


def test_what_stands_there_twice_is_named() -> None:
    (finding,) = findings(state(node("n1")), (Reference("Pod", "default", "web"),))
    assert finding.code == "SCH018"
    assert "pod/web" in said(finding)


@pytest.mark.parametrize(
    ("version", "used"),
    [
        pytest.param((1, 29, 9), "1.30", id="older than the oldest known"),
        pytest.param((1, 99, 0), "1.36", id="newer than the newest known"),
    ],
)
def test_a_version_outside_the_known_range_is_told_with_the_one_that_stands_in(
    version: tuple[int, int, int], used: str
) -> None:
    (finding,) = findings(state(node("n1"), features=Features(version)), ())
    assert (finding.code, finding.details["used"]) == ("SCH019", used)
    assert f"the rules of {used} are used" in said(finding)


@pytest.mark.parametrize("version", [(1, 30, 0), (1, 36, 9)])
def test_a_version_within_it_is_not(version: tuple[int, int, int]) -> None:
    assert list(findings(state(make.node("n1"), features=Features(version)), ())) == []
