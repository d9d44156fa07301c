"""Graphs as mermaid and dot: the same graph, the same names, hostile labels harmless."""

from __future__ import annotations

import io
import re
import shutil
import subprocess

import pytest

from kubectl_lab import render
from kubectl_lab.domain.service.model import Place, ServiceExplanation
from kubectl_lab.errors import BadUsage
from kubectl_lab.render.diagram import dot, mermaid, reached
from kubectl_lab.result import Edge, Graph, Node, State
from kubectl_lab_plugins.version_result import Version
from unit.render.entries import entry, found, node_port, pods, shown, web

WAY = Graph(
    (
        Node("client", "client"),
        Node("service/shop/web:80", "service/web:80"),
        Node("endpoints/shop/web", "endpoints/web"),
    ),
    (
        Edge("client", "service/shop/web:80"),
        Edge("service/shop/web:80", "endpoints/shop/web", "broken", "SVC011", "80 → 8080"),
    ),
    "service/web: broken",
)
STATES: tuple[State, ...] = ("ok", "degraded", "broken", "unknown")
# what a label could say to be taken for something else
HOSTILE = (
    '"];click a "x"',
    "<script>",
    "`md`",
    "[x](y)",
    "a\nb\x1b[31m",
    "%%{init: {}}%%",
    '\\"',
    "#quot;",
    "-->|x|",
    "",
)


def hostile() -> Graph:
    nodes = (Node("client", "client"), *(Node(f"x/{label}", label) for label in HOSTILE))
    edges = tuple(Edge("client", f"x/{label}", STATES[number % 4], label=label) for number, label in enumerate(HOSTILE))
    return Graph(nodes, edges, "".join(HOSTILE))


def test_mermaid_to_the_letter() -> None:
    assert mermaid(WAY) == (
        "flowchart LR\n"
        '  n_client["client"]\n'
        '  n_service_shop_web_80["service/web:80"]\n'
        '  n_endpoints_shop_web["endpoints/web"]\n'
        "  n_client --> n_service_shop_web_80\n"
        '  n_service_shop_web_80 --x|"✗ SVC011 80 → 8080"| n_endpoints_shop_web\n'
        "  %% ok\n"
        "  linkStyle 0 stroke:#1a7f37,color:#1a7f37\n"
        "  %% broken\n"
        "  linkStyle 1 stroke:#cf222e,color:#cf222e\n"
        "  classDef unknown stroke-dasharray: 2 3\n"
        "  class n_endpoints_shop_web unknown\n"
    )


def test_dot_names_nodes_by_their_ids_and_edges_by_their_state() -> None:
    made = dot(WAY)
    assert '  "endpoints/shop/web" [label="endpoints/web", class="unknown", style="rounded,dotted"];\n' in made
    assert '  "client" -> "service/shop/web:80" [class="ok", ' in made
    assert (
        '  "service/shop/web:80" -> "endpoints/shop/web" [class="broken", style=dashed, arrowhead=tee,'
        ' color="#cf222e", fontcolor="#cf222e", label="✗ SVC011 80 → 8080"];\n'
    ) in made
    assert made.startswith('digraph {\n  rankdir=LR;\n  label="service/web: broken";\n')


def test_a_state_is_told_without_colour() -> None:
    edges = tuple(Edge("a", f"b{number}", state) for number, state in enumerate(STATES))
    made = Graph((Node("a", "a"), *(Node(f"b{number}", "b") for number in range(4))), edges)
    arrows = re.findall(r"^  n_a (\S+?) n_", mermaid(made), re.MULTILINE)
    assert len(set(arrows)) == 4
    looks = re.findall(r"style=(\w+), arrowhead=(\w+)", dot(made))
    assert len(set(looks)) == 4


def test_in_mermaid_no_label_says_anything_but_text() -> None:
    for line in mermaid(hostile()).splitlines():
        labels = re.findall(r'"([^"]*)"', line)
        assert line.count('"') == 2 * len(labels) <= 2
        for label in labels:
            assert label
            assert not set(re.sub(r"#\d+;", "", label)) & set("<>[]{}`#;|\\%\x1b")


def test_what_leads_on_has_been_reached_though_nobody_could_read_the_gate_before_it() -> None:
    nodes = (Node("a", "a"), Node("pod/b", "b"), Node("port/80", ":80"))
    made = Graph(nodes, (Edge("a", "pod/b", "unknown"), Edge("pod/b", "port/80")))
    assert reached(made) == {"a": True, "pod/b": True, "port/80": True}
    assert not reached(Graph(nodes[:2], made.edges[:1]))["pod/b"]


def test_of_two_ids_that_read_alike_each_has_a_name() -> None:
    made = Graph((Node("pod/a-b", "1"), Node("pod/a.b", "2")), (Edge("pod/a-b", "pod/a.b"),))
    assert mermaid(made).splitlines()[1:4] == ['  n_pod_a_b["1"]', '  n_pod_a_b_2["2"]', "  n_pod_a_b --> n_pod_a_b_2"]


def test_in_dot_every_quote_and_backslash_of_a_label_is_its_own() -> None:
    unquoted = re.sub(r'"(?:[^"\\]|\\.)*"', "", dot(hostile()))
    assert not set(unquoted) & set('<"`\x1b\\')
    assert "click" not in unquoted
    assert "script" not in unquoted


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz (dot) is not installed")
@pytest.mark.parametrize("graph", [WAY, hostile(), Graph((), ())], ids=["a way", "hostile labels", "nothing"])
def test_graphviz_reads_it(graph: Graph) -> None:
    done = subprocess.run(["dot", "-Tplain"], input=dot(graph), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\nedge ") == len(graph.edges)
    assert done.stdout.count("\nnode ") == len(graph.nodes)


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_the_same_answer_gives_the_same_picture(form: str) -> None:
    made = [
        shown(entry(web(*pods(3), ports=(node_port(),)), found("SVC020", "breaks", Place("pod"))), form=form)
        for _ in "ab"
    ]
    assert made[0] == made[1]
    assert "SVC020" in made[0]


@pytest.mark.parametrize(("form", "entity"), [("mermaid", r"#(\d+);"), ("dot", r"&#(\d+);"), ("svg", r"&#(\d+);")])
def test_what_an_encoding_lacks_is_an_entity_of_the_format(form: str, entity: str) -> None:
    answer = ServiceExplanation((entry(web(*pods(1)), found("SVC020", "breaks", Place("endpoints"))),))
    whole, out = io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    render.show(answer, form, whole)
    render.show(answer, form, out)
    out.seek(0)
    assert re.sub(entity, lambda each: chr(int(each[1])), out.read()) == whole.getvalue()
    assert not whole.getvalue().isascii()


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_a_result_without_a_picture_refuses_it(form: str) -> None:
    with pytest.raises(BadUsage, match="unknown-format"):
        render.show(Version(None, None), form, io.StringIO())
