"""One list or object of what explains a Service: what came, or why it cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.cluster import asks
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.rules.asks import Ask
from kubectl_lab.errors import Forbidden, NotFound
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Collection

    from kubectl_lab.cluster.asks import Answer
    from kubectl_lab.cluster.live import LiveCluster

DECISIVE = ("EndpointSlice", "Pod")
ROUTES = ("HTTPRoute", "GRPCRoute")
GATEWAY_GROUP = "gateway.networking.k8s.io"
GATEWAY_API = f"/apis/{GATEWAY_GROUP}/v1"


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
            return ask, asks.objects_of(self._cluster, ask)
        except Forbidden:
            if ask.optional:
                return None
            if ask.kind in ROUTES and ask.namespace is None and self._namespace:
                return self.answer(Ask(ask.kind, self._namespace))
            if ask.kind in self._needed or (ask.kind == "Pod" and ask.name):
                raise
            return ask, asks.forbidden(ask)
        except NotFound:
            if ask.kind in self._needed:
                raise
            is_told = not ask.optional and KINDS[ask.kind].group != GATEWAY_GROUP
            return (ask, asks.not_served(ask)) if is_told else None
        except asks.PASSING as error:
            if ask.optional:
                return None
            if ask.kind in self._needed or ask.kind in DECISIVE:
                raise
            return ask, asks.failed(ask.kind, error)

    def gateway_kinds(self) -> tuple[str, ...] | Missing:
        """The kinds of the Gateway API that the server has: none is told of where it has none."""
        try:
            answer = self._cluster.transport.request("GET", GATEWAY_API)
        except NotFound:
            return ()
        except Forbidden:
            return Missing("HTTPRoute", f"forbidden: cannot get {GATEWAY_API}")
        except asks.PASSING as error:
            return asks.failed("HTTPRoute", error)
        served = map(objects.mapping, objects.sequence(answer.get("resources")))
        return tuple(objects.text(each.get("kind")) for each in served)
