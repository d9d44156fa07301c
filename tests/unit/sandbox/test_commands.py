"""What `with` does with its command; everything else needs a cluster."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from sandbox import commands
from sandbox.sandboxes import ROOT


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        pytest.param("INT", "KeyboardInterrupt", id="Ctrl-C"),
        pytest.param("TERM", "Stopped", id="TERM"),
    ],
)
def test_a_signal_that_comes_while_the_command_is_born_takes_it_along(number: str, raised: str) -> None:
    program = f"""
        import os
        from sandbox import commands
        words = ["bash", "-c", "kill -{number} $PPID; echo $$; exec sleep 600"]
        try:
            with commands.stopping():
                commands.run(words, dict(os.environ), os.getppid())
        except BaseException as error:
            print(type(error).__name__, flush=True)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=ROOT / "tests",
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    *pids, name = done.stdout.split()
    assert name == raised
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


def test_signals_that_were_held_back_arrive_when_let_go() -> None:
    with commands.held_back() as let_go:
        os.kill(os.getpid(), signal.SIGINT)  # nothing yet: this line would not be passed
        with pytest.raises(KeyboardInterrupt):
            let_go()


def test_the_exit_code_of_the_command_is_ours() -> None:
    assert commands.run(["bash", "-c", "exit 7"], dict(os.environ), os.getppid()) == 7
    assert commands.run(["bash", "-c", "kill -KILL $$"], dict(os.environ), os.getppid()) == 137
