"""Flags as pflag reads them: the cases in which click would read them otherwise."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.exceptions import UsageError

from kubectl_lab_plugins.flags import FALSE, TRUE, without_secrets
from kubectl_lab_plugins.options import LabCommand

OPTIONS = [
    click.Argument(["nodes"], nargs=-1),
    click.Option(["--force"], is_flag=True),
    click.Option(["-A", "--all"], is_flag=True),
    click.Option(["-l", "--selector"]),
    click.Option(["--grace-period"], type=int),
    click.Option(["--dry-run"], is_flag=False, flag_value="client", default="none"),
]


def parsed(*words: str) -> dict[str, Any]:
    return LabCommand("drain", params=list(OPTIONS)).make_context("drain", list(words)).params


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["--force", "n1"], {"force": True, "nodes": ("n1",)}, id="a bare flag leaves the next word alone"),
        pytest.param(["--force=true"], {"force": True}, id="a flag may say true"),
        pytest.param(["--force=false", "n1"], {"force": False, "nodes": ("n1",)}, id="a flag may say false"),
        pytest.param(["--force", "--force=false"], {"force": False}, id="the last word on a flag counts, false"),
        pytest.param(["--force=f", "--force"], {"force": True}, id="the last word on a flag counts, true"),
        pytest.param(["-A=1"], {"all": True}, id="a short flag may say true"),
        pytest.param(["-A", "--all=0"], {"all": False}, id="short and long are the same flag"),
        pytest.param(["--dry-run", "n1"], {"dry_run": "client", "nodes": ("n1",)}, id="a bare --dry-run takes no word"),
        pytest.param(["--dry-run=server"], {"dry_run": "server"}, id="--dry-run takes what follows its equals sign"),
        pytest.param(["--dry-run="], {"dry_run": ""}, id="--dry-run may be given an empty value"),
        pytest.param(["n1"], {"dry_run": "none"}, id="without --dry-run nothing is dry"),
        pytest.param(["-l=app=web"], {"selector": "app=web"}, id="a short option takes what follows its equals sign"),
        pytest.param(["-lapp=web"], {"selector": "app=web"}, id="a short option takes what is glued to it"),
        pytest.param(["-l", "app=web"], {"selector": "app=web"}, id="a short option takes the next word"),
        pytest.param(["--selector="], {"selector": ""}, id="a long option may be given an empty value"),
        pytest.param(
            ["-l", "--force=false", "--force"],
            {"selector": "--force=false", "force": True},
            id="a value that looks like a flag is a value",
        ),
        pytest.param(["--grace-period", "-1"], {"grace_period": -1}, id="a negative number is a value"),
        pytest.param(["--grace-period=-1"], {"grace_period": -1}, id="so it is behind an equals sign"),
        pytest.param(
            ["--", "--force=false"], {"force": False, "nodes": ("--force=false",)}, id="behind -- nothing is a flag"
        ),
    ],
)
def test_reading(words: list[str], expected: dict[str, Any]) -> None:
    assert {name: parsed(*words)[name] for name in expected} == expected


@pytest.mark.parametrize("value", TRUE + FALSE)
def test_go_has_many_words_for_true_and_false(value: str) -> None:
    assert parsed(f"--force={value}")["force"] is (value in TRUE)


@pytest.mark.parametrize("words", [["--force=yes"], ["--force="], ["--dry-runs"], ["--grace-period"], ["--selector"]])
def test_a_wrong_flag_is_a_usage_error_that_knows_its_command(words: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        parsed(*words)
    assert refused.value.exit_code == 2
    assert refused.value.ctx is not None
    assert refused.value.ctx.command.name == "drain"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (["n1", "--token", "s3cr3t", "--force"], ["n1", "--token", "<masked>", "--force"]),
        (["--token=s3cr3t"], ["--token=<masked>"]),
        (["--token", "--token", "n1"], ["--token", "<masked>", "n1"]),
        (["-l", "token=x", "--tokens=1"], ["-l", "token=x", "--tokens=1"]),
        (["--token"], ["--token"]),
    ],
)
def test_a_command_line_is_shown_again_without_its_token(typed: list[str], shown: list[str]) -> None:
    assert without_secrets(typed) == shown
