"""The usual pods of the drain tests."""

from __future__ import annotations

from typing import Any

from make import budget, owner, pod

Object = dict[str, Any]
WEB = owner("ReplicaSet", "web")
SET = owner("StatefulSet", "db")


def web(number: int, *, node: str = "n1", **rest: Any) -> Object:
    """A pod of a ReplicaSet, labelled `app: web`."""
    return pod(f"web-{number}", node=node, owned_by=WEB, labels={"app": "web"}, **rest)


def webs(count: int, *, nodes: tuple[str, ...] = ("n1",), first: int = 0) -> list[Object]:
    """That many, spread over the nodes in turn."""
    return [web(number, node=nodes[number % len(nodes)]) for number in range(first, first + count)]


def web_budget(name: str = "web-pdb", **spec: Any) -> Object:
    """A budget over them: `minAvailable=2` or `maxUnavailable=1`; counted when the world begins."""
    made = budget(name, spec=spec, allowed=0)
    if "maxUnavailable" in spec:
        del made["spec"]["minAvailable"]
    return made
