from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab import objects
from make import owner, pod

ODD: tuple[Any, ...] = (None, 7, "text", [], True)
ODD_NAMES: tuple[Any, ...] = (None, 7, [], {})


@pytest.mark.parametrize("odd", [pytest.param(odd, id=f"{odd!r}") for odd in ODD])
def test_an_object_of_an_odd_shape_reads_as_empty(odd: Any) -> None:
    for obj in ({"metadata": odd, "spec": odd, "status": odd}, {"metadata": {"labels": odd, "annotations": odd}}):
        assert objects.labels(obj) == {}
        assert objects.annotations_of(obj) == {}
        assert objects.spec(obj) == {}
        assert objects.status(obj) == {}
        assert objects.condition(obj, "Ready") == {}
        assert objects.controller(obj) is None


@pytest.mark.parametrize("odd", [pytest.param(odd, id=f"{odd!r}") for odd in ODD_NAMES])
def test_a_name_that_is_no_text_reads_as_empty(odd: Any) -> None:
    obj = {"metadata": {"name": odd, "namespace": odd, "uid": odd, "resourceVersion": odd}}
    assert (objects.name(obj), objects.namespace(obj), objects.uid(obj), objects.resource_version(obj)) == (
        "",
        None,
        "",
        "",
    )


def test_the_parts_of_an_object_are_read() -> None:
    web = pod("web", "shop", labels={"app": "web"}, annotations={"a": "b"})
    assert (objects.name(web), objects.namespace(web), objects.uid(web)) == ("web", "shop", "pod-shop-web")
    assert (objects.labels(web), objects.annotations_of(web)) == ({"app": "web"}, {"a": "b"})
    assert (objects.resource_version(web), objects.condition(web, "Ready")["status"]) == ("1", "True")
    assert objects.condition(web, "Other") == {}


def test_the_controller_is_the_owner_that_says_so() -> None:
    first, second = owner("Node", "n1", controller=False), owner("ReplicaSet", "web")
    web = {"metadata": {"ownerReferences": ["odd", first, second]}}
    assert objects.controller(web) == second
    assert objects.controller({"metadata": {"ownerReferences": [{**first, "controller": "true"}]}}) is None


def test_lists_and_tuples_are_sequences_and_texts_are_not() -> None:
    assert (objects.sequence([1]), objects.sequence((1,)), objects.sequence("ab")) == ([1], (1,), ())
