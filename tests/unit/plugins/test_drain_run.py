"""The command line of drain: what is refused before any cluster is asked, and what the flags come to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain.model import Drain, DrainOptions, NodePlan
from kubectl_lab.domain.rules.label_selectors import Requirement
from kubectl_lab.errors import BadUsage
from kubectl_lab_plugins import drain_run
from kubectl_lab_plugins.drain_report import Reporter
from kubectl_lab_plugins.interrupts import interrupts
from kubectl_lab_plugins.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULTS: Mapping[str, Any] = {
    "selector": None,
    "ignore_daemonsets": False,
    "delete_emptydir_data": False,
    "force": False,
    "grace_period": -1,
    "timeout": "0",
    "deadline": "0",
    "pod_selector": "",
    "disable_eviction": False,
    "skip_wait_for_delete_timeout": 0,
    "chunk_size": 500,
    "pod_parallel": 16,
    "dry_run": "none",
}


def request(*nodes: str, **flags: Any) -> drain_run.DrainRequest:
    return drain_run.request_of(nodes, {**DEFAULTS, **flags})


@pytest.mark.parametrize(
    ("nodes", "flags", "key"),
    [
        pytest.param((), {}, "drain-no-node", id="neither a name nor a selector"),
        pytest.param((), {"selector": ""}, "drain-no-node", id="an empty selector names nothing"),
        pytest.param(("n1",), {"selector": "a=b"}, "drain-name-and-selector", id="both"),
        pytest.param(("pod/x",), {}, "drain-not-a-node", id="something that is no node"),
        pytest.param(("node/",), {}, "drain-not-a-node", id="a type without a name"),
        pytest.param((), {"selector": "a in ("}, "bad-selector", id="a node selector that is none"),
        pytest.param(("n1",), {"pod_selector": "=,"}, "bad-selector", id="a pod selector that is none"),
        pytest.param(("n1",), {"timeout": "5"}, "bad-duration", id="a timeout without unit"),
        pytest.param(("n1",), {"timeout": "-1s"}, "bad-duration", id="a timeout before now"),
        pytest.param(("n1",), {"deadline": "soon"}, "bad-duration", id="a deadline that is no duration"),
        pytest.param(("n1",), {"dry_run": "maybe"}, "drain-dry-run", id="an unknown dry run"),
    ],
)
def test_a_wrong_command_line_is_refused_with_exit_2(nodes: tuple[str, ...], flags: dict[str, Any], key: str) -> None:
    with pytest.raises(BadUsage) as refused:
        request(*nodes, **flags)
    assert (refused.value.key, refused.value.exit_code) == (key, 2)


@pytest.mark.parametrize("word", ["n1", "node/n1", "nodes/n1", "no/n1"])
def test_a_node_is_named_with_or_without_its_type(word: str) -> None:
    assert request(word).names == ("n1",)


@pytest.mark.parametrize(
    ("word", "mode"),
    [("none", "apply"), ("client", "client"), ("server", "server"), ("true", "client"), ("false", "apply")],
)
def test_a_dry_run_is_what_kubectl_means_by_its_value(word: str, mode: str) -> None:
    assert request("n1", dry_run=word).options.mode == mode


def test_durations_and_selectors_are_read() -> None:
    options = request("n1", timeout="1m30s", deadline="1h", pod_selector="app=web").options
    assert (options.timeout, options.deadline) == (90, 3600)
    assert options.pod_selector == (Requirement("app", "in", ("web",)),)


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        pytest.param(["kubectl-lab", "drain", "n1"], "kubectl lab drain n1", id="the program with its command"),
        pytest.param(["kubectl-lab-drain", "n1"], "kubectl lab drain n1", id="the program of the command"),
        pytest.param(["kubectl-lab-drain", "-l", "a in (b)"], "kubectl lab drain -l 'a in (b)'", id="quoted again"),
    ],
)
def test_a_fix_repeats_what_was_typed(argv: list[str], command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", argv)
    assert request("n1").options.command == command


def test_a_token_on_the_command_line_is_in_no_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["kubectl-lab-drain", "n1", "--token", "s3cret", "--token=s3cret"])
    assert "s3cret" not in request("n1").options.command


def session(output: str = "text", query: str = "") -> Session:
    values = {"output": output, "query": query, "quiet": False, "verbose": False, "color": "never"}
    return Session(values, lang="en", formats=(output,))


def drained(outcome: Any) -> Drain:
    return Drain("apply", outcome, (NodePlan("n1", "u", unschedulable=True, outcome=outcome, cordoned="already"),))


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("drained", 0), ("clear", 0), ("blocked", 1), ("failed", 1), ("timeout", 1), ("interrupted", 130)],
)
def test_the_outcome_decides_the_exit_code(outcome: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert Reporter(session()).ended(drained(outcome)) == code
    assert capsys.readouterr().out


@pytest.mark.parametrize("output", ["text", "json", "name"])
def test_that_there_is_nothing_to_drain_is_said_on_stderr(output: str, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = Drain("apply", "drained", (), (finding("DRN041", None, selector="a=b"),))
    assert Reporter(session(output)).ended(nothing) == 0
    shown = capsys.readouterr()
    assert shown.err == "warning DRN041  no node matches the selector a=b: nothing to drain\n"
    assert (output == "json") == bool(shown.out)


def test_a_query_that_fails_on_the_report_costs_the_query_not_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadUsage):
        Reporter(session("json", "abs(outcome)")).ended(drained("drained"))
    assert '"outcome": "drained"' in capsys.readouterr().out


def test_a_query_that_is_none_is_found_before_the_drain() -> None:
    with pytest.raises(BadUsage) as refused:
        session("json", "nodes[").prepare()
    assert refused.value.key == "bad-query"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_handlers_are_put_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    asked: list[str] = []
    with interrupts(lambda: asked.append("stop")):
        os.kill(os.getpid(), number)
    assert asked == ["stop"]
    assert signal.getsignal(number) is before


def test_the_second_signal_ends_the_program_at_once() -> None:
    program = """
        import os, signal
        from kubectl_lab_plugins.interrupts import interrupts
        with interrupts(lambda: None):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            print("still here")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")


def test_options_of_a_bare_command_are_kubectls_defaults() -> None:
    made = request("n1").options
    assert made == DrainOptions(command=made.command)
