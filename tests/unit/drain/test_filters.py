"""Which pods go: kubectl's filters, one row a rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kubectl_lab.domain.drain.filters import View, judge
from kubectl_lab.domain.drain.model import DrainOptions
from make import empty_dir, mirror, owner, pod, terminating
from unit.drain.server import START

Object = dict[str, Any]
EVERYTHING = {"force": True, "ignore_daemonsets": True, "delete_emptydir_data": True}
WEB = owner("ReplicaSet", "web")
AGENT = owner("DaemonSet", "agent")
CONTROLLED = pod("web", owned_by=WEB)
BARE = pod("bare")
DAEMON = pod("agent", owned_by=AGENT)
ORPHAN = pod("orphan", owned_by=owner("DaemonSet", "gone"))
HIDDEN = pod("hidden", owned_by=owner("DaemonSet", "hidden"))
DATA = pod("data", owned_by=WEB, volumes=(empty_dir(),))
IN_MEMORY = pod("memory", owned_by=WEB, volumes=(empty_dir("shm", medium="Memory"),))
ON_HOST = pod("host", owned_by=WEB, volumes=({"name": "logs", "hostPath": {"path": "/var/log"}},))
LOOSE = pod("loose", owned_by=owner("ReplicaSet", "web", controller=False))
EXISTENCE: dict[tuple[str, str], Any] = {("default", "gone"): "not found", ("default", "hidden"): "forbidden"}
LONG_GONE = "2026-01-01T11:59:00Z"  # a minute before now


def finished(pod: Object, phase: str) -> Object:
    return {**pod, "status": {"phase": phase}}


def verdict(pod: Object, **flags: Any) -> tuple[str, list[str]]:
    action, findings = judge(pod, View(DrainOptions(**flags), START, EXISTENCE))
    return action, [found.code for found in findings]


@pytest.mark.parametrize(
    ("subject", "flags", "action", "codes"),
    [
        pytest.param(CONTROLLED, {}, "go", [], id="a pod of a ReplicaSet goes without a word"),
        pytest.param(BARE, {}, "refuse", ["DRN003"], id="a bare pod needs --force"),
        pytest.param(BARE, {"force": True}, "go", ["DRN007"], id="with --force a bare pod goes with a warning"),
        pytest.param(LOOSE, {}, "refuse", ["DRN003"], id="an owner that is no controller does not count"),
        pytest.param(DAEMON, {}, "refuse", ["DRN001"], id="a DaemonSet pod needs --ignore-daemonsets"),
        pytest.param(DAEMON, {"force": True}, "refuse", ["DRN001"], id="--force does not move a live DaemonSet's pod"),
        pytest.param(DAEMON, {"ignore_daemonsets": True}, "skip", ["DRN005"], id="an ignored DaemonSet pod stays"),
        pytest.param(DAEMON, EVERYTHING, "skip", ["DRN005"], id="no flag evicts a live DaemonSet's pod"),
        pytest.param(ORPHAN, {}, "refuse", ["DRN004"], id="a pod whose DaemonSet is gone refuses"),
        pytest.param(
            ORPHAN, {"ignore_daemonsets": True}, "refuse", ["DRN004"], id="--ignore-daemonsets does not help an orphan"
        ),
        pytest.param(ORPHAN, {"force": True}, "go", ["DRN007"], id="--force evicts an orphan"),
        pytest.param(
            ORPHAN, EVERYTHING, "go", ["DRN007"], id="--force evicts an orphan also beside --ignore-daemonsets"
        ),
        pytest.param(
            HIDDEN, EVERYTHING, "refuse", ["DRN004"], id="a DaemonSet that cannot be read refuses whatever the flags"
        ),
        pytest.param(
            pod("kruise", owned_by=owner("DaemonSet", "a", api="apps.kruise.io/v1")),
            {},
            "go",
            [],
            id="a DaemonSet of another group is an ordinary controller",
        ),
        pytest.param(
            pod("old", owned_by=owner("DaemonSet", "a", api="extensions/v1beta1")),
            {},
            "go",
            [],
            id="a DaemonSet of an older version is an ordinary controller",
        ),
        pytest.param(mirror("static"), {}, "skip", ["DRN008"], id="a static pod stays without flags"),
        pytest.param(
            mirror("static", volumes=(empty_dir(),)), {}, "skip", ["DRN008"], id="a static pod with emptyDir stays too"
        ),
        pytest.param(
            pod("static", annotations={"kubernetes.io/config.mirror": ""}),
            EVERYTHING,
            "skip",
            ["DRN008"],
            id="an empty mirror annotation counts, also without controller",
        ),
        pytest.param(DATA, {}, "refuse", ["DRN002"], id="emptyDir needs --delete-emptydir-data"),
        pytest.param(IN_MEMORY, {}, "refuse", ["DRN002"], id="emptyDir in memory counts as well"),
        pytest.param(DATA, {"delete_emptydir_data": True}, "go", ["DRN006"], id="with the flag its data is given up"),
        pytest.param(
            DATA, {"force": True}, "refuse", ["DRN002"], id="--force does not stand for --delete-emptydir-data"
        ),
        pytest.param(ON_HOST, {}, "go", [], id="hostPath never refuses"),
        pytest.param(
            pod("both", volumes=(empty_dir(),)), {}, "refuse", ["DRN002", "DRN003"], id="every reason is told at once"
        ),
        pytest.param(
            pod("both", volumes=(empty_dir(),)), EVERYTHING, "go", ["DRN006", "DRN007"], id="every warning is kept"
        ),
        pytest.param(
            pod("o", owned_by=owner("DaemonSet", "gone"), volumes=(empty_dir(),)),
            {"force": True},
            "refuse",
            ["DRN007", "DRN002"],
            id="an orphan that --force lets go may still hold data",
        ),
        *(
            pytest.param(finished(subject, phase), {}, "go", [], id=f"a {phase} {what} goes without flags")
            for phase in ("Succeeded", "Failed")
            for what, subject in (("bare pod", BARE), ("DaemonSet pod", DAEMON), ("pod with emptyDir", DATA))
        ),
        pytest.param(finished(mirror("m"), "Succeeded"), {}, "skip", ["DRN008"], id="a finished static pod stays"),
        pytest.param(finished(BARE, "Pending"), {}, "refuse", ["DRN003"], id="a pending pod is judged like others"),
        pytest.param(terminating(CONTROLLED, LONG_GONE), {}, "go", [], id="without the flag a terminating pod goes"),
        pytest.param(
            terminating(DAEMON, LONG_GONE),
            {"skip_wait_for_delete_timeout": 59},
            "skip",
            ["DRN009"],
            id="one terminating longer than the flag says is skipped whatever it is",
        ),
        pytest.param(
            terminating(CONTROLLED, LONG_GONE),
            {"skip_wait_for_delete_timeout": 60},
            "go",
            [],
            id="exactly as long is not longer",
        ),
    ],
)
def test_verdict(subject: Object, flags: dict[str, Any], action: str, codes: list[str]) -> None:
    assert verdict(subject, **flags) == (action, codes)


def test_parts_of_a_second_do_not_count() -> None:
    view = View(DrainOptions(skip_wait_for_delete_timeout=60), START + timedelta(seconds=0.9), {})
    assert judge(terminating(CONTROLLED, LONG_GONE), view)[0] == "go"


def test_the_first_no_decides_even_when_a_later_rule_would_skip() -> None:
    orphan = {**ORPHAN, "metadata": {**ORPHAN["metadata"], "annotations": {"kubernetes.io/config.mirror": "x"}}}
    assert verdict(orphan) == ("refuse", ["DRN004"])


def test_a_daemonset_nobody_looked_up_counts_as_live() -> None:
    assert verdict(pod("x", owned_by=owner("DaemonSet", "unknown"))) == ("refuse", ["DRN001"])


def test_a_refusal_carries_the_command_that_was_typed() -> None:
    _, (found,) = judge(BARE, View(DrainOptions(command="kubectl lab drain n1"), START, {}))
    assert found.details["command"] == "kubectl lab drain n1"
    assert (found.details["pod"], found.details["namespace"], found.details["node"]) == ("bare", "default", "n1")


def test_an_orphan_is_offered_the_flag_only_where_it_helps() -> None:
    view = View(DrainOptions(), START, EXISTENCE)
    assert "command" in judge(ORPHAN, view)[1][0].details
    assert "command" not in judge(HIDDEN, view)[1][0].details
