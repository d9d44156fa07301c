"""Selector texts and objects to compare: valid ones, nearly valid ones and garbage, from a seed.

No NUL among them: no command line can hold one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

KEYS = ("app", "tier", "example.com/team", "in", "notin", "exists", "a.b/c", "App", "x", "gpus", "0", "a_b-c.d")
BAD_KEYS = (
    "-a",
    "a-",
    "a/b/c",
    "/a",
    "a/",
    "Ex.com/a",
    "é",
    "a" * 64,
    "b" * 254 + "/a",
    "a..b/c",
    "_a/b",
    "a b",
    ".",
    "",
)
VALUES = ("web", "in", "notin", "1", "10", "-1", "+7", "007", "v1.2", "A_b", "0", "9223372036854775807")
BAD_VALUES = (
    "-",
    "a/b",
    "é",
    "a" * 64,
    "9223372036854775808",
    "1_0",
    "1.5",
    "_",
    "x" * 63 + ".",
    "\u00a0",
    "٣",
)
SPACES = ("", "", "", " ", "  ", "\t", "\n", "\r", "\v", "\f", "\u00a0", "\u2003", "\x1c", "\x85")
GARBAGE = (*"=!(),<> \tab1", "in", "notin", "==", "!=", "===", "=!", "app", "web", " ", "\v", "é")
OPERATORS = ("=", "==", "!=", ">", "<", " in ", " notin ", "in", "=>", "!", "exists")


def key(draw: random.Random) -> str:
    return draw.choice(BAD_KEYS if draw.random() < 0.02 else KEYS)


def value(draw: random.Random) -> str:
    return draw.choice(BAD_VALUES if draw.random() < 0.02 else VALUES)


def space(draw: random.Random) -> str:
    return draw.choice(SPACES) if draw.random() < 0.05 else draw.choice(("", " "))


def values(draw: random.Random) -> str:
    found = [value(draw) if draw.random() < 0.85 else "" for _ in range(draw.randint(0, 4))]
    return "(" + ",".join(f"{space(draw)}{each}{space(draw)}" for each in found) + ")"


def requirement(draw: random.Random) -> str:
    shape, name = draw.random(), key(draw)
    if shape < 0.15:
        return name
    if shape < 0.25:
        return f"!{space(draw)}{name}"
    if shape < 0.55:
        operator = draw.choice(("=", "==", "!=", "<", ">"))
        return f"{name}{space(draw)}{operator}{space(draw)}{value(draw) if draw.random() < 0.9 else ''}"
    if shape < 0.9:
        return f"{name} {space(draw)}{draw.choice(('in', 'notin'))}{space(draw)}{values(draw)}"
    return f"{name}{draw.choice(OPERATORS)}{draw.choice((value(draw), values(draw), ''))}"


def text(draw: random.Random) -> str:
    """A selector as it is typed."""
    if draw.random() < 0.15:
        return "".join(draw.choice(GARBAGE) for _ in range(draw.randint(0, 9)))
    made = ",".join(f"{space(draw)}{requirement(draw)}{space(draw)}" for _ in range(draw.randint(1, 3)))
    if draw.random() < 0.2:  # one slip of the finger
        at = draw.randrange(len(made) + 1)
        made = made[:at] + draw.choice((*GARBAGE, "")) + made[at + draw.randint(0, 1) :]
    return made


def labels(draw: random.Random) -> dict[str, str]:
    """The labels of an object; the API lets in valid ones only."""
    return {draw.choice(KEYS): draw.choice((*VALUES, "")) for _ in range(draw.randint(0, 4))}


def expression(draw: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key(draw), "operator": draw.choice(("In", "NotIn", "Exists", "DoesNotExist"))}
    if draw.random() < 0.05:
        made["operator"] = draw.choice(("Gt", "in", ""))
    if made["operator"] in {"In", "NotIn"} or draw.random() < 0.1:
        made["values"] = [value(draw) for _ in range(draw.randint(0, 3))]
    return made


def selector(draw: random.Random) -> dict[str, Any] | None:
    """A `LabelSelector` object."""
    if draw.random() < 0.05:
        return None
    made: dict[str, Any] = {}
    if draw.random() < 0.6:
        made["matchLabels"] = {key(draw): value(draw) for _ in range(draw.randint(0, 2))}
    if draw.random() < 0.7:
        made["matchExpressions"] = [expression(draw) for _ in range(draw.randint(0, 3))]
    return made
