"""Real shells at a terminal: what a line becomes when TAB is pressed.

    with bash(environ, "source <(kubectl completion bash)") as shell:
        shell.completed("kubectl lab dr") == "kubectl lab drain "

Each answers Ctrl-G with the line as it stands, between marks.
"""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SECONDS = 20.0
SHOW = "\x07"  # Ctrl-G
LINE = re.compile(r"<<<(.*?)>>>", re.DOTALL)
READY = "r-e-a-d-y"
# the words as bash-completion hands them to cobra's script: not cut at = and :
WORDS = r"""
_get_comp_words_by_ref() {
    local line=${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    cword=$((${#words[@]} - 1)) cur=${words[cword]} prev=${words[cword - 1]}
}
_filedir() { compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); }
"""
BASH = r"""
PS1= PS2=; bind 'set enable-bracketed-paste off'; bind 'set bell-style none'; bind 'set page-completions off'
bind 'set completion-query-items 0'
bind -x '"\C-g": printf "<<<%s>>>" "$READLINE_LINE"'
"""
ZSH = r"""
PS1= PS2= RPS1=; unsetopt zle_bracketed_paste prompt_cr prompt_sp beep; unset zle_bracketed_paste
autoload -Uz compinit; compinit -u -D
show() { print -n -r -- "<<<$BUFFER>>>" }; zle -N show; bindkey '^G' show; setopt no_always_last_prompt no_auto_menu
"""


def needed(program: str) -> str:
    """Its path; skips where the machine lacks it."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} on this machine")
    return found


class Shell:
    """One shell at a terminal of its own."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.seen = ""

    def type(self, text: str) -> None:
        """Press these keys."""
        os.write(self._terminal, text.encode())

    def until(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Read until it is there; what was read before is in `seen`."""
        self.seen, end = "", time.monotonic() + SECONDS
        while not (found := pattern.search(self.seen)):
            ready, _, _ = select.select([self._terminal], [], [], max(0, end - time.monotonic()))
            assert ready, f"nothing more than {self.seen!r}"
            self.seen += os.read(self._terminal, 1 << 16).decode(errors="replace")
        return found

    def do(self, command: str) -> None:
        """Run one line of commands to its end."""
        self.type(f"{command}\necho {READY.replace('e', chr(39) * 2 + 'e')}\n")
        self.until(re.compile(READY))

    def completed(self, line: str, keys: str = "\t") -> str:
        """The line after TAB; what the shell listed meanwhile is in `seen`."""
        self.type(line + keys + SHOW)
        found = self.until(LINE)[1]
        self.type("\x15")  # Ctrl-U
        return found


@contextlib.contextmanager
def _at_terminal(argv: list[str], environ: Mapping[str, str], folder: Path | None = None) -> Iterator[Shell]:
    outer, inner = pty.openpty()
    given = {**environ, "TERM": "dumb", "COLUMNS": "400", "LINES": "60", "HISTFILE": "/dev/null"}
    process = subprocess.Popen(
        argv, stdin=inner, stdout=inner, stderr=inner, env=given, start_new_session=True, cwd=folder
    )
    os.close(inner)
    try:
        yield Shell(outer)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(outer)


@contextlib.contextmanager
def bash(environ: Mapping[str, str], setup: str, folder: Path | None = None) -> Iterator[Shell]:
    """bash with this setup, and without bash-completion: a stand-in gives cobra's script its words."""
    with _at_terminal([needed("bash"), "--norc", "--noprofile", "-i"], environ, folder) as shell:
        for each in (WORDS, BASH, setup):
            shell.do(each)
        yield shell


@contextlib.contextmanager
def zsh(environ: Mapping[str, str], setup: str, folder: Path | None = None) -> Iterator[Shell]:
    """zsh with this setup."""
    with _at_terminal([needed("zsh"), "-f", "-i"], environ, folder) as shell:
        for each in (ZSH, setup):
            shell.do(each)
        yield shell


def fish(environ: Mapping[str, str], setup: str, line: str, folder: Path | None = None) -> list[str]:
    """What fish would offer for a line, `candidate` or `candidate<TAB>description`."""
    script = f'{setup}\ncomplete -C "{line}"'
    done = subprocess.run(
        [needed("fish"), "--no-config", "-c", script],
        capture_output=True, text=True, check=True, env=environ, timeout=SECONDS, cwd=folder, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()
