"""Fronts found again: by their own name, by the Services behind them."""

from __future__ import annotations

from kubectl_lab.domain.service.known_fronts import known_fronts, services_of
from kubectl_lab.result import Reference
from unit.service.cases import inventory
from unit.service.front_cases import ingress
from unit.service.route_cases import gateway, ref, route

WEB, API, GONE = (Reference("Service", "shop", name) for name in ("web", "api", "gone"))
FRONT, ROUTE = Reference("Ingress", "shop", "front"), Reference("HTTPRoute", "shop", "public")

# web stands behind both, and behind two paths of the one; the route was read first
FOUND = inventory(
    route("public", ref("web")), ingress("front", ("/", "web"), ("/old", "web"), ("/api", "api")), gateway()
)


def test_a_front_is_found_by_its_own_name_and_by_each_service_behind_it() -> None:
    fronts = known_fronts(FOUND)
    assert list(fronts.by_reference) == [FRONT, ROUTE]
    assert [each.reference for each in fronts.leading_to(WEB)] == [FRONT, ROUTE]
    assert [each.reference for each in fronts.leading_to(API)] == [FRONT]
    assert not fronts.leading_to(GONE)


def test_the_services_of_subjects_are_those_asked_about_and_those_behind_the_fronts_each_once() -> None:
    absent = Reference("Ingress", "shop", "absent")
    assert services_of(FOUND, [GONE, ROUTE, FRONT, absent, API]) == (GONE, WEB, API)
