"""The SVG of a graph: a file that stands alone, in which nothing overlaps and every edge ends at a node."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from kubectl_lab.domain.service.model import Place
from kubectl_lab.render.svg import svg
from kubectl_lab.render.svg_layout import layers
from kubectl_lab.result import Edge, Graph, Node, State
from unit.render.entries import entry, found, ingress, node_port, pods, shown, web
from unit.render.test_diagram import HOSTILE, WAY, hostile
from unit.service.cases import case, service

if TYPE_CHECKING:
    from collections.abc import Iterator

NS = "{http://www.w3.org/2000/svg}"
STATES: tuple[State, ...] = ("ok", "degraded", "broken", "unknown")


def graph(*pairs: tuple[str, str], state: State = "ok", label: str = "") -> Graph:
    ids = dict.fromkeys(each for pair in pairs for each in pair)
    return Graph(tuple(Node(each, each) for each in ids), tuple(Edge(a, b, state, label=label) for a, b in pairs))


def groups(picture: str, name: str) -> Iterator[ET.Element]:
    for each in ET.fromstring(picture).iter(f"{NS}g"):
        if name in each.attrib["class"].split():
            yield each


def boxes(picture: str) -> dict[str, tuple[float, float, float, float]]:
    """Node -> left, top, right, bottom."""
    made = {}
    for each in groups(picture, "node"):
        rect = each.find(f"{NS}rect")
        assert rect is not None
        x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        made[each.attrib["data-id"]] = (x, y, x + width, y + height)
    return made


def ways(picture: str) -> Iterator[tuple[str, str, list[tuple[float, float]]]]:
    """Each edge's ends and the points of its path."""
    for each in groups(picture, "edge"):
        path = each.find(f"{NS}path")
        assert path is not None
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.attrib["d"])]
        yield each.attrib["data-from"], each.attrib["data-to"], list(zip(numbers[::2], numbers[1::2], strict=True))


PICTURES = {
    "a way": svg(WAY),
    "two paths of an Ingress": svg(
        Graph(
            (Node("i", "ingress/shop"), Node("s/a", "service/api:80"), Node("s/b", "service/web:8080")),
            (
                Edge("i", "s/a", "broken", "SVC100", "www.shop.example/backend"),
                Edge("i", "s/b", label="www.shop.example/"),
            ),
        )
    ),
    "nothing": svg(Graph((), ())),
    "a node port": shown(
        entry(case(service("web", {"app": "web"}, node_port(), type="LoadBalancer"), *pods(3))), form="svg"
    ),
    "pods of two Services": shown(
        entry(web(*pods(4)), found("SVC021", "degrades", Place("pod", "shop/web-3"))),
        entry(case(service("api", {"app": "web"}, (90, 8080)), *pods(4))),
        form="svg",
    ),
    "an edge over two layers": svg(graph(("a", "b/1"), ("b/1", "c/1"), ("a", "c/1"), ("a", "d/1"), ("c/1", "d/1"))),
    "edges back": svg(graph(("a", "b"), ("b", "a"), ("b", "b"))),
    "hostile labels": svg(hostile()),
    "very long names": svg(graph(("a", "pod/" + "x" * 250), ("a", "pod/" + "y" * 250), label="z" * 250)),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_every_edge_begins_and_ends_at_the_side_of_its_nodes(picture: str) -> None:
    at = boxes(picture)
    for source, target, points in ways(picture):
        (left, from_top, right, from_bottom), (to_left, top, _, bottom) = at[source], at[target]
        assert points[0][0] == pytest.approx(right, abs=0.2)
        assert from_top < points[0][1] < from_bottom
        assert points[-1][0] == pytest.approx(to_left, abs=0.2)
        assert top < points[-1][1] < bottom
        assert left < right


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_no_node_covers_another_or_leaves_the_picture(picture: str) -> None:
    root = ET.fromstring(picture)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for one, other in itertools.combinations(boxes(picture).values(), 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    for left, top, right, bottom in boxes(picture).values():
        assert 0 < left < right < width
        assert 0 < top < bottom < height


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_no_edge_bends_on_a_node(picture: str) -> None:
    """The points between which it curves lie beside the nodes; a flat stretch in a layer lies between two of them."""
    at = boxes(picture).values()
    for source, target, points in ways(picture):
        if source == target:
            continue
        for (x, y), (to_x, to_y) in itertools.pairwise(points[1:-1]):
            if y == to_y and to_x > x:
                assert not any(
                    top < y < bottom and x < right - 1 and left + 1 < to_x for left, top, right, bottom in at
                )


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_it_needs_nothing_from_elsewhere(picture: str) -> None:
    root = ET.fromstring(picture)
    assert {each.tag.removeprefix(NS) for each in root.iter()} <= {
        "svg", "title", "desc", "style", "defs", "marker", "polygon", "rect", "g", "path", "text", "circle",
    }  # fmt: skip
    for each in root.iter():
        assert not [name for name in each.attrib if name.startswith("on") or "href" in name]
    styles = "".join(each.text or "" for each in root.iter(f"{NS}style"))
    assert "@import" not in styles
    assert "url(" not in styles
    assert set(re.findall(r"url\(([^)]*)\)", picture)) <= {f"#arrow-{state}" for state in STATES}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_no_label_covers_a_node(picture: str) -> None:
    for each in groups(picture, "edge"):
        text = each.find(f"{NS}text")
        if text is not None and each.attrib["data-from"] != each.attrib["data-to"]:
            half, x, y = len(text.text or "") * 7 / 2, float(text.attrib["x"]), float(text.attrib["y"])
            for left, top, right, bottom in boxes(picture).values():
                assert x + half < left or right < x - half or y < top or bottom < y - 11


def test_it_has_a_title_and_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(svg(WAY))
    assert root.findtext(f"{NS}title") == "service/web: broken"
    said = root.findtext(f"{NS}desc") or ""
    assert "client → service/shop/web:80: ok; service/shop/web:80 → endpoints/shop/web: broken (SVC011)" in said


def test_a_state_is_told_by_mark_dashes_and_text() -> None:
    picture = svg(
        Graph((Node("a", "a"), *(Node(each, each) for each in STATES)), tuple(Edge("a", each, each) for each in STATES))
    )
    style = ET.fromstring(picture).findtext(f"{NS}style") or ""
    looks = re.findall(r"\.edge\.\w+ path \{ stroke: \S+; (stroke-width: \S+; stroke-dasharray: [^;}]+)", style)
    assert len(set(looks)) == 4
    marks = {each.attrib["class"]: len(each.findall(f"{NS}*[@class='mark']")) for each in groups(picture, "edge")}
    assert marks == {"edge ok": 0, "edge degraded": 2, "edge broken": 1, "edge unknown": 0}
    assert len({each.findtext(f"{NS}title") for each in groups(picture, "edge")}) == 4


def test_what_nothing_reaches_is_drawn_otherwise() -> None:
    nodes = {each.attrib["data-id"]: each.attrib["class"] for each in groups(svg(WAY), "node")}
    assert nodes["endpoints/shop/web"] == "node unreached"
    assert nodes["client"] == nodes["service/shop/web:80"] == "node"


def test_a_hostile_label_is_text_and_nothing_else() -> None:
    texts = [each.findtext(f"{NS}text") for each in groups(svg(hostile()), "node")]
    assert texts[1:] == ['"];click a "x"', "<script>", "`md`", "[x](y)", r"a\nb\x1b[31m", *HOSTILE[5:]]


@pytest.mark.parametrize("harmful", ["\x00", "\x1b", "\x9b", "\ufffe", "\uffff", "\ud800", "\u202e"])
def test_no_character_makes_it_invalid_xml(harmful: str) -> None:
    picture = svg(graph(("a", f"b{harmful}c"), label=harmful))
    assert ET.fromstring(picture.encode()) is not None
    assert harmful not in picture


def test_a_long_name_is_cut_in_the_middle_and_whole_in_its_title() -> None:
    name = "pod/" + "a" * 60 + "-7d4x2"
    (_, node) = groups(svg(graph(("client", name))), "node")
    text = node.findtext(f"{NS}text") or ""
    assert text.startswith("pod/aaa")
    assert text.endswith("-7d4x2")
    assert len(text) <= 44
    assert node.findtext(f"{NS}title") == name


def test_two_edges_between_the_same_nodes_can_both_be_seen() -> None:
    both = Graph((Node("a", "a"), Node("b", "b")), (Edge("a", "b"), Edge("a", "b", "broken", "SVC031")))
    first, second = (points for _, _, points in ways(svg(both)))
    assert abs(first[0][1] - second[0][1]) > 5


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        pytest.param([("a", "b"), ("b", "c"), ("a", "c")], {"a": 0, "b": 1, "c": 2}, id="the longest way counts"),
        pytest.param(
            [("a", "s/1"), ("a", "n:1"), ("n:1", "s/2")],
            {"a": 0, "s/1": 2, "n:1": 1, "s/2": 2},
            id="nodes of a kind stand beneath one another",
        ),
        pytest.param([("a", "b"), ("b", "a")], {"a": 0, "b": 1}, id="an edge back moves nothing"),
        pytest.param([("a", "a")], {"a": 0}, id="nor one to itself"),
        pytest.param([("b", "c"), ("a", "b")], {"b": 1, "c": 2, "a": 0}, id="whatever the order of the edges"),
    ],
)
def test_a_layer_is_right_of_all_that_leads_to_it(pairs: list[tuple[str, str]], expected: dict[str, int]) -> None:
    assert layers(graph(*pairs)) == expected


def test_thirty_pods_and_an_ingress_stay_readable() -> None:
    asked = web(*pods(30, unready=4))
    way = ingress()
    picture = shown(entry(asked, found("SVC021", "degrades", Place("pod", "shop/web-29")), fronts=[way]), form="svg")
    at = boxes(picture)
    assert [name for name in at if name.startswith("pods/")] == ["pods/shop/web-0+25", "pods/shop/web-26+2"]
    assert len(at) < 12
