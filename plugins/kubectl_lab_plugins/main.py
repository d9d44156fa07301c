"""The root command, and the one place where a failure becomes a message and an exit code."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
from gettext import gettext
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.exceptions import Exit

from kubectl_lab.catalogue import language, words
from kubectl_lab.errors import LabError
from kubectl_lab.render import terminal
from kubectl_lab.render.terminal import clean
from kubectl_lab.version import __version__
from kubectl_lab_plugins import wording
from kubectl_lab_plugins.interrupts import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# a command `explain-service` is the function `explain_service` of the module `explain_service`, imported when asked for
COMMANDS = (
    "drain",
    "explain-taints",
    "explain-tolerations",
    "explain-service",
    "completion",
    "version",
    "why",
)
VERBOSE = "kubectl_lab.verbose"  # in the context's `meta`, put there by `-v` before anything can fail
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # of a file that stdout goes to
SENTENCE = 500  # characters: more than any


class Lab(click.Group):
    """Loads a command when it is asked for; catches what a command raises."""

    context_class = wording.Context

    def get_help(self, ctx: click.Context) -> str:
        """With the blanks that kept French punctuation on its line as plain ones again."""
        return terminal.untied(super().get_help(ctx))

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with its whole first sentence; click would cut it at the end of the line."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, each.get_short_help_str(SENTENCE)) for name, each in commands.items() if each])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its help in the user's language."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"kubectl_lab_plugins.{name}"), name)
        return wording.translated(command, cmd_name, ctx.obj or language.DEFAULT)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Decide the language, then parse: help and usage errors are in it."""
        with _boundary(language.choose((), os.environ)):
            lang = language.choose(args, os.environ)
        with _boundary(lang):
            if sys.stdout is None:  # closed: better no drain at all than one that stops at its first line
                raise LabError("output-unwritable", why=os.strerror(errno.EBADF))
            wording.use(lang)
            spoken = wording.translated(self, "lab", lang)
            return click.Group.make_context(spoken, info_name, args, parent, obj=lang, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever it raises ends as one message and an exit code."""
        with _boundary(ctx.obj, ctx.meta):
            try:
                return super().invoke(ctx)
            finally:
                # a reader who left shows only now, and not as a traceback when Python ends
                sys.stdout.flush()


@contextlib.contextmanager
def _boundary(lang: str, meta: Mapping[str, Any] = MappingProxyType({})) -> Iterator[None]:
    """Whatever goes wrong in the block ends as one message in this language; `meta`: the context's, where `-v` is noted."""
    try:
        yield
    except (Exit, click.Abort):
        raise
    except KeyboardInterrupt:
        raise Exit(INTERRUPTED) from None
    except BrokenPipeError:
        _silence()
        raise Exit(1) from None
    except (LabError, click.ClickException) as error:
        _fail(error, lang, verbose=bool(meta.get(VERBOSE)))
    except (ImportError, SystemExit) as error:  # a frozen program ends so where its own file is gone
        gone = words.missing(getattr(error, "name", None) or error)
        gone.__cause__ = error
        _fail(gone, lang, verbose=bool(meta.get(VERBOSE)))
    except OSError as error:
        if error.errno not in UNWRITABLE:
            _bug(error, lang, verbose=bool(meta.get(VERBOSE)))
        _silence()
        _fail(LabError("output-unwritable", why=os.strerror(error.errno)), lang)
    except Exception as error:  # noqa: BLE001 - the last net: a bug of ours must not end in a traceback either
        _bug(error, lang, verbose=bool(meta.get(VERBOSE)))


def _fail(error: LabError | click.ClickException, lang: str, *, verbose: bool = False) -> NoReturn:
    """Say what failed and, indented, the cure; exit with the error's own code."""
    try:
        message, cure = (
            _click_text(error, lang) if isinstance(error, click.ClickException) else words.error_text(error, lang)
        )
    except LabError as gone:
        message, cure = words.error_text(gone, lang)
    first, *more = clean(message, multiline=True).splitlines() or [""]
    lines = [f"{words.prefix(lang)} {first}", *(f"  {line}" for line in more)]
    lines += [f"  {line}" for line in clean(cure, multiline=True).splitlines()]
    if verbose:
        lines += [f"  {clean(line)}" for line in _causes(error)]
    _print(lines)
    raise Exit(error.exit_code) from None


def _click_text(error: click.ClickException, lang: str) -> tuple[str, str]:
    """click's sentence in our form: lower case first, no final period; where the help is."""
    # a list of choices comes a line each, with tabs
    text = " ".join(error.format_message().split()).replace(". (", " (").removesuffix(".")
    if text[1:2].islower() or text[1:2] in (" ", "'"):
        text = text[:1].lower() + text[1:]
    ctx = getattr(error, "ctx", None)
    command = ctx.command_path if ctx else "kubectl lab"
    return text, words.word(lang, "error.usage", command=command) if isinstance(error, click.UsageError) else ""


def _causes(error: BaseException) -> Iterator[str]:
    """The chain below an error, nearest first, for `-v`."""
    cause = _cause(error)
    while cause is not None:
        yield f"{type(cause).__name__}: {cause}"
        cause = _cause(cause)


def _cause(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _bug(error: Exception, lang: str, *, verbose: bool) -> NoReturn:
    text = " ".join(str(error).split())
    problem = f"{type(error).__name__}: {text}" if text else type(error).__name__
    lines = [clean(problem)]
    with contextlib.suppress(LabError):
        lines = [words.word(lang, "error.bug", problem=clean(problem), version=__version__)]
    if verbose:
        import traceback

        lines += [clean(line) for part in traceback.format_exception(error) for line in part.splitlines()]
    _print([f"{words.prefix(lang)} {lines[0]}", *lines[1:]])
    raise Exit(1) from None


def _print(lines: list[str]) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()


def _silence() -> None:
    """What is still in stdout's buffer goes nowhere, so that Python's own last flush finds an open end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(
    cls=Lab,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--lang", metavar="en|fr", expose_value=False, help="Language of help, messages and text.")
@click.option("--version", is_flag=True, help="Print the version of kubectl lab and exit.")
@click.pass_context
def lab(ctx: click.Context, version: bool) -> None:
    """kubectl plugins that answer: empty nodes safely, and understand what Kubernetes does.

    \b
    Examples:
      kubectl lab drain -l statusnode=maintenance --dry-run=server
      kubectl lab explain-tolerations web-7d4b9c
      kubectl lab explain-service web
      kubectl lab why DRN010
      kubectl lab version --client
    """
    if version:
        click.echo(__version__)
    elif ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
