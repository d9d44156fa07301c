"""The flags every command takes, and how a command is made.

    @click.command(cls=LabCommand)
    @click.argument("nodes", nargs=-1, metavar="[NODE]...", help="…")
    @click.option("--force", is_flag=True, help="…")
    @session_options(formats=("text", "json"))
    def drain(session: Session, nodes: tuple[str, ...], force: bool) -> int | None:
        \"\"\"First sentence: the line in the list of commands.

        \\b
        Examples:
          kubectl lab drain n1
        \"\"\"
        session.show(plan(session.cluster().list("Node"), session.now))
        return 1  # the exit code; None is 0, or 3 with --exit-code when a finding has severity `error`

- `session_options` stands last, right above the function. `formats`: what `-o` takes, the default first; empty for a
  command without `-o`. `kind`: of the result, whose view is imported before the first request. `snapshot`: has `-f`. `connection`: has the connection flags. `all_namespaces`: has `-A`.
- Give every option a `metavar` in Kubernetes' terms and a `help` without a final period. An option that may stand bare is
  `flag_value="client", is_flag=False` (`--dry-run`, `--dry-run=server`; never `--dry-run server`, as with kubectl).
- Raise LabError anywhere; `main.py` prints it. Write with `session.show`, `print`, `event`, `note`, `warn`.
- Its French: `[drain]` in `catalogue/fr/cli.toml`, `help` and one entry an option (`"--force"`) or argument (`NODE`).
"""

from __future__ import annotations

import functools
from gettext import gettext
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kubectl_lab.render import terminal
from kubectl_lab_plugins import flags, wording
from kubectl_lab_plugins.main import VERBOSE
from kubectl_lab_plugins.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["LabCommand", "Session", "session_options"]

Function = TypeVar("Function", bound="Callable[..., Any]")
TYPED = "kubectl_lab.typed"  # in the context's `meta`
OUTPUT = "Output"
CONNECTION = "Connection"


class SharedOption(click.Option):
    """An option of every command; `--help` shows it in the section it belongs to."""

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section


class LabCommand(click.Command):
    """A command whose flags read as kubectl's, and whose help shows its own options first."""

    context_class = wording.Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["context_settings"] = {"help_option_names": ["-h", "--help"], **kwargs.get("context_settings", {})}
        super().__init__(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Rewrite what pflag reads otherwise, then parse; the words as typed are kept for the fixes."""
        ctx.meta[TYPED] = tuple(args)
        try:
            return super().parse_args(ctx, flags.as_click(args, self.get_params(ctx)))
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # click's parser does not say which command's help would help
            raise

    def get_help(self, ctx: click.Context) -> str:
        """With the blanks that kept French punctuation on its line as plain ones again."""
        return terminal.untied(super().get_help(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One section for the command's own options, one each for output and connection."""
        lang = ctx.find_root().obj or "en"
        sections: dict[str, list[tuple[str, str]]] = {gettext("Options"): []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if isinstance(parameter, click.Option) and record:
                section = getattr(parameter, "section", None)
                title = wording.heading(section, lang) if section else gettext("Options")
                sections.setdefault(title, []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def _remember_verbose(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    ctx.meta[VERBOSE] = value
    return value


def _option(section: str, *names: str, **settings: Any) -> Callable[[Function], Function]:
    return click.option(*names, cls=SharedOption, section=section, **settings)


def _output(formats: Sequence[str]) -> list[Callable[[Function], Function]]:
    shared = functools.partial(_option, OUTPUT)
    chosen = [
        shared(
            "-o",
            "--output",
            metavar="FORMAT",
            type=click.Choice(formats),
            help=wording.with_formats("One of: {formats}", formats),
        ),
        shared("--query", metavar="EXPRESSION", help="Show what this JMESPath expression picks from the JSON document"),
        shared("--exit-code", is_flag=True, help="Exit 3 when the answer holds a finding of severity error"),
    ]
    return (chosen if formats else []) + [
        shared(
            "--color",
            metavar="WHEN",
            type=click.Choice(("auto", "always", "never")),
            default="auto",
            help="Colours: auto (on a terminal), always or never; NO_COLOR and FORCE_COLOR count too",
        ),
        shared(
            "--lang",
            metavar="LANGUAGE",
            expose_value=False,
            help="Language of messages and help: en or fr (default: LC_ALL, LC_MESSAGES, LANG)",
        ),
        shared("-q", "--quiet", is_flag=True, help="No progress on stderr"),
        shared(
            "-v",
            "--verbose",
            is_flag=True,
            is_eager=True,
            callback=_remember_verbose,
            help="More on stderr: requests, the causes of an error",
        ),
    ]


def _snapshot() -> list[Callable[[Function], Function]]:
    return [
        click.option(
            "-f",
            "--filename",
            metavar="FILE",
            multiple=True,
            help="Read objects from this file, folder or - (stdin) instead of a cluster; repeatable",
        ),
    ]


def _all_namespaces() -> list[Callable[[Function], Function]]:
    return [click.option("-A", "--all-namespaces", is_flag=True, help="All namespaces, whatever --namespace says")]


def _connection() -> list[Callable[[Function], Function]]:
    shared = functools.partial(_option, CONNECTION)
    return [
        shared("-n", "--namespace", metavar="NAMESPACE", help="Namespace (default: the context's)"),
        shared("--context", metavar="CONTEXT", help="Context of the kubeconfig to use"),
        shared("--cluster", metavar="CLUSTER", help="Cluster of the kubeconfig to use"),
        shared("--user", metavar="USER", help="User of the kubeconfig to use"),
        shared("--kubeconfig", metavar="FILE", help="The kubeconfig file; $KUBECONFIG is then not read"),
        shared("--as", "as_user", metavar="USER", help="Act as this user (impersonation)"),
        shared(
            "--as-group", "as_groups", metavar="GROUP", multiple=True, help="Act as a member of this group; repeatable"
        ),
        shared("--as-uid", metavar="UID", help="Act with this UID"),
        shared("-s", "--server", metavar="URL", help="Address of the API server"),
        shared("--token", metavar="TOKEN", help="Bearer token for the API server"),
        shared("--certificate-authority", metavar="FILE", help="Certificate of the authority that signed the server's"),
        shared("--client-certificate", metavar="FILE", help="Client certificate"),
        shared("--client-key", metavar="FILE", help="Key of the client certificate"),
        shared("--insecure-skip-tls-verify", is_flag=True, help="Do not check the server's certificate: insecure"),
        shared("--tls-server-name", metavar="NAME", help="Name to expect in the server's certificate"),
        shared(
            "--request-timeout", metavar="DURATION", help="Give up a single request after this time: 1s, 2m (0: never)"
        ),
    ]


def session_options(
    formats: Sequence[str] = (),
    *,
    kind: str = "",
    snapshot: bool = False,
    connection: bool = True,
    all_namespaces: bool = False,
) -> Callable[[Callable[..., int | None]], Callable[..., None]]:
    """Give a command the shared flags and, as its first argument, the Session they come to (see the module)."""
    chosen = (snapshot and _snapshot()) or []
    chosen += _all_namespaces() if all_namespaces else []
    chosen += _output(formats) + (_connection() if connection else [])

    def decorate(function: Callable[..., int | None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(**values: Any) -> None:
            ctx = click.get_current_context()
            shared = {name: values.pop(name) for name in shared_names if name in values}
            typed = ctx.meta.get(TYPED, ())
            session = Session(shared, lang=ctx.find_root().obj, formats=formats, typed=typed, kind=kind)
            try:
                code = function(session, **values)
            finally:
                session.close()
            ctx.exit(code or (3 if shared.get("exit_code") and session.answered_badly else 0))

        made: Callable[..., None] = command
        for option in reversed(chosen):
            made = option(made)
        declared: list[click.Parameter] = made.__click_params__  # type: ignore[attr-defined]  # where click collects them
        shared_names = {each.name for each in declared}
        return made

    return decorate
