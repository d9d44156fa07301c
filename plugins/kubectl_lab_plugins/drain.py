"""`kubectl lab drain`: empty nodes, safely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kubectl_lab_plugins.options import LabCommand, Session, session_options

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(cls=LabCommand)
@click.argument("nodes", nargs=-1, metavar="[NODE]...", help="Name of a node, or node/NAME")
@click.option("-l", "--selector", metavar="SELECTOR", help="Drain the nodes with these labels, instead of naming them")
@click.option("--ignore-daemonsets", is_flag=True, help="Leave the pods of DaemonSets where they are")
@click.option("--delete-emptydir-data", is_flag=True, help="Go on although the data of emptyDir volumes will be lost")
@click.option("--force", is_flag=True, help="Go on although pods without controller will not come back")
@click.option("--grace-period", metavar="SECONDS", type=int, default=-1, help="Time to end, below 0: each pod's own")
@click.option("--timeout", metavar="DURATION", default="0", help="Give a node up after this time, 5m; 0: never")
@click.option("--deadline", metavar="DURATION", default="0", help="End the whole run after this time, 1h; 0: never")
@click.option("--pod-selector", metavar="SELECTOR", default="", help="Only the pods with these labels leave")
@click.option("--disable-eviction", is_flag=True, help="Delete pods without asking the PodDisruptionBudgets: dangerous")
@click.option(
    "--skip-wait-for-delete-timeout",
    metavar="SECONDS",
    type=int,
    default=0,
    help="Do not wait for pods that should have ended so long ago; 0: wait",
)
@click.option("--chunk-size", metavar="N", type=click.IntRange(min=0), default=500, help="Pods a page; 0: no pages")
@click.option(
    "--pod-parallel", metavar="N", type=click.IntRange(1, 256), default=16, help="Most requests in flight at once"
)
@click.option(
    "--dry-run",
    metavar="none|client|server",
    default="none",
    is_flag=False,
    flag_value="unchanged",
    help="Write nothing: show the plan (client), or try each request with the server's own dry run (server)",
)
@session_options(formats=("text", "json", "yaml", "jsonl", "name"), kind="Drain")
def drain(session: Session, nodes: Sequence[str], **flags: Any) -> int | None:
    """Empty nodes for maintenance: cordon them, evict their pods, wait until they are gone.

    Takes the command line of kubectl drain, shows the plan before the first change, and names what stands in the way.

    \b
    Examples:
      kubectl lab drain n1 --ignore-daemonsets
      kubectl lab drain -l statusnode=maintenance --ignore-daemonsets --dry-run=server
      kubectl lab drain n1 --ignore-daemonsets --timeout 5m -o jsonl
    """
    from kubectl_lab_plugins import drain_run

    return drain_run.run(session, nodes, flags)
