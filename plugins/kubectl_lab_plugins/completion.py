"""`kubectl lab completion`: turn the TAB key on."""

from __future__ import annotations

import sys

import click

from kubectl_lab_plugins.options import LabCommand, Session, session_options

INSTALL, SHELLS = "install", ("bash", "zsh", "fish")


@click.command(cls=LabCommand)
@click.argument(
    "what",
    metavar="install|bash|zsh|fish",
    type=click.Choice((INSTALL, *SHELLS)),
    help="install makes kubectl complete kubectl lab; bash, zsh and fish print a script for kubectl-lab itself",
)
@click.option(
    "--dir",
    "folder",
    metavar="DIR",
    help="With install: this folder of PATH, instead of the one that holds kubectl-lab",
)
@click.option("--remove", is_flag=True, help="With install: take away what it wrote")
@session_options(connection=False)
def completion(session: Session, what: str, folder: str | None, remove: bool) -> None:
    """Complete commands, flags, nodes, services and namespaces with the TAB key.

    install writes the small file that kubectl looks for, kubectl_complete-lab; kubectl's own completion does the rest, if it
    is on in your shell (kubectl completion --help tells how).

    The scripts are for those who start kubectl-lab without kubectl.

    \b
    Examples:
      kubectl lab completion install
      kubectl lab completion install --dir ~/bin
      kubectl lab completion install --remove
      source <(kubectl-lab completion bash)
      kubectl-lab completion fish | source
    """
    from kubectl_lab_plugins import completion_install, completion_scripts

    if what == INSTALL:
        completion_install.run(session, folder, remove=remove)
    else:
        completion_install.refuse_beside_a_script(folder, remove=remove)
        sys.stdout.write(completion_scripts.SCRIPTS[what])
