"""What is added to a pod's own tolerations, and how the lists join."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling import added_tolerations as added

Object = dict[str, Any]
NOT_READY = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
UNREACHABLE = NOT_READY | {"key": "node.kubernetes.io/unreachable"}
FIVE = {"tolerationSeconds": 300}
ALL = {"operator": "Exists"}


@pytest.mark.parametrize(
    ("own", "more"),
    [
        pytest.param([], [NOT_READY | FIVE, UNREACHABLE | FIVE], id="both, at the end"),
        pytest.param([NOT_READY], [UNREACHABLE | FIVE], id="a key that has its own gets none"),
        pytest.param([ALL], [], id="every key and effect leaves nothing to add"),
        pytest.param([ALL | {"effect": "NoExecute"}], [], id="nor does every key of NoExecute"),
        pytest.param(
            [ALL | {"effect": "NoSchedule"}], [NOT_READY | FIVE, UNREACHABLE | FIVE], id="another effect does not count"
        ),
        pytest.param(
            [{"key": "node.kubernetes.io/not-ready", "value": "x", "effect": "NoExecute"}],
            [UNREACHABLE | FIVE],
            id="the value does not count",
        ),
        pytest.param([{"key": None, "effect": None}], [], id="null is empty"),
    ],
)
def test_the_default_tolerations(own: list[Object], more: list[Object]) -> None:
    assert added.by_default(own) == more


def test_a_daemon_on_the_hosts_network_tolerates_that_there_is_no_other() -> None:
    keys = [each["key"] for each in added.of_daemonset({"hostNetwork": True})]
    assert keys[-1] == "node.kubernetes.io/network-unavailable"
    assert [each["key"] for each in added.of_daemonset({})] == keys[:-1]


def test_what_differs_in_its_seconds_only_is_replaced_where_it_stands() -> None:
    own: list[Object] = [NOT_READY | FIVE, ALL]
    assert added.put(own, NOT_READY) == [NOT_READY, ALL]
    assert added.put(own, UNREACHABLE) == [*own, UNREACHABLE]
    assert added.put([NOT_READY], NOT_READY) == [NOT_READY]


A, B = {"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Equal", "value": "1", "effect": "NoSchedule"}
SHORT, LONG = NOT_READY | {"tolerationSeconds": 5}, NOT_READY | {"tolerationSeconds": 50}


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        pytest.param([A], [B], [A, B], id="two that have nothing in common"),
        pytest.param([A], [A], [A], id="of two equal ones the first"),
        pytest.param(
            [B], [{"key": "b", "operator": "Exists"}], [{"key": "b", "operator": "Exists"}], id="a wider one wins"
        ),
        pytest.param([ALL], [A, B], [ALL], id="every key covers all"),
        pytest.param(
            [ALL | {"effect": "NoSchedule"}], [A], [ALL | {"effect": "NoSchedule"}, A], id="but its effect only"
        ),
        pytest.param([SHORT], [NOT_READY], [NOT_READY], id="for ever covers some seconds"),
        pytest.param([SHORT], [LONG], [LONG], id="more seconds cover fewer"),
        pytest.param([LONG], [SHORT], [LONG], id="fewer seconds do not cover more"),
        pytest.param([NOT_READY], [SHORT], [NOT_READY], id="some seconds do not cover for ever"),
        pytest.param([B], [B | {"value": "2"}], [B, B | {"value": "2"}], id="two values are two"),
        pytest.param(
            [B | {"operator": ""}], [B], [B | {"operator": ""}], id="an operator left out covers what is equal"
        ),
        pytest.param(
            [{"key": "a", "operator": "Gt", "value": "1"}],
            [A | {"operator": "Lt", "value": "1"}],
            [{"key": "a", "operator": "Gt", "value": "1"}, A | {"operator": "Lt", "value": "1"}],
            id="comparisons cover nothing",
        ),
    ],
)
def test_lists_that_are_merged(first: list[Object], second: list[Object], merged: list[Object]) -> None:
    assert added.merged(first, second) == merged


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('[{"key": "a", "operator": "Exists"}]', [A], id="a list"),
        pytest.param("", [], id="an empty annotation"),
        pytest.param("[", [], id="no JSON"),
        pytest.param('{"key": "a"}', [], id="no list"),
        pytest.param('[1, {"key": "a"}]', [{"key": "a"}], id="what is no toleration is left out"),
        pytest.param("[" * 100_000, [], id="too deep to be read"),
    ],
)
def test_the_tolerations_of_a_namespace(text: str, found: list[Object]) -> None:
    assert added.of_namespace(make.obj("Namespace", "x", annotations={added.NAMESPACE_ANNOTATION: text})) == found
    assert added.of_namespace(make.obj("Namespace", "x")) == []


def test_extended_resources_are_those_of_others() -> None:
    asked = {
        "cpu": "1",
        "example.com/gpu": "1",
        "requests.example.com/x": "1",
        "kubernetes.io/batch": "1",
        "a/b/c": "1",
    }
    spec = {
        "containers": [{"resources": {"requests": asked}}],
        "initContainers": [{"resources": {"requests": {"a.b/c": "2"}}}],
    }
    assert added.extended_resources(spec) == ["a.b/c", "example.com/gpu"]
