"""`kubectl lab explain-tolerations`: where can this pod land, and why not elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kubectl_lab_plugins.options import LabCommand, Session, session_options
from kubectl_lab_plugins.scheduling_options import what_if_options

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("text", "wide", "json", "yaml", "name")


@click.command(cls=LabCommand)
@click.argument(
    "subjects", nargs=-1, metavar="[POD]...", help="A pod, or TYPE/NAME: deployment, statefulset, daemonset, job, …"
)
@click.option("-l", "--selector", metavar="SELECTOR", help="The pending pods with these labels, instead of naming them")
@click.option(
    "--with-toleration",
    metavar="TOLERATION",
    multiple=True,
    help="Pretend the pod has it too: KEY[=VALUE][:EFFECT[:SECONDS]], KEY>N, KEY<N, or * for everything; repeatable",
)
@click.option("--node", "shown", metavar="NODE", multiple=True, help="List only this node; repeatable")
@click.option("--node-selector", metavar="SELECTOR", help="List only the nodes with these labels")
@what_if_options
@session_options(formats=FORMATS, kind="SchedulingExplanation", snapshot=True, all_namespaces=True)
def explain_tolerations(session: Session, subjects: Sequence[str], **flags: Any) -> int | None:
    """Explain on which nodes a pod can land, and what keeps it off the others.

    Every rule of kube-scheduler, node by node: what refuses the pod, which toleration almost matched, what to change, and
    the text of the scheduler's own event. Without a name: all pending pods of the namespace. Nothing is written.

    \b
    Examples:
      kubectl lab explain-tolerations web-7d4b9c
      kubectl lab explain-tolerations deployment/web --with-toleration team=blue:NoSchedule
      kubectl lab explain-tolerations -A
      kubectl lab explain-tolerations daemonset/agent --node node-1 -o wide
      kubectl lab explain-tolerations web --add-taint maintenance:NoSchedule@node-2
      kubectl lab explain-tolerations -f snapshot.yaml -f pod.yaml
    """
    from kubectl_lab_plugins import explain_tolerations_run

    return explain_tolerations_run.run(session, subjects, flags)
