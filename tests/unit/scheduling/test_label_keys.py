"""A new pod's labels in its own selectors."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.label_keys import merged

Object = dict[str, Any]
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
LABELS = {"app": "web", "team": "blue"}
APP = {"matchLabels": {"tier": "front"}}
IN, NOT_IN = (
    {"key": key, "operator": operator, "values": [value]}
    for key, operator, value in (("app", "In", "web"), ("team", "NotIn", "blue"))
)


def pod(spec: Object) -> Object:
    return {"metadata": {"labels": LABELS}, "spec": spec}


def affinity(term: Object, kind: str = "podAffinity") -> Object:
    return {"affinity": {kind: {REQUIRED: [term]}}}


def of(spec: Object, version: tuple[int, int, int] = (1, 36, 3)) -> Object:
    found: Object = merged(pod(spec), Features(version))["spec"]
    return found


@pytest.mark.parametrize("kind", ["podAffinity", "podAntiAffinity"])
def test_both_lists_of_keys_join_the_selector_of_a_term(kind: str) -> None:
    term = {"labelSelector": APP, "matchLabelKeys": ["app", "gone"], "mismatchLabelKeys": ["team"]}
    expected = term | {"labelSelector": APP | {"matchExpressions": [IN, NOT_IN]}}
    assert of(affinity(term, kind)) == affinity(expected, kind)


def test_what_the_selector_has_already_stays_before_it() -> None:
    selector = {"matchExpressions": [NOT_IN]}
    found = of(affinity({"labelSelector": selector, "matchLabelKeys": ["app"]}))
    assert found["affinity"]["podAffinity"][REQUIRED][0]["labelSelector"]["matchExpressions"] == [NOT_IN, IN]
    assert selector == {"matchExpressions": [NOT_IN]}


@pytest.mark.parametrize(
    "term",
    [
        pytest.param({"matchLabelKeys": ["app"]}, id="an absent selector matches nothing and stays absent"),
        pytest.param({"labelSelector": APP, "matchLabelKeys": ["gone"]}, id="a key that the pod lacks"),
        pytest.param({"labelSelector": APP}, id="no keys"),
    ],
)
def test_a_term_stays_as_it_is(term: Object) -> None:
    assert of(affinity(term)) == affinity(term)


@pytest.mark.parametrize(
    ("version", "is_merged"),
    [((1, 34, 0), True), ((1, 33, 9), False)],
    ids=["since 1.34 they are", "before they are not"],
)
def test_the_keys_of_spread_constraints_join_too(version: tuple[int, int, int], is_merged: bool) -> None:
    constraint = {"labelSelector": APP, "matchLabelKeys": ["app"], "mismatchLabelKeys": ["team"]}
    found = of({"topologySpreadConstraints": [constraint]}, version)["topologySpreadConstraints"][0]
    assert found["labelSelector"].get("matchExpressions") == ([IN] if is_merged else None)


def test_a_server_before_1_31_leaves_affinity_alone() -> None:
    term = {"labelSelector": APP, "matchLabelKeys": ["app"]}
    assert of(affinity(term), (1, 30, 0)) == affinity(term)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"affinity": None},
        {"affinity": {"nodeAffinity": {}}},
        {"affinity": {"podAffinity": {"preferred": []}}},
        {"topologySpreadConstraints": []},
    ],
)
def test_without_terms_nothing_changes(spec: Object) -> None:
    assert of(spec) == spec
