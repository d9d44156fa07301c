from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.drain.model import Drain, DrainOptions
from kubectl_lab.domain.drain.plan import plan
from kubectl_lab.domain.drain.rights import Right, denied, needed
from make import node, pod
from unit.drain.cast import WEB, web
from unit.drain.server import START

SHOP = pod("web", "shop", owned_by=WEB)


NODES = (node("n1"),)


def planned(*pods: Any, nodes: Any = NODES, **flags: Any) -> Drain:
    return plan(nodes, pods, (), {}, DrainOptions(**flags), START)


@pytest.mark.parametrize(
    ("drain", "rights"),
    [
        pytest.param(planned(), ["patch nodes"], id="a node to be cordoned"),
        pytest.param(planned(nodes=(node("n1", unschedulable=True),)), [], id="a node cordoned already"),
        pytest.param(planned(web(1)), ["patch nodes", "create pods/eviction"], id="a pod to be evicted"),
        pytest.param(planned(web(1), disable_eviction=True), ["patch nodes", "delete pods"], id="a pod to be deleted"),
        pytest.param(planned(pod("bare")), [], id="a refused node needs nothing"),
        pytest.param(planned(nodes=()), [], id="no node"),
    ],
)
def test_what_a_plan_needs(drain: Drain, rights: list[str]) -> None:
    assert [f"{right.verb} {right.full_resource}" for right in needed(drain)] == rights


def test_the_namespaces_of_the_pods_that_go_are_each_named_once() -> None:
    assert needed(planned(SHOP, web(1), web(2)))[-1] == Right("create", "pods", "eviction", ("default", "shop"))


def test_a_right_for_the_whole_cluster_is_asked_once() -> None:
    asked = []

    def allowed(right: Right, namespace: str | None) -> bool:
        asked.append((right.verb, namespace))
        return True

    assert denied(needed(planned(SHOP, web(1))), allowed) == ()
    assert asked == [("patch", None), ("create", None)]


def test_only_namespaces_where_it_is_missing_are_named() -> None:
    findings = denied(needed(planned(SHOP, web(1))), lambda _, namespace: namespace == "default")
    assert [(found.code, found.details["verb"], found.details["namespace"]) for found in findings] == [
        ("DRN030", "patch", "*"),
        ("DRN030", "create", "shop"),
    ]
    assert findings[1].details["resource"] == "pods/eviction"
    assert findings[1].details["command"] == "kubectl auth can-i create pods --subresource=eviction -n shop"
    assert findings[0].details["command"] == "kubectl auth can-i patch nodes"


def test_the_question_to_paste_asks_the_same_server_as_the_same_user() -> None:
    (found, *_) = denied(needed(planned(SHOP)), lambda *_: False, ("--context", "prod", "--as", "jean dupont"))
    assert found.details["command"] == "kubectl auth can-i patch nodes --context prod --as 'jean dupont'"
