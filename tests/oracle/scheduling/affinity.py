"""Node selectors and required node affinity: terms without anything, malformed requirements, fields, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle.scheduling.draw import LABELS, given, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

OPERATORS = ("In", "In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
ODD_OPERATORS = ("", "Equals", "in")
ODD_VALUES = ("not a label value!", "x" * 64, "-", " 4", "1_0", "abc", "", "+4", "08", "4.0")
KEYS = (*LABELS, "kubernetes.io/hostname", "topology.kubernetes.io/zone", "absent", "bad key")


def pod(draw: Draw, made: Object, nodes: Sequence[Object]) -> None:
    """A selector, required terms, or both; often about labels that some node has."""
    if draw.chance(0.35):
        put(made, "spec", nodeSelector=selector(draw, nodes))
    if draw.chance(0.8):
        terms = [term(draw, nodes) for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3)))]
        required = {"nodeSelectorTerms": terms}
        put(made, "spec", "affinity", "nodeAffinity", requiredDuringSchedulingIgnoredDuringExecution=required)


def selector(draw: Draw, nodes: Sequence[Object]) -> Object:
    """One or two labels; mostly those of a node."""
    labels = draw.choice(nodes)["metadata"]["labels"] if nodes else {}
    found = dict(draw.few(sorted(labels.items()), 2))
    if draw.chance(0.15):
        found[draw.choice(KEYS[:-1])] = draw.choice(("ssd", "", "x y"))
    return found


def term(draw: Draw, nodes: Sequence[Object]) -> Object:
    """Expressions, fields, both or neither."""
    kind = draw.choice(("both", "neither", *["fields"] * 4, *["expressions"] * 10))
    fields = [field(draw, nodes) for _ in range(draw.choice((1, 1, 2)))] if kind in {"fields", "both"} else None
    found = (
        [expression(draw, nodes) for _ in range(draw.choice((1, 1, 2)))] if kind in {"expressions", "both"} else None
    )
    return given(matchFields=fields, matchExpressions=found)


def field(draw: Draw, nodes: Sequence[Object]) -> Object:
    """About the node's name; sometimes malformed."""
    names = [each["metadata"]["name"] for each in nodes] + ["gone"]
    values = [draw.choice(names)] if draw.chance(0.85) else draw.few(names, 3)
    key = "metadata.name" if draw.chance(0.95) else draw.choice(("metadata.namespace", "spec.unschedulable", ""))
    operator = draw.choice(("In", "In", "In", "NotIn")) if draw.chance(0.9) else draw.choice(("Exists", "Gt", ""))
    return {"key": key, "operator": operator, "values": values}


def expression(draw: Draw, nodes: Sequence[Object]) -> Object:
    """One requirement: about a node's own label, or about anything."""
    labels = sorted(draw.choice(nodes)["metadata"]["labels"].items()) if nodes else []
    if labels and draw.chance(0.6):
        key, value = draw.choice(labels)
    else:
        key, value = draw.choice(KEYS if draw.chance(0.2) else KEYS[:-1]), draw.choice(("ssd", "4", "8", "blue"))
    operator = draw.choice(ODD_OPERATORS) if draw.chance(0.03) else draw.choice(OPERATORS)
    return given(key=key, operator=operator, values=values_for(draw, operator, value))


def values_for(draw: Draw, operator: str, value: str) -> list[str] | None:
    if draw.chance(0.1):
        return draw.some((value, *ODD_VALUES), 2)
    if operator in {"Exists", "DoesNotExist"}:
        return None
    if operator in {"Gt", "Lt"}:
        return [draw.choice(("3", "0", "6", "-5", *ODD_VALUES[3:]))]
    return [value, *draw.some(("hdd", "red", "4"), 1)]
