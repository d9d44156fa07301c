"""Gateways, routes and grants, for unit tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.service import routes
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.objects import Missing
from unit.service.cases import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kubectl_lab.domain.rules.asks import Extent
    from kubectl_lab.domain.service.fronts import Front

Object = dict[str, Any]
GROUP = "gateway.networking.k8s.io"
KINDS = ("Service", "Namespace", "HTTPRoute", "GRPCRoute", "Gateway", "ReferenceGrant")
SHOP = make.obj("Namespace", "shop", labels={"team": "shop"})


def known(*objects: Object, missing: Iterable[str] = (), extents: Mapping[str, Extent] | None = None) -> Inventory:
    """What was read on a server with the Gateway API, all of it cluster-wide but for what `extents` says."""
    found: dict[str, Any] = {kind: [] for kind in KINDS}
    for each in (SHOP, *objects):
        found[each["kind"]].append(each)
    found |= {kind: Missing(kind, "forbidden") for kind in missing}
    wide: dict[str, Extent] = dict.fromkeys(KINDS, "cluster")
    return Inventory(found, now=NOW, extents=wide | dict(extents or {}))


def read(*objects: Object, **rest: Any) -> Front:
    """The first route."""
    return routes.read(known(*objects, **rest))[0]


def route(
    name: str = "web",
    *backends: Object,
    kind: str = "HTTPRoute",
    namespace: str = "shop",
    parents: Iterable[Object] = ({"name": "public"},),
    status: Object | None = None,
    generation: int = 1,
    **spec: Any,
) -> Object:
    """A route of shop.example under the Gateway public; `backends` are those of its one rule, by default web:80."""
    body: Object = {
        "parentRefs": list(parents),
        "hostnames": ["shop.example"],
        "rules": [{"backendRefs": list(backends) or [ref("web")]}],
        **spec,
    }
    return make.obj(kind, name, namespace, api=f"{GROUP}/v1", spec=body, status=status or {}, generation=generation)


def ref(name: str, port: int = 80, **fields: Any) -> Object:
    """A backend of a rule."""
    return {"name": name, "port": port, **fields}


def listener(name: str = "http", port: int = 80, **namespaces: Any) -> Object:
    """A listener; `namespaces` is that field of `allowedRoutes`, given as source="All" and selector."""
    made: Object = {"name": name, "port": port, "protocol": "HTTP"}
    if namespaces:
        allowed = {"from": namespaces.pop("source"), **namespaces}
        made["allowedRoutes"] = {"namespaces": allowed}
    return made


def gateway(
    name: str = "public", *listeners: Object, namespace: str = "shop", status: Object | None = None, generation: int = 1
) -> Object:
    """A Gateway, by default with one listener for its own namespace."""
    spec = {"gatewayClassName": "x", "listeners": list(listeners) or [listener()]}
    return make.obj(
        "Gateway", name, namespace, api=f"{GROUP}/v1", spec=spec, status=status or {}, generation=generation
    )


def grant(namespace: str = "billing", *, source: Object | None = None, to: Object | None = None) -> Object:
    """A ReferenceGrant that lets HTTPRoutes of shop come to all Services; `source` and `to` are merged over these."""
    comes = {"group": GROUP, "kind": "HTTPRoute", "namespace": "shop"} | (source or {})
    spec = {"from": [comes], "to": [{"group": "", "kind": "Service"} | (to or {})]}
    return make.obj("ReferenceGrant", "grant", namespace, api=f"{GROUP}/v1beta1", spec=spec)


def condition(kind: str, status: str = "False", reason: str = "Reason", generation: int | None = 1) -> Object:
    """A condition; `generation` None leaves out which generation it is about."""
    made: Object = {"type": kind, "status": status, "reason": reason, "message": f"{kind} is {status}"}
    return made if generation is None else {**made, "observedGeneration": generation}


def said(*conditions: Object, **parent: Any) -> Object:
    """The status of a route: what the controller of a parent (by default the Gateway public) says."""
    about = {"group": GROUP, "kind": "Gateway", "name": "public", **parent}
    return {"parents": [{"parentRef": about, "controllerName": "x", "conditions": list(conditions)}]}
