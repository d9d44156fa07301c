"""The picture of an Ingress: one line a path, the broken ones first."""
# ruff: noqa: RUF001 - the marks are shapes, no letters

from __future__ import annotations

import pytest

from kubectl_lab.domain.service.model import Hop, ServiceEntry
from kubectl_lab.result import Finding, Reference, State
from unit.render.entries import picture, shown

FRONT = Reference("Ingress", "shop", "front")
WAY = (Hop("client", "ingressclass/haproxy"), Hop("ingressclass/haproxy", "ingress/shop/front"))


def branch(label: str | None, service: str = "web:80", state: State = "ok", code: str | None = None) -> Hop:
    return Hop("ingress/shop/front", f"service/shop/{service}", state, code, label)


def front(*branches: Hop, way: tuple[Hop, ...] = WAY) -> ServiceEntry:
    return ServiceEntry(FRONT, "Ingress", "degraded", hops=(*way, *branches))


def test_each_path_leads_to_its_service_and_the_broken_one_comes_first() -> None:
    both = front(branch("shop.example/"), branch("shop.example/api", "api-service:80", "broken", "SVC100"))
    assert picture(both) == [
        "client ──▶ ingressclass/haproxy ──▶ ingress/front",
        "  ├ shop.example/api  ══╳══▷ service/api-service:80   SVC100",
        "  └ shop.example/     ──▶    service/web:80",
    ]


def test_what_the_services_behind_it_suffer_from_is_its_headline_alone() -> None:
    """How to cure it stands on their own screens."""
    about = Reference("Service", "shop", "web")
    told = [
        Finding("SVC018", "error", about, {"service": each, "namespace": "shop", "where": ""}) for each in ("web", "b")
    ]
    hops = (*WAY, branch("x/", state="broken", code="SVC018"))
    text = shown(ServiceEntry(FRONT, "Ingress", "broken", hops=hops, findings=tuple(told)))
    assert "no endpoint of Service web gets traffic" in text
    assert "Service b" not in text
    assert "FIX" not in text


def test_what_only_the_controller_knows_is_not_called_unread() -> None:
    unnamed = ServiceEntry(FRONT, "Ingress", "unknown", hops=(*WAY, branch("x/")))
    assert "only its controller knows what answers" in shown(unnamed)
    unread = ServiceEntry(FRONT, "Ingress", "unknown", hops=(*WAY, branch("x/", state="unknown")))
    assert "see NOT CHECKED" in shown(unread)


def test_one_without_any_backend_leads_nowhere() -> None:
    assert "it leads nowhere" in shown(ServiceEntry(FRONT, "Ingress", "broken", hops=WAY))


def test_a_path_without_a_name_is_any() -> None:
    assert picture(front(branch(None)))[1] == "  └ any path  ──▶    service/web:80"


def test_a_way_that_breaks_before_the_ingress_leaves_its_paths_dotted() -> None:
    broken = (Hop("client", "ingress/shop/front", "broken", "SVC103"),)
    assert picture(front(branch("x/", state="unknown"), way=broken)) == [
        "client ══╳══▷ ingress/front",
        "       SVC103",
        "  └ x/  ┄┄▷    service/web:80",
    ]


def test_what_nobody_could_read_bears_a_question_mark() -> None:
    way = (Hop("client", "ingressclass/x", "unknown"), Hop("ingressclass/x", "ingress/shop/front", "unknown"))
    assert picture(front(branch("x/", state="unknown"), way=way)) == [
        "client ──?──▶ ingressclass/x ──?──▶ ingress/front",
        "  └ x/  ──?──▶ service/web:80",
    ]


def test_a_route_may_have_several_parents() -> None:
    node = "httproute/shop/front"
    hops = [
        hop
        for name, state, code in (("a", "ok", None), ("b", "broken", "SVC110"))
        for hop in (Hop("client", f"gateway/shop/{name}"), Hop(f"gateway/shop/{name}", node, state, code))  # type: ignore[arg-type]
    ]
    route = ServiceEntry(Reference("HTTPRoute", "shop", "front"), "HTTPRoute", "degraded", hops=tuple(hops))
    assert picture(route) == [
        "client ─┬──▶ gateway/a ─────┬──▶ httproute/front",
        "        └──▶ gateway/b ══╳══┘",
        "                      SVC110",
    ]


def test_where_a_line_has_no_room_the_service_stands_beneath_its_path() -> None:
    long = front(branch("h/" + "a" * 30, "b" * 30 + ":80", "broken", "SVC100"), branch("h/b"))
    assert picture(long, width=60)[1:] == [
        "  ├ h/" + "a" * 30,
        "  │   ══╳══▷ service/" + "b" * 30 + ":80   SVC100",
        "  └ h/b",
        "      ──▶ service/web:80",
    ]


def test_of_many_paths_ten_are_drawn_and_the_rest_counted() -> None:
    many = front(*(branch(f"h/{number}") for number in range(13)), branch("h/broken", state="broken", code="SVC100"))
    lines = picture(many)
    assert len(lines) == 1 + 10 + 1
    assert "h/broken" in lines[1]
    assert lines[-1] == "… and 4 more paths (all of them with -o wide)"
    assert len(picture(many, form="wide")) == 1 + 14


def test_an_ingress_has_no_tables() -> None:
    assert shown(front(branch("x/"))).splitlines()[-1] == "  " + "  └ x/  ──▶    service/web:80"


@pytest.mark.parametrize("kind", ["HTTPRoute", "GRPCRoute"])
def test_a_route_is_drawn_the_same_way(kind: str) -> None:
    node = f"{kind.lower()}/shop/front"
    hops = (
        Hop("client", "gateway/infra/edge"),
        Hop("gateway/infra/edge", node),
        Hop(node, "service/other/web:80", "ok", None, "x/"),
    )
    route = ServiceEntry(Reference(kind, "shop", "front"), kind, "healthy", hops=hops)
    assert picture(route) == [
        f"client ──▶ gateway/infra/edge ──▶ {kind.lower()}/front",
        "  └ x/  ──▶    service/other/web:80",
    ]
