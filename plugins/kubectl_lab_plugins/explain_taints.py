"""`kubectl lab explain-taints`: what do these taints do, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kubectl_lab_plugins.options import LabCommand, Session, session_options
from kubectl_lab_plugins.scheduling_options import what_if_options

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("text", "wide", "json", "yaml", "name")


@click.command(cls=LabCommand)
@click.argument("nodes", nargs=-1, metavar="[NODE]...", help="Name of a node, or node/NAME")
@click.option("-l", "--selector", metavar="SELECTOR", help="The nodes with these labels, instead of naming them")
@what_if_options
@session_options(formats=FORMATS, kind="TaintExplanation", snapshot=True)
def explain_taints(session: Session, nodes: Sequence[str], **flags: Any) -> int | None:
    """Explain what the taints of nodes do, and to which pods.

    What each taint means and who sets it, which pods tolerate it, which pending pods it alone keeps out, which running pods
    NoExecute deletes and when. Without a name: every node that has a taint or is cordoned. Nothing is written: with
    --add-taint it is the rehearsal of kubectl taint.

    \b
    Examples:
      kubectl lab explain-taints
      kubectl lab explain-taints node-1 node-2
      kubectl lab explain-taints node-1 --add-taint maintenance:NoExecute
      kubectl lab explain-taints -l pool=blue --remove-taint team=blue:NoSchedule
      kubectl lab explain-taints -f snapshot.yaml -o wide
    """
    from kubectl_lab_plugins import explain_taints_run

    return explain_taints_run.run(session, nodes, flags)
