"""How a path is drawn at any width and in ASCII: nothing is lost, no name is broken, every line fits if it can."""
# ruff: noqa: RUF001 - the marks are shapes, no letters

from __future__ import annotations

from typing import get_args

import pytest

from kubectl_lab.render.service_drawing import ASCII, LINES, Pen, draw
from kubectl_lab.render.service_path import Path, Shape, Step

TAIL = (Step("pods (3)"), Step(":8080"))
THREE = Path(
    (
        (Step("clusterIP:80"), Step("service/web:80")),
        (Step("ingressclass/haproxy"), Step("ingress/shop"), Step("service/web:80")),
        (Step("loadbalancer:pending", "broken", ("SVC040",)), Step("service/web:80", "unknown")),
    ),
    TAIL,
)
ONE = Path(
    ((Step("clusterIP:80"), Step("service/web:80")),), (Step("pods", "broken", ("SVC011",)), Step(":80", "unknown"))
)


def lines(path: Path, width: int, pen: Pen = LINES) -> list[str]:
    return ["".join(part if isinstance(part, str) else part[0] for part in line) for line in draw(path, pen, width)]


def test_where_there_is_room_all_is_drawn() -> None:
    assert lines(THREE, 120) == [
        "client ─┬──▶ clusterIP:80 ───────────────────────────┬──▶ service/web:80 ──▶ pods (3) ──▶ :8080",
        "        ├──▶ ingressclass/haproxy ──▶ ingress/shop ──┤",
        "        └══╳══▷ loadbalancer:pending ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┘",
        "         SVC040",
    ]


def test_with_less_room_a_class_that_works_is_left_out() -> None:
    assert lines(THREE, 90)[1] == "        ├──▶ ingress/shop ─────────────┤"
    assert max(map(len, lines(THREE, 90))) <= 90


def test_a_class_that_does_not_work_stays() -> None:
    marked = Path(
        ((Step("ingressclass/x", "broken", ("SVC102",)), Step("ingress/shop", "unknown"), Step("service/web:80")),) * 2
    )
    assert "ingressclass/x" in lines(marked, 75)[0]
    assert "    ══╳══▷ ingressclass/x (SVC102)" in lines(marked, 36)


def test_then_edges_become_short_and_marks_do_not() -> None:
    assert lines(THREE, 78) == [
        "client ─┬─▶ clusterIP:80 ─────────────┬─▶ service/web:80 ─▶ pods (3) ─▶ :8080",
        "        ├─▶ ingress/shop ─────────────┤",
        "        └══╳══▷ loadbalancer:pending ┄┘",
        "         SVC040",
    ]


def test_then_what_lies_behind_goes_beneath() -> None:
    assert lines(THREE, 60) == [
        "client ─┬──▶ clusterIP:80 ─────────────┬──▶ service/web:80",
        "        ├──▶ ingress/shop ─────────────┤",
        "        └══╳══▷ loadbalancer:pending ┄┄┘",
        "         SVC040",
        "service/web:80 ──▶ pods (3) ──▶ :8080",
    ]


def test_then_every_way_is_folded_with_its_codes_in_it() -> None:
    assert lines(THREE, 50) == [
        "client ──▶ clusterIP:80 ──▶ service/web:80",
        "    ──▶ pods (3) ──▶ :8080",
        "client ──▶ ingressclass/haproxy ──▶ ingress/shop",
        "    ──▶ service/web:80",
        "client ══╳══▷ loadbalancer:pending (SVC040)",
        "    ┄┄▷ service/web:80",
    ]


def test_one_way_is_folded_too() -> None:
    assert lines(ONE, 40) == ["client ──▶ clusterIP:80", "    ──▶ service/web:80", "    ══╳══▷ pods (SVC011) ┄┄▷ :80"]


@pytest.mark.parametrize("path", [ONE, THREE], ids=["one way", "three"])
@pytest.mark.parametrize("pen", [LINES, ASCII], ids=["lines", "ascii"])
def test_at_no_width_a_name_or_code_is_lost_or_broken(path: Path, pen: Pen) -> None:
    for width in range(1, 130):
        made = lines(path, width, pen)
        said = "\n".join(made)
        for step in (*path.ways[0], *path.tail, *(way[-2] for way in path.ways)):
            assert step.node in said
            assert all(code in said for code in step.codes)
        longest = max(len(f"    ──!──▶ {step.node} (SVC040)") for way in (*path.ways, path.tail) for step in way)
        assert max(map(len, made)) <= max(width, longest)


def test_in_ascii_a_state_is_told_by_its_shape_too() -> None:
    assert lines(ONE, 80, ASCII) == [
        "client --> clusterIP:80 --> service/web:80 ==X==> pods ..> :80",
        "                                           SVC011",
    ]
    assert lines(THREE, 100, ASCII)[:3] == [
        "client -+--> clusterIP:80 ---------------------------+--> service/web:80 --> pods (3) --> :8080",
        "        +--> ingressclass/haproxy --> ingress/shop --+",
        "        +==X==> loadbalancer:pending ................+",
    ]
    assert all(line.isascii() for width in (20, 60, 80, 120) for line in lines(THREE, width, ASCII))


@pytest.mark.parametrize("pen", [LINES, ASCII, LINES.short(), ASCII.short()])
def test_every_state_looks_different(pen: Pen) -> None:
    assert len({pen.arrow(state) for state in get_args(Shape)}) == 5


def test_a_state_has_its_colour_and_what_nothing_reaches_is_dim() -> None:
    (row, beneath) = draw(ONE, LINES, 80)
    assert ("══╳══▷", "error") in row
    assert (" :80", "dim") in row
    assert beneath[-1] == ("SVC011", "error")


def test_codes_of_two_marks_in_a_row_do_not_cover_each_other() -> None:
    both = Path(((Step("a", "degraded", ("SVC044", "SVC045")), Step("b", "degraded", ("SVC046",))),))
    assert lines(both, 80)[1].split() == ["SVC044", "SVC045", "SVC046"]


def test_a_code_beneath_a_way_keeps_off_the_lines_that_go_on() -> None:
    ways = (
        (Step("clusterIP:80", "degraded", ("SVC045",)), Step("s", "degraded", ("SVC900",))),
        (Step("n", "ok"), Step("s")),
    )
    beneath = lines(Path(ways), 80)[1]
    assert beneath[8] == "│"
    assert beneath.replace("│", " ").split() == ["SVC045", "SVC900"]
    assert lines(Path(ways), 80)[0].index("┬", 10) == beneath.rindex("│")
