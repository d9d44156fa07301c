"""The README's examples: those that need no cluster run here, to the letter; every command in it is one that is there.

A block ```console after `<!-- test: offline -->` holds `$ command` lines, each followed by its exact output. Blocks marked
`<!-- test: live -->` run on the sandbox.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from contract.sources import ROOT
from kubectl_lab_plugins.main import COMMANDS

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- test: (\w+) -->\s*```console\n(.*?)```", re.DOTALL)
OFFLINE = [text for mark, text in BLOCK.findall(README) if mark == "offline"]


def examples(block: str) -> list[tuple[str, str]]:
    """(command, output) pairs of a block."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


def printed(command: str) -> str:
    """What `kubectl lab …` prints in the repository's root, on a terminal of 100 columns without colours."""
    words = shlex.split(command)
    assert words[:2] == ["kubectl", "lab"]
    program = Path(sys.executable).parent / "kubectl-lab"
    environ = {**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run([program, *words[2:]], capture_output=True, text=True, check=False, env=environ, cwd=ROOT)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "output"), [pytest.param(*each, id=each[0]) for block in OFFLINE for each in examples(block)]
)
def test_an_example_prints_what_the_readme_says(command: str, output: str) -> None:
    assert printed(command) == output


def test_the_readme_has_examples_that_run_here() -> None:
    assert OFFLINE


def test_every_command_the_readme_names_is_there() -> None:
    named = set(re.findall(r"^\$ kubectl lab ([a-z][a-z-]*)", README, re.MULTILINE))
    assert named <= set(COMMANDS)


def test_every_mark_is_known_and_marks_a_console_block() -> None:
    assert {mark for mark, _ in BLOCK.findall(README)} <= {"offline", "live"}
    assert README.count("<!-- test:") == len(BLOCK.findall(README))
