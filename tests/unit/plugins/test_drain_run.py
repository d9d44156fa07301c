"""The command line of drain: what is refused before any cluster is asked, and what the flags come to."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain.model import Drain, DrainOptions, NodePlan
from kubectl_lab.domain.drain.plan import plan
from kubectl_lab.domain.drain.signals import Event, Progress
from kubectl_lab.domain.rules.label_selectors import Requirement
from kubectl_lab.errors import BadUsage, LabError
from kubectl_lab_plugins import __main__, drain_run
from kubectl_lab_plugins.drain_report import Reporter
from kubectl_lab_plugins.interrupts import Stop, interrupts
from kubectl_lab_plugins.session import Session
from make import node, pod

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


def request(*nodes: str, typed: tuple[str, ...] = (), **flags: Any) -> drain_run.DrainRequest:
    return drain_run.request_of(nodes, {**DEFAULTS, **flags}, typed)


@pytest.mark.parametrize(
    ("nodes", "flags", "key"),
    [
        pytest.param((), {}, "drain-no-node", id="neither a name nor a selector"),
        pytest.param((), {"selector": ""}, "drain-no-node", id="an empty selector names nothing"),
        pytest.param((), {"selector": " "}, "drain-no-node", id="a blank selector would be every node"),
        pytest.param((), {"selector": "\t\n"}, "drain-no-node", id="whatever the blanks"),
        pytest.param((".",), {}, "drain-not-a-node", id="a dot would be the list of nodes"),
        pytest.param(("..",), {}, "drain-not-a-node", id="two dots would be something else"),
        pytest.param(("a%2Fb",), {}, "drain-not-a-node", id="what a server would decode"),
        pytest.param(("n1",), {"grace_period": 2**40}, "drain-too-long", id="a grace period no server takes"),
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
    [
        ("none", "apply"),
        ("client", "client"),
        ("server", "server"),
        ("unchanged", "client"),
        ("true", "client"),
        ("1", "client"),
        ("FALSE", "apply"),
    ],
)
def test_a_dry_run_is_what_kubectl_means_by_its_value(word: str, mode: str) -> None:
    assert request("n1", dry_run=word).options.mode == mode


def test_durations_and_selectors_are_read() -> None:
    options = request("n1", timeout="1m30s", deadline="1h", pod_selector="app=web").options
    assert (options.timeout, options.deadline) == (90, 3600)
    assert options.pod_selector == (Requirement("app", "in", ("web",)),)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        pytest.param("kubectl-lab", ["drain", "pod/x", "--context", "drain"], id="the program with its command"),
        pytest.param("kubectl-lab-drain", ["pod/x", "--context", "drain"], id="the program of the command"),
    ],
)
def test_what_was_typed_is_what_stands_after_the_command(
    program: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(drain_run, "run", lambda session, *_: seen.append(session.typed))
    monkeypatch.setattr(sys, "argv", [program, *words])
    with pytest.raises(SystemExit):
        __main__.run()
    assert seen == [("pod/x", "--context", "drain")]


def test_a_fix_repeats_what_was_typed_quoted_for_the_shell() -> None:
    assert request("n1", typed=("-l", "a in (b)")).options.command == "kubectl lab drain -l 'a in (b)'"


def test_a_token_on_the_command_line_is_in_no_fix() -> None:
    made = Session(dict(VALUES), lang="en", formats=("text",), typed=("n1", "--token", "s3cret", "--token=s3cret"))
    assert "s3cret" not in " ".join(made.typed)


def test_a_pasted_question_goes_to_the_same_server_as_the_same_user() -> None:
    given = {**VALUES, "context": "prod", "as_user": "ro", "as_groups": ("a", "b"), "token": "s3cret"}
    made = Session(given, lang="en", formats=("text",))
    assert made.connection_words() == ("--context", "prod", "--as", "ro", "--as-group", "a", "--as-group", "b")


VALUES: Mapping[str, Any] = {"output": "text", "query": "", "quiet": False, "verbose": False, "color": "never"}


def session(output: str = "text", query: str = "") -> Session:
    return Session({**VALUES, "output": output, "query": query}, lang="en", formats=(output,))


def reporter(output: str = "text", query: str = "") -> Reporter:
    return Reporter(session(output, query), lambda: None)


def drained(outcome: Any) -> Drain:
    return Drain("apply", outcome, (NodePlan("n1", "u", unschedulable=True, outcome=outcome, cordoned="already"),))


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("drained", 0), ("clear", 0), ("blocked", 1), ("failed", 1), ("timeout", 1), ("interrupted", 130)],
)
def test_the_outcome_decides_the_exit_code(outcome: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert reporter().ended(drained(outcome)) == code
    assert capsys.readouterr().out


@pytest.mark.parametrize("output", ["text", "json", "name"])
def test_that_there_is_nothing_to_drain_is_said_on_stderr(output: str, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = Drain("apply", "drained", (), (finding("DRN041", None, selector="a=b"),))
    assert reporter(output).ended(nothing) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("warning DRN041  no node matches the selector a=b: nothing to drain\n")
    assert (output == "json") == bool(shown.out)


def test_a_query_that_fails_on_the_report_costs_the_query_not_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadUsage):
        reporter("json", "abs(outcome)").ended(drained("drained"))
    assert '"outcome": "drained"' in capsys.readouterr().out


def test_a_query_that_is_none_is_found_before_the_drain() -> None:
    with pytest.raises(BadUsage) as refused:
        session("json", "nodes[").prepare()
    assert refused.value.key == "bad-query"


class Broken(io.StringIO):
    """A stdout that fails from the first write on."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error

    def write(self, _text: str) -> int:
        raise self._error


FULL = OSError(errno.ENOSPC, "No space left on device")
NOTHING_DONE = Progress(1, 0, 0, 0, 0, "", 0)


@pytest.mark.parametrize("output", ["text", "jsonl"])
def test_a_full_disk_stops_the_run_and_saves_the_report(
    output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped: list[str] = []
    report = Reporter(session(output), lambda: stopped.append("stop"))
    monkeypatch.setattr(sys, "stdout", Broken(FULL))
    event = Event(datetime(2026, 1, 1, tzinfo=UTC), "cordoned", "n1")
    report.emit([event, event], NOTHING_DONE)
    assert stopped == ["stop"]
    with pytest.raises(LabError) as failed:
        report.ended(drained("interrupted"))
    assert (failed.value.key, failed.value.values) == ("drain-output", {"problem": "No space left on device"})
    assert "node/n1  interrupted" in capsys.readouterr().err


def test_a_document_that_finds_no_room_is_told_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Broken(FULL))
    with pytest.raises(LabError):
        reporter("json").ended(drained("drained"))
    assert "nodes drained: 1 of 1" in capsys.readouterr().err


def test_a_reader_who_left_stops_the_run_and_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Broken(BrokenPipeError()))
    report = reporter()
    report.emit([Event(datetime(2026, 1, 1, tzinfo=UTC), "cordoned", "n1")], NOTHING_DONE)
    with pytest.raises(BrokenPipeError):
        report.ended(drained("interrupted"))
    assert capsys.readouterr().err == ""


def test_a_broken_stderr_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Broken(BrokenPipeError()))
    session().warn("a warning of the server, told in the middle of a request")


def test_names_have_the_errors_beside_them_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    result = plan([node("n1")], [pod("bare")], (), {}, DrainOptions(), datetime(2026, 1, 1, tzinfo=UTC))
    assert reporter("name").ended(result) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "error DRN003" in shown.err
    assert "--force" in shown.err


def test_before_anything_is_written_a_signal_is_an_interrupt() -> None:
    with interrupts(Stop()), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)


def test_after_the_run_the_first_signal_leaves_the_report_alone() -> None:
    stop = Stop()
    stop.tell(pytest.fail)
    stop.ignore()
    with interrupts(stop):
        os.kill(os.getpid(), signal.SIGINT)


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
        from kubectl_lab_plugins.interrupts import Stop, interrupts
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
