"""`why`: codes are found however they are typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kubectl_lab.catalogue import CODES
from kubectl_lab_plugins.main import lab


@pytest.mark.parametrize(
    ("typed", "near"),
    [("DRN01", "DRN010"), ("drn-010", "DRN010"), ("DNR010", "DRN010"), ("010", "SVC010"), ("?", "DRN001")],
)
def test_a_code_that_is_not_there_is_answered_with_near_ones(typed: str, near: str) -> None:
    result = CliRunner().invoke(lab, ["why", typed, "--lang", "en"])
    assert result.exit_code == 2
    assert near in result.stderr


def test_without_a_code_every_code_has_its_line() -> None:
    result = CliRunner().invoke(lab, ["why"])
    assert [line.partition(" ")[0] for line in result.stdout.splitlines()] == sorted(CODES)


def test_a_page_has_no_escape_without_colours_and_ends_its_colours_with_them() -> None:
    plain = CliRunner().invoke(lab, ["why", "DRN001", "--color", "never"]).stdout
    bright = CliRunner().invoke(lab, ["why", "DRN001", "--color", "always"]).stdout
    assert "\x1b" not in plain
    assert bright.count("\x1b[0m") == bright.count("\x1b[") / 2 > 0
