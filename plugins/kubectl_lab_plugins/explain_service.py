"""`kubectl lab explain-service`: does traffic reach the pods, and where does it stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kubectl_lab_plugins.options import LabCommand, Session, session_options

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("text", "wide", "json", "yaml", "name", "mermaid", "svg", "dot", "jsonl")


@click.command(cls=LabCommand)
@click.argument(
    "subjects", nargs=-1, metavar="[NAME]...", help="A Service, or TYPE/NAME: service, ingress, httproute, grpcroute"
)
@click.option("-l", "--selector", metavar="SELECTOR", help="The Services with these labels, instead of naming them")
@click.option(
    "--from", "client", metavar="CLIENT", help="Who asks: pod/[NAMESPACE/]NAME, namespace/NAME, or an address"
)
@click.option(
    "--probe", is_flag=True, help="Send a real request through the API server to the named Services and their pods"
)
@click.option("--probe-path", metavar="PATH", default="/", help="The path that --probe asks for (default: /)")
@click.option("--watch", is_flag=True, help="Stay, and tell each change of verdict or endpoints")
@click.option(
    "--until",
    metavar="VERDICT",
    type=click.Choice(("healthy", "degraded")),
    help="With --watch: healthy or degraded; end with 0 as soon as all are so, or better",
)
@click.option(
    "--timeout", metavar="DURATION", default="0", help="With --watch: end with 1 after this time, 5m; 0: never"
)
@click.option("--print-rbac", is_flag=True, help="Print the Roles that this command needs, and read nothing")
@session_options(formats=FORMATS, kind="ServiceExplanation", snapshot=True, all_namespaces=True)
def explain_service(session: Session, subjects: Sequence[str], **flags: Any) -> int | None:
    """Explain whether a Service's traffic reaches its pods, and where it stops.

    Follows the path from the client to the container's port, marks the hop that is broken, and names cause and cure. Without
    a name: all Services of the namespace, worst first. With -f: manifests, before they are applied.

    \b
    Examples:
      kubectl lab explain-service web
      kubectl lab explain-service -A
      kubectl lab explain-service ingress/shop -o mermaid
      kubectl lab explain-service web --from pod/front --probe
      kubectl lab explain-service web --watch --until healthy --timeout 2m
      kubectl lab explain-service -f deployment.yaml -f service.yaml
    """
    from kubectl_lab_plugins import explain_service_run

    return explain_service_run.run(session, subjects, flags)
