"""`kubectl lab version`: what runs here, what runs there, and where the connection comes from."""

from __future__ import annotations

import click

from kubectl_lab.errors import LabError
from kubectl_lab_plugins.options import LabCommand, Session, session_options


@click.command(cls=LabCommand)
@click.option("--client", is_flag=True, help="Only what runs here: ask no server")
@session_options(formats=("text", "json", "yaml"), kind="Version")
def version(session: Session, client: bool) -> None:
    """Show what runs here and on the server.

    The versions of kubectl lab, of Python and of the server; with -v also where server, context, user and namespace
    come from: which flag, variable or kubeconfig entry.

    When the server does not answer, the client's part is shown all the same, and the exit code is 1.

    \b
    Examples:
      kubectl lab version --client
      kubectl lab version -v
    """
    from kubectl_lab_plugins.version_result import Version, sources

    target, server = None, None
    try:
        if not client:
            target = sources(session.target()) if session.verbose else None
            if target and session.output == "text":
                from kubectl_lab.render import text

                text.prepare_tables()  # while all files of the program are there
            server = session.live().server_version()
    except LabError:
        session.show(Version(None, target))
        raise
    session.show(Version(server, target))
