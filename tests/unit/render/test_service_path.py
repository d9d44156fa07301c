"""The path in the terminal: which ways and steps there are, how they are drawn, and what a narrow terminal gets."""
# ruff: noqa: RUF001 - the marks are shapes, no letters

from __future__ import annotations

import pytest

from kubectl_lab.domain.service.case import Case
from kubectl_lab.domain.service.fronts import Branch
from kubectl_lab.domain.service.model import Hop, Place, ServiceEntry
from kubectl_lab.render.service_path import Step, in_series, side_by_side
from kubectl_lab.result import Reference
from unit.render.entries import entry, found, ingress, node_port, picture, pods, web
from unit.service.cases import case, endpoint, endpoint_slice, inventory, pod, service, workload

WEB = Reference("Service", "shop", "web")
CLIENT_TO_WEB = Branch("shop.example/", WEB, 80)


def balanced(*addresses: dict[str, str], **port: object) -> dict[str, object]:
    made = service("web", {"app": "web"}, node_port(port=80, **port), type="LoadBalancer")
    return {**made, "status": {"loadBalancer": {"ingress": list(addresses)}}}


def test_one_way_in() -> None:
    assert picture(entry(web(*pods(2)))) == ["client ──▶ clusterIP:80 ──▶ service/web:80 ──▶ pods (2) ──▶ :8080"]


def test_several_ways_join_at_the_service() -> None:
    assert picture(entry(web(*pods(2)), fronts=[ingress(CLIENT_TO_WEB, through=())])) == [
        "client ─┬──▶ clusterIP:80 ──┬──▶ service/web:80 ──▶ pods (2) ──▶ :8080",
        "        └──▶ ingress/shop ──┘",
    ]


def test_a_pending_load_balancer_is_one_broken_way_of_three() -> None:
    pending = entry(case(balanced(), *pods(5, unready=2)), found("SVC940", "breaks", Place("entry", "loadbalancer")))
    assert picture(pending) == [
        "client ─┬──▶ clusterIP:80 ─────────────┬──▶ service/web:80 ──▶ pods (3 of 5) ──▶ :5000",
        "        ├──▶ node:31234 ───────────────┤",
        "        └══╳══▷ loadbalancer:pending ┄┄┘",
        "         SVC940",
    ]


def test_the_code_of_a_way_between_others_leaves_their_lines_whole() -> None:
    drops = entry(case(balanced({"ip": "192.0.2.1"}), *pods(2)), found("SVC944", "degrades", Place("entry", "node")))
    assert picture(drops) == [
        "client ─┬──▶ clusterIP:80 ────────────┬──▶ service/web:80 ──▶ pods (2) ──▶ :5000",
        "        ├──!──▶ node:31234 ───────────┤",
        "        │SVC944                       │",
        "        └──▶ loadbalancer:192.0.2.1 ──┘",
    ]


def test_a_load_balancer_without_node_ports_leads_straight_to_the_service() -> None:
    made = service("web", {"app": "web"}, 80, type="LoadBalancer")
    straight = {**made, "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}}}
    assert picture(entry(case(straight, *pods(1)))) == [
        "client ─┬──▶ clusterIP:80 ─────────────┬──▶ service/web:80 ──▶ pods (1) ──▶ :80",
        "        └──▶ loadbalancer:lb.example ──┘",
    ]


def test_what_breaks_every_way_stands_behind_the_join() -> None:
    marked = entry(case(balanced(), *pods(2)), found("SVC950", "breaks", Place("service")))
    first, _, third, beneath = (*picture(marked)[:3], picture(marked)[1])
    assert "┬══╳══▷ service/web:80 ┄┄▷ pods (2) ┄┄▷ :5000" in first
    assert "SVC950" in beneath
    assert "╳" not in third


@pytest.mark.parametrize(
    ("effect", "place", "line"),
    [
        ("breaks", Place("endpoints"), "service/web:80 ══╳══▷ pods (2) ┄┄▷ :8080"),
        ("breaks", Place("pod"), "service/web:80 ══╳══▷ pods (2) ┄┄▷ :8080"),
        ("degrades", Place("pod", "shop/web-0"), "service/web:80 ──!──▶ pods (2) ──▶ :8080"),
        ("breaks", Place("pod", "shop/web-0"), "service/web:80 ──!──▶ pods (2) ──▶ :8080"),
        ("breaks", Place("port", "8080"), "service/web:80 ──▶ pods (2) ══╳══▷ :8080"),
        ("degrades", Place("port", "8080"), "service/web:80 ──▶ pods (2) ──!──▶ :8080"),
        ("none", Place("endpoints"), "service/web:80 ──▶ pods (2) ──▶ :8080"),
    ],
)
def test_a_finding_marks_the_hop_it_stands_on(effect: str, place: Place, line: str) -> None:
    lines = picture(entry(web(*pods(2)), found("SVC900", effect, place)))  # type: ignore[arg-type]
    assert lines[0].endswith(line)
    mark = next((at for at in map(lines[0].find, ("╳", "!")) if at >= 0), None)
    if mark is not None:
        assert lines[1].index("SVC900") <= mark < lines[1].index("SVC900") + len("SVC900")


def test_pods_of_which_none_is_ready_are_marked_as_one() -> None:
    lines = picture(entry(web(*pods(2, unready=2)), found("SVC920", "breaks", Place("pod"))))
    assert lines[0].endswith("service/web:80 ══╳══▷ pods (0 of 2) ┄┄▷ :8080")


def test_pods_of_which_none_is_ready_and_nothing_says_why_are_dotted() -> None:
    assert picture(entry(web(*pods(1, unready=1))))[0].endswith("service/web:80 ┄┄▷ pods (0 of 1) ┄┄▷ :8080")


def test_pods_that_only_limp_though_marked_are_dotted_where_nothing_works() -> None:
    lines = picture(entry(web(*pods(1, unready=1)), found("SVC921", "degrades", Place("pod"))))
    assert lines[0].endswith("service/web:80 ┄┄▷ pods (0 of 1) ┄┄▷ :8080")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(
            case(service("web", {"app": "web"}), *pods(2), missing=["NetworkPolicy"]), id="a gate nobody could read"
        ),
        pytest.param(case(service("web", {"app": "web"}), *pods(2), slices=None), id="endpoints nobody could read"),
    ],
)
def test_what_most_likely_works_bears_a_question_mark(asked: Case) -> None:
    assert picture(entry(asked))[0].endswith("service/web:80 ──?──▶ pods (2) ──▶ :80")


def test_a_broken_pod_among_those_behind_a_gate_nobody_could_read_is_marked() -> None:
    asked = case(service("web", {"app": "web"}), *pods(2), missing=["NetworkPolicy"])
    lines = picture(entry(asked, found("SVC931", "breaks", Place("pod", "shop/web-0"))))
    assert lines[0].endswith("service/web:80 ──!──▶ pods (2) ──▶ :80")


def test_pods_that_are_not_ready_do_not_make_broken_ones_better() -> None:
    marks = [found("SVC931", "breaks", Place("pod", f"shop/web-{number}")) for number in (0, 1)]
    lines = picture(entry(web(*pods(3, unready=1)), *marks))
    assert lines[0].endswith("service/web:80 ══╳══▷ pods (2 of 3) ┄┄▷ :8080")


def test_each_port_has_its_own_path() -> None:
    both = entry(
        web(*pods(2), ports=({"port": 80, "name": "http"}, {"port": 443, "targetPort": "https", "name": "https"})),
        found("SVC930", "breaks", Place("endpoints", "443")),
    )
    assert picture(both) == [
        "client ──▶ clusterIP:80 ──▶ service/web:80 ──▶ pods (2) ──▶ :80",
        "client ──▶ clusterIP:443 ──▶ service/web:443 ══╳══▷ pods (0 of 2) ┄┄▷ :https",
        "                                             SVC930",
    ]


def test_of_many_ports_four_are_drawn_what_is_marked_among_them() -> None:
    ports = tuple({"port": number, "name": f"p{number}"} for number in range(1, 8))
    many = entry(web(*pods(1), ports=ports), found("SVC930", "breaks", Place("endpoints", "7")))
    lines = picture(many)
    assert [line.split(":")[1].split()[0] for line in lines if line.startswith("client")] == ["1", "2", "3", "7"]
    assert lines[-1] == "… and 3 more ports that look alike (all of them with -o wide)"
    assert sum(line.startswith("client") for line in picture(many, form="wide")) == 7


def test_a_headless_service_is_a_name_only() -> None:
    made = service("db", {"app": "web"}, {"port": 5432, "targetPort": 5432}, clusterIP="None")
    assert picture(entry(case(made, *pods(3)))) == ["client ──▶ dns:db ──▶ pods (3) ──▶ :5432"]


def test_a_headless_service_without_ports_ends_at_the_pods() -> None:
    assert picture(entry(case(service("db", {"app": "web"}, clusterIP="None"), *pods(2, unready=1)))) == [
        "client ──▶ dns:db ──▶ pods (1 of 2)"
    ]


def test_a_headless_service_behind_an_ingress_is_drawn_whole() -> None:
    made = service("db", {"app": "web"}, 80, clusterIP="None")
    front = ingress(Branch("x/", Reference("Service", "shop", "db"), 80), through=())
    assert picture(entry(case(made, *pods(1)), fronts=[front])) == [
        "client ─┬──▶ dns:db ────────┬──▶ service/db:80 ──▶ pods (1) ──▶ :80",
        "        └──▶ ingress/shop ──┘",
    ]


def test_an_external_name_points_to_its_name() -> None:
    made = service("db", None, type="ExternalName", externalName="db.example.com")
    assert picture(entry(case(made))) == ["client ──▶ service/db ──▶ dns/db.example.com"]
    broken = entry(case(made), found("SVC955", "breaks", Place("service")))
    assert picture(broken)[0] == "client ──▶ service/db ══╳══▷ dns/db.example.com"


def test_what_does_not_exist_is_not_reached() -> None:
    absent = ServiceEntry(WEB, "Service", "broken", hops=(Hop("client", "service/shop/web", "broken", "SVC001"),))
    assert picture(absent) == ["client ══╳══▷ service/web", "       SVC001"]


def test_addresses_made_by_hand_are_no_pods() -> None:
    by_hand = endpoint_slice("web-1", "web", endpoint("192.0.2.7"), endpoint("192.0.2.8", ready=False))
    lines = picture(entry(case(service("web", None), by_hand)))
    assert lines == ["client ──▶ clusterIP:80 ──▶ service/web:80 ──▶ addresses (1 of 2) ──▶ :80"]


def test_would_be_pods_bear_the_name_of_their_workload() -> None:
    asked = service("web", {"app": "web"}, (80, 8080))
    known = inventory(
        asked, workload("Deployment", "web", {"app": "web"}, replicas=3), manifests=True, missing=["EndpointSlice"]
    )
    assert picture(entry(Case(asked, known)))[0].endswith("──▶ deployment/web (3) ──▶ :8080")
    more = inventory(
        asked,
        workload("Deployment", "web", {"app": "web"}, replicas=3),
        workload("StatefulSet", "db", {"app": "web"}, replicas=2),
        manifests=True,
        missing=["EndpointSlice"],
    )
    assert picture(entry(Case(asked, more)))[0].endswith("──▶ pods (5) ──▶ :8080")


def test_one_name_that_means_several_numbers_shows_them_all() -> None:
    ports = [{"name": "http", "containerPort": number} for number in (8080, 9090)]
    mixed = [pod(f"web-{number}", ports=[port]) for number, port in enumerate(ports)]
    assert picture(entry(web(*mixed, ports=((80, "http"),))))[0].endswith("pods (2) ──▶ :8080, :9090")


def test_a_port_that_an_ingress_asks_for_in_vain_has_a_path_of_its_own() -> None:
    front = ingress(
        Branch("x/", WEB, 8081, (found("SVC101", "breaks", Place("front", "ingress/shop/shop")),)), through=()
    )
    lines = picture(
        entry(web(*pods(1)), found("SVC101", "breaks", Place("front", "ingress/shop/shop")), fronts=[front])
    )
    assert lines[0] == "client ──▶ clusterIP:80 ──▶ service/web:80 ──▶ pods (1) ──▶ :8080"
    assert lines[1] == "client ──▶ ingress/shop ══╳══▷ service/web:8081"


def test_a_pod_with_two_addresses_is_one_pod() -> None:
    both = [
        {**one, "status": {**one["status"], "podIPs": [*one["status"]["podIPs"], {"ip": f"fd00::{number}"}]}}
        for number, one in enumerate(pods(3, unready=1))
    ]
    made = case(service("web", {"app": "web"}, ipFamilies=["IPv4", "IPv6"]), *both)
    assert picture(entry(made))[0].endswith("──▶ pods (2 of 3) ──▶ :80")


def test_of_many_ingresses_the_marked_and_the_first_ones_are_drawn() -> None:
    fronts = [ingress(CLIENT_TO_WEB, through=(), name=f"i{number}") for number in range(20)]
    broken = found("SVC103", "breaks", Place("entry", "ingress/shop/i17"))
    one = entry(web(*pods(1)), broken, fronts=fronts)
    lines = picture(one)
    assert [line for line in lines if "ingress/i17" in line]
    assert "… 16 more" in lines[-1]
    assert len([line for line in lines if "ingress/" in line]) == 4
    assert sum("ingress/" in line for line in picture(one, form="wide")) == 20


def test_what_breaks_all_of_many_ingresses_is_told_of_those_that_are_not_drawn() -> None:
    fronts = [ingress(CLIENT_TO_WEB, through=(), name=f"i{number}") for number in range(20)]
    lines = picture(entry(web(*pods(1)), found("SVC103", "breaks", Place("entry")), fronts=fronts))
    assert "══╳══▷ … 16 more" in lines[-2]
    assert "SVC103" in lines[-1]


@pytest.mark.parametrize(
    ("states", "together"),
    [
        (("ok", "ok"), "ok"),
        (("ok", "broken"), "degraded"),
        (("broken", "broken"), "broken"),
        (("ok", "unknown"), "ok"),
        (("unknown", "broken"), "broken"),
        (("unknown", "unknown"), "unknown"),
        (("degraded", "ok"), "degraded"),
        (("unsure", "ok"), "unsure"),
        (("unsure", "broken"), "degraded"),
        ((), "unknown"),
    ],
)
def test_edges_side_by_side(states: tuple[str, ...], together: str) -> None:
    assert side_by_side([Step("", state) for state in states], "x").state == together  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "state", "codes"),
    [
        (Step("a"), Step("b"), "ok", ()),
        (Step("a", "broken", ("A",)), Step("b", "degraded", ("B",)), "broken", ("A",)),
        (Step("a", "degraded", ("A",)), Step("b", "degraded", ("B", "A")), "degraded", ("A", "B")),
        (Step("a"), Step("b", "unknown"), "unknown", ()),
        (Step("a", "unsure"), Step("b"), "unsure", ()),
        (Step("a", "unsure"), Step("b", "degraded", ("B",)), "degraded", ("B",)),
        (Step("a", "unknown"), Step("b", "broken", ("B",)), "broken", ("B",)),
    ],
)
def test_edges_one_behind_the_other(first: Step, second: Step, state: str, codes: tuple[str, ...]) -> None:
    made = in_series(first, second)
    assert (made.node, made.state, made.codes) == ("b", state, codes)
