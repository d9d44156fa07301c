"""The README's examples on the workshop's cluster, in the README's order, through the real kubectl."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from contract.sources import ROOT
from contract.test_readme import BLOCK, README, examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox

pytestmark = pytest.mark.live
ENGLISH = {"LC_ALL": "C.UTF-8", "COLUMNS": "500", "NO_COLOR": "1"}
GENERATED = re.compile(r"(filebeat)-[a-z0-9]{5}\b")


def without_suffixes(text: str) -> str:
    """The five letters that a controller makes up are others each time."""
    return GENERATED.sub(r"\1-xxxxx", text)


def test_the_examples_answer_what_the_readme_says(new_sandbox: Callable[..., Sandbox]) -> None:
    cluster = new_sandbox(nodes=4)
    cluster.kubectl("apply", "-f", str(ROOT / "tests/workshop/cluster.yaml"))
    cluster.kubectl("label", "nodes", "node-1", "node-2", "statusnode=maintenance")
    cluster.kubectl("-n", "applicatifs", "rollout", "status", "deployment/pythonapp", "--timeout=60s")
    cluster.kubectl("-n", "applicatifs", "rollout", "status", "statefulset/stateful-web", "--timeout=60s")
    cluster.kubectl("-n", "kube-system", "rollout", "status", "daemonset/filebeat", "--timeout=60s")
    shown = [
        (command, output)
        for mark, text in BLOCK.findall(README)
        if mark == "live"
        for command, output in examples(text)
    ]
    assert len(shown) >= 4
    for command, output in shown:
        words = shlex.split(command)
        assert words[:2] == ["kubectl", "lab"]
        done = cluster.kubectl(*words[1:], check=False, env=ENGLISH)
        assert without_suffixes(done.stdout + done.stderr) == without_suffixes(output), command
