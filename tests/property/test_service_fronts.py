"""Ingresses, routes and what belongs to them, spoilt at random: nothing raises, whatever a file or a controller holds."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab.domain.service import ingresses, routes
from kubectl_lab.domain.service.explain import Question, explain
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.render import data
from unit.service.cases import NOW, service
from unit.service.front_cases import backend, ingress, ingress_class, tls_secret
from unit.service.route_cases import SHOP, condition, gateway, grant, listener, ref, route, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DataObject

Object = dict[str, Any]
JUNK: list[Any] = [None, True, 3, -1, 1.5, "", "x", [], {}, [None], [{}], [[1]], {"a": 1}, "False", "All"]
SELECTOR = {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}
STATUS = {
    "conditions": [condition("Programmed")],
    "listeners": [{"name": "http", "conditions": [condition("Accepted")]}],
}
OBJECTS: list[Object] = [
    ingress(
        "shop",
        ("/", "web"),
        ("/a", backend("wbe", 8080)),
        defaultBackend=backend("gone"),
        tls=[{"hosts": ["a.example"], "secretName": "shop-tls"}],
        annotations={"kubernetes.io/ingress.class": "haproxy"},
    ),
    ingress("copy"),
    ingress_class("nginx", default=True),
    tls_secret(),
    service("web", {"app": "web"}, (80, 8080)),
    route("web", ref("web"), ref("wbe", 8080), ref("far", namespace="billing"), status=said(condition("ResolvedRefs"))),
    route("rpc", kind="GRPCRoute"),
    gateway("public", listener(source="Selector", selector=SELECTOR), status=STATUS),
    grant(),
    SHOP,
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all parts but the kind, which says in which list an object came."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        if (*path, key) != ("kind",):
            yield (*path, key)
            yield from places(part, (*path, key))


def spoilt(whole: Object, draw: DataObject) -> Object:
    """The object with up to three of its parts replaced."""
    made = copy.deepcopy(whole)
    for _ in range(draw.draw(st.integers(0, 3))):
        *way, last = draw.draw(st.sampled_from(list(places(made))))
        part: Any = made
        for key in way:
            part = part[key]
        part[last] = copy.deepcopy(draw.draw(st.sampled_from(JUNK)))
    return made


@given(st.data())
def test_whatever_stands_in_front_has_an_answer(draw: DataObject) -> None:
    found: dict[str, list[Object]] = {"Pod": [], "EndpointSlice": [], "Node": []}
    for whole in OBJECTS:
        found.setdefault(whole["kind"], []).append(spoilt(whole, draw))
    inventory = Inventory(found, now=NOW, extents=dict.fromkeys(found, "cluster"))
    fronts = (*ingresses.read(inventory), *routes.read(inventory))
    assert len(fronts) == 4
    wanted = dict.fromkeys(front.reference for front in fronts)
    told = data.document(explain(inventory, Question(tuple(wanted), "shop")), "fr")
    assert len(told["services"]) >= len(wanted)
    assert all(found["message"] for found in data.findings_in(told))
    assert all(isinstance(each.name, str) for each in ingresses.secrets_wanted(inventory))
