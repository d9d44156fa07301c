"""The program. `kubectl-lab-drain` is `kubectl-lab drain`: kubectl finds a plugin by the name of its file."""

from __future__ import annotations

import gc
import sys

PREFIX = "kubectl-lab-"
# a list of thousands of objects is no garbage: looking through it at each step would cost more than reading it
COLLECTIONS = (100_000, 20, 20)


def run() -> None:
    """Run the command line this process was started with, and exit."""
    if sys.argv[1:] == ["--version"]:
        _version()
        return
    _restore_environment()
    if sys.argv[1:2] == ["__complete"]:
        _complete([*_command(sys.argv[0]), *sys.argv[2:]])
        return
    gc.set_threshold(*COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        # no accent and no emoji in a label ends the program on an ASCII terminal; a closed stream is None
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # they are text files
    try:
        from kubectl_lab_plugins.main import lab
    except ImportError as error:
        sys.exit(_incomplete(error))
    try:
        lab.main(args=[*_command(sys.argv[0]), *sys.argv[1:]], prog_name="kubectl lab")
    finally:
        # the process gives everything back at once; to look through thousands of objects before it ends would take seconds
        gc.freeze()


def _version() -> None:
    """Before anything is imported; what cannot be written is said, as everywhere."""
    try:
        from kubectl_lab.version import __version__

        if sys.stdout is None:  # closed
            sys.exit("error: the answer could not be written: stdout is closed\n  send it somewhere")
        sys.stdout.write(__version__ + "\n")
        sys.stdout.flush()
    except ImportError as error:
        sys.exit(_incomplete(error))
    except OSError as error:
        import os

        # or Python's own last flush would fail again, with a traceback
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(
            1 if isinstance(error, BrokenPipeError) else f"error: the answer could not be written: {error.strerror}"
        )


def _complete(words: list[str]) -> None:
    """Without its own files it offers nothing, and no file names in its place."""
    try:
        from kubectl_lab_plugins import completion_answer
    except ImportError:
        sys.stdout.write(":4\n")
    else:
        completion_answer.run(words)


def _incomplete(error: ImportError) -> str:
    """In English: the words are among what may be missing."""
    return f"error: a part of kubectl lab cannot be read: {error.name or error}\n  install it again"


def _command(program: str) -> list[str]:
    """The command in a program's name: `…/kubectl-lab-explain_service` -> `explain-service`; none in `kubectl-lab`."""
    name = program.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    return [name.removeprefix(PREFIX).replace("_", "-")] if name.startswith(PREFIX) else []


def _restore_environment() -> None:
    """Undo what a frozen program's starter did, so that kubectl and credential plugins load their own libraries."""
    import os

    if getattr(sys, "frozen", False):
        for variable in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
            original = os.environ.pop(f"{variable}_ORIG", None)
            os.environ.pop(variable, None)
            if original is not None:
                os.environ[variable] = original
    for variable in [name for name in os.environ if name.startswith(("_PYI_", "_MEI"))]:
        del os.environ[variable]


if __name__ == "__main__":
    run()
