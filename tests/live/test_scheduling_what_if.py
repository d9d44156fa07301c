"""Taints that are only pretended, against the real `kubectl taint`: the same lists, and the same refusals."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import Server, within
from kubectl_lab.domain.scheduling import what_if
from kubectl_lab.domain.scheduling.question import WhatIf
from kubectl_lab.errors import BadUsage, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
Json = dict[str, Any]
NODE = "pretended"
PATH = f"/api/v1/nodes/{NODE}"
KEYS, VALUES = ("team", "example.com/gpu", "x"), ("", "=blue", "=red")
EFFECTS = ("NoSchedule", "PreferNoSchedule")  # nobody sets a time on these
ODD = (
    "a:b",
    "a:",
    "a",
    "a=b",
    ":NoSchedule",
    "=b:NoSchedule",
    "a=b c:NoSchedule",
    "a=b=c:NoSchedule",
    "a=b:NoSchedule:NoExecute",
    "-a:NoSchedule",
    "a_:NoSchedule",
    "A/b:NoSchedule",
    "a.b/c/d:NoSchedule",
    "a/:NoSchedule",
    f"{'k' * 64}:NoSchedule",
    f"{'k' * 63}:NoSchedule",
    f"a={'v' * 64}:NoSchedule",
    "a=-:NoSchedule",
    "a=é:NoSchedule",
    "a=:NoSchedule",
    "a.b-c_d:NoExecute",
    "a=1:PreferNoSchedule",
)


@pytest.fixture(scope="module")
def server(sandbox: Sandbox) -> Iterator[Server]:
    """With a node of the test's own, to which nothing is bound."""
    made = Server(sandbox.kubeconfig)
    made.create("/api/v1/nodes", {"metadata": {"name": NODE}})
    for _ in within(30, "the node's own taints", 0.2):  # of a node that no kubelet reports on
        if any(each["key"] == "node.kubernetes.io/not-ready" for each in taints(made)):
            break
    try:
        yield made
    finally:
        made.delete(PATH)
        made.close()


def taints(server: Server) -> list[Json]:
    found: list[Json] = server.get(PATH)["spec"].get("taints") or []
    return found


def _others(listed: list[Json]) -> list[Json]:
    """Without those that the node's controller sets meanwhile."""
    return [each for each in listed if "node.kubernetes.io/" not in each["key"]]


def pretended(node: Json, text: str) -> list[Json] | None:
    """The taints after a change that is only pretended; None where it is refused."""
    is_removal = text.endswith("-")
    try:
        if is_removal:
            change = WhatIf(remove_taints=(what_if.parse_removed("", text),))
        else:
            change = WhatIf(add_taints=(what_if.parse_added("", text),))
        (made,) = what_if.taints_applied([node], change).nodes
    except (BadUsage, NotFound):
        return None
    return [dict(each) for each in made["spec"].get("taints") or ()]


def test_a_pretended_change_leaves_the_taints_that_kubectl_leaves(sandbox: Sandbox, server: Server) -> None:
    draw = random.Random(11)
    seen = set()
    for _ in range(40):
        node = server.get(PATH)
        text = f"{draw.choice(KEYS)}{draw.choice(VALUES)}:{draw.choice(EFFECTS)}"
        if draw.random() < 0.4:
            key = draw.choice(KEYS)
            text = draw.choice([f"{key}-", f"{key}:{draw.choice(EFFECTS)}-"])
        mine = pretended(node, text)
        done = sandbox.kubectl("taint", "node", NODE, text, "--overwrite", check=False)
        assert (mine is not None) is (done.returncode == 0), (text, done.stderr)
        if mine is not None:
            real = _others(taints(server))
            assert sorted(_others(mine), key=str) == sorted(real, key=str), text
        seen.add((text.endswith("-"), mine is not None))
    assert seen == {(True, True), (True, False), (False, True)}


@pytest.mark.parametrize("text", ODD)
def test_a_taint_that_kubectl_refuses_is_refused(sandbox: Sandbox, server: Server, text: str) -> None:
    done = sandbox.kubectl("taint", "node", NODE, text, "--overwrite", "--dry-run=server", check=False)
    try:
        what_if.parse_added("--add-taint", text)
    except BadUsage:
        assert done.returncode != 0
    else:
        assert done.returncode == 0, done.stderr
