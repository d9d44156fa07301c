"""For any names that a server may answer with, every form of the answer is harmless, and no picture loses an edge."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab import render
from kubectl_lab.catalogue import CODES
from kubectl_lab.domain.service import model
from kubectl_lab.domain.service.graph import graph
from kubectl_lab.render.svg import svg
from kubectl_lab.render.svg_layout import layers
from kubectl_lab.result import Edge, Finding, Graph, Node, Reference, State

HOSTILE = "\x00\x07\n\r\t\x1b\x7f\x9b\xa0\u200e\u2028\u202e\u2066\ufeff\ufffe\U000e0041[]{}$'\"<>&`#;|%\\"
NS = "{http://www.w3.org/2000/svg}"
names = st.text(st.one_of(st.sampled_from("web-0."), st.sampled_from(HOSTILE)), max_size=8)
numbers = st.integers(0, 65535)
states = st.sampled_from(get_args(State))
services = st.builds(Reference, st.sampled_from(["Service", "Ingress", "HTTPRoute"]), names, names)
pods = st.none() | st.builds(Reference, st.just("Pod"), names, names)
codes = st.sampled_from(sorted(code for code in CODES if code.startswith("SVC")))
findings = st.builds(
    Finding,
    codes,
    st.sampled_from(["error", "warning", "info"]),
    st.none() | services,
    st.dictionaries(st.sampled_from(["near", "namespace", "service", "hint"]), names | st.lists(names), max_size=3),
)
endpoint_ports = st.builds(model.EndpointPort, names, numbers, st.sampled_from(["TCP", "UDP"]))
endpoints = st.builds(
    model.Endpoint, st.none() | names, st.just("IPv4"), st.lists(endpoint_ports, max_size=2).map(tuple), pods,
    st.none() | names, st.none() | names, st.booleans(), st.booleans(), st.booleans(),
    workload=st.none() | services, replicas=numbers, reason=names,
)  # fmt: skip
ports = st.builds(
    model.Port, names, numbers, numbers | names, st.none() | numbers, st.sampled_from(["TCP", "UDP"]),
    st.integers(0, 9), st.integers(0, 9), st.integers(0, 9),
)  # fmt: skip
# ids as they are made, and any others; few of them, so that hops meet
ids = st.one_of(
    st.sampled_from(
        ["client", "cluster", "dns", "service/a/b:80", "endpoints/a/b", "pod/a/b", "port/80", "node:30000"]
    ),
    st.builds("{}/{}/{}".format, st.sampled_from(["ingress", "pod", "service", "address"]), names, names),
    names,
)
hops = st.builds(model.Hop, ids, ids, states, st.none() | codes, st.none() | names)
unchecked = st.builds(model.NotChecked, names, names, st.sampled_from(["", "decides-pods"]))
entries = st.builds(
    model.ServiceEntry, services, st.sampled_from(["ClusterIP", "ExternalName", "Ingress"]),
    st.sampled_from(get_args(model.Verdict)), st.lists(ports, max_size=2).map(tuple),
    st.lists(endpoints, max_size=3).map(tuple), st.lists(hops, max_size=8).map(tuple),
    st.lists(unchecked, max_size=2).map(tuple), st.booleans(), st.lists(findings, max_size=3).map(tuple),
    st.sampled_from(["", "None", "10.96.0.1"]), st.lists(names, max_size=1).map(tuple),
    st.dictionaries(names, names, max_size=2),
)  # fmt: skip
explanations = st.builds(
    model.ServiceExplanation, st.lists(entries, max_size=3).map(tuple), st.booleans(), st.none() | names
)


def harmful(text: str) -> set[str]:
    """What moves, hides or turns text; `\\u2028` is a line to some programs."""
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    found = {
        each
        for each in text
        if unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(each) in turning
    }
    return found - {"\n"}


def written(result: model.ServiceExplanation, form: str, **rest: Any) -> str:
    out = io.StringIO()
    render.show(result, form, out, **rest)
    return out.getvalue()


@pytest.mark.parametrize("form", ["text", "wide", "name", "json", "yaml", "mermaid", "dot", "svg"])
@given(result=explanations, width=st.sampled_from([20, 80, 10_000]), lang=st.sampled_from(["en", "fr"]))
def test_every_form_is_harmless(form: str, result: model.ServiceExplanation, width: int, lang: str) -> None:
    assert harmful(written(result, form, lang=lang, width=width)) == set()


@given(explanations)
def test_the_data_are_the_same_values(result: model.ServiceExplanation) -> None:
    made = json.loads(written(result, "json"))
    assert [each["hops"] for each in made["services"]] == [
        [hop.to_dict() for hop in entry.hops] for entry in result.services
    ]


@given(explanations)
def test_every_edge_of_a_graph_ends_at_a_node_and_no_node_is_there_twice(result: model.ServiceExplanation) -> None:
    made = graph(result)
    known = [node.id for node in made.nodes]
    assert len(set(known)) == len(known)
    assert {end for edge in made.edges for end in (edge.source, edge.target)} == set(known)


@given(st.lists(hops, max_size=40))
def test_what_is_marked_is_in_the_picture(found: list[model.Hop]) -> None:
    entry = model.ServiceEntry(Reference("Service", "a", "b"), "ClusterIP", "healthy", hops=tuple(found))
    made = graph(model.ServiceExplanation((entry,)))
    assert {edge.code for edge in made.edges} >= {hop.finding for hop in found if hop.finding}


@given(st.lists(st.tuples(ids, ids, states, names), max_size=12))
def test_an_svg_parses_and_shows_every_edge_and_node(found: list[tuple[str, str, State, str]]) -> None:
    nodes = dict.fromkeys(end for source, target, _, _ in found for end in (source, target))
    made = Graph(tuple(Node(each, each) for each in nodes), tuple(Edge(a, b, s, "", label) for a, b, s, label in found))
    root = ET.fromstring(svg(made))
    shown = [each.attrib["class"].split()[0] for each in root.iter(f"{NS}g")]
    assert (shown.count("edge"), shown.count("node")) == (len(made.edges), len(made.nodes))


@given(st.lists(st.tuples(ids, ids), max_size=12))
def test_layers_go_forward_or_the_edge_closes_a_circle(pairs: list[tuple[str, str]]) -> None:
    nodes = dict.fromkeys(end for pair in pairs for end in pair)
    layer = layers(Graph(tuple(Node(each, each) for each in nodes), tuple(Edge(a, b) for a, b in pairs)))
    assert set(layer) == set(nodes)
    assert not layer or min(layer.values()) == 0


@given(explanations)
def test_mermaid_holds_one_statement_a_line(result: model.ServiceExplanation) -> None:
    statement = re.compile(
        r'  (n_\w*\["[^"]*"\]|n_\w* (-->|==>|--x|-\.->)(\|"[^"]*"\|)? n_\w*|%% \w+|linkStyle [\d,]+ \S+|classDef .*|class \S+ unknown)'
    )
    head, *lines = written(result, "mermaid").splitlines()
    assert head == "flowchart LR"
    assert all(statement.fullmatch(line) for line in lines)
