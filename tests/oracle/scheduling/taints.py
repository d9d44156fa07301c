"""Taints, tolerations and cordons: empty keys, empty effects, comparisons, operators that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle.scheduling.draw import given, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

CORDON = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
KEYS = ("team", "dedicated", "example.com/load", "node.kubernetes.io/not-ready")
VALUES = (
    "",
    "blue",
    "red",
    "1",
    "5",
    "-4",
    "007",
    "+5",
    "0",
    "-0",
    "9223372036854775807",
    "9223372036854775808",
    "5.0",
)
EFFECTS = ("NoSchedule", "NoSchedule", "NoExecute", "PreferNoSchedule")
OPERATORS = (None, "", "Equal", "Equal", "Exists", "Exists", "Gt", "Lt", "Gt", "Lt", "Odd")


def node(draw: Draw, made: Object) -> None:
    """Some taints, and now and then a cordon with its taint, or one of the two alone."""
    taints = [
        given(key=draw.choice(KEYS), value=draw.choice(VALUES) if draw.chance(0.7) else None, effect=effect(draw))
        for _ in range(draw.choice((0, 0, 1, 1, 2, 3)))
    ]
    if draw.chance(0.3):
        put(made, "spec", unschedulable=True)
    if draw.chance(0.3):
        taints.append(dict(CORDON))
    put(made, "spec", taints=taints or None)


def effect(draw: Draw) -> str:
    return draw.choice(("", "Odd")) if draw.chance(0.04) else draw.choice(EFFECTS)


def pod(draw: Draw, made: Object, nodes: Sequence[Object]) -> None:
    """Tolerations at random, and some made for the taints of one node, so that they fit often."""
    found = [toleration(draw) for _ in range(draw.choice((0, 0, 1, 2, 3)))]
    if nodes and draw.chance(0.7):
        taints = draw.choice(nodes)["spec"].get("taints", ())
        found += [matching(draw, taint) if draw.chance(0.9) else toleration(draw) for taint in taints]
    draw.shuffle(found)
    put(made, "spec", tolerations=found or None)


def matching(draw: Draw, taint: Object) -> Object:
    """One that tolerates the taint, in one of the ways there are."""
    exact = given(key=taint["key"], effect=taint["effect"] if draw.chance(0.7) else None)
    if draw.chance(0.4):
        return exact | {"operator": "Exists"}
    if draw.chance(0.2):
        return exact | {"operator": draw.choice(("Gt", "Lt")), "value": draw.choice(VALUES)}
    return exact | given(operator="Equal" if draw.chance(0.5) else None, value=taint.get("value"))


def toleration(draw: Draw) -> Object:
    """Anything, also what the API server would refuse."""
    wanted = effect(draw)
    return given(
        key=draw.choice((*KEYS, "", None, CORDON["key"])),
        operator=draw.choice(OPERATORS),
        value=draw.choice(VALUES) if draw.chance(0.7) else None,
        effect=wanted if draw.chance(0.7) else draw.choice((None, "")),
        tolerationSeconds=draw.choice((0, -5, 30)) if wanted == "NoExecute" and draw.chance(0.3) else None,
    )
