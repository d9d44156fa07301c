"""For any names that a server may answer with, every form of a drain is harmless, and the data are the same values."""

from __future__ import annotations

import io
import json
import unicodedata
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab import render
from kubectl_lab.catalogue import CODES, finding
from kubectl_lab.domain.drain import model
from kubectl_lab.domain.rules.budgets import Budget
from kubectl_lab.render import data
from kubectl_lab.render import drain as view
from kubectl_lab.render.text import Screen
from kubectl_lab.result import Finding, Reference

HOSTILE = "\x00\x07\n\r\t\x1b\x7f\x9b\xa0\u200e\u2028\u202e\u2066\ufeff\U000e0041[]{}$'\""
names = st.text(st.one_of(st.sampled_from("web-0./"), st.sampled_from(HOSTILE)), min_size=1, max_size=8)
numbers = st.integers(0, 9)
references = st.builds(Reference, st.just("Pod"), names, names)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    code = draw(st.sampled_from(sorted(CODES)))
    seen = {name: draw(st.one_of(names, st.lists(names, max_size=2), numbers)) for name in sorted(CODES[code].values)}
    return finding(code, draw(st.none() | references), **seen)


budgets = st.builds(
    Budget, names, names, numbers, numbers, numbers, numbers, st.booleans(), st.booleans(), names, names,
    st.just(frozenset[str]()),
)  # fmt: skip
pods = st.builds(
    model.PodPlan,
    reference=references,
    uid=names,
    controller=st.none() | references,
    action=st.sampled_from(get_args(model.Action)),
    findings=st.lists(findings(), max_size=2).map(tuple),
    budgets=st.lists(budgets, max_size=1).map(tuple),
    outcome=st.none() | st.sampled_from(get_args(model.PodOutcome)),
)
nodes = st.builds(
    model.NodePlan,
    name=names,
    uid=names,
    unschedulable=st.booleans(),
    outcome=st.sampled_from(get_args(model.NodeOutcome)),
    cordoned=st.sampled_from(get_args(model.Cordoned)),
    pods=st.lists(pods, max_size=2).map(tuple),
)
drains = st.builds(
    model.Drain,
    mode=st.sampled_from(get_args(model.Mode)),
    outcome=st.sampled_from(get_args(model.Outcome)),
    nodes=st.lists(nodes, max_size=2).map(tuple),
    findings=st.lists(findings(), max_size=2).map(tuple),
)


def harmful(text: str) -> set[str]:
    moving = {"Cc", "Cs", "Zl", "Zp"}
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    found = {
        each for each in text if unicodedata.category(each) in moving or unicodedata.bidirectional(each) in turning
    }
    return found - {"\n"}


def written(result: model.Drain, form: str, lang: str = "en") -> str:
    out = io.StringIO()
    render.show(result, form, out, lang=lang, width=100)
    return out.getvalue()


@given(drains, st.sampled_from(["en", "fr"]), st.sampled_from(["text", "json", "jsonl", "yaml", "name"]))
def test_every_form_of_a_drain_is_harmless(result: model.Drain, lang: str, form: str) -> None:
    assert not harmful(written(result, form, lang))


@given(drains, st.sampled_from(["en", "fr"]), st.integers(1, 120))
def test_so_are_plan_and_report_however_narrow_the_terminal(result: model.Drain, lang: str, width: int) -> None:
    out = io.StringIO()
    screen = Screen(out, lang=lang, color=False, width=width)
    view.plan(result, screen)
    view.report(result, screen)
    assert not harmful(out.getvalue())


@given(drains)
def test_json_jsonl_and_yaml_hold_the_same_document(result: model.Drain) -> None:
    document: dict[str, Any] = data.document(result, "en")
    assert json.loads(written(result, "json")) == document
    assert json.loads(written(result, "jsonl")) == document
    assert yaml.safe_load(written(result, "yaml")) == document


@given(drains)
def test_every_finding_of_a_document_has_a_sentence_in_which_nothing_is_left_to_fill(result: model.Drain) -> None:
    for found in data.findings_in(data.document(result, "fr")):
        assert found["message"]
        assert not [name for name in CODES[found["code"]].values if f"{{{name}}}" in found["message"]]


@given(drains)
def test_names_are_one_line_a_node(result: model.Drain) -> None:
    lines = written(result, "name").splitlines()
    assert len(lines) == sum(node.outcome in {"drained", "clear"} for node in result.nodes)
    assert all(line.startswith("node/") for line in lines)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_first_event_says_how_much_there_is_to_do(lang: str) -> None:
    empty = model.Drain("apply", "drained", ())
    made = view.plan_event(empty, datetime(2026, 5, 1, tzinfo=UTC), lang)
    assert made["time"] == "2026-05-01T00:00:00.000Z"
    assert made["details"]["nodes"] == 0
