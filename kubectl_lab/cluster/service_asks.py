"""One list or object of what explains a Service: what came, or why it cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.service.needs import Ask
from kubectl_lab.errors import ApiError, Forbidden, LabError, NotFound, ServerError, TimedOut, TooManyRequests
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.objects import Object

    Found = Sequence[Object] | Missing
    Answer = tuple[Ask, Found]

DECISIVE = ("EndpointSlice", "Pod")
ROUTES = ("HTTPRoute", "GRPCRoute")
GATEWAY_GROUP = "gateway.networking.k8s.io"
GATEWAY_API = f"/apis/{GATEWAY_GROUP}/v1"
# what a server that is busy or half broken says of one list while it answers others
PASSING = (ServerError, TimedOut, TooManyRequests)


class Asker:
    """Asks one cluster, from any thread. `namespace`: the one asked about, None for all.

    `needed`: kinds without which there is nothing to say: Services, and what else was asked about by name.
    """

    def __init__(self, cluster: LiveCluster, namespace: str | None, needed: Collection[str]) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._needed = needed

    def answer(self, ask: Ask) -> Answer | None:
        """The objects, or why they cannot be seen; nothing where what is optional is denied, or does not come.

        Routes that may not be listed everywhere are those of the namespace. Raises what a denial of a needed kind, or of the
        client that was named, is; and any other failure over what decides.
        """
        try:
            return ask, self._found(ask)
        except Forbidden:
            if ask.optional:
                return None
            if ask.kind in ROUTES and ask.namespace is None and self._namespace:
                return self.answer(Ask(ask.kind, self._namespace))
            if ask.kind in self._needed or (ask.kind == "Pod" and ask.name):
                raise
            return ask, Missing(ask.kind, f"forbidden: cannot {_words(ask)}")
        except NotFound:
            if ask.kind in self._needed:
                raise
            resource = KINDS[ask.kind]
            is_told = not ask.optional and resource.group != GATEWAY_GROUP
            return (ask, Missing(ask.kind, f"not served: {resource.group_version}")) if is_told else None
        except PASSING as error:
            if ask.optional:
                return None
            if ask.kind in self._needed or ask.kind in DECISIVE:
                raise
            return ask, _failed(ask.kind, error)

    def _found(self, ask: Ask) -> Found:
        if not ask.name:
            listing = self._cluster.list(ask.kind, ask.namespace, label_selector=ask.labels, field_selector=ask.fields)
            return listing.items
        try:
            return (self._cluster.get(ask.kind, ask.name, ask.namespace),)
        except NotFound:
            return ()

    def gateway_kinds(self) -> tuple[str, ...] | Missing:
        """The kinds of the Gateway API that the server has: none is told of where it has none."""
        try:
            answer = self._cluster.transport.request("GET", GATEWAY_API)
        except NotFound:
            return ()
        except Forbidden:
            return Missing("HTTPRoute", f"forbidden: cannot get {GATEWAY_API}")
        except PASSING as error:
            return _failed("HTTPRoute", error)
        served = map(objects.mapping, objects.sequence(answer.get("resources")))
        return tuple(objects.text(each.get("kind")) for each in served)


def _failed(kind: str, error: LabError) -> Missing:
    """`failed: 503`, `failed: timed out`."""
    return Missing(kind, f"failed: {error.status if isinstance(error, ApiError) else 'timed out'}")


def _words(ask: Ask) -> str:
    """`list networkpolicies in namespace shop`."""
    resource = KINDS[ask.kind]
    where = f"namespace {ask.namespace}" if ask.namespace and resource.namespaced else "the cluster"
    what = f"get {resource.plural} {ask.name}" if ask.name else f"list {resource.plural}"
    return f"{what} in {where}"
