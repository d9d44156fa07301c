"""One list or object of a cluster: what came, or why it cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.errors import ApiError, Forbidden, NotFound, ServerError, TimedOut, TooManyRequests
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.domain.rules.asks import Ask
    from kubectl_lab.errors import LabError
    from kubectl_lab.objects import Object

    Found = Sequence[Object] | Missing
    Answer = tuple[Ask, Found]

# what a server that is busy or half broken says of one list while it answers others
PASSING = (ServerError, TimedOut, TooManyRequests)


def objects_of(cluster: LiveCluster, ask: Ask) -> Sequence[Object]:
    """The objects; none where the one that is asked for by name is not there. Raises as `list` and `get` do."""
    if not ask.name:
        return cluster.list(ask.kind, ask.namespace, label_selector=ask.labels, field_selector=ask.fields).items
    try:
        return (cluster.get(ask.kind, ask.name, ask.namespace),)
    except NotFound:
        return ()


def forbidden(ask: Ask) -> Missing:
    """`forbidden: cannot list networkpolicies in namespace shop`."""
    resource = KINDS[ask.kind]
    where = f"namespace {ask.namespace}" if ask.namespace and resource.namespaced else "the cluster"
    what = f"get {resource.plural} {ask.name}" if ask.name else f"list {resource.plural}"
    return Missing(ask.kind, f"forbidden: cannot {what} in {where}")


def not_served(ask: Ask) -> Missing:
    """`not served: resource.k8s.io/v1`."""
    return Missing(ask.kind, f"not served: {KINDS[ask.kind].group_version}")


def failed(kind: str, error: LabError) -> Missing:
    """`failed: 503`, `failed: timed out`."""
    return Missing(kind, f"failed: {error.status if isinstance(error, ApiError) else 'timed out'}")


def missing(ask: Ask, error: LabError) -> Missing | None:
    """What an error says of this kind alone; None where it ends everything, since no other request would fare better."""
    if isinstance(error, Forbidden):
        return forbidden(ask)
    if isinstance(error, NotFound):
        return not_served(ask)
    return failed(ask.kind, error) if isinstance(error, PASSING) else None
