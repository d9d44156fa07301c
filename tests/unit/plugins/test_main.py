"""Whatever a command raises ends as one message and one exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner, Result

from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain.model import Drain, NodePlan
from kubectl_lab.errors import BadInput, BadUsage, LabError
from kubectl_lab.version import __version__
from kubectl_lab_plugins import main
from kubectl_lab_plugins.options import LabCommand, Session, session_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_lab.result import Finding


def run(body: Callable[[Session], int | None], *words: str) -> Result:
    """Run a command with this body under the real root group."""

    @click.command("try", cls=LabCommand)
    @session_options(formats=("json", "yaml"))
    def attempt(session: Session) -> int | None:
        """Try."""
        return body(session)

    class Root(main.Lab):
        def get_command(self, _ctx: click.Context, _name: str) -> click.Command:
            return attempt

    return CliRunner().invoke(Root("lab"), ["try", *words], prog_name="kubectl lab", env={"LC_ALL": "C"})


def raising(error: BaseException) -> Callable[[Session], int | None]:
    def body(_session: Session) -> int | None:
        raise error

    return body


def test_an_error_is_one_line_and_its_cure_is_indented_below() -> None:
    result = run(raising(BadUsage("unknown-format", format="xml", formats="json")))
    assert result.stderr == "error: there is no output format xml\n  -o takes one of: json\n"
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadUsage("x"), 2),
        (BadInput("x"), 1),
        (LabError("x"), 1),
        (click.UsageError("x"), 2),
        (ValueError("x"), 1),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 1),
        (PermissionError(13, "not a matter of room"), 1),
    ],
    ids=repr,
)
def test_the_exit_code_says_what_kind_of_failure(error: BaseException, code: int) -> None:
    result = run(raising(error))
    assert result.exit_code == code
    assert "Traceback" not in result.stderr


def test_a_disk_that_is_full_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "_silence", lambda: None)
    result = run(raising(OSError(28, "No space left on device")))
    assert result.exit_code == 1
    assert "written whole: No space left on device" in result.stderr


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BrokenPipeError()], ids=repr)
def test_an_interrupt_and_a_closed_pipe_end_without_a_word(error: BaseException) -> None:
    assert run(raising(error)).stderr == ""


def test_a_bug_is_one_line_with_the_version_and_how_to_see_more() -> None:
    result = run(raising(KeyError("a\nb\x1b")))
    assert len(result.stderr.splitlines()) == 1
    assert __version__ in result.stderr
    assert "-v" in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (ModuleNotFoundError("No module named 'yaml'", name="yaml"), "yaml"),
        (ImportError("cannot import"), "cannot import"),
        # so ends a frozen program that reads a late module from its own file
        (SystemExit("/opt/lab/kubectl-lab appears to have been moved or deleted"), "/opt/lab/kubectl-lab appears"),
    ],
    ids=["a module", "a name", "the file of a frozen program"],
)
def test_a_part_that_is_gone_is_no_bug(error: BaseException, part: str) -> None:
    result = run(raising(error))
    first, second = result.stderr.splitlines()
    assert result.exit_code == 1
    assert first.startswith(f"error: a part of kubectl lab cannot be read: {part}")
    assert "upgraded" in second


def test_a_bug_shows_its_traceback_with_verbose() -> None:
    result = run(raising(RuntimeError("boom")), "-v")
    assert "Traceback" in result.stderr
    assert "RuntimeError: boom" in result.stderr


def test_verbose_adds_the_causes_of_an_error() -> None:
    def body(_session: Session) -> None:
        raise LabError("failed") from OSError("no route\x1b[2J")

    assert "OSError" not in run(body).stderr
    assert r"  OSError: no route\x1b[2J" in run(body, "-v").stderr


def test_a_cause_that_was_suppressed_stays_so() -> None:
    def body(_session: Session) -> None:
        try:
            Path("/nonexistent/secret").read_text(encoding="utf-8")
        except OSError:
            raise LabError("failed") from None

    assert "secret" not in run(body, "-v").stderr


def test_what_a_cluster_put_into_an_error_cannot_reach_the_terminal() -> None:
    result = run(raising(LabError("server-said", text="\x1b[31mred\x9b\u202e\nerror: forged")))
    assert not set(result.stderr) & set("\x1b\x9b\u202e")
    assert [line for line in result.stderr.splitlines() if line.startswith("error:")] == result.stderr.splitlines()[:1]


def test_the_command_decides_its_exit_code() -> None:
    assert run(lambda _session: 1).exit_code == 1
    assert run(lambda _session: None).exit_code == 0


def test_exit_code_three_needs_the_flag_and_a_bad_answer() -> None:
    def bad(session: Session) -> None:
        session.answered_badly = True

    assert run(bad).exit_code == 0
    assert run(bad, "--exit-code").exit_code == 3
    assert run(lambda _session: None, "--exit-code").exit_code == 0


def test_one_wins_over_three() -> None:
    def bad(session: Session) -> int:
        session.answered_badly = True
        return 1

    assert run(bad, "--exit-code").exit_code == 1


def test_quiet_silences_notes_and_never_warnings() -> None:
    def body(session: Session) -> None:
        session.note("going on\x1b")
        session.warn("look out\x1b")

    assert run(body).stderr == "going on\\x1b\nwarning: look out\\x1b\n"
    assert run(body, "-q").stderr == "warning: look out\\x1b\n"


def test_a_line_of_the_answer_goes_to_stdout_cleaned() -> None:
    def body(session: Session) -> None:
        session.print("node/n1\x1b cordoned")
        session.event({"event": "cordoned"})

    assert run(body).stdout == 'node/n1\\x1b cordoned\n{"event": "cordoned"}\n'


@pytest.mark.parametrize(
    ("words", "output"), [([], "json"), (["-o", "yaml"], "yaml"), (["-oyaml", "--query", "a"], "yaml")]
)
def test_the_first_format_is_the_default(words: list[str], output: str) -> None:
    seen: list[Any] = []
    run(lambda session: seen.append((session.output, session.lang)), *words)
    assert seen == [(output, "en")]


def test_now_is_read_once_and_knows_its_time_zone() -> None:
    seen: list[Any] = []
    run(lambda session: seen.extend([session.now, session.now]))
    assert seen[0] is seen[1]
    assert seen[0].utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    ("words", "first"),
    [
        pytest.param(["nothing"], "error: no such command 'nothing'", id="an unknown command"),
        pytest.param(["version", "--nothing"], "error: no such option '--nothing'", id="an unknown option"),
        pytest.param(
            ["version", "-o", "xml"], "error: invalid value for '-o'", id="a format the command does not have"
        ),
        pytest.param(["--nothing"], "error: no such option '--nothing'", id="an unknown option of the program"),
        pytest.param(["version", "x"], "error: got unexpected extra argument (x)", id="an argument too many"),
        pytest.param(["--lang", "de", "why"], "error: there are no words in the language de", id="an unknown language"),
        pytest.param(
            ["why", "--lang=de"], "error: there are no words in the language de", id="the same behind a command"
        ),
        pytest.param(
            ["version", "--client", "-o", "text", "--query", "@"], "error: --query picks", id="a query as text"
        ),
    ],
)
def test_a_wrong_command_line_is_answered_in_two_lines_with_exit_code_two(words: list[str], first: str) -> None:
    result = CliRunner().invoke(main.lab, words, prog_name="kubectl lab", env={"LC_ALL": "C"})
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(first)
    assert len(result.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("lang", "words", "expected"),
    [
        ("fr", ["nothing"], "erreur : la commande 'nothing' n'existe pas\n  voir kubectl lab --help\n"),
        ("fr", ["why", "--nothing"], "erreur : l'option '--nothing' n'existe pas\n  voir kubectl lab why --help\n"),
        ("en", ["why", "--nothing"], "error: no such option '--nothing'\n  see kubectl lab why --help\n"),
    ],
)
def test_usage_errors_speak_the_users_language(lang: str, words: list[str], expected: str) -> None:
    result = CliRunner().invoke(main.lab, words, prog_name="kubectl lab", env={"LC_ALL": f"{lang}_CA.UTF-8"})
    assert result.stderr == expected


@pytest.mark.parametrize("words", [["--help"], ["-h"], []])
def test_help_is_on_stdout_and_succeeds(words: list[str]) -> None:
    result = CliRunner().invoke(main.lab, words, prog_name="kubectl lab", env={"LC_ALL": "C"})
    assert result.exit_code == 0
    assert "Usage: kubectl lab" in result.stdout


def test_two_languages_in_one_process_do_not_mix() -> None:
    texts = [CliRunner().invoke(main.lab, ["why", "-h", "--lang", lang]).stdout for lang in ("en", "fr", "en")]
    assert texts[0] == texts[2] != texts[1]
    assert "Show this message" not in texts[1]


def test_a_finding_of_severity_error_is_a_bad_answer_and_a_warning_is_none() -> None:
    def answering(*found: Finding) -> Callable[[Session], int | None]:
        node = NodePlan("n1", "u", unschedulable=False, outcome="clear", cordoned="no")
        return lambda session: session.show(Drain("client", "clear", (node,), found))

    error, warning = finding("DRN035", None), finding("DRN024", None)
    assert run(answering(warning, error), "--exit-code").exit_code == 3
    assert run(answering(warning), "--exit-code").exit_code == 0
    assert run(answering(error)).exit_code == 0
